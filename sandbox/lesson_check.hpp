#pragma once
// The examination of a lesson, for its author: is the file sound, do its texts fit, and does it go
// as it says when its own lines are played against real servers. No waiting: the servers' clock is
// moved by hand.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/lesson_file.hpp"

namespace sandpost::sandbox {

struct Finding {
  std::uint32_t line = 0;  // 0: of the whole file
  std::uint32_t column = 0;
  std::string text;  // what is wrong and what to do about it; one line
};

// All findings, in the order of the file; a file that cannot be read has one. `known`: the ids that
// `needs` may name. Throws app::StartError if the servers cannot start.
[[nodiscard]] std::vector<Finding> check_lesson(std::string_view toml,
                                                std::span<const std::string> known);

// Its parts; each adds to `out`.
// The texts alone: nothing is started.
void check_texts(const LessonFile& file, std::string_view toml, std::span<const std::string> known,
                 std::vector<Finding>& out);
// Plays the solutions and the mistakes.
void check_play(const LessonFile& file, std::vector<Finding>& out);

}  // namespace sandpost::sandbox
