// Injected faults (wire/faults.hpp): what the engine makes of them. Part of smtp/engine.hpp.

#include <utility>

#include "smtp/engine.hpp"

namespace sandpost::smtp {

using wire::Cause;
using wire::Faults;

bool Engine::fault_strikes(std::string_view point, std::string_view line) {
  if (settings_.faults == nullptr || (!verdict_ && !settings_.faults->any())) return false;
  if (!verdict_) verdict_ = settings_.faults->ask(Faults::Protocol::smtp, point, sink_);
  if (verdict_->wait.count() > 0) {
    request_ = Pause{std::exchange(verdict_->wait, {})};
    paused_ = true;
    held_line_ = line;
    return true;
  }
  auto end = verdict_.take().end;
  if (!end) return false;
  if (point == "BDAT" && end->effect == Faults::Effect::answer) {
    // Its chunk is on the way and must be read: only bdat() knows how long it is.
    chunk_fault_ = std::move(*end);
    return false;
  }
  end_by_fault(*end, point);
  return true;
}

// The pause is over.
void Engine::resume() {
  paused_ = false;
  const std::string line = held_line_.take();
  if (line.empty()) return finish_content();
  dispatch(line);
}

void Engine::end_by_fault(const Faults::Rule& rule, std::string_view point) {
  if (rule.effect == Faults::Effect::drop) {
    closing_ = true;  // next() closes, behind what is still to be told of a letter that was stored
    return;
  }
  const bool lost = point == Faults::message || point == "BDAT";
  if (lost) forget_transaction();
  const Reply reply = replies::fault(settings_.server_name, point, rule);
  // Not counted among the errors: it is not the client's.
  tell_error(reply, {.cause = Cause::fault, .lost = lost});
  answer(reply);
  if (reply.code == 421) close(false);  // RFC 5321 §3.8
}

}  // namespace sandpost::smtp
