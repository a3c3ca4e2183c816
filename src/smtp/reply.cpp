#include "smtp/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace sandpost::smtp {
namespace {

constexpr std::size_t longest_line = 510;  // RFC 5321 §4.5.3.1.5: 512 with CRLF
constexpr int challenge_code = 334;

// What a client said, fit to be said back: printable ASCII (RFC 5321 §4.2 knows no other), and
// short.
std::string quoted(std::string_view said) {
  constexpr std::size_t longest = 40;
  std::string out = visible(said.substr(0, longest));
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out + (said.size() > longest ? "..." : "");
}

// What RFC 3463 has for a code that a tester asks for; the class alone where the code says no more.
std::string enhanced_code(int code, std::string_view point) {
  struct Known {
    int code;
    std::string_view enhanced;
  };
  constexpr std::array known{
      Known{421, "4.3.2"}, Known{450, "4.2.0"}, Known{451, "4.3.0"}, Known{452, "4.3.1"},
      Known{454, "4.7.0"}, Known{500, "5.5.2"}, Known{501, "5.5.4"}, Known{502, "5.5.1"},
      Known{503, "5.5.1"}, Known{504, "5.5.4"}, Known{521, "5.3.2"}, Known{523, "5.3.4"},
      Known{530, "5.7.0"}, Known{534, "5.7.9"}, Known{535, "5.7.8"}, Known{538, "5.7.11"},
      Known{550, "5.7.1"}, Known{551, "5.1.6"}, Known{552, "5.3.4"}, Known{553, "5.1.3"},
      Known{554, "5.0.0"}, Known{555, "5.5.4"}, Known{556, "5.1.10"}};
  if (point == "RCPT" && code == 550) return "5.1.1";
  if (point == "RCPT" && code == 552) return "5.2.2";
  if (point == "RCPT" && code == 452) return "4.2.2";
  if (point == "MAIL" && code == 553) return "5.1.7";
  const auto* found =
      std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.code == code; });
  if (found != known.end()) return std::string(found->enhanced);
  return code < 500 ? "4.0.0" : "5.0.0";
}

// Reply-line = Reply-code ( "-" / SP ) [ textstring ] (RFC 5321 §4.2)
void append_line(const Reply& reply, std::size_t i, std::string& out) {
  const std::size_t begin = out.size();
  fmt::format_int code(reply.code);
  out.append(code.data(), code.size());
  out += i + 1 < reply.lines.size() ? '-' : ' ';
  if (!reply.enhanced.empty()) {
    out += reply.enhanced;
    out += ' ';
  }
  out += reply.lines[i];
  if (reply.code != challenge_code && out.size() - begin > longest_line) {
    out.resize(begin + longest_line);
  }
}

}  // namespace

std::vector<std::string> Reply::wire_lines() const {
  std::vector<std::string> out(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    append_line(*this, i, out[i]);
  return out;
}

void Reply::append_to(std::string& out) const {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    append_line(*this, i, out);
    out += "\r\n";
  }
}

