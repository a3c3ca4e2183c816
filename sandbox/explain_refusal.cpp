// Why a line was refused, in the tutor's words. Part of sandbox/explain.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/due_lines.hpp"
#include "sandbox/explain.hpp"
#include "sandbox/explain_connection.hpp"
#include "wire/odd_bytes.hpp"
#include "wire/typed_line.hpp"

namespace sandpost::sandbox {
namespace {

using wire::Cause;

std::size_t column_of(const std::string& line, std::string_view found) {
  const auto at = line.find(found);
  return at == std::string::npos ? 0 : at + 1;
}

// What this character is, where its code alone says little.
std::string name_of(const wire::Oddity& odd) {
  if (odd.shown == "^[") return tr(", the first of the bytes ESC [ D or the like");
  if (odd.shown == "^D") return tr(", the byte 04 that Ctrl-D sends");
  if (odd.cause == Cause::full_width && !odd.meant.empty() && odd.meant != " ") {
    return say(", where {} is meant", odd.meant);
  }
  return "";
}

// The character of a command line that cannot stand there, in words.
std::string odd_character(const wire::Event& error) {
  const wire::Cause cause = wire::cause_from(error.text("cause"));
  const std::string& raw = error.text("line");
  for (const std::string& line : {wire::with_backspaces_applied(raw), raw}) {
    for (const auto& odd : {wire::find_control(line), wire::find_non_ascii(line)}) {
      if (!odd || odd->cause != cause) continue;
      return say("Character {0} of your line is {1}{2}.", odd->column, odd->shown, name_of(*odd));
    }
  }
  return tr("One character of your line is not what it looks like.");
}

// A command's form; empty for one that needs nothing behind it.
std::string_view form_of(std::string_view verb) {
  struct Form {
    std::string_view verb;
    std::string_view line;
  };
  constexpr std::array forms{Form{"HELO", "helo {domain}"},    Form{"EHLO", "ehlo {domain}"},
                             Form{"MAIL", "MAIL FROM:<{me}>"}, Form{"RCPT", "RCPT TO:<{me}>"},
                             Form{"VRFY", "VRFY {user}"},      Form{"USER", "user {user}"},
                             Form{"PASS", "pass {pass}"},      Form{"RETR", "RETR 1"},
                             Form{"DELE", "DELE 1"},           Form{"LIST", "LIST 1"},
                             Form{"UIDL", "UIDL 1"},           Form{"TOP", "TOP 1 5"},
                             Form{"AUTH", "AUTH PLAIN"}};
  const auto* found =
      std::find_if(forms.begin(), forms.end(), [&](const Form& one) { return one.verb == verb; });
  return found == forms.end() ? "" : found->line;
}

// On a line of its own, kept as it is.
std::string example(std::string_view line) {
  return line.empty() ? "" : fmt::format("\n  {}", line);
}

// What a correction shows to be typed: lines of the step, where they are known.
class Correction {
 public:
  Correction(const wire::Event& error, const std::vector<std::string>& lines)
      : refused_(one_spelling(error.text("line"))), lines_(lines) {}

  // The first line with that command. Not the refused one: it would be refused again.
  [[nodiscard]] std::string line(std::string_view verb) const {
    const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const std::string& one) {
      return verb_of(one) == verb && one_spelling(one) != refused_;
    });
    return found == lines_.end() ? "" : strict_form(*found);
  }
  // As an example; where the step has no such line, the command's form, and what is due instead.
  [[nodiscard]] std::string usage(std::string_view verb) const {
    const std::string own = line(verb);
    if (!own.empty()) return example(own);
    if (verb == "HELO" || verb == "EHLO") return example(form_of(verb));  // either will do
    return example(is_of_letters(verb) && !due().empty() ? "" : form_of(verb)) + next();
  }
  [[nodiscard]] std::string usage_or_form(std::string_view verb) const {
    const std::string own = line(verb);
    return example(own.empty() ? form_of(verb) : own);
  }
  // As an example; nothing where the step has no such line.
  [[nodiscard]] std::string own(std::string_view verb) const { return example(line(verb)); }
  // Likewise, and then what is due.
  [[nodiscard]] std::string own_or_next(std::string_view verb) const {
    return line(verb).empty() ? next() : own(verb);
  }
  [[nodiscard]] std::string greeting() const {
    for (const std::string& one : lines_) {
      if (verb_of(one) == "HELO" || verb_of(one) == "EHLO") return example(one);
    }
    return example(form_of("HELO"));
  }
  [[nodiscard]] std::string login() const { return usage_or_form("USER") + usage_or_form("PASS"); }

