#pragma once
// The learner's side, as the command line starts it. Each function runs from start to end on the
// calling thread and returns the program's exit status; app::StartError passes through.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/record.hpp"

namespace sandpost::sandbox {

// What the learner has done of a lesson.
struct LessonProgress {
  std::size_t done = 0;       // steps
  std::size_t steps = 0;      // that the lesson has
  std::string saved = {};     // RFC 3339
  std::string finished = {};  // likewise; empty: never
};

struct LessonTitle {
  std::string id = {};                  // "ntut-2001"
  std::string title = {};               // "Send and fetch one e-mail by hand"
  int minutes = 10;                     // about how long it takes
  std::vector<std::string> needs = {};  // ids of the lessons that should come before
  std::string file = {};                // empty: built in
  std::string problem = {};             // why it cannot be read; empty for all others
  std::optional<LessonProgress> progress = std::nullopt;  // see add_progress()
};

inline constexpr std::string_view first_lesson = "ntut-2001";

// The lessons that are built in, in the order of the curriculum, and behind them those of the
// user's own folder, which replace built-in ones of the same name. `folder`: it need not exist;
// empty: there is none.
[[nodiscard]] std::vector<LessonTitle> lessons(const std::string& folder = {});

// Fills in what the learner of this configuration has done. What cannot be read counts as nothing.
// False: there is no place to look, or it is to look for none (--no-state, or --no-input without
// --state-dir).
bool add_progress(std::vector<LessonTitle>& lessons, const Config& config);

// For `sandpost lessons`: one JSON object, or a table of at most that many columns.
[[nodiscard]] std::string lessons_json(std::span<const LessonTitle> lessons);
[[nodiscard]] std::string lessons_table(std::span<const LessonTitle> lessons, bool with_progress,
                                        std::size_t width);

// Checks lessons and prints what is found. 0: nothing, 4: something, 1: a file cannot be read.
// `names`: files or ids of built-in lessons; `known`: what `needs` may name.
[[nodiscard]] int check_lessons(std::span<const std::string> names,
                                std::span<const LessonTitle> known, bool json);

// Writes a new lesson, full of remarks, into NAME.toml, or into NAME if that is a file's name, and
// says what to do with it. Never overwrites. 0 or 1.
[[nodiscard]] int new_lesson(const std::string& name);

// What `sandpost report` is to do.
struct ReportWish {
  std::string record = {};    // a file; empty: the last guided session
  std::string learner = {};   // an account: its sessions alone; empty: all
  std::string format = "md";  // md, html, txt, json, cast, svg
  std::string output = {};    // empty: stdout
  std::string name = {};
  std::string id = {};
  bool anonymous = false;
  bool force = false;        // replace a file that is there
  std::string compare = {};  // a folder of the server's own records
};

// The lab report. 0; with `compare` 1 where something is not confirmed. Throws std::runtime_error,
// one line, where the record cannot be read or the report not be written.
[[nodiscard]] int report(const Config& config, const ReportWish& wish);

// Where the guided session keeps its records.
[[nodiscard]] std::string record_folder(const std::string& state_folder);
// The first line of a record that begins now; `lesson`: null for the servers alone.
[[nodiscard]] RecordHead record_head(const Config& config, const Lesson* lesson, ZonedTime now);

// The guided session. 0: every step passed, 3: left before, 1: failure, 130 and 143: by signal.
// `lesson`: the id of a built-in one, or a file.
[[nodiscard]] int learn(const Config& config, const std::string& lesson);

// Whom `coach` coaches, and where.
struct CoachWish {
  std::string port_file = {};  // of servers that run elsewhere; empty: it starts its own
  std::string learner = {};    // an account; empty: the learner of the servers
  bool all = false;            // each account, with a tutor of its own
};

// As learn(), without a client: who learns types in another window. The same exit statuses, and 3
// also when the servers end before.
[[nodiscard]] int coach(const Config& config, const std::string& lesson, const CoachWish& wish);

// Plays the lesson by itself. 0: every step passed, 1: one did not. `fast`: no pauses, and the
// clock jumps over the delivery delay.
[[nodiscard]] int demo(const Config& config, const std::string& lesson, bool fast);

}  // namespace sandpost::sandbox
