// Injected faults (wire/faults.hpp): what the engine makes of them. Part of pop3/engine.hpp.

#include <utility>

#include "pop3/engine.hpp"

namespace sandpost::pop3 {

using wire::Cause;
using wire::Faults;

bool Engine::fault_strikes(std::string_view point, const Command* command) {
  if (settings_.faults == nullptr || (!verdict_ && !settings_.faults->any())) return false;
  if (!verdict_) verdict_ = settings_.faults->ask(Faults::Protocol::pop3, point, sink_);
  if (verdict_->wait.count() > 0 && command != nullptr) {
    request_ = Pause{std::exchange(verdict_->wait, {})};
    waiting_ = Waiting::pause;
    held_ = *command;
    return true;
  }
  const auto end = verdict_.take().end;
  if (end) end_by_fault(*end, point);
  return end.has_value();
}

void Engine::end_by_fault(const Faults::Rule& rule, std::string_view point) {
  if (rule.effect == Faults::Effect::drop) return enter(State::closed);
  if (point == Faults::login) {
    tell(wire::event::pop3_auth, {{"user", user_},
                                  {"mechanism", mechanism_},
                                  {"ok", false},
                                  {"cause", std::string(to_text(Cause::fault))}});
  } else {
    tell_error({Cause::fault});
  }
  // Not counted among the errors: it is not the client's.
  answer(replies::fault(rule));
}

}  // namespace sandpost::pop3
