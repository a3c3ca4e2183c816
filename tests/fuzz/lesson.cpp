// The reader of lesson files: the input is one.

#include <algorithm>
#include <string>

#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include "sandbox/lesson_file.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::fuzz {
namespace {

void is_sound(const sandbox::Matcher& matcher) {
  if (!matcher.any.empty()) {
    require(matcher.event.empty() && matcher.conditions.empty(), "`any` with something beside it");
    for (const sandbox::Matcher& one : matcher.any) {
      require(one.any.empty(), "`any` within `any`");
      is_sound(one);
    }
    return;
  }
  const wire::EventForm* form = wire::find_event(matcher.event);
  require(form != nullptr, "a step waits for an event that does not exist", matcher.event);
  for (const sandbox::Condition& condition : matcher.conditions) {
    require(wire::has_field(*form, condition.field), "a condition on a field that does not exist",
            condition.field);
  }
}

void is_sound(const std::vector<sandbox::Mistake>& mistakes) {
  for (const sandbox::Mistake& mistake : mistakes)
    require(mistake.cause != wire::Cause::none, "a mistake without a cause");
}

void is_sound(const sandbox::Lesson& lesson) {
  require(!lesson.steps.empty(), "a lesson without a step");
  require(lesson.minutes >= 0 && lesson.version >= 0, "a negative number");
  is_sound(lesson.mistakes);
  for (const sandbox::Step& step : lesson.steps) {
    require(!step.hint.empty(), "a step without a hint");
    require(step.silence.count() >= 0, "a negative silence");
    is_sound(step.mistakes);
    is_sound(step.pass);
    // What the tutor does with it.
    const sandbox::Variables variables{{"user", "s9360511"}, {"q", "{user}"}};
    require(!sandbox::matches(step.pass, wire::Event{}, variables, std::nullopt),
            "no event at all passes a step");
    wire::Event event;
    event.name =
        wire::find_event(step.pass.any.empty() ? step.pass.event : step.pass.any.front().event)
            ->name;
    static_cast<void>(sandbox::unmet(step.pass, event, variables));
    static_cast<void>(sandbox::expand(step.say, variables));
  }
}

}  // namespace

void lesson(std::string_view text) {
  const auto lesson = sandbox::parse_lesson(text);
  if (lesson) return is_sound(*lesson);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  require(!lesson.error().text.empty(), "an error without a word");
  require(lesson.error().line <= lines, "an error behind the end of the file");
}

}  // namespace sandpost::fuzz
