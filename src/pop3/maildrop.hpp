#pragma once
// A maildrop as one session sees it (RFC 1939 §4): the snapshot taken at login and the marks that
// DELE sets. Message-numbers are places in the snapshot, from 1, and never move; a marked message
// is hidden until RSET. What is really deleted, and when, is for QUIT and the store.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mail/message.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::pop3 {

// A message of the session's snapshot.
struct Entry {
  mail::QueueNumber queue = 0;
  std::size_t octets = 0;  // what RETR sends, before dot-stuffing
  std::string unique_id;   // RFC 1939 §7: 1 to 70 characters %x21-7E
};

class Maildrop {
 public:
  Maildrop() = default;
  explicit Maildrop(std::vector<Entry> entries);

  // Of the messages that are not marked; octets as LIST gives them.
  [[nodiscard]] std::size_t count() const { return entries_.size() - marks_; }
  [[nodiscard]] std::size_t octets() const { return octets_; }
  // How many are marked.
  [[nodiscard]] std::size_t marks() const { return marks_; }

  // The message with that number, or why there is none: zero_number, number_too_big,
  // already_marked. The pointer lives until the maildrop is assigned to.
  [[nodiscard]] Result<const Entry*, wire::Cause> find(std::uint64_t number) const;

  // `number` is one that find() knows.
  void mark(std::uint64_t number);
  // Takes all marks away and says how many there were.
  std::size_t unmark_all();
  // The queue numbers of the marked messages, in the order of their message-numbers.
  [[nodiscard]] std::vector<mail::QueueNumber> marked() const;

  // The queue numbers of those behind that message which are not marked, as far as they are small
  // enough to have no more than `most_octets` together.
  [[nodiscard]] std::vector<mail::QueueNumber> following(std::uint64_t number,
                                                         std::size_t most_octets) const;

  // LIST's and UIDL's lines for all that is not marked, each ended with CRLF, without the final
  // dot.
  [[nodiscard]] std::string scan_listings() const;
  [[nodiscard]] std::string unique_id_listings() const;

 private:
  std::vector<Entry> entries_;
  std::vector<bool> marked_;  // in step with entries_
  std::size_t marks_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace sandpost::pop3
