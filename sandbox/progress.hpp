#pragma once
// How far a learner has come in a lesson, kept from one run to the next: one file for each learner
// and lesson, progress/LEARNER/LESSON.json in the state folder. Knows neither terminal nor servers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/line.hpp"
#include "sandbox/state_folder.hpp"

namespace sandpost::sandbox {

// What is known of a step that was passed.
struct StepRecord {
  std::string id = {};
  std::int64_t took = 0;  // ms, all visits together
  int refused = 0;        // lines that were refused while it was open
  int hints = 0;
  std::string help = {};   // "", "shown", "skipped", "left out"
  bool elsewhere = false;  // in a window of the learner's own, outside this program

  friend bool operator==(const StepRecord&, const StepRecord&) = default;
};

// What was answered to a lesson's question.
struct AnswerRecord {
  std::string ask = {};
  std::string answer = {};
  bool good = false;

  friend bool operator==(const AnswerRecord&, const AnswerRecord&) = default;
};

struct Progress {
  int lesson_version = 1;
  std::vector<StepRecord> steps;  // the passed ones, in the order of the lesson
  Time saved{};
  std::optional<Time> finished;  // when the lesson was last done from end to end
  std::vector<AnswerRecord> answers;

  friend bool operator==(const Progress&, const Progress&) = default;
};

// The file's text, and back. `newer`: a later sandpost has written it, and it must not be
// overwritten.
[[nodiscard]] std::string progress_text(const Progress& progress, const std::string& learner,
                                        const std::string& lesson);
struct BadProgress {
  bool newer = false;
};
[[nodiscard]] Result<Progress, BadProgress> parse_progress(const std::string& text);

// Those of the passed steps that count in the lesson as it is now, in its order: all that stand at
// its beginning without a gap, or with any_order all that it has.
[[nodiscard]] std::vector<StepRecord> fitting_steps(const Lesson& lesson,
                                                    const std::vector<StepRecord>& passed);

// progress/s9360511@ntut.edu.tw/ntut-2001.json
[[nodiscard]] std::string progress_file(const std::string& learner, const std::string& lesson);

// Keeps the progress of one learner in one lesson. `lesson` and `folder` must outlive it.
class ProgressKeeper {
 public:
  ProgressKeeper(StateFolder& folder, const Lesson& lesson, std::string learner);

  // Reads the file. What to say: that the lesson has changed, or why the file is of no use.
  [[nodiscard]] Lines load();

  // The passed steps which the lesson as it is now begins with (with any_order: has at all).
  [[nodiscard]] const std::vector<StepRecord>& steps() const { return progress_.steps; }
  [[nodiscard]] const Progress& progress() const { return progress_; }
  // There is a place to go on from: something is passed, and not everything.
  [[nodiscard]] bool has_place() const;
  // It is kept what happens from now on.
  [[nodiscard]] bool saves() const { return !sealed_ && folder_.keeps(); }

  // The passed steps as they are now. Who has to go back a few steps keeps the place; it is saved
  // if there is something new. What to say: once, that nothing can be saved.
  [[nodiscard]] Lines note(const std::vector<StepRecord>& passed, Time now);
  [[nodiscard]] Lines note_finished(Time now);
  // Both, as often as one likes: the end of the lesson is noted once.
  [[nodiscard]] Lines keep(const std::vector<StepRecord>& passed, bool finished, Time now);
  [[nodiscard]] Lines note_answer(AnswerRecord answer, Time now);
  // From the beginning; that the lesson was finished once is kept.
  [[nodiscard]] Lines reset(Time now);

 private:
  [[nodiscard]] Lines save(Time now);
  void keep_what_fits();

  StateFolder& folder_;
  const Lesson& lesson_;
  std::string learner_;
  Progress progress_;
  bool sealed_ = false;  // the file is not ours to write
  bool finish_noted_ = false;
};

// Counts from 0; the number of steps if all are passed.
[[nodiscard]] std::size_t first_open_step(const Lesson& lesson,
                                          const std::vector<StepRecord>& passed);

// "Welcome back. Yesterday you stopped at step 5 of 14, ..."; `title`: the step's, filled in.
// `offset`: the learner's, from UTC.
[[nodiscard]] std::string welcome_back(const Progress& progress, std::size_t step,
                                       std::size_t count, const std::string& title, Time now,
                                       std::chrono::minutes offset);

}  // namespace sandpost::sandbox
