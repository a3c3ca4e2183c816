#pragma once
// Text as JSON has it, for those who write an object by hand.

#include <string>
#include <string_view>

namespace sandpost::wire {

// In quotes, on one line; octets that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace sandpost::wire
