#pragma once
// What the servers' owner is told: what to type in another window, and a warning if the servers
// can be reached from elsewhere. Texts only; nothing is printed here.

#include <optional>
#include <string>

#include "app/config.hpp"
#include "app/server.hpp"

namespace sandpost::cli {

// Several lines, with the newlines; shows the learner's password.
[[nodiscard]] std::string announcement(const Config& config, app::Ports ports);

// One line with its newline; empty while only this computer reaches the servers.
[[nodiscard]] std::optional<std::string> host_warning(const Config& config);

}  // namespace sandpost::cli