namespace replies {

Reply greeting(std::string_view server) {
  return {220, "", {fmt::format("{} ESMTP sandpost ready", server)}};
}

Reply hello(std::string_view server, std::string_view name, std::string_view address) {
  return {250, "", {fmt::format("{} hello {} [{}]", server, name, address)}};
}

Reply sender_ok() {
  return {250, "2.1.0", {"sender ok"}};
}

Reply recipient_ok() {
  return {250, "2.1.5", {"recipient ok"}};
}

Reply go_ahead() {
  return {354, "", {"go ahead, end with a dot on a line of its own"}};
}

Reply queued(mail::QueueNumber number) {
  return {250, "2.0.0", {fmt::format("ok, queued as number {}", number)}};
}

Reply chunk_ok(std::size_t octets) {
  return {250, "2.0.0", {fmt::format("ok, {} octets so far", octets)}};
}

Reply ready_for_tls() {
  return {220, "2.0.0", {"go ahead, start the TLS handshake"}};
}

Reply challenge(std::string_view base64) {
  return {challenge_code, "", {std::string(base64)}};
}

Reply authenticated() {
  return {235, "2.7.0", {"ok, you are who you say"}};
}

Reply reset() {
  return {250, "2.0.0", {"ok, sender and recipients forgotten"}};
}

Reply noop() {
  return {250, "2.0.0", {"ok, nothing done"}};
}

Reply verified(std::string_view mailbox) {
  return {250, "2.1.5", {fmt::format("<{}>", mailbox)}};
}

Reply help() {
  return {214,
          "2.0.0",
          {"HELO your.computer.name       say who you are (or EHLO)",
           "MAIL FROM:<name@domain>       who sends the letter",
           "RCPT TO:<name@domain>         who gets it; once for each",
           "DATA                          then the letter, then a dot alone on a line",
           "RSET, NOOP, VRFY name, QUIT   start over, do nothing, ask for a name, leave",
           "EXPN, BDAT, AUTH, STARTTLS    what programs use, as EHLO lists them",
           "HELP DATA tells more of DATA, and so on"}};
}

Reply help_on(std::string_view verb, std::string_view usage) {
  return {214, "2.0.0", {fmt::format("{}: write it like this: {}", verb, usage)}};
}

Reply no_help(std::string_view topic) {
  return {
      504, "5.5.4", {fmt::format("no help on {}; HELP alone lists the commands", quoted(topic))}};
}

Reply bye(std::string_view server) {
  return {221, "2.0.0", {fmt::format("{} closing the connection", server)}};
}

Reply empty_line() {
  return {500, "5.5.2", {"that line was empty; nothing happened"}};
}

Reply telnet_bytes() {
  return {500,
          "5.5.2",
          {"I took telnet's own commands out of that line (Ctrl-C?): QUIT is how to leave"}};
}

Reply leading_blank() {
  return {500, "5.5.2", {"a command stands at the very start of its line: no blank before it"}};
}

Reply line_too_long(std::size_t limit) {
  return {500, "5.5.2", {fmt::format("line too long: {} octets at most", limit)}};
}

// RFC 4954 §6
Reply auth_line_too_long(std::size_t limit) {
  return {500, "5.5.6", {fmt::format("line too long: {} octets at most", limit)}};
}

Reply odd_character(const wire::Oddity& oddity) {
  std::string text = fmt::format("character {} of your line is {}", oddity.column, oddity.shown);
  if (!oddity.meant.empty()) text += fmt::format(", not '{}'", oddity.meant);
  return {500, "5.5.2", {text + ": press Enter and type the line again"}};
}

Reply unknown_verb(std::string_view verb) {
  return {500, "5.5.1", {fmt::format("command not known: {} (HELP lists mine)", quoted(verb))}};
}

Reply misspelt_verb(std::string_view verb, std::string_view near) {
  return {
      500, "5.5.1", {fmt::format("command not known: {}; did you mean {}?", quoted(verb), near)}};
}

Reply header_as_command(std::string_view line) {
  return {500,
          "5.5.1",
          {fmt::format("command not known: {}; a line of the letter comes after DATA",
                       quoted(line.substr(0, line.find(':') + 1)))}};
}

Reply http() {
  return {500, "5.5.1", {"this is a mail server, not a web server; good bye"}};
}

Reply pop3_verb(std::string_view verb) {
  return {500,
          "5.5.1",
          {fmt::format("command not known: {}; that is POP3, and this is the SMTP server",
                       quoted(verb))}};
}

Reply not_implemented(std::string_view verb) {
  return {502, "5.5.1", {fmt::format("{} is not done here", quoted(verb))}};
}

Reply write_it_like_this(std::string_view usage) {
  return {501, "5.5.4", {fmt::format("Write it like this: {}", usage)}};
}

Reply say_first(std::string_view usage) {
  return {503, "5.5.1", {fmt::format("not yet; say this first: {}", usage)}};
}

Reply nested_mail() {
  return {503, "5.5.1", {"I have a sender already; RSET starts over"}};
}

Reply bad_sender(std::string_view problem) {
  return {501, "5.1.7", {fmt::format("{}. Write it like this: MAIL FROM:<name@domain>", problem)}};
}

Reply bad_recipient(std::string_view problem) {
  return {501, "5.1.3", {fmt::format("{}. Write it like this: RCPT TO:<name@domain>", problem)}};
}

// RFC 6531 §3.5: 550 for MAIL, 553 for RCPT
Reply non_ascii_address(bool sender) {
  return {sender ? 550 : 553,
          "5.6.7",
          {fmt::format("the {} address has a letter that is not ASCII",
                       sender ? "sender's" : "recipient's")}};
}

Reply unknown_user(std::string_view name) {
  return {550, "5.1.1", {fmt::format("no mailbox here by the name {}", quoted(name))}};
}

Reply relay(std::string_view domain) {
  return {550, "5.7.1", {fmt::format("relaying denied: I deliver to {} only", domain)}};
}

Reply unknown_parameter(std::string_view keyword) {
  return {555, "5.5.4", {fmt::format("parameter not known: {}", quoted(keyword))}};
}

Reply bad_parameter(std::string_view parameter) {
  return {501, "5.5.4", {fmt::format("this parameter makes no sense: {}", quoted(parameter))}};
}

Reply too_big(std::size_t max_size) {
  return {552, "5.3.4", {fmt::format("message too big: {} octets at most", max_size)}};
}

Reply held_too_long(std::int64_t longest_seconds) {
  return {501, "5.5.4", {fmt::format("held back too long: {} seconds at most", longest_seconds)}};
}

Reply binary_needs_bdat() {
  return {503, "5.5.1", {"a letter with BODY=BINARYMIME comes by BDAT, not by DATA"}};
}

Reply no_list(std::string_view name) {
  return {550, "5.1.1", {fmt::format("no mailing list here by the name {}", quoted(name))}};
}

// RFC 6531 §3.7.4.2
Reply needs_utf8_reply() {
  return {550, "5.6.8", {"my answer would not be ASCII; write SMTPUTF8 behind the name"}};
}

Reply tls_already() {
  return {503, "5.5.1", {"the connection is encrypted already"}};
}

Reply auth_not_now() {
  return {503, "5.5.1", {"not now: AUTH comes once, after EHLO and before MAIL"}};
}

Reply unknown_mechanism(std::string_view known) {
  return {504, "5.5.4", {fmt::format("mechanism not known; mine are: {}", known)}};
}

Reply bad_base64() {
  return {501, "5.5.2", {"that is not base64; nothing has happened"}};
}

Reply bad_response() {
  return {501, "5.5.2", {"that is no answer of this mechanism"}};
}

Reply auth_cancelled() {
  return {501, "5.7.0", {"ok, given up"}};
}

Reply bad_login() {
  return {535, "5.7.8", {"wrong name or password"}};
}

Reply auth_unavailable() {
  return {454, "4.7.0", {"cannot check that now, try again later"}};
}

Reply too_many_hops() {
  return {554, "5.4.6", {"this letter has been through too many servers: a loop"}};
}

Reply too_many_recipients(std::size_t limit) {
  return {452, "4.5.3", {fmt::format("too many recipients: {} at most in one message", limit)}};
}

Reply bare_line_ending(bool lf) {
  return {550,
          "5.5.2",
          {fmt::format("a line ended in a bare {}: every line must end as your first one did",
                       lf ? "LF" : "CR")}};
}

Reply bare_ending_in_chunk() {
  return {550,
          "5.5.2",
          {"a line ended in a bare CR or LF: in a chunk lines end in CR LF, or MAIL says "
           "BODY=BINARYMIME"}};
}

Reply bare_lf_command() {
  return {500,
          "5.5.2",
          {"your line ends in LF alone; with --strict each ends in CR LF, as nc -C sends it"}};
}

Reply unknown_chunk(std::string_view server) {
  return {421,
          "4.5.4",
          {fmt::format(
              "{} cannot tell how many octets follow, as in BDAT 86 LAST; closing the connection",
              server)}};
}

Reply storage_full() {
  return {452, "4.3.1", {"no room left in the mailbox; nothing was stored, try again later"}};
}

Reply storage_busy() {
  return {451, "4.3.0", {"the mailbox could not be written; nothing was stored, try again later"}};
}

Reply fault(std::string_view server, std::string_view point, const wire::Faults::Rule& rule) {
  const std::string why = fmt::format("an injected fault, {}", rule.text);
  if (rule.effect == wire::Faults::Effect::greylist) {
    return {451, "4.7.1", {fmt::format("not at the first try, come again later: {}", why)}};
  }
  if (rule.effect == wire::Faults::Effect::quota) {
    return {452, "4.2.2", {fmt::format("the mailbox is full, try again later: {}", why)}};
  }
  // RFC 2034 §4: none in the answer to HELO and EHLO.
  const bool hello = point == "HELO" || point == "EHLO";
  const std::string enhanced = hello ? "" : enhanced_code(rule.code, point);
  if (rule.code == 421) {
    return {421, enhanced, {fmt::format("{} closing the connection: {}", server, why)}};
  }
  return {rule.code, enhanced, {fmt::format("told to answer so: {}", why)}};
}

Reply too_many_errors(std::string_view server) {
  return {421, "4.7.0", {fmt::format("{} too many errors, closing the connection", server)}};
}

Reply timeout(std::string_view server) {
  return {
      421, "4.4.2", {fmt::format("{} nothing came for too long, closing the connection", server)}};
}

Reply shutting_down(std::string_view server) {
  return {421, "4.3.2", {fmt::format("{} is being stopped, closing the connection", server)}};
}

Reply too_many_connections(std::string_view server) {
  return {421, "4.3.2", {fmt::format("{} too many connections, try again later", server)}};
}

}  // namespace replies
}  // namespace sandpost::smtp
