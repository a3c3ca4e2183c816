#include "sandbox/library.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "sandbox/lesson_file.hpp"
#include "sandbox/lesson_texts.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::sandbox {
namespace {

Lesson parse(const LessonText& text) {
  auto lesson = parse_lesson(text.toml);
  if (!lesson) {
    throw std::logic_error(fmt::format("the lesson {} is broken: line {}, column {}: {}", text.id,
                                       lesson.error().line, lesson.error().column,
                                       lesson.error().text));
  }
  return std::move(*lesson);
}

}  // namespace

std::vector<LessonTitle> lessons() {
  std::vector<LessonTitle> out;
  for (const LessonText& text : lesson_texts())
    out.push_back({std::string(text.id), parse(text).title});
  return out;
}

std::optional<Lesson> find_lesson(std::string_view id) {
  for (const LessonText& text : lesson_texts()) {
    if (text.id == id) return parse(text);
  }
  return std::nullopt;
}

}  // namespace sandpost::sandbox
