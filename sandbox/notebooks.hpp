#pragma once
// What is kept of the learners whom a coach follows: of each the progress and a record, both made
// as soon as there is something to keep. Knows neither servers nor terminal. One thread.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "app/config.hpp"
#include "sandbox/learners.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/line.hpp"
#include "sandbox/progress.hpp"
#include "sandbox/recorder.hpp"
#include "sandbox/state_folder.hpp"

namespace sandpost::sandbox {

class Notebooks {
 public:
  // The configuration in which that account is the learner.
  using ConfigFor = std::function<Config(const std::string& account)>;

  // `lesson` and `state` must outlive it. `started`: by the servers' clock.
  Notebooks(const Lesson& lesson, StateFolder& state, ConfigFor config_for, ZonedTime started);

  // What to say of earlier times, before the learner begins; empty for most.
  [[nodiscard]] Lines greet(const Learner& learner);
  void record(const Learner& learner, const wire::Event& event);
  // The session was another learner's.
  void leave_out(const Learner& learner, std::uint64_t session);
  // `kind`: the word without its colon.
  void note_help(const Learner& learner, const std::string& kind, ZonedTime now);
  // `question`: its number. What to say: once, that nothing can be saved.
  [[nodiscard]] Lines note_answer(const Learner& learner, const AnswerRecord& answer,
                                  std::size_t question, ZonedTime now);
  // Saves what is new. What to say: once, that nothing can be saved.
  [[nodiscard]] Lines keep(const Learner& learner);
  // `sandpost learn` can go on where this learner stopped.
  [[nodiscard]] bool has_place(const Learner& learner);

 private:
  struct Notebook {
    std::unique_ptr<ProgressKeeper> progress;
    std::unique_ptr<Recorder> recorder;  // null: no record is written
  };

  Notebook& of(const Learner& learner);

  const Lesson& lesson_;
  StateFolder& state_;
  ConfigFor config_for_;
  ZonedTime started_;
  std::map<std::string, Notebook> notebooks_;  // by the learner's name
  std::map<std::string, Lines> untold_;        // what was found out when they were opened
};

}  // namespace sandpost::sandbox
