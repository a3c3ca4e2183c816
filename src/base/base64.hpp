#pragma once
// Base64 as in RFC 4648 §4, strictly: one text for each sequence of octets and the other way round.
// No line breaks, no other alphabet, no missing padding.

#include <optional>
#include <string>
#include <string_view>

namespace sandpost {

[[nodiscard]] std::string base64_encode(std::string_view bytes);

// Nothing, if base64_encode() could not have written that text.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace sandpost
