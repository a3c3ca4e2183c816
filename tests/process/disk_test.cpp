// A disk that the mailbox itself has filled.

#include <doctest/doctest.h>

#include <csignal>
#include <string>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

// Sends letters of that size until one is refused; how many were taken.
int fill(const Serve& server, std::size_t octets, int most = 1000) {
  std::string text;
  while (text.size() < octets)
    text += std::string(70, 'x') + "\r\n";
  for (int count = 0; count < most; ++count) {
    const std::string reply = send_letter(server, text);
    if (reply.starts_with("250 ")) continue;
    CHECK(reply.starts_with("452 "));
    return count;
  }
  return most;
}

// Logs in, marks the first so many letters, and says QUIT; its reply.
std::string delete_letters(const Serve& server, std::size_t count) {
  Dialogue pop3(server.pop3());
  pop3.line();
  pop3.say("user " + learner);
  pop3.say("pass sandbox");
  for (std::size_t i = 1; i <= count; ++i)
    CHECK(pop3.say("DELE " + std::to_string(i)).starts_with("+OK"));
  return pop3.say("QUIT");
}

}  // namespace

TEST_CASE("a full disk: 452, nothing is lost, letters can be deleted, and then others find room") {
  const TemporaryFolder folder;
  // A small disk that only the server sees.
  const Words small_disk{find_program("unshare"),
                         "--mount",
                         "--map-root-user",
                         "sh",
                         "-c",
                         "mount -t tmpfs -o size=4m none \"$0\" && exec \"$@\"",
                         folder.path()};
  {
    Words probe = small_disk;
    probe.push_back("true");
    Process mount(probe);
    if (mount.wait() != 0) {
      MESSAGE("skipped: this machine lets nobody mount a small disk");
      return;
    }
  }
  Serve server({"--db", folder.file("mail.db")}, small_disk);
  const int taken = fill(server, 20'000);
  CHECK(taken > 50);
  CHECK(letters(server).size() == static_cast<std::size_t>(taken));
  CHECK(send_letter(server, std::string(900'000, 'x')).starts_with("452 "));
  CHECK(delete_letters(server, 5).starts_with("+OK"));
  CHECK(fill(server, 20'000, 3) == 3);
  for (int round = 0; round < 3; ++round) {
    const std::size_t there = letters(server).size();
    CHECK(delete_letters(server, there).starts_with("+OK"));
    CHECK(letters(server).empty());
    CHECK(fill(server, 20'000) > taken / 2);
  }
  CHECK(server.stop(SIGTERM) == 0);
  // Said when it began, and not for every letter.
  CHECK(occurrences(server.process().errors(), "mailbox was not written") < 8);
}

}  // namespace sandpost::tests
