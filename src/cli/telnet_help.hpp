#pragma once
// `sandpost help telnet`: what goes wrong with clients of one's own before a server can see it, and
// so before the tutor can explain it. ASCII, at most 80 columns wide.

#include <string_view>

namespace sandpost::cli {

[[nodiscard]] std::string_view telnet_help();

}  // namespace sandpost::cli
