#pragma once
// A terminal of 80 columns and 24 lines without a screen: what a person types goes in, what would
// be shown comes out. Both ends stay open as long as the object lives, so that the settings can be
// looked at after the program has left.

#include <termios.h>

#include <string>

namespace sandpost::tests {

class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // The person's end: write what is typed, read what is shown.
  [[nodiscard]] int person() const { return person_; }
  // The program's end. login_tty() makes it a program's terminal.
  [[nodiscard]] int program() const { return program_; }

  // The window's new width in columns; its program is sent SIGWINCH.
  void resize(unsigned short columns);

  // The settings that a program could leave behind changed (termios(3)), as text to compare.
  [[nodiscard]] std::string settings() const;

 private:
  int person_ = -1;
  int program_ = -1;
};

}  // namespace sandpost::tests
