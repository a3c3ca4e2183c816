#pragma once
// What `sandpost lesson new` writes.

#include <string>
#include <string_view>

namespace sandpost::sandbox {

// A short lesson of that name that works, with remarks for its author.
[[nodiscard]] std::string lesson_skeleton(std::string_view id);

}  // namespace sandpost::sandbox
