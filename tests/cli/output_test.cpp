#include "cli/output.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <system_error>

namespace sandpost::cli {
namespace {

// What `child` returns in a process of its own, whose stdio this test can spoil.
int status_of(int (*child)()) {
  std::fflush(stdout);
  const pid_t pid = fork();
  if (pid == 0) _exit(child());
  REQUIRE(pid > 0);
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int print_fails_with() {
  try {
    print("text\n");
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

TEST_CASE("output: what is printed arrives at once") {
  CHECK(status_of([] {
          std::array<int, 2> ends{};
          if (pipe(ends.data()) != 0 || dup2(ends[1], STDOUT_FILENO) < 0) return 1;
          print("text\n");
          std::string read_text(5, '\0');
          if (read(ends[0], read_text.data(), read_text.size()) != 5) return 2;
          return read_text == "text\n" ? 0 : 3;
        }) == 0);
}

TEST_CASE("output: a full disc is an error") {
  CHECK(status_of([] {
          dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
          return print_fails_with();
        }) == ENOSPC);
}

TEST_CASE("output: an earlier failure is not forgotten") {
  CHECK(status_of([] {
          dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
          std::fputs("lost", stdout);
          std::fflush(stdout);
          dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
          try {
            print("");
          } catch (const std::system_error&) {
            return 7;
          }
          return 0;
        }) == 7);
}

TEST_CASE("output: a reader that went away is an error") {
  CHECK(status_of([] {
          std::signal(SIGPIPE, SIG_IGN);
          std::array<int, 2> ends{};
          if (pipe(ends.data()) != 0 || dup2(ends[1], STDOUT_FILENO) < 0) return 1;
          close(ends[0]);
          return print_fails_with();
        }) == EPIPE);
}

TEST_CASE("output: a closed stdout stays unusable, and its number is taken") {
  CHECK(status_of([] {
          close(STDOUT_FILENO);
          occupy_standard_descriptors();
          const int next = open("/dev/null", O_RDONLY);
          return next <= STDERR_FILENO ? 1 : print_fails_with();
        }) == EBADF);
}

TEST_CASE("output: a closed stdin cannot be read") {
  CHECK(status_of([] {
          close(STDIN_FILENO);
          occupy_standard_descriptors();
          char c = 0;
          return read(STDIN_FILENO, &c, 1) == -1 ? errno : 0;
        }) == EBADF);
}

}  // namespace
}  // namespace sandpost::cli
