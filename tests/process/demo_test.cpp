// `sandpost demo`, and what plain `sandpost` does where nobody can type.

#include <doctest/doctest.h>

#include <csignal>
#include <string>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

const Words free_ports{"--smtp-port", "0", "--pop3-port", "0"};

Words demo_words(const Words& more) {
  Words words{"demo", "--fast"};
  words.insert(words.end(), free_ports.begin(), free_ports.end());
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("demo --fast plays the whole exercise, status 0") {
  const Finished finished = run(demo_words({}));
  CHECK_MESSAGE(finished.status == 0, finished.output);
  CHECK(finished.errors.empty());
  // Both halves to their end.
  for (const char* line : {"S: 220 ", "S: 354 ", "number 1", "S: 221 ", "RETR 1", "DELE 1"}) {
    CHECK_MESSAGE(contains(finished.output, line), line);
  }
}

TEST_CASE("demo --fast does not wait for the delivery") {
  CHECK(run(demo_words({"--delay", "1h"})).status == 0);
}

TEST_CASE("demo --fast --clock prints the same bytes on every run") {
  const Words words = demo_words({"--clock", "2001-10-15T09:00:00+08:00"});
  const Finished first = run(words);
  CHECK(first.status == 0);
  CHECK(contains(first.output, "2001"));
  CHECK(run(words).output == first.output);
}

TEST_CASE("sandpost without a terminal plays the demo, and says so") {
  const TemporaryFolder home;
  Process process(command(free_ports), {"HOME=" + home.path()});
  process.close_input();
  process.wait_for("demo");
  process.wait_for("S: 220 ");
  process.send_signal(SIGTERM);
  CHECK(process.wait() == 128 + SIGTERM);
}

TEST_CASE("demo: the first of two letters to be marked is no mistake") {
  const Finished finished = run({"demo", "pop3", "--fast", "--smtp-port", "0", "--pop3-port", "0"});
  CHECK(finished.status == 0);
  CHECK_MESSAGE(!contains(finished.output, "\nNO "), finished.output);
  CHECK(contains(finished.output, "at delivery: its MAIL FROM"));  // letters of somebody else
}

TEST_CASE(
    "demo: no name in braces is left in what is said, and no delay told where there is none") {
  for (const char* lesson : {"tls", "program"}) {
    const Finished finished =
        run({"demo", lesson, "--fast", "--smtp-port", "0", "--pop3-port", "0"});
    CHECK(finished.status == 0);
    CHECK_MESSAGE(!contains(finished.output, "{"), lesson);
    CHECK_MESSAGE(!contains(finished.output, "A letter needs"), lesson);
  }
}

}  // namespace sandpost::tests
