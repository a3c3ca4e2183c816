#include "tests/support/terminal.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sandpost::tests {

Terminal::Terminal() {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = 80;
  if (openpty(&person_, &program_, nullptr, nullptr, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "openpty");
  }
  fcntl(person_, F_SETFD, FD_CLOEXEC);
  fcntl(program_, F_SETFD, FD_CLOEXEC);
  fcntl(person_, F_SETFL, O_NONBLOCK);
}

Terminal::~Terminal() {
  close(person_);
  close(program_);
}

void Terminal::resize(unsigned short columns) {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = columns;
  if (ioctl(person_, TIOCSWINSZ, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "TIOCSWINSZ");
  }
}

std::string Terminal::settings() const {
  termios now{};
  if (tcgetattr(program_, &now) != 0) return "not a terminal";
  std::string text;
  for (const tcflag_t flags : {now.c_iflag, now.c_oflag, now.c_cflag, now.c_lflag}) {
    text += std::to_string(flags) + ' ';
  }
  for (const cc_t key : now.c_cc)
    text += std::to_string(key) + ' ';
  return text;
}

}  // namespace sandpost::tests
