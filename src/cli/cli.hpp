#pragma once
// Arguments and environment to what is to be done. The only reader of both; prints nothing.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/environment.hpp"
#include "cli/invocation.hpp"
#include "sandbox/languages.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::cli {

// Print this and exit: help and version on stdout with status 0, an error (one line that begins
// with "sandpost: ") on stderr with status 2. The text ends in a newline.
struct Message {
  std::string text;
  int status = exit_status::done;
  bool translated = false;  // it is in the language in use, where there is one
};

// The language of what is said, needed before parse(), whose help speaks it already. `terminal`:
// stdout is one. A name that is wrong is left for parse() to refuse.
[[nodiscard]] sandbox::LanguageChoice chosen_language(const std::vector<std::string>& arguments,
                                                      const Environment& environment,
                                                      bool terminal);

// Whether the command speaks to a person in the language in use; what the others print is for
// programs, for authors of lessons, or for a log, and is English.
[[nodiscard]] bool is_translated(Command command);

// The lessons there are; called only where a word may name one, as reading them all takes
// milliseconds that a server need not wait for.
using LessonTitles = std::function<std::span<const sandbox::LessonTitle>()>;

// `arguments` are without the program's name. `width`: the columns of a help.
[[nodiscard]] std::variant<Invocation, Message> parse(const std::vector<std::string>& arguments,
                                                      const Environment& environment,
                                                      const LessonTitles& lessons,
                                                      std::size_t width);

// Where a user's own lessons lie (XDG Base Directory): $XDG_DATA_HOME/sandpost/lessons, or below
// ~/.local/share. Empty if there is no home.
[[nodiscard]] std::string lesson_folder(const Environment& environment);

}  // namespace sandpost::cli
