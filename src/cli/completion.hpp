#pragma once
// `sandpost completion SHELL`: a script for that shell, made from the tables in cli/options.hpp, so
// that it knows what this program knows.

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "sandbox/sandbox.hpp"

namespace sandpost::cli {

// "lessons" is for the scripts: they ask for the ids while one types, so that new ones are found.
inline constexpr std::array<std::string_view, 4> completion_topics{"bash", "zsh", "fish",
                                                                   "lessons"};

// `topic` is one of these. The text ends in a newline.
[[nodiscard]] std::string completion_text(std::string_view topic,
                                          std::span<const sandbox::LessonTitle> lessons);

}  // namespace sandpost::cli
