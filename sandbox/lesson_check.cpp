#include "sandbox/lesson_check.hpp"

#include <algorithm>

namespace sandpost::sandbox {

std::vector<Finding> check_lesson(std::string_view toml, std::span<const std::string> known) {
  const auto file = parse_lesson_file(toml);
  if (!file) return {{file.error().line, file.error().column, file.error().text}};
  std::vector<Finding> out;
  check_texts(*file, toml, known, out);
  check_play(*file, out);
  std::stable_sort(out.begin(), out.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return out;
}

}  // namespace sandpost::sandbox
