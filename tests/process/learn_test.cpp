// `sandpost learn` on a pipe and on a terminal.

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>
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

TEST_CASE("learn: who left in the middle of a letter was told to go back to step 1") {
  const Finished finished =
      run(learn_words({"--no-input"}), "helo x\nMAIL FROM:<" + address + ">\n");
  CHECK(finished.status == 3);
  CHECK(contains(finished.output, "You leave at step 4 of 14."));
  CHECK_FALSE(contains(finished.output, "Back to step"));
}

TEST_CASE("learn --no-input: no lines at all is status 3") {
  CHECK(run(learn_words({"--no-input"})).status == 3);
}

TEST_CASE("learn --plain: nothing on the terminal is coloured, rewritten or taken back") {
  const TemporaryFolder home;
  Terminal terminal;
  const std::string before = terminal.settings();
  Process process{terminal,
                  command(learn_words({"--plain", "--delay", "1s"})),
                  {"HOME=" + home.path(), "TERM=xterm", "FORCE_COLOR=1"}};
  process.wait_for("connect: ");
  process.write("\n");
  process.wait_for("C: ");
  process.write("hello there\n");
  process.wait_for("NO ");
  process.wait_for("C: ");
  for (const char* line : {"helo ntut.edu.tw", "MAIL FROM: <s9360511@ntut.edu.tw>",
                           "RCPT TO: <s9360511@ntut.edu.tw>", "DATA"}) {
    process.write(std::string(line) + "\n");
    process.wait_for("is done: ");
  }
  process.write("hello\n.\n");
  process.wait_for("is done: ");
  process.write("QUIT\n");
  process.wait_for("waiting for the delivery");
  process.wait_for("has arrived");  // said while the prompt stands there
  process.wait_for("connect: ");
  process.write(":quit\n");
  CHECK(process.wait() == 3);
  const std::string& said = process.output();
  CHECK_MESSAGE(!contains(said, "\x1b"), said);
  for (std::size_t at = said.find('\r'); at != std::string::npos; at = said.find('\r', at + 1))
    CHECK_MESSAGE(said.substr(at, 2) == "\r\n", said.substr(0, at));
  CHECK(terminal.settings() == before);
}

