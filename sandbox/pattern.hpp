#pragma once
// What a lesson waits for: events with certain fields, what the servers hold, and combinations of
// these. Here one event is judged by itself; how several add up to a step is in sandbox/judge.hpp.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/event.hpp"

namespace sandpost::sandbox {

// The names that a text may hold in braces: "{user}". What is not among them is left as it is.
using Variables = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] std::string expand(std::string_view text, const Variables& variables);

// What a field, or a part of the servers' state, has to be: all that is given here at once.
struct Condition {
  std::string field;
  std::vector<wire::Value> one_of;  // equal to one of them; text without regard to case
  std::optional<std::int64_t> min;  // where given, the field is a number in this range
  std::optional<std::int64_t> max;
  std::vector<wire::Value> none_of = {};  // equal to none of them
  std::string has = {};                   // the field is a text that holds this one
  bool exact = false;                     // letter case counts
};

// With `all` or `any`: a combination, and nothing else counts. Else an event, a state, or an event
// by the time of which the state is this.
struct Matcher {
  std::string event;  // empty: none is waited for
  std::vector<Condition> conditions;
  bool same_session = false;  // in the session in which the step before was passed
  std::vector<Matcher> any;
  std::vector<Matcher> all;
  int times = 1;                 // so many different events
  std::vector<Condition> state;  // "mailbox.count"; see sandbox/server_state.hpp
  std::string account;           // whose mailbox; empty: the event's session's own
};

// Whether the value is what the condition wants.
[[nodiscard]] bool holds(const Condition& condition, const wire::Value& value,
                         const Variables& variables);

// Whether this event is one that the matcher, or a part of it, waits for; the state is not asked.
// `session`: the one that same_session means; nothing: any will do.
[[nodiscard]] bool matches(const Matcher& matcher, const wire::Event& event,
                           const Variables& variables, std::optional<std::uint64_t> session);

// The first condition that this event does not meet, texts before numbers; null if there is none or
// it is not the event that is waited for.
[[nodiscard]] const Condition* unmet(const Matcher& matcher, const wire::Event& event,
                                     const Variables& variables);

// The parts that wait for something themselves: what `all` and `any` hold, or the matcher alone.
[[nodiscard]] std::vector<const Matcher*> parts_of(const Matcher& matcher);

// The letter that this part of a step waits for, as a queue number; 0 if it is not one.
[[nodiscard]] std::int64_t queue_in(const Matcher& part, const Variables& variables);

// Whether an event of that name is among what is waited for.
[[nodiscard]] bool waits_for(const Matcher& matcher, std::string_view event);

}  // namespace sandpost::sandbox
