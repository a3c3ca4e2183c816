#pragma once
// The learner's side, as the command line starts it. Each function runs from start to end on the
// calling thread and returns the program's exit status; app::StartError passes through.

#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"

namespace sandpost::sandbox {

struct LessonTitle {
  std::string id;     // "ntut-2001"
  std::string title;  // "Send and fetch one e-mail by hand"
};

inline constexpr std::string_view first_lesson = "ntut-2001";

// The lessons that are built in, in the order of the curriculum.
[[nodiscard]] std::vector<LessonTitle> lessons();

// The guided session. 0: every step passed, 3: left before, 1: failure, 130 and 143: by signal.
// `lesson` must be one of lessons().
[[nodiscard]] int learn(const Config& config, const std::string& lesson);

// Plays the lesson by itself. 0: every step passed, 1: one did not. `fast`: no pauses, and the
// clock jumps over the delivery delay.
[[nodiscard]] int demo(const Config& config, const std::string& lesson, bool fast);

}  // namespace sandpost::sandbox
