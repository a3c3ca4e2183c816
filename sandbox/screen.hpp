#pragma once
// Lays lines out for a screen or a pipe and writes them to stdout: role words, wrapping at the
// width, the note on the right, colour where it is wanted. No cursor addressing; the reading side
// (sandbox/console.hpp) owns the one line that is rewritten.

#include <cstdio>
#include <string>
#include <string_view>

#include "app/config.hpp"
#include "base/environment.hpp"
#include "sandbox/line.hpp"

namespace sandpost::sandbox {

struct Layout {
  int width = 80;  // columns, 40 to 80
  bool color = false;
};

// The lines of text that `line` becomes, each ended with a newline. Pure.
[[nodiscard]] std::string lay_out(const Line& line, const Layout& layout);

// The option first, then --plain, NO_COLOR, FORCE_COLOR (0: none), and last whether it is a
// terminal that can do more than TERM=dumb. Pure.
[[nodiscard]] bool wants_color(const Config& config, bool terminal, const Environment& environment);

class Screen {
 public:
  // Looks up colour (above) and width: COLUMNS, or the terminal's own size.
  explicit Screen(const Config& config);

  void print(const Line& line);
  void print(const Lines& lines);
  // As it is; for what the reading side draws.
  void write(const std::string& bytes);
  // Looks up the width again (SIGWINCH).
  void measure();
  [[nodiscard]] bool is_terminal() const { return terminal_; }
  // Writing failed: nobody reads any more.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  Layout layout_;
  bool terminal_;
  bool failed_ = false;
};

// Columns, 40 to `most`: those of COLUMNS, or of the terminal that stdout is; 80 where it is none.
[[nodiscard]] int screen_width(int most = 80);

// Of a table or a help, which is looked something up in and not read through: up to 120.
[[nodiscard]] std::size_t page_width();

// "C: ", "-- ": the word that a line of that role begins with.
[[nodiscard]] std::string_view word_of(Role role);

}  // namespace sandpost::sandbox
