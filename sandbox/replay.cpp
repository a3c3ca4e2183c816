#include "sandbox/replay.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace sandpost::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What the servers tell a moment after their reply: that a letter is delivered, that a connection
// is closed.
constexpr milliseconds patience{5000};

bool play_step(Stage& stage, const Lesson& lesson, std::size_t step) {
  for (const std::string& typed : lesson.steps[step].type) {
    // One by one: what a line brings about can give a name its text.
    const std::string line = stage.tutor().solution_line(typed);
    if (line == ":wait") {
      stage.deliver_now();
    } else if (!stage.play(line)) {
      return false;
    }
  }
  return comes_true(stage, patience, [&] { return stage.tutor().is_done(step); });
}

}  // namespace

bool comes_true(Stage& stage, milliseconds longest, const std::function<bool()>& wanted) {
  const auto until = steady_clock::now() + longest;
  stage.pump();
  while (!wanted()) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd ready{stage.event_descriptor(), POLLIN, 0};
    poll(&ready, 1, static_cast<int>(left.count()));
    stage.pump();
  }
  return true;
}

bool replay(Stage& stage, const Lesson& lesson, const std::vector<StepRecord>& passed) {
  const auto filter = stage.show;
  stage.show = [&](const Line& line) {
    const bool spoken =
        line.role == Role::client || line.role == Role::content || line.role == Role::server;
    return spoken && filter(line);
  };
  bool all = true;
  for (std::size_t i = 0; all && i < lesson.steps.size(); ++i) {
    const bool wanted = std::any_of(passed.begin(), passed.end(), [&](const StepRecord& one) {
      return one.id == lesson.steps[i].id;
    });
    if (wanted && !stage.tutor().is_done(i)) all = play_step(stage, lesson, i);
  }
  stage.show = filter;
  stage.tutor().restore(passed);
  return all;
}

}  // namespace sandpost::sandbox
