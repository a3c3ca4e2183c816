#pragma once
// The keys of a lesson file, format = 1: the one list from which the reader knows them, and by
// which a test checks docs/lessons.md.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sandpost::sandbox {

struct KeyForm {
  std::string_view table;  // "step"; "lesson" is the file itself
  std::string_view key;
  std::string_view value;  // what is written there: "text", "texts", "number" ...
  bool needed = false;
  std::string_view meaning = {};
};

// In the order of docs/lessons.md.
[[nodiscard]] std::span<const KeyForm> lesson_keys();
// The keys of that table.
[[nodiscard]] std::vector<std::string_view> keys_of(std::string_view table);

// "; did you mean `x`?" where `word` is a slip away from one of them; else empty.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> known);

}  // namespace sandpost::sandbox
