#pragma once
// `sandpost events PORTFILE`: what happens at servers that run elsewhere, a JSON object a line.

#include <string>

namespace sandpost::cli {

// Prints until the servers end; then 0. 1: it was too slow and was cut off. Throws
// app::ControlError if they cannot be reached.
[[nodiscard]] int events(const std::string& port_file);

}  // namespace sandpost::cli
