#include "pop3/replies.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace sandpost::pop3 {
namespace {

constexpr std::size_t longest_line = 510;  // RFC 1939 §3: 512 with CRLF

// What a client said, fit to be said back: printable ASCII (RFC 2449 §4 knows no other), and short.
std::string quoted(std::string_view said) {
  constexpr std::size_t longest = 40;
  std::string out = visible(said.substr(0, longest));
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  if (out.size() <= longest && said.size() <= longest) return out;
  return out.substr(0, longest) + "...";
}

std::string messages(std::size_t count) {
  return fmt::format("{} message{}", count, count == 1 ? "" : "s");
}

std::string messages(std::size_t count, std::size_t octets) {
  return fmt::format("{} ({} octets)", messages(count), octets);
}

Reply ok(std::string text) {
  return {true, {}, std::move(text)};
}

Reply err(std::string text) {
  return {false, {}, std::move(text)};
}

Reply err(std::string_view code, std::string text) {
  return {false, code, std::move(text)};
}

}  // namespace

std::string Reply::line() const {
  std::string out = ok ? "+OK" : "-ERR";
  if (!code.empty()) out += fmt::format(" [{}]", code);
  if (!text.empty()) out += ' ' + text;
  if (out.size() > longest_line) out.resize(longest_line);
  return out;
}

