// The program in another language, on a terminal and where there is none.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

const Words free_ports{"--smtp-port", "0", "--pop3-port", "0", "--no-state"};

Words with_ports(Words words) {
  words.insert(words.end(), free_ports.begin(), free_ports.end());
  return words;
}

struct Ended {
  int status = 0;
  std::string output;
  std::string errors;
};

Ended run_in(const Words& locale, const Words& words) {
  const TemporaryFolder home;
  Words environment{"HOME=" + home.path(), "XDG_STATE_HOME="};
  environment.insert(environment.end(), locale.begin(), locale.end());
  Process process(command(words), environment);
  process.close_input();
  const int status = process.wait();
  return {status, process.output(), process.errors()};
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("language: the locale chooses it, and --lang outweighs the locale") {
  const Ended chinese = run_in({"LANG=zh_TW.UTF-8"}, {"lessons"});
  CHECK(chinese.status == 0);
  CHECK(contains(chinese.output, "親手"));
  CHECK(chinese.errors.empty());
  const Ended english = run_in({"LANG=zh_TW.UTF-8"}, {"lessons", "--lang", "en"});
  CHECK(contains(english.output, "Send and fetch one e-mail by hand"));
  CHECK(contains(run_in({"LANG=C.UTF-8"}, {"--help", "--lang", "zh-TW"}).output, "範例"));
  CHECK(
      contains(run_in({"LANG=C.UTF-8", "SANDPOST_LANG=zh_TW"}, {"help", "telnet"}).output, "逾時"));
}

TEST_CASE("language: what the report says when there is none was English") {
  const TemporaryFolder state;
  const Ended none = run_in({"LANG=zh_TW.UTF-8"}, {"report", "--state-dir", state.file("state")});
  CHECK(none.status == 1);
  CHECK(none.errors == "sandpost: 還沒有任何一次上課的紀錄：先上一課，或指定一個紀錄檔\n");
  TemporaryFolder::write(state.file("text"), "hello\n");
  CHECK(contains(run_in({"LANG=zh_TW.UTF-8"}, {"report", state.file("text")}).errors,
                 "：這不是紀錄檔"));
}

TEST_CASE("language: without UTF-8 it is English, and one line says why") {
  const Ended ended = run_in({"LANG=C"}, {"lessons", "--lang", "zh-TW"});
  CHECK(ended.status == 0);
  CHECK(contains(ended.output, "Send and fetch one e-mail by hand"));
  CHECK(ended.errors ==
        "sandpost: this is English, for the locale has no UTF-8 (LANG=C); for zh-TW set "
        "LANG=C.UTF-8\n");
  const Ended help = run_in({}, {"--help", "--lang", "zh-TW"});
  CHECK(contains(help.output, "Examples:"));
  CHECK(lines_of(help.errors) == 1);
}

TEST_CASE("language: what programs read is English in every language") {
  const Ended completion = run_in({"LANG=zh_TW.UTF-8"}, {"completion", "fish"});
  CHECK(contains(completion.output, "'the guided session'"));
  const Ended refused = run_in({"LANG=zh_TW.UTF-8"}, {"lessonz"});
  CHECK(refused.status == 2);
  CHECK(contains(refused.errors, "did you mean lessons?"));
}

TEST_CASE("language: the demo speaks it, and the servers stay with English") {
  const Ended demo = run_in({"LANG=C.UTF-8"}, with_ports({"demo", "--fast", "--lang", "zh-TW"}));
  CHECK(demo.status == 0);
  CHECK(contains(demo.output, "第 1 步完成"));
  CHECK(contains(demo.output, "S: 250 2.1.0 sender ok"));
  CHECK(contains(demo.output, "C: RCPT TO: <s9360511@ntut.edu.tw>"));
}

TEST_CASE("language: a prompt in Chinese ended the guided session with a crash") {
  // The second is a locale that is hardly installed; then its characters are unknown to libedit.
  for (const char* locale : {"LANG=C.UTF-8", "LANG=zh_TW.UTF-8"}) {
    const TemporaryFolder home;
    Terminal terminal;
    Process process(terminal, command(with_ports({"learn", "--lang", "zh-TW"})),
                    {"HOME=" + home.path(), locale, "TERM=xterm"});
    process.wait_for("按 Enter 鍵連線");
    process.write("\r");
    process.wait_for("第 1 步完成");
    process.write("helo 中文\r");
    process.wait_for("U+4E2D");
    process.write(":quit\r");
    CHECK(process.wait() == 3);
  }
}

TEST_CASE("language: :lang changes it in the middle of a lesson") {
  const TemporaryFolder home;
  Terminal terminal;
  Process process(terminal, command(with_ports({"learn", "--plain"})),
                  {"HOME=" + home.path(), "LANG=C.UTF-8", "TERM=xterm"});
  process.wait_for("Press Enter to connect");
  process.write("\n");
  process.wait_for("step 1 is done");
  process.write(":lang\n");
  process.wait_for("I speak en, zh-TW.");
  process.write(":lang xx\n");
  process.wait_for("I do not speak xx.");
  process.write(":lang zh-TW\n");
  process.wait_for("從現在起我說中文");
  process.wait_for("[2/14] 報上名來");
  process.write(":hint\n");
  process.wait_for("指令是 HELO");
  process.write(":lang en\n");
  process.wait_for("[2/14] Say who you are");
  process.write("helo ntut.edu.tw\n");
  process.wait_for("step 2 is done");
  process.write(":quit\n");
  CHECK(process.wait() == 3);
}

TEST_CASE("language: :lang says what a locale without UTF-8 cannot show") {
  const TemporaryFolder home;
  Terminal terminal;
  Process process(terminal, command(with_ports({"learn", "--plain"})),
                  {"HOME=" + home.path(), "LANG=C", "TERM=xterm"});
  process.wait_for("Press Enter to connect");
  process.write(":lang zh-TW\n");
  process.wait_for("the locale has no UTF-8 (LANG=C)");
  process.wait_for("[1/14] Connect");
  process.write(":quit\n");
  CHECK(process.wait() == 3);
}

TEST_CASE("language: the coach speaks it, and changes it by the same word") {
  const TemporaryFolder home;
  Terminal terminal;
  Process process(terminal, command(with_ports({"coach", "--plain"})),
                  {"HOME=" + home.path(), "LANG=zh_TW.UTF-8", "TERM=xterm"});
  process.wait_for("請在另一個視窗打字");
  process.wait_for("coach (:help) >");
  process.write(":lang en\r");
  process.wait_for("From here on I speak English.");
  process.wait_for("[1/14] Connect");
  process.write(":quit\r");
  CHECK(process.wait() == 3);
}

TEST_CASE(
    "language: a report that goes into a file is UTF-8, and so in the language that was asked "
    "for") {
  const TemporaryFolder home;
  const Words environment{"HOME=" + home.path(), "XDG_STATE_HOME=", "LANG=C"};
  Process learn(command({"learn", "--no-input", "--smtp-port", "0", "--pop3-port", "0",
                         "--state-dir", home.file("state")}),
                environment);
  learn.write("helo ntut.edu.tw\nQUIT\n");
  learn.close_input();
  CHECK(learn.wait() == 3);
  const Words report{"report", "--lang", "zh-TW", "--state-dir", home.file("state")};
  Words into_file = report;
  into_file.insert(into_file.end(), {"-o", home.file("lab.md")});
  Process written(command(into_file), environment);
  CHECK(written.wait() == 0);
  CHECK(written.errors().empty());
  std::ifstream file(home.file("lab.md"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK_MESSAGE(contains(text, "# 親手操作 SMTP 與 POP3"), text);
  Process shown(command(report), environment);
  CHECK(shown.wait() == 0);
  CHECK(contains(shown.output(), "From the queue to the mailbox"));
  CHECK(contains(shown.errors(), "the locale has no UTF-8 (LANG=C)"));
}

}  // namespace sandpost::tests
