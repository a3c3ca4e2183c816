#pragma once
// `sandpost help telnet`: what goes wrong with clients of one's own before a server can see it, and
// so before the tutor can explain it. At most 80 columns wide; English is ASCII.

#include <string>

namespace sandpost::cli {

[[nodiscard]] std::string telnet_help();

}  // namespace sandpost::cli
