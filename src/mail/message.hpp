#pragma once
// A message on its way from SMTP to the mailbox: the envelope, what the client wrote, and the trace
// lines the servers put on top of it. Value types.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "mail/address.hpp"

namespace sandpost::mail {

// The message's place in the queue: 1, 2, 3 ...; never given twice in the life of a mailbox.
using QueueNumber = std::int64_t;

// A message as a maildrop lists it.
struct ScanEntry {
  QueueNumber number = 0;
  std::size_t octets = 0;  // exactly what RETR sends, before dot-stuffing
};

// What a sender wants to be told of a recipient (RFC 3461 §4.1); nothing said is only_failure.
struct Notify {
  bool success = false;
  bool failure = true;
};

struct Recipient {
  Address forward_path;
  Notify notify;
  std::string original;  // ORCPT, decoded: "rfc822;a@b"; empty without one
};

struct Envelope {
  Address reverse_path;
  std::vector<Recipient> recipients;  // in the order of RCPT, doubles included
  std::string envelope_id;            // ENVID, decoded; empty without one
  bool return_full = false;           // RET=FULL; counts in a report of failure only
};

// What a Received line tells about the session (RFC 5321 §4.4).
struct Trace {
  std::string helo_name;       // as the client gave it
  std::string client_address;  // as TCP knows it, without brackets
  std::string server_name;
  std::string protocol;  // the word after "with": SMTP, ESMTP ... (RFC 3848)
  ZonedTime accepted;
};

// The lines that the servers add: Return-Path (at delivery) above Received. Each ends in CRLF.
[[nodiscard]] std::string trace_lines(const Address& reverse_path, const Trace& trace,
                                      QueueNumber number);

// Those, and the empty line that ends the head if the content does not begin with a header field:
// else its first line would be read as a part of the last one of ours.
// `content`: at least its first line.
[[nodiscard]] std::string trace_above(std::string_view content, const Address& reverse_path,
                                      const Trace& trace, QueueNumber number);

}  // namespace sandpost::mail
