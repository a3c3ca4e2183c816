#pragma once
// A lesson as a value: what the learner is told, and the events by which the tutor knows that a
// step was done. Not for reading the file: see sandbox/lesson_file.hpp. It can do nothing but
// print, wait for events and name lines to type at the in-process servers.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/event.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {

// The names that a text may hold in braces: "{user}". What is not among them is left as it is.
using Variables = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] std::string expand(std::string_view text, const Variables& variables);

// What a field has to be.
struct Condition {
  std::string field;
  std::vector<wire::Value> one_of;  // equal to one of them; text without regard to case
  std::optional<std::int64_t> min;  // where given, the field is a number in this range
  std::optional<std::int64_t> max;
};

// An event that passes a step. With `any`, one of those and nothing else counts.
struct Matcher {
  std::string event;
  std::vector<Condition> conditions;
  bool same_session = false;  // in the session in which the step before was passed
  std::vector<Matcher> any;
};

// `session`: the one that same_session means; nothing: any will do.
[[nodiscard]] bool matches(const Matcher& matcher, const wire::Event& event,
                           const Variables& variables, std::optional<std::uint64_t> session);

// The first condition that this event does not meet, texts before numbers; null if there is none or
// it is not the event that is waited for.
[[nodiscard]] const Condition* unmet(const Matcher& matcher, const wire::Event& event,
                                     const Variables& variables);

struct Mistake {
  wire::Cause cause = wire::Cause::none;
  std::string near;                  // only for that near-miss; empty: for each
  std::vector<std::string> example;  // lines that make it, for the lesson's own check
  std::string say;
  std::string need = {};  // of wrong_order: only where that comes first; empty: whatever does
};

struct Step {
  std::string id;
  std::string title;
  std::string say;
  std::vector<std::string> rfc;   // "5321 4.1.1.1"
  std::vector<std::string> type;  // the author's solution: lines, ":connect smtp", ":wait"
  Matcher pass;
  bool optional = false;                    // left out if the next step is done first
  std::map<std::string, std::string> bind;  // variable -> field of the event that passed the step
  std::string after;
  std::string why;
  std::vector<std::string> hint;  // one at a time; the last is the solution
  std::chrono::seconds silence{20};
  std::string silence_say;
  std::vector<Mistake> mistakes;
};

struct Lesson {
  std::string id;
  int version = 1;
  std::string title;
  std::string lang = "en";
  int minutes = 10;
  std::string intro;
  std::string end;
  std::vector<Step> steps;
  std::vector<Mistake> mistakes;  // for every step
};

}  // namespace sandpost::sandbox
