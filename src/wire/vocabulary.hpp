#pragma once
// The words of the event stream: the names of the events, their fields, and the causes of a
// refusal. One list, from which a test checks docs/events.md, and a lesson is checked for words
// that are not in it.

#include <span>
#include <string_view>

namespace sandpost::wire {

struct Event;

namespace event {
// What was said. `text` is without its line ending; secrets are masked.
inline constexpr std::string_view client_line = "wire.client";
inline constexpr std::string_view server_line = "wire.server";
// What it meant.
inline constexpr std::string_view smtp_connect = "smtp.connect";
inline constexpr std::string_view smtp_helo = "smtp.helo";
inline constexpr std::string_view smtp_starttls = "smtp.starttls";
inline constexpr std::string_view smtp_auth = "smtp.auth";
inline constexpr std::string_view smtp_mail = "smtp.mail";
inline constexpr std::string_view smtp_rcpt = "smtp.rcpt";
inline constexpr std::string_view smtp_data = "smtp.data";
inline constexpr std::string_view smtp_bdat = "smtp.bdat";
inline constexpr std::string_view smtp_line = "smtp.line";
inline constexpr std::string_view smtp_message = "smtp.message";
inline constexpr std::string_view smtp_rset = "smtp.rset";
inline constexpr std::string_view smtp_noop = "smtp.noop";
inline constexpr std::string_view smtp_vrfy = "smtp.vrfy";
inline constexpr std::string_view smtp_help = "smtp.help";
inline constexpr std::string_view smtp_quit = "smtp.quit";
inline constexpr std::string_view smtp_error = "smtp.error";
inline constexpr std::string_view smtp_note = "smtp.note";
inline constexpr std::string_view smtp_close = "smtp.close";
inline constexpr std::string_view queue_accepted = "queue.accepted";
inline constexpr std::string_view queue_delivered = "queue.delivered";
inline constexpr std::string_view pop3_connect = "pop3.connect";
inline constexpr std::string_view pop3_stls = "pop3.stls";
inline constexpr std::string_view pop3_utf8 = "pop3.utf8";
inline constexpr std::string_view pop3_user = "pop3.user";
inline constexpr std::string_view pop3_auth = "pop3.auth";
inline constexpr std::string_view pop3_capa = "pop3.capa";
inline constexpr std::string_view pop3_stat = "pop3.stat";
inline constexpr std::string_view pop3_list = "pop3.list";
inline constexpr std::string_view pop3_uidl = "pop3.uidl";
inline constexpr std::string_view pop3_retr = "pop3.retr";
inline constexpr std::string_view pop3_top = "pop3.top";
inline constexpr std::string_view pop3_dele = "pop3.dele";
inline constexpr std::string_view pop3_noop = "pop3.noop";
inline constexpr std::string_view pop3_rset = "pop3.rset";
inline constexpr std::string_view pop3_quit = "pop3.quit";
inline constexpr std::string_view pop3_error = "pop3.error";
inline constexpr std::string_view pop3_note = "pop3.note";
inline constexpr std::string_view pop3_close = "pop3.close";
// Of either protocol: a rule of --fault has struck.
inline constexpr std::string_view fault = "fault";
// The tutor's own sense of time; never on the bus.
inline constexpr std::string_view tick = "tick";
}  // namespace event

// The kinds of which either protocol has one.
[[nodiscard]] inline bool is_connect(std::string_view name) {
  return name == event::smtp_connect || name == event::pop3_connect;
}
[[nodiscard]] inline bool is_close(std::string_view name) {
  return name == event::smtp_close || name == event::pop3_close;
}
[[nodiscard]] inline bool is_error(std::string_view name) {
  return name == event::smtp_error || name == event::pop3_error;
}
// A line that was refused: an error, or a login that failed.
[[nodiscard]] bool is_refusal(const Event& what);

struct EventForm {
  std::string_view name;
  std::string_view fields;  // separated by blanks
  std::string_view meaning;
};

// Every event there is, in the order of docs/events.md.
[[nodiscard]] std::span<const EventForm> events();
[[nodiscard]] const EventForm* find_event(std::string_view name);
[[nodiscard]] bool has_field(const EventForm& event, std::string_view field);

// Why a line was refused, or what was odd about one that was not. The parser knows; the reply's
// text is for people, the cause is for the tutor.
enum class Cause {
  none,
  unknown_verb,       // no such command
  misspelt_verb,      // one slip away from a command, named by `near`
  header_as_command,  // a line of the letter, typed before DATA
  http,               // a web browser or a robot knocked
  wrong_order,        // right word, wrong moment: `need` names what comes first
  no_colon,           // MAIL FROM <a@b>
  no_argument,        // the command needs one
  unwanted_argument,  // the command takes none
  no_brackets,        // accepted leniently, or refused where it is not
  one_bracket,
  from_to_swapped,  // MAIL TO:, RCPT FROM:
  colon_space,      // MAIL FROM: <a@b>, accepted leniently
  bad_address,
  bad_name,           // the name after HELO is not one
  unknown_parameter,  // MAIL or RCPT with a parameter that was not announced
  bad_parameter,
  too_big,  // more octets than the server takes
  too_many_recipients,
  too_many_errors,
  unknown_user,
  relay,          // a foreign domain
  control_bytes,  // backspace and other control characters
  escape_bytes,   // arrow keys
  telnet_bytes,   // telnet's own commands, such as Ctrl-C
  full_width,     // full-width letters or punctuation
  smart_quote,
  nbsp,       // a no-break space
  non_ascii,  // other octets above 127
  trailing_space,
  early_talk,     // the client spoke before it could have read the greeting
  lf_only,        // a session whose lines end in LF alone, accepted unless the rules are strict
  s_client_quit,  // an encrypted connection ended without QUIT
  bare_lf,        // a line ending that is not the session's own, in the content
  line_too_long,
  dot_space,              // ". " in DATA
  dot_double,             // ".." in DATA
  dot_full_width,         // "。" in DATA
  dot_lost,               // a line of the letter that begins with one dot, which is taken away
  lf_dot,                 // a dot between bare LFs in a CRLF session
  command_in_data,        // QUIT, RSET, HELP ... typed inside the letter
  no_blank_line,          // a head without the empty line that ends it
  blank_line_has_spaces,  // behind the head: a line that looks empty and is not
  no_head,                // a letter without header lines
  storage,                // the mailbox could not be written
  timeout,
  pass_before_user,
  not_logged_in,
  already_logged_in,
  bad_login,
  in_use,  // another session holds the maildrop
  no_number,
  zero_number,
  number_too_big,
  already_marked,
  empty_line,
  loop,            // a letter that has been through too many servers
  bad_base64,      // a response of AUTH that cannot be decoded
  base64_newline,  // AUTH: what was sent decodes to text with a newline at its end
  cancelled,       // AUTH given up with "*"
  fault,           // refused on purpose, by a rule of --fault
};

// They are numbered from 0 to this one.
inline constexpr Cause last_cause = Cause::fault;

// "misspelt_verb"; the spelling in lesson files and in the events.
[[nodiscard]] std::string_view to_text(Cause cause);
[[nodiscard]] Cause cause_from(std::string_view text);  // `none` for a word that is not one

}  // namespace sandpost::wire
