// What an acknowledged letter is worth when the program dies.

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <thread>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr int killed = 128 + SIGKILL;

}  // namespace

TEST_CASE("kill -9: a letter that was acknowledged is there") {
  const TemporaryFolder folder;
  const Words options{"--db", folder.file("mail.db")};
  {
    Serve server(options);
    CHECK(send_letter(server, "before the crash").starts_with("250 "));
    CHECK(server.stop(SIGKILL) == killed);
  }
  Serve server(options);
  const auto found = letters(server);
  REQUIRE(found.size() == 1);
  CHECK(found[0].back() == "before the crash");
}

TEST_CASE("kill -9: a letter that waits goes on waiting, and the queue numbers go on") {
  const TemporaryFolder folder;
  const Words options{"--db", folder.file("mail.db"), "--delay", "1h"};
  {
    Serve server(options);
    CHECK(contains(send_letter(server, "one"), "number 1"));
    CHECK(server.stop(SIGKILL) == killed);
  }
  Serve server(options);
  CHECK(letters(server).empty());
  CHECK(contains(send_letter(server, "two"), "number 2"));
  CHECK(letters(server).empty());
}

TEST_CASE("kill -9: a letter comes when it was due, whatever the delay is now") {
  const TemporaryFolder folder;
  const std::string db = folder.file("mail.db");
  const auto begin = SteadyClock::now();
  {
    Serve server({"--db", db, "--delay", "1500ms"});
    CHECK(send_letter(server, "in time").starts_with("250 "));
    CHECK(server.stop(SIGKILL) == killed);
  }
  Serve server({"--db", db, "--delay", "1h"});
  while (letters(server).empty()) {
    REQUIRE(SteadyClock::now() < begin + patience);
    std::this_thread::sleep_for(milliseconds{20});
  }
  CHECK(SteadyClock::now() - begin >= milliseconds{1500});
}

TEST_CASE("kill -9: a deletion without QUIT has not happened") {
  const TemporaryFolder folder;
  const Words options{"--db", folder.file("mail.db")};
  {
    Serve server(options);
    CHECK(send_letter(server, "keep me").starts_with("250 "));
    Dialogue pop3(server.pop3());
    pop3.line();
    pop3.say("user " + learner);
    pop3.say("pass sandbox");
    CHECK(pop3.say("DELE 1").starts_with("+OK"));
    CHECK(server.stop(SIGKILL) == killed);
  }
  Serve server(options);
  CHECK(letters(server).size() == 1);
}

}  // namespace sandpost::tests