TEST_CASE(
    "learn: a window made narrower is heeded while the lesson runs, also where COLUMNS is empty") {
  const TemporaryFolder home;
  Terminal terminal;
  Process process{terminal, command(learn_words({"--plain"})), {"HOME=" + home.path(), "COLUMNS="}};
  process.wait_for("connect: ");
  terminal.resize(40);
  process.write(":help\n");
  const std::string narrow = process.wait_for("connect: ");
  std::size_t longest = 0;
  std::size_t rows = 0;
  std::istringstream lines(narrow);
  for (std::string row; std::getline(lines, row);) {
    if (!row.starts_with("-- ") || row.starts_with("--   ")) continue;  // told lines only
    longest = std::max(longest, row.size() - 1);                        // without the CR
    ++rows;
  }
  CHECK(rows > 0);
  CHECK_MESSAGE(longest <= 40, narrow);
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

TEST_CASE("learn: rows of a telnet beside it could not be told from one's own") {
  Learner person;
  person.process.wait_for("Press Enter to connect");
  const std::string telnet = "telnet 127.0.0.1 ";
  const std::string shown = person.process.output();
  const auto at = shown.find(telnet);
  REQUIRE(at != std::string::npos);
  const int port = std::stoi(shown.substr(at + telnet.size(), 5));
  person.process.write("\r");
  person.process.wait_for("step 1 is done");
  Dialogue other(static_cast<unsigned short>(port));
  person.process.wait_for("A second window is open");
  person.process.wait_for("2 \x1b[36mS: 220");
  other.say("NOOP");
  person.process.wait_for("2 \x1b[1mC: NOOP");
}

TEST_CASE("learn: Enter was asked for, and opened a second connection, beside a telnet") {
  Learner person;
  person.process.wait_for("Press Enter to connect");
  const std::string telnet = "telnet 127.0.0.1 ";
  const std::string shown = person.process.output();
  const auto at = shown.find(telnet);
  REQUIRE(at != std::string::npos);
  Dialogue other(static_cast<unsigned short>(std::stoi(shown.substr(at + telnet.size(), 5))));
  person.process.wait_for("?? I follow your other window");
  person.process.write("\r");
  person.process.wait_for("Your other window is connected");
  CHECK_FALSE(contains(person.process.output(), "A second window is open"));
}

TEST_CASE("learn: a lesson that begins with POP3 named the SMTP port for a telnet of one's own") {
  const Finished finished = run(
      {"learn", "pop3", "--smtp-port", "0", "--pop3-port", "0", "--no-input", "--no-state"}, "");
  const std::string telnet = "telnet 127.0.0.1 ";
  const auto named = finished.output.find(telnet);
  REQUIRE(named != std::string::npos);
  const std::string port = finished.output.substr(named + telnet.size(), 5);
  CHECK_MESSAGE(contains(finished.output, "POP3  127.0.0.1 port " + port), finished.output);
}

TEST_CASE("learn: every word at the beginning of a line is explained at the start") {
  Learner person;
  person.process.wait_for("Press Enter to connect");
  for (const char* word : {"C: ", "S: ", "D> ", "-- ", "?? ", "OK ", "NO "})
    CHECK_MESSAGE(contains(person.process.output(), word), word);
}

namespace {

const std::string two_marked =
    "CAPA\nuser s9360511\npass sandbox\nSTAT\nLIST 2\nTOP 2 2\nUIDL\nDELE 1\nRETR 1\nRSET\n"
    "DELE 2\nDELE 3\n";

}  // namespace

TEST_CASE("learn: :drop, which a step asks for, breaks the connection") {
  const Finished finished = run(learn_words({"--no-input", "pop3"}), two_marked + ":drop\n");
  CHECK_MESSAGE(contains(finished.output, "step 11 is done"), finished.output);
  CHECK_FALSE(contains(finished.output, "I do not know that word"));
}

TEST_CASE("learn: QUIT in place of a broken line tells how to get the letters back") {
  const Finished finished = run(learn_words({"--no-input", "pop3"}), two_marked + "QUIT\n");
  CHECK_MESSAGE(contains(finished.output, "You left with QUIT, politely."), finished.output);
  CHECK_MESSAGE(contains(finished.output, "the other letters are there. Back to"), finished.output);
  CHECK_MESSAGE(contains(finished.output, "type :quit and start"), finished.output);
}

TEST_CASE("learn: STARTTLS of a connection that is closed has to be done again") {
  const Finished finished = run(learn_words({"--no-input", "tls"}),
                                "EHLO ntut.edu.tw\nQUIT\n:connect smtp --starttls\n:drop\n"
                                ":connect smtp --starttls\nEHLO ntut.edu.tw\n");
  CHECK_MESSAGE(contains(finished.output, "SMTP remembers nothing of it. Back to step"),
                finished.output);
  CHECK_MESSAGE(contains(finished.output, "step 4 is done"), finished.output);
  CHECK_FALSE(contains(finished.output, "another connection"));
}

namespace {

// A run of a lesson in a home that others share.
struct Run {
  Run(const TemporaryFolder& home, const Words& words)
      : process(terminal, command(learn_words(words)),
                {"HOME=" + home.path(), "XDG_STATE_HOME=", "TERM=xterm"}) {}

  // The port that a telnet of one's own is to call.
  unsigned short port() {
    process.wait_for("I follow what you do there");
    const std::string telnet = "telnet 127.0.0.1 ";
    const auto at = process.output().find(telnet);
    REQUIRE(at != std::string::npos);
    return static_cast<unsigned short>(std::stoi(process.output().substr(at + telnet.size(), 5)));
  }

  Terminal terminal;
  Process process;
};

void by_telnet_to_the_letter(Dialogue& telnet) {
  telnet.line();
  for (const char* line : {"hello me", "helo me"})
    telnet.say(line);
}

}  // namespace

TEST_CASE("learn telnet: resumed, the QUIT of a telnet of one's own was in another connection") {
  const TemporaryFolder home;
  {
    Run run(home, {"telnet"});
    Dialogue telnet(run.port());
    by_telnet_to_the_letter(telnet);
    for (const std::string& line :
         {"MAIL FROM:<" + address + ">", "RCPT TO:<" + address + ">", std::string("DATA")})
      telnet.say(line);
    telnet.send("Subject: x\r\n\r\nHello.\r\n.\r\n");
    run.process.wait_for("step 4 is done");
    run.process.write(":quit\r");
    CHECK(run.process.wait() == 3);
  }
  Run run(home, {"telnet"});
  const unsigned short port = run.port();
  run.process.wait_for("Enter = go on");
  run.process.write("\r");
  run.process.wait_for("typed in a window of your own");
  run.process.wait_for("We go on at step 5.");
  Dialogue telnet(port);
  telnet.line();
  telnet.say("QUIT");
  run.process.wait_for("step 5 is done");
  CHECK_FALSE(contains(run.process.output(), "another connection"));
}

TEST_CASE("learn telnet: resumed before the letter it begins where the connection begins") {
  const TemporaryFolder home;
  {
    Run run(home, {"telnet"});
    Dialogue telnet(run.port());
    by_telnet_to_the_letter(telnet);
    run.process.wait_for("step 3 is done");
    run.process.write(":quit\r");
    CHECK(run.process.wait() == 3);
  }
  Run run(home, {"telnet"});
  run.process.wait_for("Enter = go on");
  run.process.write("\r");
  run.process.wait_for("We go on at step 1.");
  run.process.write(":quit\r");
  run.process.wait_for("You leave at step 4");
}

TEST_CASE("learn: a key that left the line empty ended the session") {
  Learner person;
  person.process.wait_for("Press Enter to connect");
  person.process.write("\x1b[A");  // Up, and there is no line yet
  person.process.write("\r");
  person.process.wait_for("step 1 is done");
  person.process.wait_for("C: ");
  for (const char* keys :
       {"\x7f", "\x1b[D", "\t", "\x01", "\x0b", "h\x7f", "typed\x15", "\x1b[A\x1b[B"})
    person.process.write(keys);
  person.process.write("helo me\r");
  person.process.wait_for("step 2 is done");
  person.process.wait_for("[3/14]");
  person.process.write(":quit\r");
  CHECK(person.process.wait() == 3);
}

TEST_CASE("learn: :reset threw the place away without a question") {
  Learner person;
  person.process.wait_for("Press Enter to connect");
  person.process.write("\r");
  person.process.wait_for("step 1 is done");
  person.process.wait_for("C: ");
  person.process.write(":reset\r");
  person.process.wait_for("steps done, 1 of 14");
  person.process.write(":state\r");
  person.process.wait_for("SMTP: connected");
  person.process.write(":reset\r");
  person.process.wait_for("steps done, 1 of 14");
  person.process.write(":reset\r");
  person.process.wait_for("[1/14] Connect");
}

TEST_CASE("learn: :reset asks nothing where nothing is lost, nor where nobody can answer") {
  Learner person;
  person.process.wait_for("Press Enter to connect");
  person.process.write(":reset\r");
  person.process.wait_for("[1/14] Connect");
  CHECK_FALSE(contains(person.process.output(), "once more"));
  const Finished finished = run(learn_words({"--no-input"}), "helo me\n:reset\nhelo me\n");
  CHECK_FALSE(contains(finished.output, "once more"));
  CHECK(occurrences(finished.output, "[1/14] Connect") == 2);
}

TEST_CASE("learn: :show in the middle of a step typed its first lines once more") {
  const Finished finished =
      run(learn_words({"--no-input", "message"}),
          "HELO me\nMAIL FROM:<" + address + ">\nRCPT TO:<" + address + ">\n:show\n:quit\n");
  CHECK_MESSAGE(contains(finished.output, "step 2 is done"), finished.output);
  CHECK_FALSE(contains(finished.output, "503"));
  CHECK(occurrences(finished.output, "C: MAIL FROM") == 1);
}

TEST_CASE("learn: after an early QUIT :show typed MAIL to a server that it had not greeted") {
  const Finished finished = run(learn_words({"--no-input", "message"}),
                                ":show\n:show\nQUIT\n:show\nQUIT\n:show\n:show\n");
  const auto first = finished.output.find("So I set them up");
  REQUIRE_MESSAGE(first != std::string::npos, finished.output);
  CHECK_MESSAGE(contains(finished.output, "step 3 is done"), finished.output);
  CHECK_MESSAGE(contains(finished.output.substr(first + 1), "So I set them up"), finished.output);
  CHECK_MESSAGE(contains(finished.output, "step 5 is done"), finished.output);
}

TEST_CASE("learn: a step whose letter was deleted too early could never be passed") {
  const Finished finished = run(learn_words({"--no-input", "pop3"}),
                                "CAPA\nuser s9360511\npass sandbox\nDELE 1\nQUIT\n:skip\n");
  const auto anew = finished.output.find("So I set them up");
  REQUIRE_MESSAGE(anew != std::string::npos, finished.output);
  CHECK_MESSAGE(contains(finished.output.substr(anew), "step 2 is done"), finished.output);
}

TEST_CASE("learn: :show at a step that passes sets nothing up anew") {
  const Finished finished = run(learn_words({"--no-input", "codes"}), ":show\n:show\n:show\n");
  CHECK_MESSAGE(contains(finished.output, "step 3 is done"), finished.output);
  CHECK_FALSE_MESSAGE(contains(finished.output, "So I set them up"), finished.output);
}

TEST_CASE("learn: lines that pass no step are told so, and are not tried for ever") {
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/bad.toml";
  std::ofstream(file) << R"(format = 1
id = "bad"
title = "Bad"
intro = "x"
end = "x"
[[step]]
id = "greet"
title = "Greet"
say = "x"
rfc = ["5321 4.1.1.1"]
type = [":connect smtp", "NOOP"]
pass = { event = "smtp.helo" }
hint = ["x"]
why = "x"
)";
  const Finished finished = run(learn_words({"--no-input", file}), ":show\n");
  const auto anew = finished.output.find("So I set them up");
  REQUIRE_MESSAGE(anew != std::string::npos, finished.output);
  const std::string rest = finished.output.substr(anew + 1);
  CHECK_FALSE_MESSAGE(contains(rest, "So I set them up"), rest);
  CHECK_MESSAGE(contains(rest, "These lines do not pass the step"), rest);
  CHECK(finished.status == 3);
}

}  // namespace sandpost::tests
