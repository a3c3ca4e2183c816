#pragma once
// The help, made from the tables in cli/options.hpp. At most 80 columns wide; English is ASCII.

#include <span>
#include <string>

#include "cli/options.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::cli {

// For one command, or for all of them if it is null.
[[nodiscard]] std::string help_text(const CommandForm* command,
                                    std::span<const sandbox::LessonTitle> lessons);

}  // namespace sandpost::cli
