// `sandpost lessons`, `sandpost lesson check` and `sandpost lesson new`: what they print. Part of
// sandbox/sandbox.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "base/exit_status.hpp"
#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/lesson_check.hpp"
#include "sandbox/lesson_skeleton.hpp"
#include "sandbox/library.hpp"
#include "sandbox/progress.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/state_folder.hpp"
#include "sandbox/table.hpp"
#include "wire/json.hpp"

namespace sandpost::sandbox {
namespace {

namespace fs = std::filesystem;
using wire::json_text;

std::string json_list(std::span<const std::string> texts) {
  std::string out;
  for (const std::string& text : texts)
    out += (out.empty() ? "" : ",") + json_text(text);
  return '[' + out + ']';
}

std::string json_of(const LessonProgress& progress) {
  return fmt::format(R"({{"done":{},"steps":{},"saved":{},"finished":{}}})", progress.done,
                     progress.steps, json_text(progress.saved),
                     progress.finished.empty() ? "null" : json_text(progress.finished));
}

std::string json_of(const LessonTitle& lesson) {
  return fmt::format(
      R"({{"id":{},"title":{},"minutes":{},"needs":{},"file":{},"problem":{},"progress":{}}})",
      json_text(lesson.id), json_text(lesson.title), lesson.minutes, json_list(lesson.needs),
      lesson.file.empty() ? "null" : json_text(lesson.file),
      lesson.problem.empty() ? "null" : json_text(lesson.problem),
      lesson.progress ? json_of(*lesson.progress) : "null");
}

std::string progress_words(const LessonTitle& lesson) {
  if (!lesson.progress) return tr("not begun");
  const LessonProgress& progress = *lesson.progress;
  if (progress.done > 0 && progress.done < progress.steps)
    return say("step {0} of {1}", progress.done + 1, progress.steps);
  if (progress.finished.empty()) return tr("not begun");
  return say("done {}", progress.finished.substr(0, 10));
}

std::string json_of(const std::string& name, const std::vector<Finding>& findings) {
  std::string list;
  for (const Finding& one : findings) {
    list += fmt::format(R"({}{{"line":{},"column":{},"text":{}}})", list.empty() ? "" : ",",
                        one.line, one.column, json_text(one.text));
  }
  return fmt::format(R"({{"lesson":{},"findings":[{}]}})", json_text(name), list);
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  if (std::fflush(stdout) != 0) throw std::runtime_error("cannot write to stdout");
}

// A lesson in a file may need those that lie beside it.
void add_neighbours(const std::string& name, std::vector<std::string>& ids) {
  if (!is_lesson_file(name)) return;
  std::error_code error;
  const fs::path folder = fs::path(name).parent_path();
  for (fs::directory_iterator at(folder.empty() ? "." : folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".toml") ids.push_back(at->path().stem().string());
  }
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

bool add_progress(std::vector<LessonTitle>& lessons, const Config& config) {
  const StateFolder state = StateFolder::choose(
      {config.state_dir, config.no_state, !config.no_input}, process_environment);
  if (!state.keeps()) return false;
  for (LessonTitle& title : lessons) {
    const auto text = state.read(progress_file(config.as.to_text(), title.id));
    if (!text || !*text) continue;
    const auto progress = parse_progress(**text);
    const auto lesson = load_lesson(title.file.empty() ? title.id : title.file);
    if (!progress || !lesson) continue;
    title.progress = {.done = fitting_steps(*lesson, progress->steps).size(),
                      .steps = lesson->steps.size(),
                      .saved = rfc3339_text(progress->saved),
                      .finished = progress->finished ? rfc3339_text(*progress->finished) : ""};
  }
  return true;
}

std::string lessons_json(std::span<const LessonTitle> lessons) {
  std::string out;
  for (const LessonTitle& lesson : lessons)
    out += (out.empty() ? "" : ",") + json_of(lesson);
  return fmt::format("{{\"lessons\":[{}]}}\n", out);
}

std::string lessons_table(std::span<const LessonTitle> lessons, bool with_progress,
                          std::size_t width) {
  struct Row {
    std::string id, minutes, progress, title;
  };
  std::vector<Row> rows{{tr("lesson"), tr("time"), tr("progress"), tr("title")}};
  for (const LessonTitle& lesson : lessons) {
    const std::string id = visible(lesson.id);
    if (!lesson.problem.empty()) {
      rows.push_back({id, "?", "?", visible(lesson.problem)});
      continue;
    }
    const std::string needs =
        lesson.needs.empty() ? "" : "  " + say("(after {})", fmt::join(lesson.needs, ", "));
    rows.push_back(
        {id, say("{} min", lesson.minutes), progress_words(lesson), visible(lesson.title) + needs});
  }
  const auto widest = [&](const std::string Row::*cell) {
    std::size_t out = 0;
    for (const Row& row : rows)
      out = std::max(out, columns(row.*cell));
    return out + 2;
  };
  std::string out;
  const auto add = [&](const std::string& text, std::size_t hang) {
    for (const std::string& row : hanging_rows(text, width, hang))
      out += row + '\n';
  };
  for (const Row& row : rows) {
    std::string front = left(row.id, widest(&Row::id)) + left(row.minutes, widest(&Row::minutes));
    if (with_progress) front += left(row.progress, widest(&Row::progress));
    if (width < narrow_page) {
      add(front, 2);
      add("  " + row.title, 2);
    } else {
      add(front + row.title, columns(front));
    }
  }
  out += '\n';
  add(tr("sandpost learn LESSON begins one, or goes on where you stopped."), 2);
  return out;
}

int check_lessons(std::span<const std::string> names, std::span<const LessonTitle> known,
                  bool json) {
  std::vector<std::string> ids;
  for (const LessonTitle& title : known)
    ids.push_back(title.id);
  for (const std::string& name : names)
    add_neighbours(name, ids);
  std::size_t total = 0;
  std::string list;
  for (const std::string& name : names) {
    const auto source = find_source(name);
    const auto findings =
        source ? check_lesson(source->toml, ids) : std::vector<Finding>{{1, 1, source.error()}};
    total += findings.size();
    list += (list.empty() ? "" : ",") + json_of(name, findings);
    if (json) continue;
    for (const Finding& one : findings) {
      print(fmt::format("{}:{}:{}: {}\n", name, one.line, one.column, visible(one.text)));
    }
  }
  print(json ? fmt::format("{{\"lessons\":[{}],\"findings\":{}}}\n", list, total)
             : fmt::format("{} checked, {}\n", counted(names.size(), "lesson"),
                           total == 0 ? "no findings" : counted(total, "finding")));
  return total == 0 ? exit_status::done : exit_status::findings;
}

int new_lesson(const std::string& name) {
  const std::string file = is_lesson_file(name) ? name : name + ".toml";
  const std::string id = fs::path(file).stem().string();
  const std::string text = lesson_skeleton(id);
  if (!parse_lesson(text)) {
    throw std::invalid_argument(
        fmt::format("'{}' is no name for a lesson: write small letters, digits and -", id));
  }
  // "x": the file must not be there.
  std::FILE* out = std::fopen(file.c_str(), "wx");
  if (out == nullptr) {
    const bool there = fs::exists(file);
    throw std::runtime_error(there ? fmt::format("{} is there already: choose another name", file)
                                   : fmt::format("cannot write {}", file));
  }
  const bool written = std::fputs(text.c_str(), out) >= 0;
  if (std::fclose(out) != 0 || !written) throw std::runtime_error("cannot write " + file);
  const std::string shown = file.find('/') == std::string::npos ? "./" + file : file;
  print(
      fmt::format("Wrote {}. Change it, then\n"
                  "  sandpost lesson check {}\n"
                  "  sandpost learn {}\n",
                  file, shown, shown));
  return 0;
}

}  // namespace sandpost::sandbox
