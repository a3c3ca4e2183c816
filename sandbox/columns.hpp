#pragma once
// How wide a text is on a terminal, and where a row of it can end. UTF-8; no locale, no terminal.

#include <string>
#include <string_view>
#include <vector>

namespace sandpost::sandbox {

// On fewer columns there is no room for a text beside what it is about: it stands below.
inline constexpr std::size_t narrow_page = 60;

// Columns that `text` takes: two for a Han character or an emoji, none for a combining mark or a
// control character, one for each octet that is not UTF-8.
[[nodiscard]] std::size_t columns(std::string_view text);

// The pieces of a word between which a row can end: beside each wide character, but not before a
// closing or dividing mark (Han full stop, comma, right bracket ...) nor behind an opening one, and
// neither inside a word of full-width letters nor between < and >. A word without wide characters
// is one piece. The pieces together are the word; none is empty.
[[nodiscard]] std::vector<std::string_view> pieces(std::string_view word);

// Whether a text's newline between these two lines stands for no blank: Chinese has none between
// two Han characters, nor beside a full-width mark.
[[nodiscard]] bool joins_without_blank(std::string_view line, std::string_view next);

// `text` in rows of at most `width` columns, all but the first with `hang` blanks in front. A row
// ends at a blank, between two pieces(), or where one is too long within it; the blanks there are
// left out.
[[nodiscard]] std::vector<std::string> hanging_rows(std::string_view text, std::size_t width,
                                                    std::size_t hang);

// Rows of at most `width` columns, filled with words. A line of `text` that begins with two blanks
// is kept as it is, an empty one divides paragraphs, and any other newline counts as a blank (in
// Chinese: as nothing).
[[nodiscard]] std::vector<std::string> filled_rows(std::string_view text, std::size_t width);

// A command for a shell in hanging_rows() that can be copied: all but the last end in a backslash.
[[nodiscard]] std::vector<std::string> shell_rows(std::string_view text, std::size_t width,
                                                  std::size_t hang);

// `text` as a terminal of that width shows it: a row ends where the next character does not fit.
[[nodiscard]] std::vector<std::string> cut_rows(std::string_view text, std::size_t width);

}  // namespace sandpost::sandbox
