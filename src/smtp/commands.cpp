// The commands of RFC 5321 §4.1.1, one function each. Each checks the order, then the syntax, then
// acts; what is refused changes nothing.

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "smtp/engine.hpp"
#include "wire/odd_bytes.hpp"

namespace sandpost::smtp {
namespace {

using wire::Cause;
namespace event = wire::event;

constexpr std::string_view helo_usage = "HELO your.computer.name";
constexpr std::string_view mail_usage = "MAIL FROM:<name@domain>";
constexpr std::string_view rcpt_usage = "RCPT TO:<name@domain>";

// The name goes into a Received line: what could end a word or begin a comment stays out.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

struct Problem {
  std::string_view words;
  Cause cause;
};

Problem problem_of(mail::PathError error) {
  switch (error) {
    case mail::PathError::missing:
      return {"an address is missing", Cause::bad_address};
    case mail::PathError::one_bracket:
      return {"one of the two brackets < > is missing", Cause::one_bracket};
    case mail::PathError::no_brackets:
      return {"the brackets < > are missing", Cause::no_brackets};
    case mail::PathError::bad_local_part:
      return {"the part before the @ is not a name", Cause::bad_address};
    case mail::PathError::bad_domain:
      return {"the part behind the @ is not a domain", Cause::bad_address};
    case mail::PathError::non_ascii:
      return {"the address has a letter that is not ASCII", Cause::non_ascii};
    case mail::PathError::too_long:
      return {"the address is too long", Cause::bad_address};
  }
  return {"that is not an address", Cause::bad_address};
}

}  // namespace

// The only list of what this server understands.
const Engine::Verb* Engine::find_verb(std::string_view name) {
  static constexpr std::array verbs{
      Verb{"HELO", &Engine::helo, true, helo_usage},
      Verb{"EHLO", &Engine::ehlo, true, "EHLO your.computer.name"},
      Verb{"MAIL", &Engine::mail, true, mail_usage},
      Verb{"RCPT", &Engine::rcpt, true, rcpt_usage},
      Verb{"DATA", &Engine::data, false, "DATA"},
      Verb{"RSET", &Engine::rset, false, "RSET"},
      Verb{"NOOP", &Engine::noop, true, "NOOP"},
      Verb{"VRFY", &Engine::vrfy, true, "VRFY name"},
      Verb{"HELP", &Engine::help, true, "HELP, or HELP DATA"},
      Verb{"QUIT", &Engine::quit, false, "QUIT"},
  };
  const auto* found = std::find_if(verbs.begin(), verbs.end(), [&](const Verb& verb) {
    return equals_ignoring_case(verb.name, name);
  });
  return found == verbs.end() ? nullptr : found;
}

// helo = "HELO" SP Domain CRLF
void Engine::helo(std::string_view argument) {
  if (!accept_name("HELO", argument)) return;
  extended_ = false;
  answer(replies::hello(settings_.server_name, helo_name_, client_address_));
}

// ehlo = "EHLO" SP ( Domain / address-literal ) CRLF
void Engine::ehlo(std::string_view argument) {
  if (!accept_name("EHLO", argument)) return;
  extended_ = true;
  answer(replies::extended_hello(settings_.server_name, helo_name_, client_address_,
                                 settings_.limits.message_size));
}

// Valid at any time; a transaction that was open is forgotten (RFC 5321 §4.1.4).
bool Engine::accept_name(std::string_view verb, std::string_view name) {
  const bool good = mail::is_domain(name) || mail::is_address_literal(name) ||
                    (settings_.leniency.allow_any_helo_name && is_plain_name(name));
  if (!good) {
    const auto odd = wire::find_non_ascii(name);
    const Cause cause = odd ? odd->cause : name.empty() ? Cause::no_argument : Cause::bad_name;
    refuse(replies::write_it_like_this(find_verb(verb)->usage), {.cause = cause});
    return false;
  }
  helo_name_ = name;
  forget_transaction();
  tell(event::smtp_helo,
       {{"verb", std::string(verb)}, {"name", helo_name_}, {"code", std::int64_t{250}}});
  return true;
}

// mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
void Engine::mail(std::string_view argument) {
  if (state_ == State::connected) {
    return refuse(replies::say_first(helo_usage), {.cause = Cause::wrong_order, .need = "HELO"});
  }
  if (state_ != State::greeted) {
    return refuse(replies::nested_mail(), {.cause = Cause::wrong_order, .need = "RSET"});
  }
  bool space = false;
  const auto path = path_after("FROM", argument, mail_usage, space);
  if (!path) return;
  transaction_.envelope.reverse_path = path->address;
  enter(State::mail);
  tell(event::smtp_mail, {{"from", path->address.to_text()},
                          {"brackets", path->brackets},
                          {"space", space},
                          {"code", std::int64_t{250}}});
  answer(replies::sender_ok());
}

// rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path )
//        [SP Rcpt-parameters] CRLF
void Engine::rcpt(std::string_view argument) {
  if (state_ == State::connected) {
    return refuse(replies::say_first(helo_usage), {.cause = Cause::wrong_order, .need = "HELO"});
  }
  if (state_ == State::greeted) {
    return refuse(replies::say_first(mail_usage), {.cause = Cause::wrong_order, .need = "MAIL"});
  }
  if (transaction_.envelope.forward_paths.size() >= settings_.limits.recipients) {
    return refuse(replies::too_many_recipients(settings_.limits.recipients),
                  {.cause = Cause::too_many_recipients});
  }
  bool space = false;
  auto path = path_after("TO", argument, rcpt_usage, space);
  if (!path) return;
  if (!path->address.domain.empty() &&
      !equals_ignoring_case(path->address.domain, settings_.domain)) {
    return refuse(replies::relay(settings_.domain), {.cause = Cause::relay});
  }
  question_ = Question::recipient;
  asked_ = std::move(path->address);
  request_ = CheckMailbox{asked_.local_part};
}

void Engine::on_mailbox(const std::optional<std::string>& maildrop) {
  const Question question = std::exchange(question_, Question::none);
  if (!maildrop) {
    return refuse(replies::unknown_user(asked_.local_part), {.cause = Cause::unknown_user});
  }
  if (question == Question::verify) {
    tell(event::smtp_vrfy, {{"arg", asked_.to_text()}, {"code", std::int64_t{250}}});
    return answer(replies::verified(asked_.local_part + '@' + settings_.domain));
  }
  const std::string to = asked_.to_text();
  transaction_.envelope.forward_paths.push_back(std::move(asked_));
  transaction_.maildrops.push_back(*maildrop);
  enter(State::rcpt);
  tell(event::smtp_rcpt,
       {{"to", to},
        {"local", true},
        {"count", static_cast<std::int64_t>(transaction_.envelope.forward_paths.size())},
        {"code", std::int64_t{250}}});
  answer(replies::recipient_ok());
}

// data = "DATA" CRLF
void Engine::data(std::string_view /*argument*/) {
  if (state_ == State::connected) {
    return refuse(replies::say_first(helo_usage), {.cause = Cause::wrong_order, .need = "HELO"});
  }
  if (state_ == State::greeted) {
    return refuse(replies::say_first(mail_usage), {.cause = Cause::wrong_order, .need = "MAIL"});
  }
  if (state_ == State::mail) {
    return refuse(replies::say_first(rcpt_usage), {.cause = Cause::wrong_order, .need = "RCPT"});
  }
  enter(State::data);
  tell(event::smtp_data, {{"code", std::int64_t{354}}});
  answer(replies::go_ahead());
}

// rset = "RSET" CRLF
void Engine::rset(std::string_view /*argument*/) {
  forget_transaction();
  tell(event::smtp_rset, {{"code", std::int64_t{250}}});
  answer(replies::reset());
}

// noop = "NOOP" [ SP String ] CRLF
void Engine::noop(std::string_view /*argument*/) {
  tell(event::smtp_noop, {{"code", std::int64_t{250}}});
  answer(replies::noop());
}

// vrfy = "VRFY" SP String CRLF
void Engine::vrfy(std::string_view argument) {
  auto path = mail::parse_path(argument, {.allow_no_brackets = true, .allow_no_domain = true});
  if (!path || path->length != argument.size()) {
    return refuse(replies::write_it_like_this("VRFY name"),
                  {.cause = argument.empty() ? Cause::no_argument : Cause::bad_address});
  }
  if (!path->address.domain.empty() &&
      !equals_ignoring_case(path->address.domain, settings_.domain)) {
    return refuse(replies::relay(settings_.domain), {.cause = Cause::relay});
  }
  question_ = Question::verify;
  asked_ = std::move(path->address);
  request_ = CheckMailbox{asked_.local_part};
}

// help = "HELP" [ SP String ] CRLF
void Engine::help(std::string_view argument) {
  const Verb* verb = argument.empty() ? nullptr : find_verb(argument);
  if (!argument.empty() && verb == nullptr) {
    return refuse(replies::no_help(argument), {.cause = Cause::unknown_verb});
  }
  tell(event::smtp_help, {{"arg", std::string(argument)}, {"code", std::int64_t{214}}});
  answer(verb == nullptr ? replies::help() : replies::help_on(verb->name, verb->usage));
}

// quit = "QUIT" CRLF
void Engine::quit(std::string_view /*argument*/) {
  tell(event::smtp_quit, {{"code", std::int64_t{221}}});
  answer(replies::bye(settings_.server_name));
  close(true);
}

// Keyword ":" Path [SP parameters], the part of MAIL and RCPT that is alike. Refuses and returns
// nothing where it is not written so.
std::optional<mail::Path> Engine::path_after(std::string_view keyword, std::string_view argument,
                                             std::string_view usage, bool& space) {
  const bool sender = keyword == "FROM";
  const auto refuse_syntax = [&](Cause cause) {
    const auto odd = wire::find_non_ascii(argument);
    if (odd && odd->cause != Cause::non_ascii) {
      refuse(replies::odd_character(*wire::find_non_ascii(line_)), {.cause = odd->cause});
    } else {
      refuse(replies::write_it_like_this(usage), {.cause = cause});
    }
    return std::nullopt;
  };
  if (argument.empty()) return refuse_syntax(Cause::no_argument);
  const std::string_view other = sender ? "TO:" : "FROM:";
  if (starts_ignoring_case(argument, other)) return refuse_syntax(Cause::from_to_swapped);
  if (!starts_ignoring_case(argument, keyword)) return refuse_syntax(Cause::no_colon);
  std::string_view rest = argument.substr(keyword.size());
  const bool lenient = settings_.leniency.allow_space_after_colon;
  if (lenient) rest = trim(rest);
  if (rest.empty() || rest.front() != ':') return refuse_syntax(Cause::no_colon);
  rest.remove_prefix(1);
  space = rest.starts_with(' ');
  if (space && !lenient) return refuse_syntax(Cause::colon_space);
  if (lenient) rest = trim(rest);

  const mail::PathRules rules{.allow_no_brackets = settings_.leniency.allow_no_brackets,
                              .allow_null = sender,
                              .allow_no_domain = true};
  auto path = mail::parse_path(rest, rules);
  if (!path && path.error() == mail::PathError::non_ascii) {
    const auto odd = wire::find_non_ascii(line_);
    refuse(replies::non_ascii_address(sender), {.cause = odd ? odd->cause : Cause::non_ascii});
    return std::nullopt;
  }
  if (path && path->address.domain.empty() && !path->address.is_null() &&
      !settings_.leniency.allow_no_domain &&
      (sender || !equals_ignoring_case(path->address.local_part, "postmaster"))) {
    path = Failure{mail::PathError::bad_domain};
  }
  if (!path) {
    const Problem problem = problem_of(path.error());
    const auto odd = wire::find_non_ascii(rest);
    if (odd && odd->cause != Cause::non_ascii) return refuse_syntax(problem.cause);
    refuse(sender ? replies::bad_sender(problem.words) : replies::bad_recipient(problem.words),
           {.cause = problem.cause});
    return std::nullopt;
  }
  if (!accept_parameters(rest.substr(path->length), sender)) return std::nullopt;
  return std::move(*path);
}

// esmtp-param = esmtp-keyword ["=" esmtp-value]; each must have been announced in reply to EHLO,
// and is given once.
bool Engine::accept_parameters(std::string_view text, bool of_mail) {
  bool had_size = false;
  bool had_body = false;
  while (!(text = trim(text)).empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view parameter = text.substr(0, end);
    text.remove_prefix(end);
    const auto equals = std::min(parameter.find('='), parameter.size());
    const std::string_view keyword = parameter.substr(0, equals);
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    const bool size = equals_ignoring_case(keyword, "SIZE");
    const bool body = equals_ignoring_case(keyword, "BODY");
    if (!of_mail || !extended_ || !(size || body)) {
      refuse(replies::unknown_parameter(keyword), {.cause = Cause::unknown_parameter});
      return false;
    }
    const bool twice = std::exchange(size ? had_size : had_body, true);
    // RFC 6152 §3: body-value ::= "7BIT" / "8BITMIME". Both are kept octet for octet.
    const bool bad_body =
        body && !equals_ignoring_case(value, "7BIT") && !equals_ignoring_case(value, "8BITMIME");
    if (twice || bad_body) {
      refuse(replies::bad_parameter(parameter), {.cause = Cause::bad_parameter});
      return false;
    }
    if (size && !size_parameter(parameter, value)) return false;
  }
  return true;
}

// RFC 1870 §3: size-value ::= 1*20DIGIT
bool Engine::size_parameter(std::string_view parameter, std::string_view value) {
  std::uint64_t size = 0;
  const auto* end = value.data() + value.size();
  const auto [at, error] = std::from_chars(value.data(), end, size);
  const bool beyond = error == std::errc::result_out_of_range && value.size() <= 20;
  if (value.empty() || at != end || (error != std::errc{} && !beyond)) {
    refuse(replies::bad_parameter(parameter), {.cause = Cause::bad_parameter});
    return false;
  }
  if (beyond || size > settings_.limits.message_size) {
    refuse(replies::too_big(settings_.limits.message_size), {.cause = Cause::too_big});
    return false;
  }
  return true;
}

}  // namespace sandpost::smtp
