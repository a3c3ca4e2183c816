// The man pages and the completions know each command, option, exit status and key of a lesson.

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "cli/completion.hpp"
#include "cli/options.hpp"
#include "sandbox/lesson_keys.hpp"

namespace sandpost::tests {
namespace {

std::string page(const std::string& name) {
  std::ifstream file(SANDPOST_SOURCE_DIR "/docs/man/" + name);
  REQUIRE_MESSAGE(file, "docs/man/" << name << " cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// As mdoc writes it: a hyphen that can be copied.
std::string in_mdoc(std::string_view name) {
  std::string out;
  for (const char c : name)
    out += c == '-' ? std::string("\\-") : std::string(1, c);
  return out;
}

const std::vector<sandbox::LessonTitle> lessons{{"ntut-2001", "Send", 10}, {"tls", "Sealed", 5}};

std::string completion(std::string_view shell) {
  return cli::completion_text(shell, lessons);
}

}  // namespace

TEST_CASE("man page: every option stands in it, with its value and its variable") {
  const std::string text = page("sandpost.1");
  std::size_t count = 0;
  for (const cli::Option& option : cli::options()) {
    std::string entry = ".It Fl " + in_mdoc("-" + std::string(option.name.substr(2)));
    if (!option.value_name.empty()) entry += " Ar " + std::string(option.value_name);
    CHECK_MESSAGE(has(text, entry + '\n'), "docs/man/sandpost.1, OPTIONS, wants: " << entry);
    const std::string variable = ".Ev " + cli::variable_name(option) + ' ';
    CHECK_MESSAGE(has(text, variable), "docs/man/sandpost.1, ENVIRONMENT, wants: " << variable);
    ++count;
  }
  // Each begins with .It Fl \-\-; besides them there is --version, and -h first.
  std::size_t entries = 0;
  for (const std::string& line : split(text, '\n')) {
    if (line.starts_with(".It Fl \\-")) ++entries;
  }
  CHECK_MESSAGE(entries == count + 1, "docs/man/sandpost.1 has an option that is no more");
}

TEST_CASE("man page: every command stands in it") {
  const std::string text = page("sandpost.1");
  for (const cli::CommandForm& form : cli::commands()) {
    CHECK_MESSAGE(has(text, ".It Cm " + std::string(form.name)),
                  "docs/man/sandpost.1, DESCRIPTION, wants: .It Cm " << form.name);
    CHECK_MESSAGE(has(text, "\n.Cm " + std::string(form.name)),
                  "docs/man/sandpost.1, SYNOPSIS, wants: .Cm " << form.name);
  }
}

TEST_CASE("README: every option and every command stands in it") {
  std::ifstream file(SANDPOST_SOURCE_DIR "/README.md");
  std::ostringstream content;
  content << file.rdbuf();
  const std::string text = content.str();
  for (const cli::Option& option : cli::options())
    CHECK_MESSAGE(has(text, '`' + std::string(option.name)), "README.md wants: " << option.name);
  for (const cli::CommandForm& form : cli::commands())
    CHECK_MESSAGE(has(text, "sandpost " + std::string(form.name)),
                  "README.md wants: " << form.name);
}

TEST_CASE("man page: every exit status stands in it, and no other") {
  std::ifstream file(SANDPOST_SOURCE_DIR "/src/base/exit_status.hpp");
  std::string text = page("sandpost.1");
  text = text.substr(text.find(".Sh EXIT STATUS"));
  std::size_t known = 0;
  const std::regex form("inline constexpr int (\\w+) = (\\d+);");
  for (std::string line; std::getline(file, line);) {
    std::smatch found;
    if (!std::regex_search(line, found, form)) continue;
    if (found.str(1) == "signal") continue;  // 130 and 143
    ++known;
    CHECK_MESSAGE(
        has(text, "\n.It " + found.str(2) + '\n'),
        "docs/man/sandpost.1, EXIT STATUS, wants: .It " << found.str(2) << ", " << found.str(1));
  }
  CHECK(known >= 6);
  std::size_t told = 0;
  for (const std::string& line : split(text, '\n')) {
    if (line.size() == 5 && line.starts_with(".It ")) ++told;
  }
  CHECK(told == known);
}

TEST_CASE("man page: every key of a lesson stands in it, in the program's order, and no other") {
  std::vector<std::string> told;
  std::string table;
  for (const std::string& line : split(page("sandpost-lesson.5"), '\n')) {
    if (line.starts_with(".Sh ")) table.clear();
    if (line.starts_with(".Ss ")) table = line.substr(4);
    if (!table.empty() && line.starts_with(".It Cm ")) told.push_back(table + ' ' + line.substr(7));
  }
  std::vector<std::string> known;
  for (const sandbox::KeyForm& form : sandbox::lesson_keys())
    known.push_back(std::string(form.table) + ' ' + std::string(form.key));
  REQUIRE_MESSAGE(told.size() == known.size(), "docs/man/sandpost-lesson.5, KEYS, has "
                                                   << told.size() << " keys, the program "
                                                   << known.size());
  for (std::size_t i = 0; i < known.size(); ++i)
    CHECK(told[i] == known[i]);
}

TEST_CASE("man page: the sources are ASCII and fit 80 columns") {
  for (const char* name : {"sandpost.1", "sandpost-lesson.5"}) {
    for (const std::string& line : split(page(name), '\n')) {
      CHECK_MESSAGE(is_ascii(line), line);
      CHECK_MESSAGE(line.size() <= 80, line);
    }
  }
}

TEST_CASE("completion: each shell knows every command and every option") {
  for (const std::string_view shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    const std::string script = completion(shell);
    for (const cli::CommandForm& form : cli::commands())
      CHECK_MESSAGE(has(script, form.name), form.name);
    for (const cli::Option& option : cli::options()) {
      const std::string written = shell == "fish"
                                      ? " -l " + std::string(option.name.substr(2)) + ' '
                                      : std::string(option.name);
      CHECK_MESSAGE(has(script, written), option.name);
    }
    CHECK(has(script, "always"));
    CHECK(has(script, "version"));
    CHECK(has(script, "sandpost completion lessons"));
    CHECK(is_ascii(script));
  }
}

TEST_CASE("completion: the lessons, without names that a shell would take for more") {
  CHECK(completion("lessons") == "ntut-2001\ntls\n");
  const std::vector<sandbox::LessonTitle> odd{{"$(touch x)", "", 1}, {"a b", "", 1}, {"ok", "", 1}};
  CHECK(cli::completion_text("lessons", odd) == "ok\n");
}

}  // namespace sandpost::tests
