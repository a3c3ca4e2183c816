// `sandpost report`: finds the record, writes the report.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/lesson_file.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/library.hpp"
#include "sandbox/report_compare.hpp"
#include "sandbox/report_writers.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/screen.hpp"
#include "sandbox/state_folder.hpp"

namespace sandpost::sandbox {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& why) {
  throw std::runtime_error(why);
}

std::string read_file(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) fail(say("there is no record {}", path));
  if (!fs::is_regular_file(path, error)) fail(say("{} is no ordinary file", path));
  std::ifstream file(path, std::ios::binary);
  std::string octets{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) fail(say("the record {} cannot be read", path));
  return octets;
}

std::vector<std::string> records_in(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".jsonl") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Of two learners' records, the one of `learner`; empty: whoever it was.
bool is_of(const RecordHead& head, const std::string& learner) {
  const auto user = head.names.find("user");
  return user != head.names.end() && equals_ignoring_case(user->second, learner);
}

// Of that learner and that lesson; empty: of whomever, of any.
bool is_of(const std::string& path, const std::string& learner, const std::string& lesson) {
  if (learner.empty() && lesson.empty()) return true;
  const auto record = parse_record(read_file(path));
  return record && (learner.empty() || is_of(record->head, learner)) &&
         (lesson.empty() || record->head.lesson == lesson);
}

// The file that was named, or the last session of the guided kind, of a lesson if one was named.
std::string chosen_record(const Config& config, const ReportWish& wish) {
  std::error_code ignored;
  if (!wish.record.empty() && fs::exists(wish.record, ignored)) return wish.record;
  const auto state =
      StateFolder::choose({config.state_dir, config.no_state, true}, process_environment);
  auto found = state.keeps() ? records_in(record_folder(state.path())) : std::vector<std::string>{};
  const auto last_write = [](const std::string& path) {
    std::error_code error;
    return fs::last_write_time(path, error);
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const auto& a, const auto& b) { return last_write(a) > last_write(b); });
  const auto newest = std::find_if(found.begin(), found.end(), [&](const std::string& path) {
    return is_of(path, wish.learner, wish.record);
  });
  if (newest != found.end()) return *newest;
  if (!wish.record.empty()) {
    fail(say(
        "there is no record {}, and none of a lesson of that name: name a file of --record, or a "
        "lesson that you have done",
        visible(wish.record)));
  }
  fail(wish.learner.empty()
           ? tr("there is no record of a session yet: do a lesson first, or name a record")
           : say("there is no record of a session by {}", visible(wish.learner)));
}

// Of a whole class in one record, that learner. What a lesson's learner did is all of that one,
// also under the names of others.
Record record_for(Record record, const std::string& path, const std::string& learner) {
  const bool guided = !record.head.lesson.empty() && is_of(record.head, learner);
  if (learner.empty() || guided) return record;
  Record theirs = record_of(record, learner);
  if (theirs.events.empty()) {
    fail(say("{0}: nothing in it is of {1}", path, visible(learner)));
  }
  return theirs;
}

// The lesson that the record is of, as it was then; nothing if it is not known here.
std::optional<Lesson> lesson_of(const RecordHead& head) {
  if (head.toml.empty()) return head.lesson.empty() ? std::nullopt : find_lesson(head.lesson);
  auto lesson = parse_lesson(head.toml);
  if (!lesson) return std::nullopt;
  return std::move(*lesson);
}

Record record_in(std::string_view octets, const std::string& path, const std::string& learner) {
  auto record = parse_record(octets);
  if (!record) fail(say("{0}: {1}", path, record.error()));
  return record_for(std::move(*record), path, learner);
}

// `lesson`: null where it is not known.
Report report_of(const Record& record, const Lesson* lesson, const Config& config,
                 ReportChoices choices) {
  choices.secrets["pass"] =
      lesson != nullptr ? with_lesson(config, *lesson).password : config.password;
  Report report = make_report(record, lesson, choices);
  if (lesson == nullptr && !record.head.lesson.empty()) {
    report.problems.push_back(
        say("the lesson {} is not known here", printable(record.head.lesson)));
  }
  return report;
}

std::string written(const Report& report, std::string_view format) {
  if (format == "html") return report_html(report);
  if (format == "txt") return report_txt(report);
  if (format == "json") return report_json(report);
  if (format == "cast") return report_cast(report);
  if (format == "svg") return report_svg(report);
  return report_markdown(report);
}

