#include "base/suggestion.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sandpost {
namespace {

// Typed words beyond any option's length are nobody's slip, and not worth the work.
constexpr std::size_t longest_typed = 64;

std::string_view only_completion(std::string_view typed,
                                 std::span<const std::string_view> candidates) {
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    if (!starts_ignoring_case(candidate, typed)) continue;
    if (!found.empty()) return {};
    found = candidate;
  }
  return found;
}

}  // namespace

std::string_view suggestion(std::string_view typed, std::span<const std::string_view> candidates,
                            std::size_t slips_in_short_words) {
  if (typed.empty() || typed.size() > longest_typed) return {};
  std::string_view closest;
  std::size_t least = std::max(slips_in_short_words, typed.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(typed, candidate);
    const bool nothing_in_common = distance >= candidate.size();
    if (distance >= least || nothing_in_common) continue;
    least = distance;
    closest = candidate;
  }
  return closest.empty() ? only_completion(typed, candidates) : closest;
}

}  // namespace sandpost
