#include "sandbox/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sandbox/explain_letter.hpp"

namespace sandpost::sandbox {
namespace {

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
    Code{"530", "not before you have logged in, or STARTTLS"},
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

// RFC 5321 §2.4 about letter case, §2.3.5 about names without a domain.
std::string accepted_address(const std::string& address) {
  const auto at = address.rfind('@');
  if (at == std::string::npos && !equals_ignoring_case(address, "postmaster")) {
    return "A name without a domain: that works only because you talk to its own server. Any other "
           "would not know where to send it.";
  }
  const std::string local_part = address.substr(0, at);
  if (to_lower(local_part) != local_part) {
    return "Capital letters make no difference in commands and behind the @. Before the @ they "
           "might, says RFC 5321, 2.4; here, and nearly everywhere, they do not.";
  }
  return {};
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
      return "Accepted without < >, as many servers do. Some refuse it (Gmail says 555): the < > "
             "belong to the line.";
    }
    if (event.flag("space")) {
      return "You typed a blank after the colon, as the lab sheet does. Strictly none belongs "
             "there (RFC 5321, 3.3); nearly every server lets it pass.";
    }
    return accepted_address(event.text("from"));
  }
  if (event.name == wire::event::smtp_rcpt) return accepted_address(event.text("to"));
  if (event.name == wire::event::smtp_message) return explain_missing_head(event);
  if (event.name == wire::event::pop3_auth && event.flag("ok") && event.number("count") == 0) {
    return "The mailbox is empty. If your letter still waits in the queue: POP3 counts once, at "
           "login, so this session will stay empty. QUIT, wait for the delivery, and log in again.";
  }
  return {};
}

}  // namespace sandpost::sandbox
