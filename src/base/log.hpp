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

// A trouble that may come again and again: said once, and not again before all was well in between.
// Threads: one at a time.
class Trouble {
 public:
  void tell(std::string_view text);
  void is_over() { told_ = false; }

 private:
  bool told_ = false;
};

}  // namespace sandpost::log
