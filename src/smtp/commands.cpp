// The commands of RFC 5321 §4.1.1, one function each. Each checks the order, then the syntax, then
// acts; what is refused changes nothing.

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "smtp/engine.hpp"
#include "wire/odd_bytes.hpp"
#include "wire/typed_line.hpp"

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
    case mail::PathError::not_utf8:
      return {"the address has octets that are not UTF-8", Cause::non_ascii};
    case mail::PathError::too_long:
      return {"the address is too long", Cause::bad_address};
  }
  return {"that is not an address", Cause::bad_address};
}

// Takes the parameter of VRFY and EXPN away from behind the name.
bool take_smtputf8(std::string_view& argument) {
  constexpr std::string_view parameter = " SMTPUTF8";
  const auto at = argument.size() - std::min(argument.size(), parameter.size());
  if (!equals_ignoring_case(argument.substr(at), parameter)) return false;
  argument = trim(argument.substr(0, at));
  return true;
}

}  // namespace

// What this server understands. wire/faults.cpp names the same verbs, as points at which to fail.
std::span<const Engine::Verb> Engine::verbs() {
  static constexpr std::array table{
      Verb{"HELO", &Engine::helo, true, helo_usage},
      Verb{"EHLO", &Engine::ehlo, true, "EHLO your.computer.name"},
      Verb{"MAIL", &Engine::mail, true, mail_usage},
      Verb{"RCPT", &Engine::rcpt, true, rcpt_usage},
      Verb{"DATA", &Engine::data, false, "DATA"},
      Verb{"RSET", &Engine::rset, false, "RSET"},
      Verb{"NOOP", &Engine::noop, true, "NOOP"},
      Verb{"QUIT", &Engine::quit, false, "QUIT"},
      Verb{"HELP", &Engine::help, true, "HELP, or HELP DATA"},
      Verb{"VRFY", &Engine::vrfy, true, "VRFY name"},
      Verb{"EXPN", &Engine::expn, true, "EXPN list"},
      Verb{"BDAT", &Engine::bdat, true, "BDAT 86 LAST"},
      Verb{"STARTTLS", &Engine::starttls, false, "STARTTLS"},
      Verb{"AUTH", &Engine::auth, true, "AUTH PLAIN"},
  };
  return table;
}

std::vector<std::string_view> Engine::verb_names() {
  std::vector<std::string_view> names;
  for (const Verb& verb : verbs())
    names.push_back(verb.name);
  return names;
}

const Engine::Verb* Engine::find_verb(std::string_view name) {
  for (const Verb& verb : verbs()) {
    if (equals_ignoring_case(verb.name, name)) return &verb;
  }
  return nullptr;
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
  answer(extensions());
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
  if (heard())
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
  transaction_.emplace();
  const auto path = path_after("FROM", argument, mail_usage, space);
  if (!path) return transaction_.reset();
  transaction_->envelope.reverse_path = path->address;
  enter(State::mail);
  if (heard())
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
  if (state_ == State::chunked) {
    return refuse(replies::say_first("BDAT 0 LAST, or RSET"),
                  {.cause = Cause::wrong_order, .need = "BDAT"});
  }
  if (transaction_->envelope.recipients.size() >= settings_.limits.recipients) {
    return refuse(replies::too_many_recipients(settings_.limits.recipients),
                  {.cause = Cause::too_many_recipients});
  }
  bool space = false;
  transaction_->recipient = {};
  auto path = path_after("TO", argument, rcpt_usage, space);
  if (!path) return;
  if (!path->address.domain.empty() && !is_local(path->address.domain)) {
    return refuse(replies::relay(settings_.domain), {.cause = Cause::relay});
  }
  question_ = Question::recipient;
  transaction_->recipient.forward_path = std::move(path->address);
  request_ = CheckMailbox{transaction_->recipient.forward_path.local_part};
}

void Engine::on_mailbox(const std::optional<std::string>& maildrop, bool full) {
  const Question question = std::exchange(question_, Question::none);
  const Boxed<mail::Address> to_verify = std::move(asked_);
  if (!maildrop) {
    const mail::Address& asked = to_verify ? *to_verify : transaction_->recipient.forward_path;
    return refuse(replies::unknown_user(asked.local_part), {.cause = Cause::unknown_user});
  }
  if (question == Question::verify) {
    if (heard()) {
      tell(event::smtp_vrfy, {{"arg", to_verify->to_text()}, {"code", std::int64_t{250}}});
    }
    const mail::Address here{to_verify->local_part, settings_.domain};
    return answer(replies::verified(here.to_text()));
  }
  const bool faulty = settings_.faults != nullptr && settings_.faults->any();
  const std::string to =
      faulty || heard() ? transaction_->recipient.forward_path.to_text() : std::string();
  if (faulty) {
    const auto rule =
        full ? settings_.faults->over_quota("RCPT", sink_)
             : settings_.faults->greylist(client_address_,
                                          transaction_->envelope.reverse_path.to_text(), to, sink_);
    if (rule) return end_by_fault(*rule, "RCPT");
  }
  transaction_->envelope.recipients.push_back(std::move(transaction_->recipient));
  transaction_->maildrops.push_back(*maildrop);
  enter(State::rcpt);
  if (heard())
    tell(event::smtp_rcpt,
         {{"to", to},
          {"local", true},
          {"count", static_cast<std::int64_t>(transaction_->envelope.recipients.size())},
          {"code", std::int64_t{250}}});
  answer(replies::recipient_ok());
}

