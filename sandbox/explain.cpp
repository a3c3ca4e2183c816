#include "sandbox/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "wire/odd_bytes.hpp"

namespace sandpost::sandbox {
namespace {

using wire::Cause;

// RFC 5321 §4.2.1
std::string_view first_digit(char digit) {
  switch (digit) {
    case '2':
      return "done";
    case '3':
      return "go on";
    case '4':
      return "not now, try later";
    default:
      return "never, as it stands";
  }
}

std::string_view second_digit(char digit) {
  switch (digit) {
    case '0':
      return "about the wording";
    case '1':
      return "information";
    case '2':
      return "about the connection";
    case '5':
      return "about mail";
    default:
      return "of another kind";
  }
}

struct Code {
  std::string_view code;
  std::string_view meaning;
};

// RFC 5321 §4.2.3, in our words.
constexpr std::array codes{
    Code{"214", "help"},
    Code{"220", "ready"},
    Code{"221", "good-bye"},
    Code{"250", "that went well"},
    Code{"252", "cannot say, but would try"},
    Code{"354", "now the letter"},
    Code{"421", "the server leaves"},
    Code{"450", "mailbox busy"},
    Code{"451", "the server's own trouble"},
    Code{"452", "no room"},
    Code{"500", "not a command"},
    Code{"501", "command known, the rest not"},
    Code{"502", "known, but not done here"},
    Code{"503", "right word, wrong moment"},
    Code{"504", "parameter not done here"},
    Code{"550", "not done: no such mailbox, or not allowed"},
    Code{"552", "too big"},
    Code{"553", "such a name cannot be"},
    Code{"554", "it failed"},
    Code{"555", "parameter not known"},
};

std::string plural(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// The character of a command line that cannot stand there, in words.
std::string odd_character(const wire::Event& error) {
  const std::string& line = error.text("line");
  auto odd = wire::find_control(line);
  if (!odd) odd = wire::find_non_ascii(line);
  if (!odd) return "A character in it is not what it looks like.";
  return fmt::format("Character {} of your line is {}.", odd->column, odd->shown);
}

std::string wrong_order(const wire::Event& error) {
  const std::string& need = error.text("need");
  if (need == "RSET") {
    return "Right word, wrong moment: there is a sender already. Go on with RCPT TO, or type RSET "
           "and start over.";
  }
  if (need == "RCPT")
    return "Right word, wrong moment: there is nobody yet to send it to.\n  RCPT TO:<{me}>";
  if (need == "MAIL")
    return "Right word, wrong moment: the sender comes first.\n  MAIL FROM:<{me}>";
  return "Right word, wrong moment. The order is HELO, MAIL, RCPT, DATA. First:\n  helo {domain}";
}

std::string no_colon(const wire::Event& error) {
  const std::string& line = error.text("line");
  const bool sender = error.text("verb") == "MAIL";
  std::string text = "It is written like this.";
  if (line.find(':') == std::string::npos) text += " The colon is missing.";
  if (line.find('<') == std::string::npos) text += " The < > are part of it, too.";
  return text + (sender ? "\n  MAIL FROM:<{me}>" : "\n  RCPT TO:<{me}>");
}

std::string of_cause(Cause cause, const wire::Event& error) {
  const std::string& near = error.text("near");
  switch (cause) {
    case Cause::unknown_verb:
      return "The server does not know this word. Nothing has happened; the connection is fine. "
             ":hint helps.";
    case Cause::misspelt_verb:
      if (near == "HELO") {
        return "HELO has one L: old commands are all four letters long. The connection is fine, "
               "type it again.";
      }
      return fmt::format("Did you mean {}? Type the line again; the connection is fine.", near);
    case Cause::header_as_command:
      return "That is a line of the letter. Say DATA first, wait for 354, and then write it.";
    case Cause::http:
      return "A web browser knocked. This is a mail server: use telnet, or this window.";
    case Cause::wrong_order:
      return wrong_order(error);
    case Cause::no_colon:
      return no_colon(error);
    case Cause::no_argument:
      return "The command wants something behind it. :hint says what.";
    case Cause::unwanted_argument:
      return fmt::format("{} stands alone on its line. Type it with nothing behind it.",
                         error.text("verb"));
    case Cause::no_brackets:
      return "The address wants its angle brackets: <{me}>";
    case Cause::one_bracket:
      return "The brackets come in pairs: < before the address and > behind it, as in <{me}>";
    case Cause::from_to_swapped:
      return "The two halves are swapped: it is MAIL FROM: and RCPT TO:";
    case Cause::colon_space:
      return "No blank after the colon:\n  MAIL FROM:<{me}>";
    case Cause::bad_address:
      return "That is not an address the server can read. It looks like <{me}>";
    case Cause::bad_name:
      return "After HELO stands one word, the name of a computer:\n  helo {domain}";
    case Cause::unknown_parameter:
      return "Behind the address stood a parameter that the server did not offer. Leave it away.";
    case Cause::bad_parameter:
      return "A parameter behind the address makes no sense. Leave it away.";
    case Cause::too_big:
      return "The letter is bigger than the server takes.";
    case Cause::too_many_recipients:
      return "That is enough recipients for one letter. Send it, then begin another.";
    case Cause::too_many_errors:
      return "After so many refused lines the server hangs up. Connect again.";
    case Cause::unknown_user:
      return "5 means: do not try again as it is. There is no such mailbox here. You are {me}.";
    case Cause::relay:
      return "The right answer of the server! It delivers to {domain} only; one that passes on "
             "mail "
             "from anybody to anybody is an open relay, a spammer's dream. Write to {me}.";
    case Cause::escape_bytes:
      return odd_character(error) +
             " An arrow key sends such bytes; telnet has no line editing. Press Enter and type the "
             "line again.";
    case Cause::control_bytes:
    case Cause::telnet_bytes:
      return odd_character(error) +
             " The screen hides it, the server does not. Press Enter and type the line again.";
    case Cause::full_width:
      return odd_character(error) +
             " It is a full-width character: switch the keyboard to English input and type it "
             "again.";
    case Cause::smart_quote:
      return odd_character(error) + " A text program has bent your quotes. Type them by hand.";
    case Cause::nbsp:
      return odd_character(error) +
             " It looks like a blank and is none: it was pasted from a web page. Type it by hand.";
    case Cause::non_ascii:
      return odd_character(error) + " Commands are written in plain ASCII letters.";
    case Cause::trailing_space:
      return "There is a blank at the end of your line.";
    case Cause::bare_lf:
      return "A line of your letter ended otherwise than your first line did. Nothing was stored. "
             "With nc, use nc -C from the beginning.";
    case Cause::line_too_long:
      return "That line is longer than a command can be. Nothing has happened.";
    case Cause::storage:
      return "The server could not store it. That is not your doing, and nothing was lost: a "
             "client "
             "would keep the letter and try again later.";
    case Cause::timeout:
      return "Nothing came for too long, so the server hung up. Connect again.";
    case Cause::pass_before_user:
      return "First the name, then the password:\n  user {user}";
    case Cause::not_logged_in:
      return "Not before you have logged in:\n  user {user}\n  pass {pass}";
    case Cause::already_logged_in:
      return "You are logged in already. LIST shows what is there.";
    case Cause::bad_login:
      return "Name or password does not fit; a good server never says which of the two. You are "
             "{user}, the password is {pass}. Begin again:\n  user {user}";
    case Cause::in_use:
      return "Another session of yours holds the mailbox. Type QUIT there, then log in again.";
    case Cause::no_number:
      return "The command wants the number of a letter. LIST shows the numbers.";
    case Cause::zero_number:
      return "Letters are counted from 1.";
    case Cause::number_too_big:
      return "There is no letter with that number. LIST shows the numbers there are.";
    case Cause::already_marked:
      return "That letter is marked as deleted. The numbers stay as they are until you leave; RSET "
             "takes the marks away.";
    case Cause::empty_line:
      return "Your line was empty. Nothing has happened.";
    default:
      return "Nothing has happened; the connection is fine. :hint helps.";
  }
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

std::string explain_reply(std::string_view reply) {
  if (reply.starts_with("+OK")) return "+OK: done";
  if (reply.starts_with("-ERR")) return "-ERR: not done, and nothing has changed";
  const std::string_view code = reply.substr(0, 3);
  const bool digits = code.size() == 3 && std::all_of(code.begin(), code.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return {};
  const auto* known =
      std::find_if(codes.begin(), codes.end(), [&](const Code& one) { return one.code == code; });
  return fmt::format("{} {}   {} {}   {} {}", code[0], first_digit(code[0]), code[1],
                     second_digit(code[1]), code[2],
                     known == codes.end() ? "a number for programs" : known->meaning);
}

std::string explain_refusal(const wire::Event& error, const Variables& variables) {
  const Cause cause = wire::cause_from(error.text("cause"));
  const bool smtp = error.name.starts_with("smtp");
  const std::string verb = to_upper(error.text("verb"));
  if (smtp && is_pop3_word(verb) && cause == Cause::unknown_verb) {
    return expand(
        "That is a POP3 word, and this is the SMTP server: it takes mail in. To fetch "
        "mail, QUIT and connect to port {pop3_port}.",
        variables);
  }
  if (!smtp && is_smtp_word(verb)) {
    return expand(
        "That is an SMTP word, and this is the POP3 server: it hands mail out. To send, "
        "QUIT and connect to port {smtp_port}.",
        variables);
  }
  return expand(of_cause(cause, error), variables);
}

std::string explain_accepted(const wire::Event& event) {
  if (event.name == wire::event::smtp_mail) {
    if (!event.flag("brackets")) {
      return "Accepted without < >, as many servers do. Some refuse it: the < > belong to the "
             "line.";
    }
    if (event.flag("space")) {
      return "You typed a blank after the colon, as the lab sheet does. Strictly it does not "
             "belong "
             "there (RFC 5321, 3.3); nearly every server lets it pass.";
    }
  }
  if (event.name == wire::event::smtp_message) {
    const Cause cause = wire::cause_from(event.text("cause"));
    if (cause == Cause::no_blank_line) {
      return "Accepted, but your letter had no empty line: all of it was read as head, and a mail "
             "program would show no text.";
    }
    if (cause == Cause::no_head) {
      return "Your letter had no head lines such as Subject: at its top. SMTP does not mind; a "
             "mail "
             "program would show it without a subject.";
    }
  }
  if (event.name == wire::event::pop3_auth && event.flag("ok") && event.number("count") == 0) {
    return "The mailbox is empty. If your letter still waits in the queue: POP3 counts once, at "
           "login, so this session will stay empty. QUIT, wait for the delivery, and log in again.";
  }
  return {};
}

std::string explain_content_line(const wire::Event& event) {
  switch (wire::cause_from(event.text("cause"))) {
    case Cause::command_in_data:
      return "I keep that as a line of your letter: between DATA and the dot nothing is a command. "
             "End with a dot alone on a line first.";
    case Cause::dot_space:
      return "That line is a dot and a blank: text. You need the dot alone.";
    case Cause::dot_double:
      return "Two dots are a line of the letter that holds one dot. You need one dot alone.";
    case Cause::dot_full_width:
      return "That is a full-width stop, not the dot of the English keyboard. You need . alone.";
    case Cause::lf_dot:
      return "Your dot ended in a bare LF, but your first line ended in CR LF. I wait for CR LF, "
             "dot, CR LF.";
    case Cause::bare_lf:
      return "This line ended in a bare LF, but your first line ended in CR LF: the letter will be "
             "refused.";
    default:
      return {};
  }
}

std::string explain_hidden_bytes(std::string_view line) {
  const auto backspaces =
      std::count_if(line.begin(), line.end(), [](char c) { return c == 0x08 || c == 0x7F; });
  if (backspaces == 0) return {};
  return fmt::format(
      "Your line held {}: your terminal sent them. I read it as \"{}\"; other servers would "
      "not. Press Enter and type such a line again.",
      plural(backspaces, "backspace byte"), visible(wire::with_backspaces_applied(line)));
}

std::string LetterReader::who_wrote(std::string_view line) {
  if (added_-- > 0) {
    if (starts_ignoring_case(line, "Return-Path:")) return "at delivery: your MAIL FROM";
    if (starts_ignoring_case(line, "Received:")) {
      in_received_ = true;
      return "by SMTP: your HELO, your IP";
    }
    if (in_received_ && line.find(" id ") != std::string_view::npos)
      return "the server, the number";
    return in_received_ ? "when it came" : "by the server";
  }
  if (line == ".") return "end of the reply";
  if (line.empty() && !in_body_) {
    in_body_ = true;
    return "yours: the empty line";
  }
  return "yours";
}

}  // namespace sandpost::sandbox