 private:
  static bool is_of_letters(std::string_view verb) {
    constexpr std::array verbs{"RETR", "DELE", "LIST", "UIDL", "TOP"};
    return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
  }
  [[nodiscard]] std::string due() const {
    const bool shown = !lines_.empty() && !lines_.front().empty() && lines_.front()[0] != ':';
    return shown && one_spelling(lines_.front()) != refused_ ? strict_form(lines_.front()) : "";
  }
  [[nodiscard]] std::string next() const {
    return due().empty() ? "" : tr("\nThis step goes on with:") + example(due());
  }

  std::string refused_;
  const std::vector<std::string>& lines_;
};

std::string wrong_order(const wire::Event& error, const Correction& show) {
  const std::string& need = error.text("need");
  if (need == "RSET") {
    return tr(
        "Right word, wrong moment: there is a sender already. Go on with RCPT TO, or type RSET and "
        "start over.");
  }
  if (need == "RCPT")
    return tr("Right word, wrong moment: there is nobody yet to send it to.") +
           show.usage_or_form("RCPT");
  if (need == "MAIL")
    return tr("Right word, wrong moment: the sender comes first.") + show.usage_or_form("MAIL");
  if (need == "EHLO")
    return tr("Right word, wrong moment: AUTH belongs to EHLO.") + show.usage_or_form("EHLO");
  if (need == "BDAT") {
    return tr(
        "Right word, wrong moment: this letter comes in pieces. BDAT 0 LAST ends it, RSET gives it "
        "up.");
  }
  return tr("Right word, wrong moment. The order is HELO, MAIL, RCPT, DATA. First:") +
         show.greeting();
}

// What stands before the colon, behind the verb; empty where that is more than one word, or none.
std::string_view word_before_colon(std::string_view line) {
  line = line.substr(0, std::min(line.find(':'), line.size()));
  const auto blank = line.find(' ');
  const std::string_view word = blank == std::string_view::npos ? "" : trim(line.substr(blank));
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return std::all_of(word.begin(), word.end(), is_letter) ? word : "";
}

std::string no_colon(const wire::Event& error, const Correction& show) {
  const std::string& line = error.text("line");
  const bool sender = error.text("verb") == "MAIL";
  std::string text = tr("It is written like this.");
  const std::string_view word = word_before_colon(line);
  const std::string_view wanted = sender ? "FROM" : "TO";
  if (line.find(':') != std::string::npos && !word.empty() && !equals_ignoring_case(word, wanted)) {
    text += say(" {0} stands where {1} should.", word, wanted);
  }
  const std::string_view keyword = sender ? " FROM" : " TO";
  if (line.find(':') == std::string::npos) {
    const std::size_t column = column_of(to_upper(line), keyword);
    text += column == 0
                ? tr(" The colon is missing.")
                : say(" The colon is missing (it would be character {}).", column + keyword.size());
  }
  if (line.find('<') == std::string::npos) text += tr(" The < > are part of it, too.");
  return text + show.usage(sender ? "MAIL" : "RCPT");
}

std::string one_bracket(const wire::Event& error) {
  const std::string& line = error.text("line");
  const std::size_t open = column_of(line, "<");
  const std::size_t close = column_of(line, ">");
  std::string text = tr("The brackets come in pairs: < before the address and > behind it.");
  if (open > 0) text += say(" The < is character {}; its > is missing.", open);
  if (open == 0 && close > 0) {
    text += say(" The > is character {}; its < is missing.", close);
  }
  return text;
}

// AUTH and its responses; of the latter nothing is shown.
bool is_of_auth(const wire::Event& error) {
  return error.text("verb") == "AUTH" || error.text("verb") == wire::asterisks;
}

std::string misspelt(const wire::Event& error) {
  const std::string& near = error.text("near");
  if (near == "HELO" && error.text("verb") == "HELLO") {
    return tr(
        "HELO has one L: the old commands are all four letters long. The connection is fine, type "
        "the line again.");
  }
  if (near == "QUIT") {
    return tr(
        "Did you mean QUIT? It ends the talk with this server. To leave sandpost altogether, type "
        ":quit");
  }
  return say("Did you mean {}? Type the line again; the connection is fine.", near);
}