// The domain that mail is taken for, or the server's own name or address (RFC 1123 §5.2.17).
bool Engine::is_local(std::string_view domain) const {
  return equals_ignoring_case(domain, settings_.domain) ||
         equals_ignoring_case(domain, settings_.server_name) ||
         mail::is_same_address_literal(domain, own_literal_);
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
  if (state_ == State::chunked) {
    return refuse(replies::say_first("BDAT 0 LAST, or RSET"),
                  {.cause = Cause::wrong_order, .need = "BDAT"});
  }
  if (transaction_->body == Body::binary) {
    return refuse(replies::binary_needs_bdat(), {.cause = Cause::wrong_order, .need = "BDAT"});
  }
  enter(State::data);
  letter_.emplace(lines_.ending());
  if (heard()) tell(event::smtp_data, {{"code", std::int64_t{354}}});
  answer(replies::go_ahead());
}

// rset = "RSET" CRLF
void Engine::rset(std::string_view /*argument*/) {
  forget_transaction();
  if (heard()) tell(event::smtp_rset, {{"code", std::int64_t{250}}});
  answer(replies::reset());
}

// noop = "NOOP" [ SP String ] CRLF
void Engine::noop(std::string_view /*argument*/) {
  if (heard()) tell(event::smtp_noop, {{"code", std::int64_t{250}}});
  answer(replies::noop());
}

// vrfy = "VRFY" SP String [ SP "SMTPUTF8" ] CRLF (RFC 6531 §3.7.4.2)
void Engine::vrfy(std::string_view argument) {
  const bool utf8 = take_smtputf8(argument);
  auto path = mail::parse_path(
      argument, {.allow_no_brackets = true, .allow_no_domain = true, .allow_utf8 = true});
  if (!path || path->length != argument.size()) {
    return refuse(replies::write_it_like_this("VRFY name"),
                  {.cause = argument.empty() ? Cause::no_argument : Cause::bad_address});
  }
  if (!utf8 && !path->address.is_ascii()) {
    return refuse(replies::needs_utf8_reply(), {.cause = Cause::non_ascii});
  }
  if (!path->address.domain.empty() && !is_local(path->address.domain)) {
    return refuse(replies::relay(settings_.domain), {.cause = Cause::relay});
  }
  question_ = Question::verify;
  asked_ = std::move(path->address);
  request_ = CheckMailbox{asked_->local_part};
}

// expn = "EXPN" SP String [ SP "SMTPUTF8" ] CRLF. There are no mailing lists, so no name is one.
void Engine::expn(std::string_view argument) {
  take_smtputf8(argument);  // no answer has a name in it that is not ASCII
  if (argument.empty()) {
    return refuse(replies::write_it_like_this("EXPN list"), {.cause = Cause::no_argument});
  }
  refuse(replies::no_list(argument), {.cause = Cause::unknown_user});
}

// help = "HELP" [ SP String ] CRLF
void Engine::help(std::string_view argument) {
  const Verb* verb = argument.empty() ? nullptr : find_verb(argument);
  if (!argument.empty() && verb == nullptr) {
    return refuse(replies::no_help(has_secret() ? wire::asterisks : argument),
                  {.cause = Cause::unknown_verb});
  }
  tell(event::smtp_help, {{"arg", std::string(argument)}, {"code", std::int64_t{214}}});
  answer(verb == nullptr ? replies::help() : replies::help_on(verb->name, verb->usage));
}

// quit = "QUIT" CRLF
void Engine::quit(std::string_view /*argument*/) {
  tell(event::smtp_quit, {{"code", std::int64_t{221}}});
  answer(replies::bye(settings_.server_name));
  quit_ = read_ == input_.size();
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
      // Its column counts from the line's start; but a line with a secret in it was rewritten.
      const auto in_line = wire::find_non_ascii(told_line());
      refuse(replies::odd_character(in_line ? *in_line : *odd), {.cause = odd->cause});
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
  const bool lenient = settings_.leniency.allow_space_around_colon;
  if (lenient) rest = trim(rest);
  if (rest.empty() || rest.front() != ':') return refuse_syntax(Cause::no_colon);
  rest.remove_prefix(1);
  space = rest.starts_with(' ');
  if (space && !lenient) return refuse_syntax(Cause::colon_space);
  if (lenient) rest = trim(rest);

  // Whether UTF-8 is allowed in it, MAIL says behind the path (RFC 6531 §3.4).
  const mail::PathRules rules{.allow_no_brackets = settings_.leniency.allow_no_brackets,
                              .allow_null = sender,
                              .allow_no_domain = true,
                              .allow_utf8 = true};
  auto path = mail::parse_path(rest, rules);
  const bool run_on = path && path->length < rest.size() && rest[path->length] != ' ';
  if (run_on) return refuse_syntax(Cause::bad_parameter);
  if (path && !accept_parameters(rest.substr(path->length), sender)) return std::nullopt;
  if (path && !transaction_->utf8 && !path->address.is_ascii()) {
    path = Failure<mail::PathError>{mail::PathError::non_ascii};
  }
  if (!path && path.error() == mail::PathError::non_ascii) {
    const auto odd = wire::find_non_ascii(told_line());
    refuse(replies::non_ascii_address(sender), {.cause = odd ? odd->cause : Cause::non_ascii});
    return std::nullopt;
  }
  if (path && path->address.domain.empty() && !path->address.is_null() &&
      !settings_.leniency.allow_no_domain &&
      (sender || !equals_ignoring_case(path->address.local_part, "postmaster"))) {
    path = Failure<mail::PathError>{mail::PathError::bad_domain};
  }
  if (!path) {
    const Problem problem = problem_of(path.error());
    const auto odd = wire::find_non_ascii(rest);
    if (odd && odd->cause != Cause::non_ascii) return refuse_syntax(problem.cause);
    refuse(sender ? replies::bad_sender(problem.words) : replies::bad_recipient(problem.words),
           {.cause = problem.cause});
    return std::nullopt;
  }
  return std::move(*path);
}

}  // namespace sandpost::smtp
