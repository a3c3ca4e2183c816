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
    case '3':
      return "about who you are";
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
    Code{"235", "the server knows who you are"},
    Code{"250", "that went well"},
    Code{"252", "cannot say, but would try"},
    Code{"334", "your turn, in base64"},
    Code{"354", "now the letter"},
    Code{"421", "the server leaves"},
    Code{"450", "mailbox busy"},
    Code{"451", "the server's own trouble"},
    Code{"452", "no room"},
    Code{"454", "cannot be checked now"},
    Code{"500", "not a command"},
    Code{"501", "the rest is not clear"},
    Code{"502", "known, but not done here"},
    Code{"503", "right word, wrong moment"},
    Code{"504", "parameter not done here"},
    Code{"535", "wrong name or password"},
    Code{"550", "no such mailbox, or not allowed"},
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
  const wire::Cause cause = wire::cause_from(error.text("cause"));
  const std::string& raw = error.text("line");
  for (const std::string& line : {wire::with_backspaces_applied(raw), raw}) {
    for (const auto& odd : {wire::find_control(line), wire::find_non_ascii(line)}) {
      if (!odd || odd->cause != cause) continue;
      return fmt::format("Character {} of your line is {}.", odd->column, odd->shown);
    }
  }
  return "One character of your line is not what it looks like.";
}

// The line as it should be typed; empty for a command that needs nothing behind it.
std::string_view usage_of(std::string_view verb) {
  struct Usage {
    std::string_view verb;
    std::string_view line;
  };
  constexpr std::array usages{Usage{"HELO", "helo {domain}"},    Usage{"EHLO", "ehlo {domain}"},
                              Usage{"MAIL", "MAIL FROM:<{me}>"}, Usage{"RCPT", "RCPT TO:<{me}>"},
                              Usage{"VRFY", "VRFY {user}"},      Usage{"USER", "user {user}"},
                              Usage{"PASS", "pass {pass}"},      Usage{"RETR", "RETR 1"},
                              Usage{"DELE", "DELE 1"},           Usage{"LIST", "LIST 1"},
                              Usage{"UIDL", "UIDL 1"},           Usage{"TOP", "TOP 1 5"}};
  const auto* found = std::find_if(usages.begin(), usages.end(),
                                   [&](const Usage& one) { return one.verb == verb; });
  return found == usages.end() ? "" : found->line;
}

