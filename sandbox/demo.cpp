// Plays a lesson by itself: types the author's lines at reading speed, or without any pause.

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "app/server.hpp"
#include "base/exit_status.hpp"
#include "base/language.hpp"
#include "base/signals.hpp"
#include "sandbox/duration.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/library.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/stage.hpp"

namespace sandpost::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Reading speed: what was printed since the last line, at about 200 words a minute.
constexpr milliseconds per_character{25};
constexpr milliseconds shortest_pause{600};
constexpr milliseconds longest_pause{7000};
// Without pauses each line takes this much of the demo's own time, so that times read like a
// person's.
constexpr milliseconds fast_line{1000};
// A delivery that does not come is an error; it has its delay, and this much on top.
constexpr milliseconds delivery_grace{10'000};

class Player {
 public:
  Player(const Config& config, const Lesson& lesson, app::Server& server, const Clock& clock,
         ManualClock* fast, const Signals& signals, Screen& screen)
      : config_(config),
        lesson_(lesson),
        server_(server),
        clock_(clock),
        fast_(fast),
        signals_(signals),
        screen_(screen),
        stage_(config, lesson, server, clock, screen) {}

  int run();

 private:
  void play_step();
  void wait_for_delivery();
  void pause();
  void sleep_until(steady_clock::time_point until);
  void speak(const Lines& lines);

  const Config& config_;
  const Lesson& lesson_;
  app::Server& server_;
  const Clock& clock_;
  ManualClock* fast_;  // null: with pauses
  const Signals& signals_;
  Screen& screen_;
  Stage stage_;
  std::size_t unread_ = 0;  // characters printed since the last pause
  std::optional<int> status_;
};

int Player::run() {
  stage_.show = [this](const Line& line) {
    unread_ += line.text.size();
    return true;
  };
  speak(welcome(config_, lesson_, server_.ports(), fast_ != nullptr));
  speak(stage_.tutor().begin(clock_.now()));
  Tutor& tutor = stage_.tutor();
  while (!status_ && !tutor.finished()) {
    const std::size_t step = tutor.step_number();
    play_step();
    if (status_ || screen_.failed()) break;
    if (!tutor.finished() && tutor.step_number() == step) {
      screen_.print({Role::no, say("Step {} did not pass. The demo stops here.", step)});
      status_ = 1;
    }
  }
  stage_.drop();
  if (screen_.failed()) return 1;
  if (status_) return *status_;
  screen_.print({Role::ok, say("all {} steps passed", lesson_.steps.size())});
  return 0;
}

void Player::play_step() {
  // One by one: what a line brings about can give a name its text.
  const std::vector<std::string> lines = stage_.tutor().step().type;
  for (const std::string& typed : lines) {
    const std::string line = expand(typed, stage_.tutor().variables());
    if (line == ":wait") {
      wait_for_delivery();
    } else {
      pause();
      if (status_) return;
      stage_.play(line);
    }
  }
  stage_.pump();
}

void Player::wait_for_delivery() {
  speak(stage_.queue_table());
  const std::size_t step = stage_.tutor().step_number();
  const milliseconds left = stage_.wait_left().value_or(milliseconds{0});
  if (fast_ != nullptr) {
    speak({{Role::tutor, say("(The demo's clock jumps over the {}.)", duration_text(left))}});
    fast_->advance(left);
    server_.clock_moved();
  }
  const auto until =
      steady_clock::now() + (fast_ != nullptr ? milliseconds{0} : left) + delivery_grace;
  while (!status_ && !stage_.tutor().finished() && stage_.tutor().step_number() == step &&
         steady_clock::now() < until) {
    sleep_until(std::min(until, steady_clock::now() + milliseconds{200}));
    stage_.pump();
  }
}

void Player::pause() {
  if (fast_ != nullptr) {
    fast_->advance(fast_line);
    return;
  }
  const milliseconds reading = per_character * static_cast<int>(std::exchange(unread_, 0));
  sleep_until(steady_clock::now() + std::clamp(reading, shortest_pause, longest_pause));
}

// Wakes for signals, and for what the servers have to say.
void Player::sleep_until(steady_clock::time_point until) {
  while (!status_) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return;
    std::array<pollfd, 2> ready{
        {{signals_.descriptor(), POLLIN, 0}, {stage_.event_descriptor(), POLLIN, 0}}};
    poll(ready.data(), ready.size(), static_cast<int>(left.count()));
    if (ready[1].revents != 0) stage_.pump();
    for (int signal = signals_.take(); signal != 0; signal = signals_.take()) {
      if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP)
        status_ = exit_status::signal + signal;
      if (signal == SIGWINCH) screen_.measure();
    }
  }
}

void Player::speak(const Lines& lines) {
  stage_.print(lines);
}

}  // namespace

int demo(const Config& chosen, const std::string& id, bool fast) {
  const auto lesson = load_lesson(id);
  if (!lesson) throw std::invalid_argument(lesson.error());
  Config config = with_lesson(chosen, *lesson);
  config.repeatable = config.clock.has_value();
  const Signals signals{SIGINT, SIGTERM, SIGHUP, SIGCONT, SIGWINCH};
  std::unique_ptr<Clock> clock;
  ManualClock* manual = nullptr;
  if (fast) {
    auto made = std::make_unique<ManualClock>(config.clock.value_or(SystemClock().now()));
    manual = made.get();
    clock = std::move(made);
  } else {
    clock = app::make_clock(config);
  }
  app::Server server(config, *clock);
  server.start();
  Screen screen(config);
  return Player(config, *lesson, server, *clock, manual, signals, screen).run();
}

}  // namespace sandpost::sandbox
