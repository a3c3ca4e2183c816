#pragma once
// Small ASCII text helpers. Case folding is ASCII only: protocol words are never anything else.

#include <string>
#include <string_view>
#include <vector>

namespace sandpost {

[[nodiscard]] char to_lower(char c);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] bool starts_ignoring_case(std::string_view text, std::string_view prefix);

// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

// The pieces between `separator`s; an empty text is one empty piece.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

// How many single letters must be changed, added, dropped or swapped with their neighbour to make
// one word of the other (ASCII case ignored): 1 for a slip of the finger.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// Control bytes and bytes that are not UTF-8 made visible: ^H, ^[, \xA4. Newlines too.
[[nodiscard]] std::string visible(std::string_view bytes);

// The length in octets of the UTF-8 character at `text`'s start, 0 where it is not well-formed.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

// The code point of that character; `text` must begin with a well-formed one.
[[nodiscard]] char32_t utf8_decode(std::string_view text);

// Whether it is well-formed UTF-8 from end to end.
[[nodiscard]] bool is_utf8(std::string_view text);

[[nodiscard]] bool is_ascii(std::string_view text);

// Nothing but %x20-7E: what an ordinary command line is made of.
[[nodiscard]] bool is_printable_ascii(std::string_view text);

}  // namespace sandpost