// For stdout.
std::string shown(const Report& report, std::string_view format) {
  if (format != "txt" || isatty(STDOUT_FILENO) != 1) return written(report, format);
  return report_txt(report, static_cast<std::size_t>(screen_width()));
}

void save(const std::string& path, const std::string& octets, bool force) {
  const fs::path file(path);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code error;
  if (fs::exists(fs::symlink_status(file, error)) && !force) {
    fail(say("{} is there already: --force replaces it", path));
  }
  if (fs::is_directory(file, error)) fail(say("{} is a folder", path));
  if (!fs::is_directory(folder, error)) fail(say("there is no folder {}", folder.string()));
  StateFolder place(folder.string());
  if (place.write(file.filename(), octets)) return;
  fail(place.take_problem().value_or(say("{} cannot be written", path)));
}

// Pictures and recordings: a file for each session, "lab-1.svg" and so on.
void save_sessions(const Report& report, const ReportWish& wish) {
  const fs::path path(wish.output);
  int number = 0;
  for (const ReportSession& session : report.sessions) {
    Report one = report;
    one.sessions = {session};
    fs::path name = path;
    name.replace_filename(
        fmt::format("{}-{}{}", path.stem().string(), ++number, path.extension().string()));
    save(name, written(one, wish.format), wish.force);
  }
}

int compare_with(const Config& config, const ReportWish& wish) {
  const std::string path = chosen_record(config, wish);
  const std::string octets = read_file(path);
  auto report = report_from_json(octets);
  std::optional<Lesson> lesson;
  if (report) {
    lesson = find_lesson(report->lesson);
  } else {
    const Record record = record_in(octets, path, wish.learner);
    lesson = lesson_of(record.head);
    report = report_of(record, lesson ? &*lesson : nullptr, config, {});
  }
  if (report->anonymous) fail(say("{} is anonymous: it cannot be compared", path));
  std::error_code error;
  if (!fs::is_directory(wish.compare, error)) {
    fail(say("--compare: there is no folder {}", wish.compare));
  }
  std::vector<Report> servers;
  for (const std::string& file : records_in(wish.compare)) {
    const std::string own = read_file(file);
    if (const auto record = parse_record(own)) {
      servers.push_back(report_of(*record, lesson ? &*lesson : nullptr, config, {}));
    } else {
      std::fputs(
          fmt::format("sandpost: {}\n", say("{} is no record: left out", visible(file))).c_str(),
          stderr);
    }
  }
  if (servers.empty()) fail(say("--compare: there is no record in {}", wish.compare));
  const Comparison comparison = compare(*report, servers);
  std::fputs(comparison.text.c_str(), stdout);
  return comparison.confirmed ? 0 : 1;
}

}  // namespace

std::string record_folder(const std::string& state_folder) {
  return state_folder + "/records";
}

RecordHead record_head(const Config& config, const Lesson* lesson, ZonedTime now) {
  Variables names = variables_of(config, {});
  names.erase("pass");
  RecordHead head;
  head.started = now;
  if (lesson != nullptr) head.lesson = lesson->id;
  if (lesson != nullptr) head.version = lesson->version;
  if (lesson != nullptr) head.toml = lesson->toml;
  head.delay = to_text(config.delay);
  head.names = std::move(names);
  return head;
}

int report(const Config& config, const ReportWish& wish) {
  if (!wish.compare.empty()) return compare_with(config, wish);
  const std::string path = chosen_record(config, wish);
  const Record record = record_in(read_file(path), path, wish.learner);
  const auto lesson = lesson_of(record.head);
  const Report made = report_of(record, lesson ? &*lesson : nullptr, config,
                                {wish.name, wish.id, wish.anonymous, {}});
  for (const std::string& problem : made.problems)
    std::fputs(fmt::format("sandpost: {}: {}\n", visible(path), problem).c_str(), stderr);
  const bool by_session = wish.format == "svg" || wish.format == "cast";
  if (wish.output.empty() || wish.output == "-") {
    std::fputs(shown(made, wish.format).c_str(), stdout);
  } else if (by_session && made.sessions.size() > 1) {
    save_sessions(made, wish);
  } else {
    save(wish.output, written(made, wish.format), wish.force);
  }
  return 0;
}

}  // namespace sandpost::sandbox
