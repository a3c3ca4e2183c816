#pragma once
// :lang, in the guided session and in the coach.

#include <string_view>

#include "sandbox/languages.hpp"
#include "sandbox/line.hpp"

namespace sandpost::sandbox {

struct LanguageChange {
  Lines said;
  bool done = false;  // another catalogue is in use
};

// `line`: ":lang" lists the languages, ":lang zh-TW" changes to that one. The choice is that of
// choose_language().
[[nodiscard]] LanguageChange take_language(std::string_view line, const Environment& environment,
                                           bool terminal);

}  // namespace sandpost::sandbox
