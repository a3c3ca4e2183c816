#pragma once
// An SMTP reply as a value, and every reply this server can give. The texts say what to type
// instead, because people read them; programs read the codes (RFC 5321 §4.2, RFC 3463).

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mail/message.hpp"
#include "wire/faults.hpp"
#include "wire/odd_bytes.hpp"

namespace sandpost::smtp {

struct Reply {
  int code = 0;
  std::string enhanced;  // "2.1.0"; empty where RFC 2034 §4 has none (greeting, HELO, EHLO, 3xx)
  std::vector<std::string> lines;

  // Each line as it goes out, without CRLF: "250-first", "250 last". Cut to what a line may hold
  // (RFC 5321 §4.5.3.1.5); a challenge is not, for it may be longer (RFC 4954 §4).
  [[nodiscard]] std::vector<std::string> wire_lines() const;
  // Those lines, each with CRLF, behind what stands in `out`.
  void append_to(std::string& out) const;
};

namespace replies {

[[nodiscard]] Reply greeting(std::string_view server);
[[nodiscard]] Reply hello(std::string_view server, std::string_view name, std::string_view address);
[[nodiscard]] Reply sender_ok();
[[nodiscard]] Reply recipient_ok();
[[nodiscard]] Reply go_ahead();
[[nodiscard]] Reply queued(mail::QueueNumber number);
[[nodiscard]] Reply chunk_ok(std::size_t octets);
[[nodiscard]] Reply ready_for_tls();
[[nodiscard]] Reply challenge(std::string_view base64);
[[nodiscard]] Reply authenticated();
[[nodiscard]] Reply reset();
[[nodiscard]] Reply noop();
[[nodiscard]] Reply verified(std::string_view mailbox);
[[nodiscard]] Reply help();
[[nodiscard]] Reply help_on(std::string_view verb, std::string_view usage);
[[nodiscard]] Reply no_help(std::string_view topic);
[[nodiscard]] Reply bye(std::string_view server);

// Refusals; `usage` is the line as it should be written.
[[nodiscard]] Reply empty_line();
[[nodiscard]] Reply telnet_bytes();
[[nodiscard]] Reply leading_blank();
[[nodiscard]] Reply line_too_long(std::size_t limit);
[[nodiscard]] Reply auth_line_too_long(std::size_t limit);
[[nodiscard]] Reply odd_character(const wire::Oddity& oddity);
[[nodiscard]] Reply unknown_verb(std::string_view verb);
[[nodiscard]] Reply misspelt_verb(std::string_view verb, std::string_view near);
[[nodiscard]] Reply header_as_command(std::string_view line);
[[nodiscard]] Reply http();
[[nodiscard]] Reply pop3_verb(std::string_view verb);
[[nodiscard]] Reply not_implemented(std::string_view verb);
[[nodiscard]] Reply write_it_like_this(std::string_view usage);
[[nodiscard]] Reply say_first(std::string_view usage);
[[nodiscard]] Reply nested_mail();
[[nodiscard]] Reply bad_sender(std::string_view problem);
[[nodiscard]] Reply bad_recipient(std::string_view problem);
[[nodiscard]] Reply non_ascii_address(bool sender);
[[nodiscard]] Reply unknown_user(std::string_view name);
[[nodiscard]] Reply relay(std::string_view domain);
[[nodiscard]] Reply unknown_parameter(std::string_view keyword);
[[nodiscard]] Reply bad_parameter(std::string_view parameter);
[[nodiscard]] Reply too_big(std::size_t max_size);
[[nodiscard]] Reply held_too_long(std::int64_t longest_seconds);
[[nodiscard]] Reply binary_needs_bdat();
[[nodiscard]] Reply no_list(std::string_view name);
[[nodiscard]] Reply needs_utf8_reply();
[[nodiscard]] Reply tls_already();
[[nodiscard]] Reply auth_not_now();
[[nodiscard]] Reply unknown_mechanism(std::string_view known);
[[nodiscard]] Reply bad_base64();
[[nodiscard]] Reply bad_response();
[[nodiscard]] Reply auth_cancelled();
[[nodiscard]] Reply bad_login();
[[nodiscard]] Reply auth_unavailable();
[[nodiscard]] Reply too_many_hops();
[[nodiscard]] Reply too_many_recipients(std::size_t limit);
[[nodiscard]] Reply bare_line_ending(bool lf);
[[nodiscard]] Reply bare_ending_in_chunk();
[[nodiscard]] Reply bare_lf_command();
[[nodiscard]] Reply unknown_chunk(std::string_view server);
[[nodiscard]] Reply storage_full();
[[nodiscard]] Reply storage_busy();
// The answer of an injected fault at that command or point.
[[nodiscard]] Reply fault(std::string_view server, std::string_view point,
                          const wire::Faults::Rule& rule);
[[nodiscard]] Reply too_many_errors(std::string_view server);
[[nodiscard]] Reply timeout(std::string_view server);
[[nodiscard]] Reply shutting_down(std::string_view server);
[[nodiscard]] Reply too_many_connections(std::string_view server);

}  // namespace replies
}  // namespace sandpost::smtp
