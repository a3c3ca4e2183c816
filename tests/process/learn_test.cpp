// `sandpost learn` on a pipe and on a terminal.

#include <doctest/doctest.h>

#include <csignal>
#include <string>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

using std::chrono::milliseconds;

// Long enough for the program to say what it has to say, also on a busy machine.
constexpr milliseconds silence{500};

const std::string smtp_half =
    "helo ntut.edu.tw\n"
    "MAIL FROM: <s9360511@ntut.edu.tw>\n"
    "RCPT TO: <s9360511@ntut.edu.tw>\n"
    "DATA\n"
    "hello\n"
    ".\n"
    "QUIT\n";
const std::string pop3_half =
    "user s9360511\n"
    "pass sandbox\n"
    "LIST\n"
    "RETR 1\n"
    "DELE 1\n"
    "LIST\n"
    "QUIT\n";

Words learn_words(const Words& more) {
  Words words{"learn", "--smtp-port", "0", "--pop3-port", "0", "--delay", "200ms"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

struct Learner {
  TemporaryFolder home;
  Terminal terminal;
  std::string before = terminal.settings();
  Process process{
      terminal, command(learn_words({})), {"HOME=" + home.path(), "XDG_STATE_HOME=", "TERM=xterm"}};
};

}  // namespace

TEST_CASE("learn --no-input: the lab's lines on stdin finish the lesson") {
  const Finished finished = run(learn_words({"--no-input"}), smtp_half + pop3_half);
  CHECK_MESSAGE(finished.status == 0, finished.output);
}

TEST_CASE("learn --no-input: half of the lines do not finish it, status 3") {
  const Finished finished = run(learn_words({"--no-input"}), smtp_half);
  CHECK_MESSAGE(finished.status == 3, finished.output);
}

TEST_CASE("learn --no-input: no lines at all is status 3") {
  CHECK(run(learn_words({"--no-input"})).status == 3);
}

TEST_CASE("learn: Ctrl-C twice leaves with 130, and the terminal as it was") {
  Learner person;
  person.process.wait_for(address);
  person.process.wait_for_silence(silence);
  person.process.write("\x03");
  person.process.wait_for("Ctrl-C");
  person.process.wait_for_silence(silence);
  CHECK(person.process.running());
  person.process.write("\x03");
  CHECK(person.process.wait() == 128 + SIGINT);
  CHECK(person.terminal.settings() == person.before);
}

TEST_CASE("learn: SIGTERM leaves with 143, and the terminal as it was") {
  Learner person;
  person.process.wait_for(address);
  person.process.wait_for_silence(silence);
  person.process.send_signal(SIGTERM);
  CHECK(person.process.wait() == 128 + SIGTERM);
  CHECK(person.terminal.settings() == person.before);
}

TEST_CASE("learn: no line of the guided session is wider than 80 columns") {
  Learner person;
  person.process.wait_for(address);
  person.process.wait_for_silence(silence);
  std::size_t begin = 0;
  const std::string& shown = person.process.output();
  for (auto end = shown.find('\n'); end != std::string::npos; end = shown.find('\n', begin)) {
    const std::string line = shown.substr(begin, end - begin);
    // Lines with escape sequences are shorter than they look.
    if (!contains(line, "\x1b")) CHECK_MESSAGE(line.size() <= 81, line);
    begin = end + 1;
  }
}

TEST_CASE("learn: a line typed where Enter was asked for is sent, and shown as one that was") {
  Learner person;
  person.process.wait_for("Press Enter to connect");
  person.process.write("helo early\r");
  person.process.wait_for("step 2 is done");
  const std::string& shown = person.process.output();
  CHECK_MESSAGE(contains(shown, "C: helo early"), shown);
  CHECK(shown.find("S: 220") < shown.find("C: helo early"));
}

TEST_CASE("learn: every word at the beginning of a line is explained at the start") {
  Learner person;
  person.process.wait_for("Press Enter to connect");
  for (const char* word : {"C: ", "S: ", "D> ", "-- ", "?? ", "OK ", "NO "})
    CHECK_MESSAGE(contains(person.process.output(), word), word);
}

}  // namespace sandpost::tests