std::string unknown_verb(const wire::Event& error, const Correction& show) {
  if (error.text("need") == "PASS") {
    return tr("If that was your password: the word PASS and a blank go in front of it.") +
           show.usage_or_form("PASS");
  }
  if (error.number("code") == 502) {
    return tr(
        "This server knows the word, but does not do it. Nothing has happened; go on without.");
  }
  if (error.number("code") == 504) {
    return tr(
        "The command is known, the word behind it is not. HELP alone lists what there is help on.");
  }
  return tr(
      "The server does not know this word. Nothing has happened; the connection is fine. :hint "
      "helps.");
}

struct Words {
  Cause cause;
  std::string_view text;  // English
};

// Causes of which there is one thing to say.
constexpr std::array fixed_words{
    Words{Cause::http,
          tr_later("A web browser knocked. This is a mail server: use telnet, or this window.")},
    Words{Cause::too_many_recipients,
          tr_later("That is enough recipients for one letter. Send it, then begin another.")},
    Words{Cause::too_many_errors,
          tr_later("After so many refused lines the server hangs up. Connect again.")},
    Words{Cause::telnet_bytes, tr_later("Your telnet sent commands of its own, as it does for "
                                        "Ctrl-C; the server took them out. "
                                        "To leave, type QUIT; else type the line again.")},
    Words{Cause::bare_lf, tr_later("A line of your letter ended in another way than your first "
                                   "line did, and the letter was "
                                   "not kept. With nc, type nc -C from the start.")},
    Words{Cause::lf_only, tr_later("Your line ended in LF alone, and the strict rules want CR LF. "
                                   "Connect with nc -C, or with "
                                   "telnet, and type it there.")},
    Words{Cause::line_too_long, tr_later("That line is longer than a command can be. Nothing has "
                                         "happened; type a shorter one.")},
    Words{Cause::storage, tr_later("The server's disk is in trouble. That is not your doing: a "
                                   "mail program would keep the "
                                   "letter and try again later. So do you.")},
    Words{Cause::timeout,
          tr_later("Nothing came for too long, so the server hung up. Connect again.")},
    Words{
        Cause::already_logged_in,
        tr_later(
            "You are logged in already. LIST shows what is there; QUIT ends this session, and then "
            "you can log in anew.")},
    Words{Cause::loop, tr_later("Each server on the way adds a Received line, and this letter has "
                                "more than 100: it runs "
                                "in circles. So the server stops it.")},
    Words{
        Cause::base64_newline,
        tr_later(
            "It decodes to text with a newline at its end, which counts as a part of it: echo adds "
            "one. Encode it without, and begin again with AUTH:\n"
            "  printf 'name' | base64")},
    Words{Cause::cancelled, tr_later("You have given up logging in. The connection is fine.")},
    Words{
        Cause::fault,
        tr_later(
            "That was a fault, injected on purpose: not your doing. Try it again, perhaps a little "
            "later, as a mail program would.")},
    Words{Cause::empty_line,
          tr_later("Your line was empty. Nothing has happened; the server waits for a command.")},
};

// And behind it how the command is written.
constexpr std::array words_before_usage{
    Words{Cause::no_brackets, tr_later("The address wants its angle brackets.")},
    Words{
        Cause::from_to_swapped,
        tr_later("The two halves are swapped: MAIL goes with FROM: (who sends), RCPT with TO: (who "
                 "gets it).")},
    Words{Cause::colon_space, tr_later("No blank after the colon.")},
    Words{Cause::bad_address,
          tr_later("The server cannot read that as an address. An address looks like this:")},
    Words{Cause::zero_number, tr_later("Letters are counted from 1. LIST shows the numbers.")},
};

template <std::size_t N>
const Words* find_words(const std::array<Words, N>& all, Cause cause) {
  const auto* found =
      std::find_if(all.begin(), all.end(), [&](const Words& one) { return one.cause == cause; });
  return found == all.end() ? nullptr : found;
}

// What is wrong with the words of a command.
std::optional<std::string> of_words(Cause cause, const wire::Event& error, const Correction& show) {
  const std::string& verb = error.text("verb");
  switch (cause) {
    case Cause::unknown_verb:
      return unknown_verb(error, show);
    case Cause::misspelt_verb:
      return misspelt(error);
    case Cause::header_as_command:
      if (error.name == wire::event::pop3_error) {
        return tr(
            "That is a line of a letter. This is the POP3 server: it hands letters out. To send "
            "one, QUIT and connect to port {smtp_port}.");
      }
      return tr("That is a line of the letter. Say DATA first, wait for 354, and then write it.");
    case Cause::no_argument:
      return say("{} wants something behind it.", verb) + show.usage(verb);
    case Cause::unwanted_argument:
      if (verb == "USER") return tr("A name has no blank in it.") + show.usage(verb);
      if (verb == "APOP") {
        return tr(
            "Behind APOP stand two words: your name and the digest, which is 32 characters "
            "long. The blank and the hyphen that md5sum prints behind it are not part of it."
            "\n  apop {user} <digest>");
      }
      if (!form_of(verb).empty()) {
        return say("There is too much behind {}.", verb) + show.usage(verb);
      }
      return say("{} stands alone on its line. Type it with nothing behind it.", verb);
    case Cause::trailing_space:
      if (error.name == wire::event::pop3_auth) {
        return tr("A blank stands behind your password, and it counts as a part of it. Begin "
                  "again:") +
               show.login();
      }
      return tr(
          "There is a blank too many in your line, perhaps at its end. Type it again without.");
    default:
      return std::nullopt;
  }
}

