#pragma once
// Reads a lesson from its TOML text (format = 1; docs/lessons.md tells the keys). Every error names
// the line and the column and says what to write instead.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sandbox/lesson.hpp"

namespace sandpost::sandbox {

// In the file; from 1. Line 0: the whole file.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct LessonError {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string text;
};

// A lesson, and where in its file each value stands: "title", "step.0.hint.1", "step.0.mistake.2".
struct LessonFile {
  Lesson lesson;
  std::map<std::string, Place, std::less<>> places;

  // The value's place, or that of what it would stand in.
  [[nodiscard]] Place place(std::string_view path) const;
};

[[nodiscard]] Result<LessonFile, LessonError> parse_lesson_file(std::string_view toml);
[[nodiscard]] Result<Lesson, LessonError> parse_lesson(std::string_view toml);

}  // namespace sandpost::sandbox
