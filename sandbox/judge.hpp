#pragma once
// Whether what has happened adds up to a step: the events that are remembered, each used once, and
// what the servers hold. Pure.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sandbox/pattern.hpp"
#include "sandbox/server_state.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

struct Remembered {
  wire::Event event;
  bool spent = false;  // it has passed a step, or what it did was undone
};

// What a step is judged by. All must outlive the call.
struct Evidence {
  const std::vector<Remembered>& events;
  const ServerState& state;
  const Variables& variables;
  // Which session same_session means for this event.
  std::function<std::optional<std::uint64_t>(const wire::Event&)> session_before;
  // Whether the event may count at all.
  std::function<bool(const Remembered&)> counts;
};

// The events that pass the step, as indices, the earliest that fit; without any where a state alone
// does. Nothing: the step is not done.
[[nodiscard]] std::optional<std::vector<std::size_t>> judge(const Matcher& pass,
                                                            const Evidence& evidence);

}  // namespace sandpost::sandbox
