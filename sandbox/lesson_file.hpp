#pragma once
// Reads a lesson from its TOML text (format = 1; docs/design.md tells the keys). Every error names
// the line and the column and says what to write instead.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sandbox/lesson.hpp"

namespace sandpost::sandbox {

struct LessonError {
  std::uint32_t line = 0;  // from 1; 0: of the whole file
  std::uint32_t column = 0;
  std::string text;
};

[[nodiscard]] Result<Lesson, LessonError> parse_lesson(std::string_view toml);

}  // namespace sandpost::sandbox
