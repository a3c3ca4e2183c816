#pragma once
// Cells of a table that stands aligned on a terminal in every language.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "sandbox/columns.hpp"
#include "sandbox/line.hpp"

namespace sandpost::sandbox {

// Filled up with blanks to that many columns; longer ones stay whole.
[[nodiscard]] inline std::string left(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, columns(text)), ' ');
}

[[nodiscard]] inline std::string right(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, columns(text)), ' ') + std::string(text);
}

// A row that goes on below, behind `hang` blanks, where it is too long for the screen.
[[nodiscard]] inline Line table_row(std::string text, std::size_t hang) {
  Line line{Role::plain, std::move(text)};
  line.hang = hang;
  return line;
}

// A row of a list of steps: the number, how the step stands, its title.
[[nodiscard]] inline Line step_row(std::size_t number, std::string_view mark,
                                   std::string_view title) {
  constexpr std::size_t hang = 12;  // under the title
  return table_row(
      right(std::to_string(number), 2) + ' ' + left(mark, 8) + ' ' + std::string(title), hang);
}

}  // namespace sandpost::sandbox
