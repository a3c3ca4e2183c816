#include "sandbox/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/explain_letter.hpp"

namespace sandpost::sandbox {
namespace {

// RFC 5321 §4.2.1
std::string first_digit(char digit) {
  switch (digit) {
    case '2':
      return tr("done");
    case '3':
      return tr("go on");
    case '4':
      return tr("not now, try later");
    default:
      return tr("never, as it stands");
  }
}

std::string second_digit(char digit) {
  switch (digit) {
    case '0':
      return tr("about the wording");
    case '1':
      return tr("information");
    case '2':
      return tr("about the connection");
    case '3':
      return tr("used by AUTH alone");
    case '5':
      return tr("about mail");
    default:
      return tr("of another kind");
  }
}

struct Code {
  std::string_view code;
  std::string_view meaning;
};

// RFC 5321 §4.2.3, in our words.
constexpr std::array codes{
    Code{"214", tr_later("help text")},
    Code{"220", tr_later("ready")},
    Code{"221", tr_later("good-bye")},
    Code{"235", tr_later("the server knows who you are")},
    Code{"250", tr_later("that went well")},
    Code{"252", tr_later("cannot say, but would try")},
    Code{"334", tr_later("your turn, in base64")},
    Code{"354", tr_later("now the letter")},
    Code{"421", tr_later("the server leaves")},
    Code{"450", tr_later("mailbox busy")},
    Code{"451", tr_later("the server's own trouble")},
    Code{"452", tr_later("no room")},
    Code{"454", tr_later("cannot be checked now")},
    Code{"500", tr_later("not a command")},
    Code{"501", tr_later("the rest is not clear")},
    Code{"502", tr_later("known, but not done here")},
    Code{"503", tr_later("right word, wrong moment")},
    Code{"504", tr_later("parameter not done here")},
    Code{"530", tr_later("not before you have logged in, or STARTTLS")},
    Code{"535", tr_later("wrong name or password")},
    Code{"550", tr_later("no such mailbox, or not allowed")},
    Code{"552", tr_later("too big")},
    Code{"553", tr_later("such a name cannot be")},
    Code{"554", tr_later("it failed")},
    Code{"555", tr_later("parameter not known")},
};

// RFC 5321 §2.4 about letter case, §2.3.5 about names without a domain.
std::string accepted_address(const std::string& address) {
  const auto at = address.rfind('@');
  if (at == std::string::npos && !equals_ignoring_case(address, "postmaster")) {
    return tr(
        "A name without a domain: RFC 5321, 4.1.1.3 allows that for Postmaster alone. It works "
        "only because you talk to its own server; any other would not know where to send it.");
  }
  const std::string local_part = address.substr(0, at);
  if (to_lower(local_part) != local_part) {
    return tr(
        "Capital letters make no difference in commands and behind the @. Before the @ they might, "
        "says RFC 5321, 2.4; here, and nearly everywhere, they do not.");
  }
  return {};
}

}  // namespace

std::string explain_reply(std::string_view reply) {
  if (reply.starts_with("+OK")) return tr("+OK: done");
  if (reply.starts_with("-ERR")) return tr("-ERR: not done, and nothing has changed");
  const std::string_view code = reply.substr(0, 3);
  const bool digits = code.size() == 3 && std::all_of(code.begin(), code.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return {};
  const auto* known =
      std::find_if(codes.begin(), codes.end(), [&](const Code& one) { return one.code == code; });
  return fmt::format("{} {}   {} {}   {} {}", code[0], first_digit(code[0]), code[1],
                     second_digit(code[1]), code[2],
                     tr(known == codes.end() ? tr_later("a number for programs") : known->meaning));
}

std::string explain_accepted(const wire::Event& event) {
  if (event.name == wire::event::fault) {
    const std::string& effect = event.text("effect");
    const std::string rule = visible(event.text("rule"));
    if (effect == "drop") return say("The server hung up on purpose: a fault, {}.", rule);
    if (effect == "wait") return say("The server waited on purpose: a fault, {}.", rule);
    return {};  // the refusal that follows is explained
  }
  if (event.name == wire::event::smtp_mail) {
    if (event.text("from").empty()) {
      return tr(
          "<> is the empty sender: if the letter cannot be delivered, nobody is told. The servers' "
          "own reports are sent that way.");
    }
    if (!event.flag("brackets")) {
      const std::string address = accepted_address(event.text("from"));
      return tr("Accepted without < >, as many servers do. Some refuse it (Gmail says 555): the < "
                "> "
                "belong to the line.") +
             (address.empty() ? "" : '\n' + address);
    }
    if (event.flag("space")) {
      return tr(
          "You typed a blank after the colon, as the lab sheet does. Strictly none belongs there "
          "(RFC 5321, 3.3); nearly every server lets it pass.");
    }
    return accepted_address(event.text("from"));
  }
  if (event.name == wire::event::smtp_rcpt) return accepted_address(event.text("to"));
  if (event.name == wire::event::smtp_message) return explain_missing_head(event);
  return {};
}

}  // namespace sandpost::sandbox
