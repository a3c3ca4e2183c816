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
std::vector<std::string> all_helps(std::size_t width = 80) {
  std::vector<std::string> helps{help_text(nullptr, lessons, width)};
  for (const CommandForm& form : commands())
    helps.push_back(help_text(&form, lessons, width));
  return helps;
}

TEST_CASE("help: fits the width, in ASCII, without blanks at the ends") {
  for (const std::size_t width : {40U, 59U, 60U, 80U, 120U}) {
    auto helps = all_helps(width);
    helps.emplace_back(telnet_help(width));
    for (const std::string& help : helps) {
      REQUIRE(help.ends_with('\n'));
      for (const std::string& line : split(help, '\n')) {
        CAPTURE(line);
        CHECK(line.size() <= width);
        CHECK_FALSE(line.ends_with(' '));
        CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }));
      }
    }
  }
}

TEST_CASE("help: on 40 columns the meanings ran over the edge, or stood in a strip of 16") {
  const std::string help = help_text(nullptr, lessons, 40);
  CHECK(contains(help,
                 "\n  --smtp-port N\n"
                 "      the SMTP server's port; 0 is any\n"
                 "      free one [2525]\n"));
  CHECK(contains(help,
                 "\n  sandpost serve --db test.db \\\n"
                 "    --smtp-port 0 --port-file p.json\n"
                 "      a mail server for your tests\n"));
  CHECK(contains(help, "\n  0 done   1 failure\n  2 wrong command line\n"));
  CHECK(contains(telnet_help(40),
                 "\n    openssl s_client -quiet -crlf \\\n      -starttls smtp -connect \\\n"));
}

TEST_CASE("help: a wide terminal was used up to column 79") {
  const std::string smtp = "\n  --smtp-port N         the SMTP server's port; 0 is any free one";
  CHECK(contains(help_text(nullptr, lessons, 60), "\n  --smtp-port N         the SMTP server's"));
  CHECK(contains(help_text(nullptr, lessons, 80), smtp));
  CHECK(contains(help_text(nullptr, lessons, 120), smtp));
  CHECK(contains(help_text(nullptr, lessons, 120),
                 "with a certificate of its own making, not at all, or with CERT.pem,KEY.pem\n"));
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
  const std::string help = help_text(nullptr, lessons, 80);
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
  const std::string help = help_text(nullptr, lessons, 80);
  for (const char* shown : {"[127.0.0.1]", "[2525]", "[1110]", "[10s]", "[s9360511@ntut.edu.tw]",
                            "[sandbox]", "[auto]"}) {
    CAPTURE(shown);
    CHECK(contains(help, shown));
  }
}

TEST_CASE("help: names commands, lessons and exit statuses") {
  const std::string help = help_text(nullptr, lessons, 80);
  for (const char* shown : {"learn [LESSON]", "demo [LESSON]", "\n  serve  ", "help [COMMAND]",
                            "ntut-2001", "Send and fetch one e-mail by hand [default]", "0 done",
                            "1 failure", "2 wrong command line", "3 lesson not finished",
                            "5 port in use or not permitted", "130, 143 ended by a signal"}) {
    CAPTURE(shown);
    CHECK(contains(help, shown));
  }
}

TEST_CASE("help: of one command is about that command") {
  const std::string learn = help_text(find_command("learn"), lessons, 80);
  CHECK(learn.starts_with("sandpost learn - "));
  CHECK(contains(learn, "sandpost learn [LESSON] [OPTIONS]"));
  CHECK_FALSE(contains(learn, "  --fast"));
  const std::string demo = help_text(find_command("demo"), lessons, 80);
  CHECK(contains(demo, "  --fast"));
  const std::string serve = help_text(find_command("serve"), lessons, 80);
  CHECK(contains(serve, "sandpost serve [OPTIONS]"));
  CHECK_FALSE(contains(serve, "\nLessons:"));
}

}  // namespace
}  // namespace sandpost::cli
