#pragma once
// The help, made from the tables in cli/options.hpp. English is ASCII.

#include <cstddef>
#include <span>
#include <string>

#include "cli/options.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::cli {

// For one command, or for all of them if it is null. In rows of at most `width` columns, 40 or
// more; where there are few, what a word means stands below it.
[[nodiscard]] std::string help_text(const CommandForm* command,
                                    std::span<const sandbox::LessonTitle> lessons,
                                    std::size_t width);

}  // namespace sandpost::cli
