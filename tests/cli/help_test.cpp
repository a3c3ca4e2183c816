#include "cli/help.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "cli/telnet_help.hpp"

namespace sandpost::cli {
namespace {

const std::array lessons{sandbox::LessonTitle{"ntut-2001", "Send and fetch one e-mail by hand"}};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Those that are made from the tables.
std::vector<std::string> all_helps() {
  std::vector<std::string> helps{help_text(nullptr, lessons)};
  for (const CommandForm& form : commands())
    helps.push_back(help_text(&form, lessons));
  return helps;
}

TEST_CASE("help: fits 80 columns, in ASCII, without blanks at the ends") {
  auto helps = all_helps();
  helps.emplace_back(telnet_help());
  for (const std::string& help : helps) {
    REQUIRE(help.ends_with('\n'));
    for (const std::string& line : split(help, '\n')) {
      CAPTURE(line);
      CHECK(line.size() < 80);
      CHECK_FALSE(line.ends_with(' '));
      CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    }
  }
}

TEST_CASE("help: examples stand before everything else") {
  for (const std::string& help : all_helps()) {
    CAPTURE(help);
    CHECK(help.find("\nExamples:\n") < help.find("\nUsage:\n"));
    CHECK(help.find("\nUsage:\n") < help.find("\nOptions"));
    CHECK(help.find("\n  sandpost") < help.find("\nUsage:\n"));
  }
}

TEST_CASE("help: names every option and its variable") {
  const std::string help = help_text(nullptr, lessons);
  CHECK(options().size() == 37);
  for (const Option& option : options()) {
    CAPTURE(option.name);
    CHECK(contains(help, "\n  " + std::string(option.name)));
    const auto variable = variable_name(option);
    CHECK((contains(help, ' ' + variable + ' ') || contains(help, ' ' + variable + '\n')));
    if (option.kind != Option::Kind::flag) {
      CHECK(contains(help, std::string(option.name) + ' ' + std::string(option.value_name)));
    }
  }
  CHECK(contains(help, "--help"));
  CHECK(contains(help, "--version"));
}

TEST_CASE("help: shows the defaults of the settings") {
  const std::string help = help_text(nullptr, lessons);
  for (const char* shown : {"[127.0.0.1]", "[2525]", "[1110]", "[10s]", "[s9360511@ntut.edu.tw]",
                            "[sandbox]", "[auto]"}) {
    CAPTURE(shown);
    CHECK(contains(help, shown));
  }
}

TEST_CASE("help: names commands, lessons and exit statuses") {
  const std::string help = help_text(nullptr, lessons);
  for (const char* shown : {"learn [LESSON]", "demo [LESSON]", "\n  serve  ", "help [COMMAND]",
                            "ntut-2001", "Send and fetch one e-mail by hand [default]", "0 done",
                            "1 failure", "2 wrong command line", "3 lesson not finished",
                            "5 port in use or not permitted", "130, 143 ended by a signal"}) {
    CAPTURE(shown);
    CHECK(contains(help, shown));
  }
}

TEST_CASE("help: of one command is about that command") {
  const std::string learn = help_text(find_command("learn"), lessons);
  CHECK(learn.starts_with("sandpost learn - "));
  CHECK(contains(learn, "sandpost learn [LESSON] [OPTIONS]"));
  CHECK_FALSE(contains(learn, "  --fast"));
  const std::string demo = help_text(find_command("demo"), lessons);
  CHECK(contains(demo, "  --fast"));
  const std::string serve = help_text(find_command("serve"), lessons);
  CHECK(contains(serve, "sandpost serve [OPTIONS]"));
  CHECK_FALSE(contains(serve, "\nLessons:"));
}

}  // namespace
}  // namespace sandpost::cli