namespace replies {

Reply greeting(std::string_view server, std::string_view timestamp) {
  return ok(
      fmt::format("{} sandpost POP3 ready{}{}", server, timestamp.empty() ? "" : " ", timestamp));
}

// Also for a name that nobody has: RFC 1939 §7 lets a server keep that to itself.
Reply user_ok() {
  return ok("now the password");
}

Reply logged_in(std::size_t count, std::size_t octets) {
  return ok("maildrop locked, " + messages(count, octets));
}

Reply capabilities() {
  return ok("this is what I can do");
}

// RFC 2449 §6; AUTH-RESP-CODE: RFC 3206 §6; STLS: RFC 2595 §4; SASL: RFC 5034 §3; UTF8, LANG: RFC
// 6856. Whatever is named here must work, and nothing else may.
std::string capability_lines(const Capabilities& offered) {
  std::string lines =
      "TOP\r\n"
      "UIDL\r\n"
      "USER\r\n"
      "RESP-CODES\r\n"
      "AUTH-RESP-CODE\r\n"
      "PIPELINING\r\n"
      "UTF8\r\n"
      "LANG\r\n"
      "EXPIRE NEVER\r\n"
      "IMPLEMENTATION sandpost\r\n";
  if (offered.stls) lines += "STLS\r\n";
  if (!offered.mechanisms.empty()) {
    lines += fmt::format("SASL {}\r\n", fmt::join(offered.mechanisms, " "));
  }
  return lines;
}

Reply ready_for_tls() {
  return ok("start the TLS handshake");
}

Reply utf8() {
  return ok("letters come as they are");
}

Reply languages() {
  return ok("there is one");
}

Reply language() {
  return ok("en this is English");
}

Reply stat(std::size_t count, std::size_t octets) {
  return ok(fmt::format("{} {}", count, octets));
}

Reply scan_listing(std::uint64_t number, std::size_t octets) {
  return ok(fmt::format("{} {}", number, octets));
}

Reply list(std::size_t count, std::size_t octets) {
  return ok(messages(count, octets));
}

Reply unique_id_listing(std::uint64_t number, std::string_view unique_id) {
  return ok(fmt::format("{} {}", number, unique_id));
}

Reply unique_ids(std::size_t count) {
  return ok("unique-ids of " + messages(count));
}

Reply message(std::size_t octets) {
  return ok(fmt::format("{} octets", octets));
}

Reply top(std::uint64_t number) {
  return ok(fmt::format("top of message {}", number));
}

Reply marked(std::uint64_t number) {
  return ok(fmt::format("message {} marked, QUIT will delete it", number));
}

Reply noop() {
  return ok("nothing done");
}

Reply reset(std::size_t count, std::size_t octets) {
  return ok("no marks, " + messages(count, octets));
}

Reply bye() {
  return ok("bye");
}

Reply bye(std::size_t deleted) {
  return ok(fmt::format("bye, {} deleted", messages(deleted)));
}

Reply empty_line() {
  return err("that line was empty; nothing happened");
}

Reply line_too_long(std::size_t limit) {
  return err(fmt::format("line too long: {} octets at most", limit));
}

Reply bare_lf() {
  return err("your line ends in LF alone; with --strict each ends in CR LF, as nc -C sends it");
}

Reply odd_character(const wire::Oddity& oddity) {
  std::string text = fmt::format("character {} of your line is {}", oddity.column, oddity.shown);
  if (!oddity.meant.empty()) text += fmt::format(", not '{}'", oddity.meant);
  return err(text + ": type the line again");
}

Reply stray_blank() {
  return err("one blank between the words, none before or behind them");
}

Reply telnet_bytes() {
  return err("I took telnet's own commands out of that line (Ctrl-C?): QUIT is how to leave");
}

Reply unknown_verb(std::string_view verb, std::string_view known) {
  return err(fmt::format("command not known here: {}; I know {}", quoted(verb), known));
}

Reply smtp_verb(std::string_view verb) {
  return err(fmt::format(
      "{} is SMTP, and this is the POP3 server: letters are fetched here, not sent", quoted(verb)));
}

Reply header_line() {
  return err("that is a line of a letter: letters are sent with SMTP, this is the POP3 server");
}

Reply http() {
  return err("this is a mail server, not a web server; good bye");
}

Reply write_it_like_this(std::string_view usage) {
  return err(fmt::format("write it like this: {}", usage));
}

Reply say_user_first() {
  return err("say USER first: user NAME");
}

Reply say_pass_first() {
  return err("say PASS first: pass PASSWORD");
}

Reply already_logged_in() {
  return err("you are logged in already: LIST shows the messages");
}

// Never which of the two is wrong. RFC 3206 §4
Reply not_offered(std::string_view verb) {
  return err(fmt::format("{} is not done here", verb));
}

Reply unknown_mechanism(std::string_view known) {
  return err(fmt::format("mechanism not known; mine are: {}", known));
}

Reply bad_base64() {
  return err("that is not base64; nothing has happened");
}

Reply bad_response() {
  return err("that is no answer of this mechanism");
}

Reply auth_cancelled() {
  return err("given up, as you wish");
}

Reply tls_already() {
  return err("the connection is encrypted already");
}

Reply no_such_language(std::string_view tag) {
  return err(fmt::format("no words in the language {}; LANG lists what there is", quoted(tag)));
}

Reply login_refused(bool ends_in_blank) {
  return err("AUTH", ends_in_blank
                         ? "wrong name or password (there is a blank at the end of the password)"
                         : "wrong name or password: start again with USER");
}

// RFC 2449 §8.1.2
Reply in_use() {
  return err("IN-USE", "another session holds this maildrop: QUIT there, then USER and PASS again");
}

// RFC 3206 §3
Reply maildrop_unavailable() {
  return err("SYS/TEMP", "the maildrop cannot be opened now, try again later");
}

Reply count_from_one() {
  return err("messages are counted from 1: LIST shows the numbers");
}

Reply no_such_message(std::string_view number) {
  return err(fmt::format("there is no message {}: LIST shows the numbers", quoted(number)));
}

Reply already_marked(std::uint64_t number) {
  return err(fmt::format("message {} is marked as deleted: RSET takes the marks away", number));
}

Reply message_unavailable() {
  return err("SYS/TEMP", "the message cannot be read now, try again later");
}

Reply not_removed() {
  return err("SYS/TEMP", "some deleted messages not removed");
}

Reply fault(const wire::Faults::Rule& rule) {
  return err(rule.response_code,
             fmt::format("told to answer so: an injected fault, {}", rule.text));
}

Reply too_many_errors() {
  return err("too many errors, closing the connection");
}

}  // namespace replies
}  // namespace sandpost::pop3
