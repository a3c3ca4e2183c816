#include "wire/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "wire/event.hpp"

namespace sandpost::wire {
namespace {

using namespace event;

constexpr std::array forms{
    EventForm{client_line, "text data", "the client said a line; data: it belongs to the letter"},
    EventForm{server_line, "text last", "the server said a line; last: its reply ends here"},
    EventForm{smtp_connect, "port", "a client connected to the SMTP server"},
    EventForm{smtp_helo, "verb name code", "HELO or EHLO was accepted"},
    EventForm{smtp_starttls, "version cipher code", "the connection is encrypted from here on"},
    EventForm{smtp_auth, "mechanism user code", "AUTH: the client has shown who it is"},
    EventForm{smtp_mail, "from brackets space code", "the reverse-path was accepted"},
    EventForm{smtp_rcpt, "to local count code", "a recipient was accepted; count: so far"},
    EventForm{smtp_data, "code", "DATA was accepted: the letter begins"},
    EventForm{smtp_bdat, "octets last code", "a chunk of the letter was accepted"},
    EventForm{smtp_line, "kind cause", "a line of the letter: head empty body"},
    EventForm{
        smtp_message,
        "queue size from rcpts head_lines body_lines subject has_blank_line unstuffed eightbit "
        "cause code",
        "the content was accepted and stored as number `queue`"},
    EventForm{smtp_rset, "code", "RSET: sender and recipients are forgotten"},
    EventForm{smtp_noop, "code", "NOOP"},
    EventForm{smtp_vrfy, "arg code", "VRFY"},
    EventForm{smtp_help, "arg code", "HELP"},
    EventForm{smtp_quit, "code", "QUIT"},
    EventForm{smtp_error, "code verb line cause near need count lost",
              "a line was refused; lost: the transaction went with it"},
    EventForm{smtp_note, "cause tls", "something odd that was not refused"},
    EventForm{smtp_close, "clean lost_message cause", "the connection ended; clean: after QUIT"},
    EventForm{queue_accepted, "queue mailbox size due", "a message waits for its delivery"},
    EventForm{queue_delivered, "queue mailbox waited", "the delay is over: POP3 shows the message"},
    EventForm{pop3_connect, "port", "a client connected to the POP3 server"},
    EventForm{pop3_stls, "version cipher", "the connection is encrypted from here on"},
    EventForm{pop3_utf8, "", "UTF8: the client reads UTF-8"},
    EventForm{pop3_user, "user", "USER was accepted, whoever it names"},
    EventForm{pop3_auth, "user mechanism ok count octets cause", "a login succeeded or failed"},
    EventForm{pop3_capa, "", "CAPA"},
    EventForm{pop3_stat, "count octets", "STAT"},
    EventForm{pop3_list, "count octets arg", "LIST; arg: the number asked for, 0 for all"},
    EventForm{pop3_uidl, "count arg", "UIDL"},
    EventForm{pop3_retr, "number queue octets added",
              "RETR; added: the lines on top that the servers wrote"},
    EventForm{pop3_top, "number queue lines added", "TOP"},
    EventForm{pop3_dele, "number queue marked", "DELE; marked: how many are marked now"},
    EventForm{pop3_noop, "", "NOOP"},
    EventForm{pop3_rset, "marked", "RSET; marked: how many marks were taken away"},
    EventForm{pop3_quit, "state deleted ok", "QUIT in state AUTHORIZATION or UPDATE"},
    EventForm{pop3_error, "verb line cause near need count", "a line was refused"},
    EventForm{pop3_note, "cause tls", "something odd that was not refused"},
    EventForm{pop3_close, "clean marks_lost cause", "the connection ended; clean: after QUIT"},
    EventForm{fault, "rule verb effect milliseconds",
              "a rule of --fault has struck; effect: answer wait drop"},
    EventForm{tick, "seconds idle",
              "time passed since the step began, and since anything was said"},
};

constexpr std::array causes{
    "none",
    "unknown_verb",
    "misspelt_verb",
    "header_as_command",
    "http",
    "wrong_order",
    "no_colon",
    "no_argument",
    "unwanted_argument",
    "no_brackets",
    "one_bracket",
    "from_to_swapped",
    "colon_space",
    "bad_address",
    "bad_name",
    "unknown_parameter",
    "bad_parameter",
    "too_big",
    "too_many_recipients",
    "too_many_errors",
    "unknown_user",
    "relay",
    "control_bytes",
    "escape_bytes",
    "telnet_bytes",
    "full_width",
    "smart_quote",
    "nbsp",
    "non_ascii",
    "trailing_space",
    "early_talk",
    "lf_only",
    "s_client_quit",
    "bare_lf",
    "line_too_long",
    "dot_space",
    "dot_double",
    "dot_full_width",
    "dot_lost",
    "lf_dot",
    "command_in_data",
    "no_blank_line",
    "blank_line_has_spaces",
    "no_head",
    "storage",
    "timeout",
    "pass_before_user",
    "not_logged_in",
    "already_logged_in",
    "bad_login",
    "in_use",
    "no_number",
    "zero_number",
    "number_too_big",
    "already_marked",
    "empty_line",
    "loop",
    "bad_base64",
    "base64_newline",
    "cancelled",
    "fault",
};
static_assert(causes.size() == static_cast<std::size_t>(last_cause) + 1);

}  // namespace

std::span<const EventForm> events() {
  return forms;
}

const EventForm* find_event(std::string_view name) {
  const auto* found =
      std::find_if(forms.begin(), forms.end(), [&](const EventForm& f) { return f.name == name; });
  return found == forms.end() ? nullptr : found;
}

bool is_refusal(const Event& what) {
  return is_error(what.name) || (what.name == event::pop3_auth && !what.flag("ok"));
}

bool has_field(const EventForm& event, std::string_view field) {
  std::string_view rest = event.fields;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, end) == field) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::string_view to_text(Cause cause) {
  return causes.at(static_cast<std::size_t>(cause));
}

Cause cause_from(std::string_view text) {
  const auto* found = std::find(causes.begin(), causes.end(), text);
  return found == causes.end() ? Cause::none : static_cast<Cause>(found - causes.begin());
}

}  // namespace sandpost::wire
