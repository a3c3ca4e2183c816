#pragma once
// Where the learner's lines come from: a terminal with line editing, or a pipe. Never blocks: poll
// the descriptor, then read().

#include <memory>
#include <optional>
#include <string>

namespace sandpost::sandbox {

struct Typed {
  std::string line;
  bool end = false;  // end of input: no line will come any more
};

class Console {
 public:
  virtual ~Console() = default;

  // To poll for reading. -1: lines are waiting already, read() at once.
  [[nodiscard]] virtual int descriptor() const = 0;
  // A complete line, if there is one.
  [[nodiscard]] virtual std::optional<Typed> read() = 0;

  // Asks for a line; again with another prompt to change it while the person types.
  virtual void prompt(const std::string& text) = 0;
  // Clears the line that is being typed, so that something can be printed above it.
  virtual void hide() = 0;
  // Forgets what was typed so far (Ctrl-C).
  virtual void discard() = 0;
  // The terminal as it was before; on every way out.
  virtual void restore() = 0;
  // The program was stopped and goes on (SIGCONT).
  virtual void resume() = 0;

  // A person sees what is typed: it need not be printed again.
  [[nodiscard]] virtual bool echoes() const = 0;
};

// Reads stdin as it comes; asks nothing.
[[nodiscard]] std::unique_ptr<Console> make_pipe_console();

// The terminal on stdin and stdout as it is, for screen readers and logs (--plain): nothing that
// was printed is ever taken back or rewritten, and the terminal does the editing.
[[nodiscard]] std::unique_ptr<Console> make_plain_console();

// The terminal on stdin and stdout, with editing and history. A line that holds a password does not
// enter the history.
[[nodiscard]] std::unique_ptr<Console> make_edit_console();

}  // namespace sandpost::sandbox
