#pragma once
// A POP3 status line as a value, and every one that this server can give. The texts say what to
// type instead, because people read them; programs read the status indicator and the response code.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/faults.hpp"
#include "wire/odd_bytes.hpp"

namespace sandpost::pop3 {

struct Reply {
  bool ok = true;
  std::string_view code;  // response code of RFC 2449 §8 without brackets; not owned
  std::string text;

  // "-ERR [AUTH] text" without CRLF: 510 octets at most (RFC 1939 §3: 512 with it).
  [[nodiscard]] std::string line() const;
};

namespace replies {

// `timestamp` in angle brackets offers APOP; empty: it does not.
[[nodiscard]] Reply greeting(std::string_view server, std::string_view timestamp);
[[nodiscard]] Reply user_ok();
[[nodiscard]] Reply logged_in(std::size_t count, std::size_t octets);
[[nodiscard]] Reply capabilities();
struct Capabilities {
  bool stls = false;
  std::vector<std::string> mechanisms;
};
// CAPA's, each ended with CRLF.
[[nodiscard]] std::string capability_lines(const Capabilities& offered);
[[nodiscard]] Reply ready_for_tls();
[[nodiscard]] Reply utf8();
[[nodiscard]] Reply languages();
[[nodiscard]] Reply language();
[[nodiscard]] Reply stat(std::size_t count, std::size_t octets);
[[nodiscard]] Reply scan_listing(std::uint64_t number, std::size_t octets);
[[nodiscard]] Reply list(std::size_t count, std::size_t octets);
[[nodiscard]] Reply unique_id_listing(std::uint64_t number, std::string_view unique_id);
[[nodiscard]] Reply unique_ids(std::size_t count);
[[nodiscard]] Reply message(std::size_t octets);
[[nodiscard]] Reply top(std::uint64_t number);
[[nodiscard]] Reply marked(std::uint64_t number);
[[nodiscard]] Reply noop();
[[nodiscard]] Reply reset(std::size_t count, std::size_t octets);
[[nodiscard]] Reply bye();
[[nodiscard]] Reply bye(std::size_t deleted);

// Refusals; `usage` is the line as it should be written.
[[nodiscard]] Reply empty_line();
[[nodiscard]] Reply line_too_long(std::size_t limit);
[[nodiscard]] Reply bare_lf();
[[nodiscard]] Reply odd_character(const wire::Oddity& oddity);
[[nodiscard]] Reply stray_blank();
[[nodiscard]] Reply telnet_bytes();
[[nodiscard]] Reply unknown_verb(std::string_view verb, std::string_view known);
[[nodiscard]] Reply smtp_verb(std::string_view verb);
[[nodiscard]] Reply header_line();
[[nodiscard]] Reply http();
[[nodiscard]] Reply write_it_like_this(std::string_view usage);
[[nodiscard]] Reply say_user_first();
[[nodiscard]] Reply say_pass_first();
[[nodiscard]] Reply already_logged_in();
[[nodiscard]] Reply not_offered(std::string_view verb);
[[nodiscard]] Reply unknown_mechanism(std::string_view known);
[[nodiscard]] Reply bad_base64();
[[nodiscard]] Reply bad_response();
[[nodiscard]] Reply auth_cancelled();
[[nodiscard]] Reply tls_already();
[[nodiscard]] Reply no_such_language(std::string_view tag);
[[nodiscard]] Reply login_refused(bool ends_in_blank);
[[nodiscard]] Reply in_use();
[[nodiscard]] Reply maildrop_unavailable();
[[nodiscard]] Reply count_from_one();
[[nodiscard]] Reply no_such_message(std::string_view number);
[[nodiscard]] Reply already_marked(std::uint64_t number);
[[nodiscard]] Reply message_unavailable();
[[nodiscard]] Reply not_removed();
// An injected fault; `rule` must outlive it.
[[nodiscard]] Reply fault(const wire::Faults::Rule& rule);
[[nodiscard]] Reply too_many_errors();

}  // namespace replies
}  // namespace sandpost::pop3
