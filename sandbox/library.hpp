#pragma once
// Where lessons come from: a file that is named, the user's own folder, or the program itself.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sandbox/lesson.hpp"

namespace sandpost::sandbox {

// A lesson as it was found, not read yet.
struct LessonSource {
  std::string name;  // for messages: the file as it was named, or the lesson's id
  std::string toml;
};

// Whether the word names a file, "./mine.toml", and not a lesson by its id.
[[nodiscard]] bool is_lesson_file(std::string_view word);

// `name`: a file's, or the id of a built-in lesson. The error is one line.
[[nodiscard]] Result<LessonSource, std::string> find_source(const std::string& name);

// The same, read; a built-in lesson in the language in use. The error says the file, the line, the
// column, and what to write instead.
[[nodiscard]] Result<Lesson, std::string> load_lesson(const std::string& name);

// `lesson` once more, in the language that is in use now; unchanged if `name` is a file.
void retranslate(Lesson& lesson, const std::string& name);

// The built-in lesson of that name; nothing if there is none. One that does not parse is a broken
// build: std::logic_error.
[[nodiscard]] std::optional<Lesson> find_lesson(std::string_view id);

}  // namespace sandpost::sandbox
