#pragma once
// The TOML texts of sandbox/lessons/, put into the program by the build
// (cmake/lesson_texts.cpp.in).

#include <span>
#include <string_view>

namespace sandpost::sandbox {

struct LessonText {
  std::string_view id;  // the file's name without .toml
  std::string_view toml;
};

// In the order of the curriculum.
[[nodiscard]] std::span<const LessonText> lesson_texts();

}  // namespace sandpost::sandbox
