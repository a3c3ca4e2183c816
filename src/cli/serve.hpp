#pragma once
// `sandpost serve`: the servers only, for clients in other windows and for test suites.

#include "app/config.hpp"

namespace sandpost::cli {

// Runs until SIGINT, SIGTERM or SIGHUP; returns the exit status. Blocks these signals for good, so
// that it must be called before any thread was started. Throws app::StartError, and
// std::system_error where stdout takes nothing.
[[nodiscard]] int serve(const Config& config);

}  // namespace sandpost::cli
