#include "sandbox/library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "base/text.hpp"
#include "sandbox/lesson_file.hpp"
#include "sandbox/lesson_language.hpp"
#include "sandbox/lesson_texts.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".toml";
constexpr std::uintmax_t largest_file = 1U << 20U;

std::string in_words(const std::string& name, const LessonError& error) {
  return fmt::format("{}:{}:{}: {}", name, error.line, error.column, error.text);
}

Result<LessonSource, std::string> read_file(const std::string& name) {
  std::error_code error;
  const auto size = fs::file_size(name, error);
  if (error) {
    return Failure<std::string>{
        fmt::format("cannot read the lesson {}: {}", name, error.message())};
  }
  if (size > largest_file) {
    return Failure<std::string>{
        fmt::format("{} is no lesson: it has {} octets, and 1 MiB is the most", name, size)};
  }
  std::ifstream file(name, std::ios::binary);
  LessonSource source{name, {std::istreambuf_iterator<char>(file), {}}};
  if (!file) {
    return Failure<std::string>{
        fmt::format("cannot read the lesson {}: {}", name, std::generic_category().message(errno))};
  }
  return source;
}

LessonTitle title_of(const std::string& id, const Result<Lesson, std::string>& lesson) {
  LessonTitle title;
  title.id = id;
  if (lesson) {
    title.title = lesson->title;
    title.minutes = lesson->minutes;
    title.needs = lesson->needs;
  } else {
    title.problem = lesson.error();
  }
  return title;
}

// The files of the user's own folder, by name; none if it cannot be read.
std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> out;
  if (folder.empty()) return out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == extension) out.push_back(at->path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::vector<LessonTitle> lessons(const std::string& folder) {
  std::vector<LessonTitle> out;
  for (const LessonText& text : lesson_texts()) {
    const std::string id(text.id);
    out.push_back(title_of(id, load_lesson(id)));
  }
  for (const fs::path& file : files_in(folder)) {
    LessonTitle title = title_of(file.stem().string(), load_lesson(file.string()));
    title.file = file.string();
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const LessonTitle& other) { return other.id == title.id; });
    if (same != out.end()) {
      *same = std::move(title);
    } else {
      out.push_back(std::move(title));
    }
  }
  return out;
}

bool is_lesson_file(std::string_view word) {
  return word.find('/') != std::string_view::npos || word.ends_with(extension);
}

Result<LessonSource, std::string> find_source(const std::string& name) {
  if (is_lesson_file(name)) return read_file(name);
  for (const LessonText& text : lesson_texts()) {
    if (text.id == name) return LessonSource{name, std::string(text.toml)};
  }
  return Failure<std::string>{fmt::format("there is no lesson {}", name)};
}

Result<Lesson, std::string> load_lesson(const std::string& name) {
  const auto source = find_source(name);
  if (!source) return Failure<std::string>{source.error()};
  auto lesson = parse_lesson(source->toml);
  if (!lesson) return Failure<std::string>{in_words(name, lesson.error())};
  if (is_lesson_file(name)) {
    lesson->toml = source->toml;
  } else {
    translate(*lesson);
  }
  return std::move(*lesson);
}

void retranslate(Lesson& lesson, const std::string& name) {
  if (is_lesson_file(name)) return;
  if (auto again = load_lesson(name)) lesson = std::move(*again);
}

std::optional<Lesson> find_lesson(std::string_view id) {
  const auto texts = lesson_texts();
  const bool known = std::any_of(texts.begin(), texts.end(),
                                 [&](const LessonText& text) { return text.id == id; });
  if (!known) return std::nullopt;
  auto lesson = load_lesson(std::string(id));
  if (!lesson) throw std::logic_error("a built-in lesson is broken: " + lesson.error());
  return std::move(*lesson);
}

}  // namespace sandpost::sandbox
