#pragma once
// "Did you mean": the word that was probably meant.

#include <cstddef>
#include <span>
#include <string_view>

namespace sandpost {

// The candidate closest to what was typed: a few slips away at most (one in three letters, and in
// short words so many), or the only one that begins with it. Empty if nothing is close.
[[nodiscard]] std::string_view suggestion(std::string_view typed,
                                          std::span<const std::string_view> candidates,
                                          std::size_t slips_in_short_words = 1);

}  // namespace sandpost
