#pragma once
// What the command line and the environment asked for, as a value; and the program's exit statuses.

#include <optional>
#include <string>

#include "app/config.hpp"

namespace sandpost::cli {

enum class Command { learn, demo, serve };

struct Invocation {
  std::optional<Command> command;  // empty: none was named
  std::string lesson;
  bool fast = false;
  Config config;
};

namespace exit_status {
inline constexpr int done = 0;
inline constexpr int failure = 1;
inline constexpr int usage = 2;
inline constexpr int port = 5;  // in use, or not permitted
}  // namespace exit_status

}  // namespace sandpost::cli
