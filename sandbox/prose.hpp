#pragma once
// Prose in rows of the screen's width. What belongs together stays on a row: a command that is to
// be typed, an RFC and its section. Columns are those of sandbox/columns.hpp. Pure; any thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sandpost::sandbox {

// Rows of at most `width` columns, filled with words. A line of `text` that begins with two blanks
// is kept as it is, an empty one divides paragraphs, and any other newline counts as a blank (in
// Chinese: as nothing).
[[nodiscard]] std::vector<std::string> filled_rows(std::string_view text, std::size_t width);

}  // namespace sandpost::sandbox