// What is wrong with what stands behind the command: an address, a parameter, the number of a
// letter.
std::optional<std::string> of_argument(Cause cause, const wire::Event& error,
                                       const Correction& show) {
  const std::string& verb = error.text("verb");
  switch (cause) {
    case Cause::no_colon:
      return no_colon(error, show);
    case Cause::one_bracket:
      return one_bracket(error) + show.usage(verb);
    case Cause::bad_name:
      return tr("After HELO stands one word, the name of a computer.") + show.greeting();
    case Cause::unknown_parameter:
      if (is_of_auth(error)) {
        return tr(
            "This server does not know that way to log in. The AUTH line of EHLO, or SASL of CAPA, "
            "lists what it knows.");
      }
      return tr("Something stands behind the address that this server did not offer. Type the line "
                "without it.") +
             show.usage(verb);
    case Cause::bad_parameter:
      if (is_of_auth(error)) {
        return tr(
            "What came is not what this way to log in wants. LOGIN takes the name, then the "
            "password, each in base64; PLAIN takes both at once:\n"
            "  printf '\\0name\\0password' | base64");
      }
      return tr("What stands behind the address makes no sense to the server. Type the line "
                "without it.") +
             show.usage(verb);
    case Cause::too_big:
      if (verb == "MAIL") {
        return tr(
            "SIZE= announces a letter bigger than this server takes. It says so before you have "
            "sent any of it.");
      }
      return tr(
          "The letter is bigger than this server takes, and was not kept. Write a shorter one.");
    case Cause::unknown_user: {
      const std::string instead = show.own_or_next(verb);
      if (instead.empty()) {
        return tr(
            "5 means: do not try again as it is. There is no such mailbox here. You are {me}.");
      }
      return tr("5 means: do not try again as it is. There is no such mailbox here.") + instead;
    }
    case Cause::relay: {
      const std::string instead = show.own_or_next(verb);
      if (instead.empty()) {
        return tr(
            "The right answer of the server! It delivers to {domain} only; one that passes on mail "
            "from anybody to anybody is an open relay, a spammer's dream. Write to {me}.");
      }
      return tr("The right answer of the server! It delivers to {domain} only; one that passes on "
                "mail from anybody to anybody is an open relay, a spammer's dream.") +
             instead;
    }
    case Cause::no_number:
      return say("{} wants the number of a letter. LIST shows the numbers.", verb) +
             show.usage(verb);
    case Cause::number_too_big:
      return tr("There is no letter with that number. LIST shows the numbers there are.") +
             show.own(verb);
    case Cause::already_marked:
      return tr("That letter is marked as deleted. The numbers stay as they are until you leave; "
                "RSET takes the marks away.") +
             show.own(verb);
    default:
      return std::nullopt;
  }
}

// Octets that a line should not have.
std::optional<std::string> of_octets(Cause cause, const wire::Event& error) {
  switch (cause) {
    case Cause::escape_bytes:
      return odd_character(error) + tr(" Arrow keys send such bytes: telnet cannot edit a line. "
                                       "Type it again, without arrow keys.");
    case Cause::control_bytes:
      if (error.text("line").find('\t') != std::string::npos) {
        return tr("Your line holds a tab. Type it again with blanks.");
      }
      return odd_character(error) +
             (error.text("line").find('\x04') != std::string::npos
                  ? tr(" It does not leave telnet: QUIT does, or Ctrl-] and then quit.")
                  : "") +
             tr(" The screen hides it, the server does not. Type the line again.");
    case Cause::full_width:
      return odd_character(error) + tr(" It is a full-width character: switch the keyboard to "
                                       "English input and type the line again.");
    case Cause::smart_quote:
      return odd_character(error) +
             tr(" It is a bent quote out of a text program. Type the line by hand.");
    case Cause::nbsp:
      return odd_character(error) + tr(" It looks like a blank and is none: it was pasted from a "
                                       "web page. Type the line by hand.");
    case Cause::non_ascii:
      return odd_character(error) + tr(" Commands are plain ASCII: A to Z, digits, and the signs "
                                       "of an English keyboard. Type the line again.");
    default:
      return std::nullopt;
  }
}

