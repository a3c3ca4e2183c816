#pragma once
// Another program, started as a person or a script would start it. Every wait ends: if what is
// waited for has not come in good time, it throws Stuck with all that the program has said.
//
// The program sees this process's environment without its SANDPOST_ variables and its locale. It
// does not outlive the object.

#include <sys/types.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/terminal.hpp"

namespace sandpost::tests {

// How long a test waits for anything before it fails.
inline constexpr std::chrono::seconds patience{30};

class Stuck : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The path of a program that a shell would find, or an empty string.
[[nodiscard]] std::string find_program(std::string_view name);

class Process {
 public:
  using Words = std::vector<std::string>;

  // With pipes for stdin, stdout and stderr. words[0] is the program's path; `environment`:
  // "NAME=value", on top of what is there.
  explicit Process(const Words& words, const Words& environment = {});
  // In that terminal, which must outlive it, and which no program may have that still runs.
  Process(Terminal& terminal, const Words& words, const Words& environment = {});
  ~Process();  // kill -9
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // To its stdin, or typed at its terminal.
  void write(std::string_view text);
  // The end of stdin; a program in a terminal is not told.
  void close_input();
  void send_signal(int number) const;

  // Waits until the program says this, on stdout or stderr, behind what the last call found.
  // Returns what was said between.
  std::string wait_for(std::string_view text);
  // Waits until it has said nothing for that long.
  void wait_for_silence(std::chrono::milliseconds duration);
  // Waits for the program's end. Returns its exit status, or 128 and the signal's number.
  int wait();

  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return pid_; }
  // What it has said so far; in a terminal all of it is output.
  [[nodiscard]] const std::string& output() const { return output_; }
  [[nodiscard]] const std::string& errors() const { return errors_; }

 private:
  void start(const Words& words, const Words& environment, Terminal* terminal, const int* ends);
  // Takes in what comes within that time; false if nothing did.
  bool listen(std::chrono::milliseconds duration);
  bool take(int& descriptor, std::string& where);
  [[noreturn]] void stuck(const std::string& reason) const;

  pid_t pid_ = -1;
  int status_ = -1;  // as of waitpid(), once the program has ended
  bool ended_ = false;
  bool in_terminal_ = false;
  int input_ = -1;
  int output_end_ = -1;
  int errors_end_ = -1;
  std::string output_;
  std::string errors_;
  std::string said_;  // both, in the order of coming
  std::size_t found_ = 0;
};

}  // namespace sandpost::tests
