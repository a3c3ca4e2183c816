#pragma once
// The guided session: waits for keys, for the servers' events and for time, and lets the tutor
// speak. guide.cpp has the loop and the learner's words, guide_place.cpp the places at which a
// lesson is left, taken up and begun anew.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/server.hpp"
#include "base/signals.hpp"
#include "sandbox/console.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/progress.hpp"
#include "sandbox/quiz.hpp"
#include "sandbox/recorder.hpp"
#include "sandbox/screen.hpp"
#include "sandbox/stage.hpp"
#include "sandbox/state_folder.hpp"
#include "sandbox/words.hpp"

namespace sandpost::sandbox {

// A step that the servers, as they are by now, do not let pass.
struct Anew {
  std::size_t step = 0;  // from 0
  std::string_view kind;
};

// What a guide needs of the program. All must outlive it.
struct GuideParts {
  const Config& config;
  const Lesson& lesson;
  app::Server& server;
  const Clock& clock;
  const Signals& signals;
  Console& console;
  Screen& screen;
  StateFolder& state;
  ProgressKeeper& keeper;
  Recorder* recorder;                 // null: no record is written
  std::function<void()> reload;       // the lesson, in another language
  std::optional<Anew> taken_up = {};  // what the guide begins with
};

// One run of a lesson, against servers that are running. I/O of the terminal; main thread only.
class Guide {
 public:
  explicit Guide(GuideParts parts);

  // Until the learner leaves, or the lesson begins anew. The exit status.
  int run();
  // The learner wants the lesson from its beginning, with servers that know nothing.
  [[nodiscard]] bool starts_over() const { return starts_over_; }
  // The step is to be done by servers that know nothing, once those before it are done again.
  [[nodiscard]] std::optional<Anew> anew() const { return anew_; }

 private:
  void welcome_learner();
  void offer_place();
  void list_places();
  void choose_place(std::string_view line);
  void go_on_from(std::size_t step);
  void begin();
  void ask_reset();
  void start_over();
  void set_up_anew(std::string_view kind);
  void take_up();
  void keep_progress();
  [[nodiscard]] bool place_is_kept() const;
  [[nodiscard]] bool asks_question() const;
  void answer_question(const std::string& line);
  void leave_quiz();
  void note_answer();
  void wait();
  void ask();
  void read();
  void take(const std::string& line);
  void do_word(Word word);
  void change_language(std::string_view line);
  void note_help(std::string_view kind);
  void do_step(std::string_view kind);
  [[nodiscard]] std::vector<std::string> lines_to_type() const;
  [[nodiscard]] std::function<bool(const Line&)> show_all();
  void interrupted();
  void on_signal(int signal);
  void count_down();
  void speak(const Lines& lines);
  [[nodiscard]] std::string prompt() const;
  [[nodiscard]] bool holds_back() const;

  const Config& config_;
  const Lesson& lesson_;
  app::Server& server_;
  const Clock& clock_;
  const Signals& signals_;
  Console& console_;
  Screen& screen_;
  StateFolder& state_;
  ProgressKeeper& keeper_;
  Recorder* recorder_;
  std::function<void()> reload_;
  std::optional<Anew> taken_up_;  // until it is done
  std::optional<Anew> anew_;
  Quiz quiz_;
  Stage stage_;
  bool offered_ = false;        // the place of the last time, and nothing was answered yet
  bool end_said_ = false;       // what comes after the lesson
  bool question_said_ = false;  // the quiz has begun
  bool starts_over_ = false;
  bool reset_asked_ = false;         // the next :reset is meant
  std::optional<std::string> held_;  // a piped line that waits for the delivery
  std::chrono::steady_clock::time_point last_key_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_event_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_countdown_ = std::chrono::steady_clock::now();
  bool interrupted_once_ = false;
  std::optional<int> status_;
};

}  // namespace sandpost::sandbox