// What comes too early, and logging in.
std::optional<std::string> of_order(Cause cause, const wire::Event& error, const Correction& show) {
  const std::string& mechanism = error.text("mechanism");
  const bool by_sasl = !mechanism.empty() && mechanism != "PASS" && mechanism != "APOP";
  switch (cause) {
    case Cause::wrong_order:
      return wrong_order(error, show);
    case Cause::pass_before_user:
      return tr("First the name, then the password:") + show.usage_or_form("USER");
    case Cause::not_logged_in:
      if (error.text("need") == "PASS")
        return tr("Now the password, then the rest:") + show.usage_or_form("PASS");
      return tr("Not before you have logged in:") + show.login();
    case Cause::bad_login:
      return tr("Name or password does not fit; a good server never says which of the two. Begin "
                "again:") +
             (is_of_auth(error) || by_sasl ? example("AUTH LOGIN") : show.login());
    case Cause::in_use:
      return explain_in_use(std::nullopt);
    case Cause::bad_base64:
      if (!show.own("AUTH").empty()) {
        return tr("That is not base64: names and passwords are not typed as they are. Begin "
                  "again:") +
               show.own("AUTH");
      }
      return tr(
          "That is not base64: names and passwords are not typed as they are. PLAIN takes "
          "'\\0name\\0password' at once; no newline:\n"
          "  printf 'name' | base64");
    default:
      return std::nullopt;
  }
}

std::string of_cause(Cause cause, const wire::Event& error, const Correction& show) {
  if (const Words* known = find_words(fixed_words, cause)) return tr(known->text);
  if (const Words* known = find_words(words_before_usage, cause)) {
    return tr(known->text) + show.usage(error.text("verb"));
  }
  if (auto said = of_words(cause, error, show)) return *said;
  if (auto said = of_argument(cause, error, show)) return *said;
  if (auto said = of_octets(cause, error)) return *said;
  if (auto said = of_order(cause, error, show)) return *said;
  return tr("Nothing has happened; the connection is fine. :hint helps.");
}

bool is_pop3_word(std::string_view verb) {
  constexpr std::array words{"USER", "PASS", "STAT", "LIST", "RETR", "DELE", "UIDL", "TOP", "APOP"};
  return std::find(words.begin(), words.end(), verb) != words.end();
}

bool is_smtp_word(std::string_view verb) {
  constexpr std::array words{"HELO", "EHLO", "MAIL", "RCPT", "DATA", "VRFY"};
  return std::find(words.begin(), words.end(), verb) != words.end();
}

}  // namespace

bool is_for_pop3(const wire::Event& error) {
  return error.name == wire::event::smtp_error && is_pop3_word(to_upper(error.text("verb"))) &&
         wire::cause_from(error.text("cause")) == Cause::unknown_verb;
}

// ":hint" in a telnet of one's own.
bool is_for_the_tutor(const wire::Event& error) {
  const std::string line = to_lower(error.text("line"));
  return line.size() > 1 && line[0] == ':' && line[1] >= 'a' && line[1] <= 'z' &&
         wire::cause_from(error.text("cause")) == Cause::unknown_verb;
}

std::string explain_refusal(const wire::Event& error, const Variables& variables,
                            const std::vector<std::string>& lines) {
  const Cause cause = wire::cause_from(error.text("cause"));
  const bool smtp = error.name.starts_with("smtp");
  const std::string verb = to_upper(error.text("verb"));
  if (is_for_the_tutor(error)) return tr(explain_tutor_word);
  if (is_for_pop3(error)) {
    return expand(tr("That is a POP3 word, and this is the SMTP server: it takes mail in. To fetch "
                     "mail, QUIT and connect to port {pop3_port}."),
                  variables);
  }
  if (!smtp && is_smtp_word(verb)) {
    return expand(tr("That is an SMTP word, and this is the POP3 server: it hands mail out. To "
                     "send, QUIT and connect to port {smtp_port}."),
                  variables);
  }
  return expand(of_cause(cause, error, Correction(error, lines)), variables);
}

}  // namespace sandpost::sandbox
