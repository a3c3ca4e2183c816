#pragma once
// What can be odd about a typed command line that the screen does not show: control bytes, arrow
// keys, full-width letters. Shared by both engines, so that a slip is named the same way
// everywhere.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wire/vocabulary.hpp"

namespace sandpost::wire {

struct Oddity {
  Cause cause = Cause::none;
  std::size_t column = 0;  // of the character, from 1
  std::string shown;       // the character made visible: "^H", "U+FF1A"
  std::string meant;       // the ASCII character it stands for, if there is one
};

// Printable ASCII from end to end: what is below finds nothing in it and changes nothing.
[[nodiscard]] bool is_plain(std::string_view line);

// The first octet below 32, or 127: no command line may hold one.
[[nodiscard]] std::optional<Oddity> find_control(std::string_view line);

// The first character beyond ASCII, with its kind: full_width, smart_quote, nbsp or non_ascii.
[[nodiscard]] std::optional<Oddity> find_non_ascii(std::string_view line);

// The line as it looked to the person who corrected it: each backspace (08) or delete (7F) takes
// the character before it away.
[[nodiscard]] std::string with_backspaces_applied(std::string_view line);

}  // namespace sandpost::wire
