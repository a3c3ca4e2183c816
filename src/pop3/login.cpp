// The ways in besides USER and PASS, and what may come before: APOP (RFC 1939 §7), AUTH (RFC 5034),
// STLS (RFC 2595), UTF8 and LANG (RFC 6856). Part of pop3/engine.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "pop3/engine.hpp"

namespace sandpost::pop3 {

using wire::Cause;
namespace event = wire::event;

void Engine::log_in(std::string secret, Login::Proof proof, std::string mechanism) {
  pass_expected_ = false;
  mechanism_ = std::move(mechanism);
  if (fault_strikes(wire::Faults::login, nullptr)) return;
  request_ = Login{user_, std::move(secret), proof};
  waiting_ = Waiting::login;
}

// "APOP" SP name SP digest: MD5 over the greeting's timestamp and the secret, in lower case hex.
void Engine::apop(const Command& command) {
  if (settings_.timestamp.empty()) {
    return refuse(replies::not_offered("APOP"), {Cause::unknown_verb});
  }
  user_ = account_of(command.arguments[0]);
  password_ends_in_blank_ = false;
  tell(event::pop3_user, {{"user", user_}});
  log_in(command.arguments[1], Login::Proof::apop_digest, "APOP");
}

// "AUTH" SP mechanism [SP initial-response]
void Engine::auth(const Command& command) {
  const auto& known = settings_.mechanisms;
  if (known.empty()) return refuse(replies::not_offered("AUTH"), {Cause::unknown_verb});
  const std::string name = to_upper(command.arguments[0]);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    const std::string list = fmt::format("{}", fmt::join(known, " "));
    return refuse(replies::unknown_mechanism(list), {Cause::unknown_parameter});
  }
  Authenticate request{name, std::nullopt};
  base64_newline_ = false;
  if (command.arguments.size() > 1) {
    const std::string& initial = command.arguments[1];
    // "=" is an initial response that is empty (RFC 5034 §4).
    auto decoded = initial == "=" ? std::optional<std::string>("") : base64_decode(initial);
    if (!decoded) return refuse(replies::bad_base64(), {Cause::bad_base64});
    base64_newline_ = decoded->ends_with('\n');
    request.response = std::move(*decoded);
  }
  pass_expected_ = password_ends_in_blank_ = false;
  user_.clear();
  mechanism_ = name;
  waiting_ = Waiting::sasl;
  request_ = std::move(request);
}

// A line within the exchange: base64, or "*" to give up.
void Engine::auth_response(std::string_view line) {
  waiting_ = Waiting::nothing;
  lines_.set_limit(settings_.limits.command_line);
  if (line == "*") return refuse(replies::auth_cancelled(), {Cause::cancelled});
  auto decoded = base64_decode(line);
  if (!decoded) return refuse(replies::bad_base64(), {Cause::bad_base64});
  base64_newline_ = base64_newline_ || decoded->ends_with('\n');
  waiting_ = Waiting::sasl;
  request_ = Authenticate{"", std::move(*decoded)};
}

void Engine::on_sasl(const wire::SaslStep& step) {
  if (waiting_ != Waiting::sasl || state_ != State::authorization) return;
  waiting_ = Waiting::nothing;
  switch (step.outcome) {
    case wire::SaslStep::Outcome::challenge:
      waiting_ = Waiting::response;
      lines_.set_limit(settings_.limits.auth_line);
      return answer_challenge(base64_encode(step.bytes));
    case wire::SaslStep::Outcome::accepted:
      user_ = step.user;
      return log_in("", Login::Proof::sasl, mechanism_);
    case wire::SaslStep::Outcome::refused:
      return login_failed(replies::login_refused(false),
                          base64_newline_ ? Cause::base64_newline : Cause::bad_login);
    case wire::SaslStep::Outcome::malformed:
      return refuse(replies::bad_response(), {Cause::bad_parameter});
    case wire::SaslStep::Outcome::unavailable:
      return login_failed(replies::maildrop_unavailable(), Cause::storage);
  }
}

// "+" SP base64 (RFC 5034 §4): no status line, so nothing follows the last word.
void Engine::answer_challenge(const std::string& base64) {
  const std::string line = "+ " + base64;
  out_ += line;
  out_ += "\r\n";
  tell(event::server_line, {{"text", line}, {"last", true}});
}

// What was sent behind STLS in the clear is thrown away unread.
void Engine::stls(const Command&) {
  if (!settings_.offers_tls) return refuse(replies::not_offered("STLS"), {Cause::unknown_verb});
  if (tls_) return refuse(replies::tls_already(), {Cause::wrong_order});
  answer(replies::ready_for_tls());
  input_.clear();
  read_ = 0;
  waiting_ = Waiting::tls;
  request_ = StartTls{};
}

void Engine::on_tls(const std::string& version, const std::string& cipher) {
  tls_ = true;
  waiting_ = Waiting::nothing;
  pass_expected_ = false;
  user_.clear();
  lines_ = LineReader(settings_.limits.command_line, settings_.leniency.allow_lf);
  input_.clear();
  read_ = 0;
  tell(event::pop3_stls, {{"version", version}, {"cipher", cipher}});
}

// RFC 6856 §2: messages are given out as they came, so there is nothing to switch.
void Engine::utf8(const Command&) {
  tell(event::pop3_utf8, {});
  answer(replies::utf8());
}

// RFC 6856 §3: one language.
void Engine::lang(const Command& command) {
  if (command.arguments.empty()) return answer(replies::languages(), "en English\r\n");
  const std::string& tag = command.arguments.front();
  if (tag == "*" || equals_ignoring_case(tag, "en")) return answer(replies::language());
  refuse(replies::no_such_language(tag), {Cause::bad_parameter});
}

}  // namespace sandpost::pop3
