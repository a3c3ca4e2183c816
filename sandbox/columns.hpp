#pragma once
// How wide a text is on a terminal, and where a row of it can end. UTF-8; no locale, no terminal.

#include <string_view>
#include <vector>

namespace sandpost::sandbox {

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

}  // namespace sandpost::sandbox
