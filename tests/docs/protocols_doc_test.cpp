// docs/protocols.md says what the servers do and which test shows it: it must name all that the
// program knows, nothing else, and only tests that there are.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "pop3/engine.hpp"
#include "smtp/engine.hpp"
#include "support/recording_sink.hpp"

namespace sandpost::tests {
namespace {

namespace fs = std::filesystem;
using Words = std::set<std::string>;

const std::string source = SANDPOST_SOURCE_DIR;

std::string content_of(const fs::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file, path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Row {
  std::string heading;
  std::vector<std::string> cells;  // four: what, RFC, what sandpost does, tests
};

// Every row of every table, without the tables' heads.
std::vector<Row> rows() {
  std::vector<Row> all;
  std::string heading;
  bool in_body = false;
  for (const std::string& line : split(content_of(source + "/docs/protocols.md"), '\n')) {
    if (line.starts_with("## ")) heading = line.substr(3);
    if (!line.starts_with('|')) in_body = false;
    if (in_body) {
      CAPTURE(line);
      const auto cells = split(line, '|');
      REQUIRE(cells.size() == 6);
      Row row{heading, {}};
      for (std::size_t i = 1; i <= 4; ++i)
        row.cells.emplace_back(trim(cells[i]));
      all.push_back(std::move(row));
    }
    if (line.starts_with("|--")) in_body = true;
  }
  return all;
}

// The words between backticks.
std::vector<std::string> codes_in(const std::string& cell) {
  const auto parts = split(cell, '`');
  std::vector<std::string> codes;
  for (std::size_t i = 1; i < parts.size(); i += 2)
    codes.push_back(parts[i]);
  return codes;
}

// What the rows under that heading are about; each once.
Words named_under(const std::string& heading) {
  Words words;
  for (const Row& row : rows()) {
    if (row.heading != heading) continue;
    const auto codes = codes_in(row.cells[0]);
    REQUIRE_MESSAGE(codes.size() == 1, row.cells[0]);
    CHECK_MESSAGE(words.insert(codes.front()).second, codes.front());
  }
  return words;
}

void check_same(const Words& named, const Words& there) {
  REQUIRE_FALSE(there.empty());
  for (const std::string& word : there)
    CHECK_MESSAGE(named.contains(word), word, " has no row");
  for (const std::string& word : named)
    CHECK_MESSAGE(there.contains(word), word, " is not there");
}

Words words_of(const std::vector<std::string_view>& names) {
  return {names.begin(), names.end()};
}

// The members of a struct of that header, by its text.
Words members(const std::string& header, const std::string& name) {
  const std::string text = content_of(source + "/src/" + header);
  const auto begin = text.find("struct " + name + " {");
  REQUIRE(begin != std::string::npos);
  Words found;
  for (const std::string& line :
       split(text.substr(begin, text.find("\n};", begin) - begin), '\n')) {
    for (const std::string type : {"  bool ", "  std::size_t ", "  std::chrono::milliseconds "}) {
      if (!line.starts_with(type)) continue;
      const std::string rest = line.substr(type.size());
      const auto end = rest.find_first_of(" {");
      if (end != std::string::npos) found.insert(rest.substr(0, end));
    }
  }
  return found;
}

// All that the engine sends for `bytes`, with everything switched on that settings can switch on.
std::string smtp_says(const std::string& bytes) {
  RecordingSink sink;
  smtp::Settings settings;
  settings.server_name = "mail.ntut.edu.tw";
  settings.domain = "ntut.edu.tw";
  settings.offers_tls = true;
  settings.mechanisms = {"PLAIN"};
  settings.offers_hold = true;
  smtp::Engine engine(settings, {"127.0.0.1"}, sink);
  std::string out = engine.greeting();
  engine.feed(bytes);
  for (;;) {
    smtp::Output output = engine.next();
    if (auto* send = std::get_if<smtp::Send>(&output))
      out += send->bytes;
    else if (std::holds_alternative<smtp::CheckMailbox>(output))
      engine.on_mailbox("bob");
    else
      return out;
  }
}

std::string pop3_says(const std::string& bytes) {
  RecordingSink sink;
  pop3::Settings settings;
  settings.server_name = "mail.ntut.edu.tw";
  settings.offers_tls = true;
  settings.mechanisms = {"PLAIN"};
  pop3::Engine engine(settings, {.timestamp = "<1@x>"}, sink);
  std::string out = engine.greeting();
  engine.feed(bytes);
  for (;;) {
    pop3::Output output = engine.next();
    auto* send = std::get_if<pop3::Send>(&output);
    if (send == nullptr) return out;
    out += send->bytes;
  }
}

// The names of the test cases in one file: TEST_CASE("..." "...").
void add_cases(const std::string& text, Words& names) {
  const std::string macro = "TEST_CASE";
  for (auto at = text.find(macro); at != std::string::npos; at = text.find(macro, at + 1)) {
    auto i = text.find('(', at);
    std::string name;
    while (i != std::string::npos && (i = text.find_first_not_of(" \n", i + 1)) < text.size() &&
           text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
        name += text[i];
      }
    }
    names.insert(name);
  }
}

Words test_cases() {
  Words names;
  for (const auto& entry : fs::recursive_directory_iterator(source + "/tests")) {
    if (entry.path().extension() == ".cpp") add_cases(content_of(entry.path()), names);
  }
  return names;
}

}  // namespace

TEST_CASE("protocols.md: every SMTP verb has its row, and no other") {
  check_same(named_under("SMTP commands"), words_of(smtp::Engine::verb_names()));
}

TEST_CASE("protocols.md: every keyword that EHLO announces has its row, and no other") {
  Words keywords;
  for (const std::string& line : split(smtp_says("EHLO x\r\n"), '\n')) {
    if (!line.starts_with("250") || line.find(" hello ") != std::string::npos) continue;
    keywords.insert(line.substr(4, line.find_first_of(" \r", 4) - 4));
  }
  check_same(named_under("SMTP extensions"), keywords);
}

TEST_CASE("protocols.md: MAIL and RCPT know the parameters that it names") {
  const Words parameters = named_under("SMTP parameters");
  REQUIRE(parameters.size() >= 10);
  for (const std::string& row : parameters) {
    CAPTURE(row);
    const auto words = split(row, ' ');
    REQUIRE(words.size() == 2);
    const bool of_mail = words[0] == "MAIL";
    const std::string mail = "EHLO x\r\nMAIL FROM:<a@b.c>";
    const std::string said = of_mail ? mail + ' ' : mail + "\r\nRCPT TO:<bob@ntut.edu.tw> ";
    CHECK(smtp_says(said + words[1] + "\r\n").find("\r\n555 ") == std::string::npos);
    CHECK(smtp_says(said + words[1] + "X\r\n").find("\r\n555 ") != std::string::npos);
  }
}

TEST_CASE("protocols.md: every POP3 verb has its row, and no other") {
  check_same(named_under("POP3 commands"), words_of(pop3::Engine::verb_names()));
}

TEST_CASE("protocols.md: every capability that CAPA announces has its row, and no other") {
  Words capabilities;
  for (const std::string& line : split(pop3_says("CAPA\r\n"), '\n')) {
    if (line.starts_with('+') || line.starts_with('.') || line.empty()) continue;
    capabilities.insert(line.substr(0, line.find_first_of(" \r")));
  }
  check_same(named_under("POP3 capabilities"), capabilities);
}

TEST_CASE("protocols.md: every leniency and every limit has its row, and no other") {
  check_same(named_under("SMTP leniencies"), members("smtp/engine.hpp", "Leniency"));
  check_same(named_under("POP3 leniencies"), members("pop3/engine.hpp", "Leniency"));
  check_same(named_under("SMTP limits"), members("smtp/engine.hpp", "Limits"));
  check_same(named_under("POP3 limits"), members("pop3/engine.hpp", "Limits"));
  check_same(named_under("Connection limits"), members("net/listener.hpp", "ConnectionLimits"));
  check_same(named_under("Times"), members("net/host.hpp", "Timeouts"));
}

TEST_CASE("protocols.md: every row names a test, and every test that it names exists") {
  const Words cases = test_cases();
  REQUIRE(
      cases.contains("protocols.md: every row names a test, and every test that it names exists"));
  REQUIRE(rows().size() >= 80);
  for (const Row& row : rows()) {
    CAPTURE(row.heading);
    CAPTURE(row.cells[0]);
    CHECK_FALSE(row.cells[2].empty());
    const auto tests = codes_in(row.cells[3]);
    CHECK_FALSE(tests.empty());
    for (const std::string& test : tests)
      CHECK_MESSAGE(cases.contains(test), test);
  }
}

}  // namespace sandpost::tests
