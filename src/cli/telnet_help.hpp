#pragma once
// `sandpost help telnet`: what goes wrong with clients of one's own before a server can see it, and
// so before the tutor can explain it. English is ASCII.

#include <cstddef>
#include <string>

namespace sandpost::cli {

// In rows of at most `width` columns, 40 or more.
[[nodiscard]] std::string telnet_help(std::size_t width);

}  // namespace sandpost::cli
