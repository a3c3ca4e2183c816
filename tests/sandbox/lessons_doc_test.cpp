// docs/lessons.md is for authors: it must know every key, and its example must be sound.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "sandbox/lesson_check.hpp"
#include "sandbox/lesson_keys.hpp"
#include "sandbox/lesson_skeleton.hpp"
#include "sandbox/server_state.hpp"
#include "sandbox/type_words.hpp"

namespace sandpost::tests {
namespace {

std::string document() {
  std::ifstream file(SANDPOST_SOURCE_DIR "/docs/lessons.md");
  REQUIRE_MESSAGE(file, "docs/lessons.md cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string example() {
  const std::string text = document();
  const std::string begin = "```toml\n";
  const auto from = text.find(begin);
  REQUIRE(from != std::string::npos);
  const auto to = text.find("```", from + begin.size());
  REQUIRE(to != std::string::npos);
  return text.substr(from + begin.size(), to - from - begin.size());
}

std::string findings_in(std::string_view toml) {
  std::string out;
  for (const sandbox::Finding& one : sandbox::check_lesson(toml, {}))
    out += std::to_string(one.line) + ": " + one.text + '\n';
  return out;
}

}  // namespace

TEST_CASE("lessons.md: the tables have every key, in the program's order, and no other") {
  std::vector<std::string> rows;
  std::string under;
  for (const std::string& line : split(document(), '\n')) {
    if (line.starts_with("## ")) under = line == "## All keys" ? "all" : "";
    if (line.starts_with("### ")) under = line.substr(4);
    if (!under.empty() && line.starts_with("| `")) rows.push_back(under + ' ' + line);
  }
  const auto forms = sandbox::lesson_keys();
  REQUIRE(rows.size() == forms.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const sandbox::KeyForm& form = forms[i];
    CHECK(rows[i] == std::string(form.table) + " | `" + std::string(form.key) + "` | " +
                         std::string(form.value) + " | " + (form.needed ? "yes" : "") + " | " +
                         std::string(form.meaning) + " |");
    CHECK_FALSE(form.meaning.empty());
  }
}

TEST_CASE("lessons.md: it names every state and every word for `type`") {
  const std::string text = document();
  for (const sandbox::StateForm& form : sandbox::state_forms()) {
    CHECK(text.find("| `" + std::string(form.name) + "` | " + std::string(form.meaning) + " |\n") !=
          std::string::npos);
  }
  for (const std::string_view word : sandbox::type_words()) {
    const std::string_view first = word.substr(0, word.find(" --"));
    CHECK_MESSAGE(text.find('`' + std::string(first) + '`') != std::string::npos,
                  std::string(word));
  }
}

TEST_CASE("lessons.md: the example passes the check") {
  CHECK(findings_in(example()).empty());
  CHECK_MESSAGE(findings_in(example()).empty(), findings_in(example()));
}

TEST_CASE("lesson new: what it writes passes the check") {
  const std::string found = findings_in(sandbox::lesson_skeleton("mine"));
  CHECK_MESSAGE(found.empty(), found);
  CHECK(sandbox::lesson_skeleton("mine").find("id      = \"mine\"\n") != std::string::npos);
}

}  // namespace sandpost::tests