// On a line of its own, kept as it is.
std::string example(std::string_view line) {
  return line.empty() ? "" : fmt::format("\n  {}", line);
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

std::string misspelt(const wire::Event& error) {
  const std::string& near = error.text("near");
  if (near == "HELO" && error.text("verb") == "HELLO") {
    return "HELO has one L: the old commands are all four letters long. The connection is fine, "
           "type the line again.";
  }
  if (near == "QUIT") {
    return "Did you mean QUIT? It ends the talk with this server. To leave sandpost altogether, "
           "type :quit";
  }
  return fmt::format("Did you mean {}? Type the line again; the connection is fine.", near);
}

std::string unknown_verb(const wire::Event& error) {
  if (error.text("need") == "PASS") {
    return "If that was your password: the word PASS and a blank go in front of it.\n  pass {pass}";
  }
  if (error.number("code") == 502) {
    return "This server knows the word, but does not do it. Nothing has happened; go on without.";
  }
  return "The server does not know this word. Nothing has happened; the connection is fine. "
         ":hint helps.";
}

std::string of_cause(Cause cause, const wire::Event& error) {
  const std::string& verb = error.text("verb");
  switch (cause) {
    case Cause::unknown_verb:
      return unknown_verb(error);
    case Cause::misspelt_verb:
      return misspelt(error);
    case Cause::header_as_command:
      if (error.name == wire::event::pop3_error) {
        return "That is a line of a letter. This is the POP3 server: it hands letters out. To send "
               "one, QUIT and connect to port {smtp_port}.";
      }
      return "That is a line of the letter. Say DATA first, wait for 354, and then write it.";
    case Cause::http:
      return "A web browser knocked. This is a mail server: use telnet, or this window.";
    case Cause::wrong_order:
      return wrong_order(error);
    case Cause::no_colon:
      return no_colon(error);
    case Cause::no_argument:
      return fmt::format("{} wants something behind it.", verb) + example(usage_of(verb));
    case Cause::unwanted_argument:
      if (verb == "USER") return "A name has no blank in it." + example(usage_of(verb));
      if (!usage_of(verb).empty()) {
        return fmt::format("There is too much behind {}.", verb) + example(usage_of(verb));
      }
      return fmt::format("{} stands alone on its line. Type it with nothing behind it.", verb);
    case Cause::no_brackets:
      return "The address wants its angle brackets." + example(usage_of(verb));
    case Cause::one_bracket:
      return "The brackets come in pairs: < before the address and > behind it." +
             example(usage_of(verb));
    case Cause::from_to_swapped:
      return "The two halves are swapped: it is MAIL FROM: and RCPT TO:" + example(usage_of(verb));
    case Cause::colon_space:
      return "No blank after the colon." + example(usage_of(verb));
    case Cause::bad_address:
      return "The server cannot read that as an address. An address looks like this:" +
             example(verb == "VRFY" ? "VRFY {user}" : usage_of(verb));
    case Cause::bad_name:
      return "After HELO stands one word, the name of a computer.\n  helo {domain}";
    case Cause::unknown_parameter:
      return "Something stands behind the address that this server did not offer. Type the line "
             "without it." +
             example(usage_of(verb));
    case Cause::bad_parameter:
      return "What stands behind the address makes no sense to the server. Type the line without "
             "it." +
             example(usage_of(verb));
    case Cause::too_big:
      return "The letter is bigger than this server takes, and was not kept. Write a shorter one.";
    case Cause::too_many_recipients:
      return "That is enough recipients for one letter. Send it, then begin another.";
    case Cause::too_many_errors:
      return "After so many refused lines the server hangs up. Connect again.";
    case Cause::unknown_user:
      return "5 means: do not try again as it is. There is no such mailbox here. You are {me}.";
    case Cause::relay:
      return "The right answer of the server! It delivers to {domain} only; one that passes on "
             "mail from anybody to anybody is an open relay, a spammer's dream. Write to {me}.";
    case Cause::escape_bytes:
      return odd_character(error) +
             " Arrow keys send such bytes: telnet cannot edit a line. Type it again, without "
             "arrow keys.";
    case Cause::control_bytes:
      if (error.text("line").find('\t') != std::string::npos) {
        return "Your line holds a tab. Type it again with blanks.";
      }
      return odd_character(error) +
             " The screen hides it, the server does not. Type the line again.";
    case Cause::telnet_bytes:
      return "Your telnet sent commands of its own, as it does for Ctrl-C; the server took them "
             "out. To leave, type QUIT; else type the line again.";
    case Cause::full_width:
      return odd_character(error) +
             " It is a full-width character: switch the keyboard to English input and type the "
             "line again.";
    case Cause::smart_quote:
      return odd_character(error) +
             " It is a bent quote out of a text program. Type the line by hand.";
    case Cause::nbsp:
      return odd_character(error) +
             " It looks like a blank and is none: it was pasted from a web page. Type the line by "
             "hand.";
    case Cause::non_ascii:
      return odd_character(error) +
             " Commands are plain ASCII: A to Z, digits, and the signs of an English keyboard. "
             "Type the line again.";
    case Cause::trailing_space:
      if (error.name == wire::event::pop3_auth) {
        return "A blank stands behind your password, and it counts as a part of it. Begin again:"
               "\n  user {user}";
      }
      return "There is a blank too many in your line, perhaps at its end. Type it again without.";
    case Cause::bare_lf:
      return "A line of your letter ended in another way than your first line did, and the letter "
             "was not kept. With nc, type nc -C from the start.";
    case Cause::line_too_long:
      return "That line is longer than a command can be. Nothing has happened; type a shorter "
             "one.";
    case Cause::storage:
      return "The server's disk is in trouble. That is not your doing: a mail program would keep "
             "the letter and try again later. So do you.";
    case Cause::timeout:
      return "Nothing came for too long, so the server hung up. Connect again.";
    case Cause::pass_before_user:
      return "First the name, then the password:\n  user {user}";
    case Cause::not_logged_in:
      if (error.text("need") == "PASS") return "Now the password, then the rest:\n  pass {pass}";
      return "Not before you have logged in:\n  user {user}\n  pass {pass}";
    case Cause::already_logged_in:
      return "You are logged in already. LIST shows what is there; QUIT ends this session, and "
             "then you can log in anew.";
    case Cause::bad_login:
      return "Name or password does not fit; a good server never says which of the two. You are "
             "{user}, the password is {pass}. Begin again:\n  user {user}";
    case Cause::in_use:
      return "Another session of yours holds the mailbox. Type QUIT there, then log in again.";
    case Cause::no_number:
      return fmt::format("{} wants the number of a letter. LIST shows the numbers.", verb) +
             example(usage_of(verb));
    case Cause::zero_number:
      return "Letters are counted from 1. LIST shows the numbers." + example(usage_of(verb));
    case Cause::number_too_big:
      return "There is no letter with that number. LIST shows the numbers there are.";
    case Cause::already_marked:
      return "That letter is marked as deleted. The numbers stay as they are until you leave; RSET "
             "takes the marks away.";
    case Cause::loop:
      return "Each server on the way adds a Received line, and this letter has more than 100: it "
             "runs "
             "in circles. So the server stops it.";
    case Cause::bad_base64:
      return "AUTH talks in base64. Encode name and password without a newline at their end:\n"
             "  printf 'name' | base64";
    case Cause::cancelled:
      return "You have given up logging in. The connection is fine.";
    case Cause::fault:
      return "That was a fault, injected on purpose: not your doing. Try it again, perhaps a "
             "little "
             "later, as a mail program would.";
    case Cause::empty_line:
      return "Your line was empty. Nothing has happened; the server waits for a command.";
    default:
      return "Nothing has happened; the connection is fine. :hint helps.";
  }
}

std::string in_words(const wire::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  return visible(std::get<std::string>(value));
}

std::string in_words(const Condition& condition) {
  std::string out;
  for (const wire::Value& value : condition.one_of)
    out += (out.empty() ? "" : " or ") + in_words(value);
  if (condition.min) out = fmt::format("at least {}", *condition.min);
  if (condition.max)
    out += fmt::format("{}at most {}", condition.min ? " and " : "", *condition.max);
  return out;
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

std::string explain_near_miss(const Matcher& pass, const wire::Event& event,
                              const Variables& variables, std::optional<std::uint64_t> session) {
  const bool awaited = pass.event == event.name ||
                       std::any_of(pass.any.begin(), pass.any.end(),
                                   [&](const Matcher& one) { return one.event == event.name; });
  if (!awaited) return {};
  const Condition* condition = unmet(pass, event, variables);
  if (condition == nullptr) {
    if (matches(pass, event, variables, session)) return {};
    return "That was in another connection. This step goes on where you did the step before.";
  }
  const std::int64_t number = event.number(condition->field);
  if (event.name == wire::event::pop3_list && condition->field == "count") {
    return number == 0 ? "The list is empty: marked letters are not shown. RSET takes the marks "
                         "away."
                       : fmt::format(
                             "There is still {} on the list. DELE the rest as well, then "
                             "LIST.",
                             plural(number, "letter"));
  }
  if (event.name == wire::event::pop3_auth && condition->field == "count") return {};
  const std::string wanted = expand(in_words(*condition), variables);
  if (event.name == wire::event::smtp_rcpt && condition->field == "to") {
    return fmt::format(
        "Accepted: {} would get the letter. But this step waits for {}: say "
        "RCPT TO once more.",
        visible(event.text("to")), wanted);
  }
  const wire::Value* found = event.find(condition->field);
  return fmt::format("Accepted, but this step waits for `{}` to be {}{}.", condition->field, wanted,
                     found == nullptr ? "" : ", and it was " + in_words(*found));
}

std::string explain_accepted(const wire::Event& event) {
  if (event.name == wire::event::fault) {
    const std::string& effect = event.text("effect");
    const std::string rule = visible(event.text("rule"));
    if (effect == "drop") return fmt::format("The server hung up on purpose: a fault, {}.", rule);
    if (effect == "wait") return fmt::format("The server waited on purpose: a fault, {}.", rule);
    return {};  // the refusal that follows is explained
  }
  if (event.name == wire::event::smtp_mail) {
    if (event.text("from").empty()) {
      return "<> is the empty sender: if the letter cannot be delivered, nobody is told. The "
             "servers' own reports are sent that way.";
    }
    if (!event.flag("brackets")) {
      return "Accepted without < >, as many servers do. Some refuse it: the < > belong to the "
             "line.";
    }
    if (event.flag("space")) {
      return "You typed a blank after the colon, as the lab sheet does. Strictly none belongs "
             "there (RFC 5321, 3.3); nearly every server lets it pass.";
    }
  }
  if (event.name == wire::event::smtp_message) {
    const Cause cause = wire::cause_from(event.text("cause"));
    if (cause == Cause::no_blank_line) {
      return "Accepted, but no empty line stands behind your head lines: a mail program may take "
             "your text for head and show nothing. MAIL FROM begins another letter.";
    }
    if (cause == Cause::no_head) {
      return "Your letter had no head lines such as Subject: at its top. SMTP does not mind; a "
             "mail program would show it without a subject.";
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
      return "That line is a dot and a blank, so it is text. To end the letter, type the dot "
             "alone.";
    case Cause::dot_double:
      return "Two dots are a line of the letter that holds one dot. To end the letter, type one "
             "dot "
             "alone.";
    case Cause::dot_full_width:
      return "That is a full-width stop. To end the letter, type the . of an English keyboard, "
             "alone on its line.";
    case Cause::lf_dot:
      return "That dot's line ended in another way than your first line (LF against CR LF), so it "
             "ends nothing. End it as your first line; with nc, type nc -C from the start.";
    case Cause::bare_lf:
      return "This line ended in another way than your first line (LF against CR LF): the letter "
             "will be refused. With nc, type nc -C from the start.";
    default:
      return {};
  }
}

std::string explain_hidden_bytes(std::string_view line) {
  const auto backspaces =
      std::count_if(line.begin(), line.end(), [](char c) { return c == 0x08 || c == 0x7F; });
  if (backspaces == 0) return {};
  return fmt::format(
      "Your line held {}, which the screen hid. This server read it as \"{}\"; others would "
      "refuse it. After a slip, press Enter and begin a new line.",
      plural(backspaces, "backspace byte"), visible(wire::with_backspaces_applied(line)));
}

std::string LetterReader::who_wrote(std::string_view line) {
  if (added_-- > 0) {
    if (starts_ignoring_case(line, "Return-Path:")) return "at delivery: your MAIL FROM";
    if (starts_ignoring_case(line, "Received:")) {
      in_received_ = true;
      return "by SMTP: your HELO, your IP";
    }
    if (line.empty()) {
      in_body_ = true;
      return "the server: no head, so text";
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
  return line.starts_with('.') ? "yours, dot doubled" : "yours";
}

}  // namespace sandpost::sandbox
