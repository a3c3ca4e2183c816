#pragma once
// Text as JSON has it, for those who write an object by hand or read a flat one.

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sandpost::wire {

// In quotes, on one line; octets that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_text(std::string_view text);

// The members of an object, each as text: 2525, true, and a string without its quotes; of an array
// of strings each behind a newline. What is nested deeper is left out.
using JsonObject = std::map<std::string, std::string, std::less<>>;

// Nothing if the text is no JSON object.
[[nodiscard]] std::optional<JsonObject> parse_json_object(std::string_view text);

// The member's text, or an empty one.
[[nodiscard]] std::string member(const JsonObject& object, std::string_view name);

}  // namespace sandpost::wire
