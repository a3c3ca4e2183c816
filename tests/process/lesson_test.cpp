// Lessons as an author and a learner meet them: lessons, lesson new, lesson check, a file of one's
// own.

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

namespace fs = std::filesystem;

void write(const std::string& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("lessons: lists what there is, for people and for programs") {
  const Finished list = run({"lessons"});
  CHECK(list.status == 0);
  CHECK(contains(list.output, "ntut-2001"));
  CHECK(contains(list.output, " min  not begun  Send and fetch one e-mail by hand\n"));
  const Finished json = run({"lessons", "--json"});
  CHECK(json.status == 0);
  CHECK(json.output.starts_with(
      R"({"lessons":[{"id":"ntut-2001","title":"Send and fetch one e-mail by hand","minutes":)"));
  CHECK(contains(json.output, R"("needs":[],"file":null,"problem":null,"progress":null})"));
}

TEST_CASE("lesson new: writes a lesson that passes the check and plays, and overwrites nothing") {
  const TemporaryFolder folder;
  const std::string file = folder.file("mine.toml");
  const Finished made = run({"lesson", "new", file});
  CHECK_MESSAGE(made.status == 0, made.errors);
  CHECK(contains(made.output, "sandpost lesson check " + file));
  CHECK(contains(read(file), "id      = \"mine\""));
  const Finished checked = run({"lesson", "check", file});
  CHECK(checked.output == "1 lesson checked, no findings\n");
  CHECK(checked.status == 0);
  CHECK(run({"demo", file, "--fast", "--smtp-port", "0", "--pop3-port", "0"}).status == 0);
  write(file, "my own words");
  const Finished again = run({"lesson", "new", file});
  CHECK(again.status == 1);
  CHECK(again.errors == "sandpost: " + file + " is there already: choose another name\n");
  CHECK(read(file) == "my own words");
}

TEST_CASE("lesson check: a finding names file, line and column, status 4") {
  const TemporaryFolder folder;
  const std::string file = folder.file("mine.toml");
  REQUIRE(run({"lesson", "new", file}).status == 0);
  std::string text = read(file);
  text.replace(text.find("smtp.helo"), 9, "smtp.hello");
  write(file, text);
  const Finished found = run({"lesson", "check", file, "ntut-2001"});
  CHECK(found.status == 4);
  CHECK(contains(found.output, file + ":46:19: there is no event `smtp.hello`; did you mean "
                                      "`smtp.helo`?\n"));
  CHECK(contains(found.output, "2 lessons checked, 1 finding\n"));
  const Finished json = run({"lesson", "check", "--json", file});
  CHECK(json.status == 4);
  CHECK(contains(json.output,
                 "\"findings\":[{\"line\":46,\"column\":19,\"text\":\"there is no "
                 "event `smtp.hello`; did you mean `smtp.helo`?\"}]}],"
                 "\"findings\":1}\n"));
  const Finished learned = run({"learn", file, "--no-input"});
  CHECK(learned.status == 1);
  CHECK(contains(learned.errors, file + ":46:19: there is no event"));
}

TEST_CASE("lessons: a file in the user's folder has a name, with CR LF, too") {
  const TemporaryFolder home;
  const std::string folder = home.path() + "/sandpost/lessons";
  fs::create_directories(folder);
  REQUIRE(run({"lesson", "new", folder + "/mine.toml"}).status == 0);
  std::string windows;
  for (const char c : read(folder + "/mine.toml"))
    windows += c == '\n' ? "\r\n" : std::string(1, c);
  write(folder + "/mine.toml", windows);
  write(folder + "/broken.toml", "format = 2\n");
  const auto ask = [&](const Words& words) {
    Process process(command(words), {"XDG_DATA_HOME=" + home.path(), "HOME=" + home.path()});
    process.close_input();
    const int status = process.wait();
    return Finished{status, process.output(), process.errors()};
  };
  const Finished list = ask({"lessons"});
  CHECK(contains(list.output, "mine"));
  CHECK(contains(list.output, "A first lesson"));
  CHECK(contains(list.output, "broken.toml:1:10: this program reads `format = 1`"));
  const Finished checked = ask({"lesson", "check", "mine"});
  CHECK_MESSAGE(checked.status == 0, checked.output);
  const Finished slip = ask({"learn", "mien"});
  CHECK(slip.status == 2);
  CHECK(contains(slip.errors, "unknown lesson 'mien': did you mean mine?"));
}

namespace {

std::vector<std::string> rows_of(const std::string& text) {
  std::vector<std::string> rows;
  std::istringstream lines(text);
  for (std::string row; std::getline(lines, row);)
    rows.push_back(row.substr(0, row.find('\r')));
  return rows;
}

// What it prints on a terminal of so many columns.
std::vector<std::string> rows_on_terminal(unsigned short columns, const Words& words) {
  const TemporaryFolder home;
  Terminal terminal;
  terminal.resize(columns);
  Process process{terminal, command(words), {"HOME=" + home.path(), "COLUMNS="}};
  REQUIRE(process.wait() == 0);
  return rows_of(process.output());
}

std::size_t longest(const std::vector<std::string>& rows) {
  std::size_t out = 0;
  for (const std::string& row : rows)
    out = std::max(out, row.size());
  return out;
}

}  // namespace

TEST_CASE("help and lessons: on any terminal laid out for 79 columns") {
  const std::vector<Words> commands{{"--help"}, {"help", "learn"}, {"help", "telnet"}, {"lessons"}};
  for (const Words& words : commands) {
    CHECK(longest(rows_on_terminal(40, words)) <= 40);
    const std::size_t wide = longest(rows_on_terminal(200, words));
    CHECK(wide > 80);
    CHECK(wide <= 120);
  }
}

TEST_CASE("help: where there is no terminal it is laid out for 80 columns, or for COLUMNS") {
  const auto longest_row = [](const Words& environment) {
    Process process{command({"--help"}), environment};
    REQUIRE(process.wait() == 0);
    return longest(rows_of(process.output()));
  };
  const std::size_t usual = longest_row({"COLUMNS="});
  CHECK(usual > 70);
  CHECK(usual <= 80);
  CHECK(longest_row({"COLUMNS=40"}) <= 40);
}

}  // namespace sandpost::tests
