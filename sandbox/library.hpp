#pragma once
// The lessons that are built into the program.

#include <optional>
#include <string_view>

#include "sandbox/lesson.hpp"

namespace sandpost::sandbox {

// The lesson of that name, parsed; nothing if there is none. A built-in lesson that does not parse
// is a broken build: std::logic_error.
[[nodiscard]] std::optional<Lesson> find_lesson(std::string_view id);

}  // namespace sandpost::sandbox
