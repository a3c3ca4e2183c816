#include "sandbox/windows.hpp"

#include <algorithm>
#include <string>

#include "base/language.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {

namespace event = wire::event;

Lines Windows::on(const wire::Event& event) {
  if (event.session == 0) return {};
  if (wire::is_close(event.name)) {
    open_.erase(event.session);
    return {};
  }
  if (open_.contains(event.session)) return {};
  const auto is_taken = [&](int number) {
    return std::any_of(open_.begin(), open_.end(),
                       [&](const auto& one) { return one.second == number; });
  };
  int number = 1;
  while (is_taken(number))
    ++number;
  open_.emplace(event.session, number);
  if (open_.size() < 2 || explained_) return {};
  explained_ = true;
  return {
      {Role::tutor,
       tr("A second window is open. The number in front of a line says in which it was said.")}};
}

void Windows::mark(Lines& lines) const {
  if (open_.size() < 2) return;
  for (Line& line : lines) {
    const auto found = open_.find(line.session);
    if (found != open_.end()) line.mark = std::to_string(found->second);
  }
}

}  // namespace sandpost::sandbox
