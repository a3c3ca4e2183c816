#pragma once
// The program's own troubles, one line each on stderr. Not the event stream: what the mail sessions
// do is told there (wire/event.hpp). Safe from any thread.

#include <string_view>

namespace sandpost::log {

enum class Level { quiet, error, info };

// The default is error. Call it before the threads start.
void set_level(Level level);

void error(std::string_view text);
void info(std::string_view text);

}  // namespace sandpost::log
