#pragma once
// A duration as a sentence names it, in the language in use: "10s", "5s to 30s". What is typed or
// recorded is spelt by base/time. Pure.

#include <chrono>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace sandpost::sandbox {

[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);
[[nodiscard]] std::string duration_text(const DelayRange& delay);
// `text` is one of base/time's, as a record has it; anything else stays what it is.
[[nodiscard]] std::string duration_text(std::string_view text);

}  // namespace sandpost::sandbox
