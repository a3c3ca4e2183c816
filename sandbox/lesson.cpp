#include "sandbox/lesson.hpp"

#include "base/text.hpp"

namespace sandpost::sandbox {

wire::Cause cause_of(const wire::Event& event) {
  const wire::Cause cause = wire::cause_from(event.text("cause"));
  if (cause != wire::Cause::none || event.name != wire::event::smtp_mail) return cause;
  if (!event.flag("brackets")) return wire::Cause::no_brackets;
  return event.flag("space") ? wire::Cause::colon_space : wire::Cause::none;
}

bool is_made(const Mistake& mistake, const wire::Event& event) {
  return mistake.cause == cause_of(event) &&
         (mistake.near.empty() || equals_ignoring_case(mistake.near, event.text("near"))) &&
         (mistake.need.empty() || equals_ignoring_case(mistake.need, event.text("need")));
}

}  // namespace sandpost::sandbox
