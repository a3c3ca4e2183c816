// docs/faults.md is what people write their rules from: whatever it shows must be one.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "pop3/engine.hpp"
#include "smtp/engine.hpp"
#include "wire/faults.hpp"

using namespace sandpost;

namespace {

// What stands between backquotes, the fenced blocks left out.
std::vector<std::string> code_spans() {
  std::ifstream file(SANDPOST_SOURCE_DIR "/docs/faults.md");
  REQUIRE_MESSAGE(file, "docs/faults.md cannot be read");
  std::vector<std::string> spans;
  bool fenced = false;
  std::string text;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) fenced = !fenced;
    if (!fenced && !line.starts_with("```")) text += line + ' ';
  }
  const auto pieces = split(text, '`');
  for (std::size_t i = 1; i < pieces.size(); i += 2)
    spans.push_back(pieces[i]);
  return spans;
}

bool is_rule(const std::string& span) {
  const bool placeholder =
      span.find("VERB") != std::string::npos || span.find("CODE") != std::string::npos ||
      span.find("TIME") != std::string::npos || span.find("OCTETS") != std::string::npos;
  return span.find(':') != std::string::npos && span.find("::") == std::string::npos &&
         span.find(' ') == std::string::npos && !placeholder;
}

}  // namespace

TEST_CASE("faults.md: every rule that it shows is one") {
  std::set<wire::Faults::Effect> effects;
  int rules = 0;
  for (std::string span : code_spans()) {
    if (span.starts_with("--fault ") && span != "--fault RULE") span = span.substr(8);
    if (!is_rule(span) && span != "greylist") continue;
    CAPTURE(span);
    const auto rule = wire::Faults::parse(span);
    REQUIRE_MESSAGE(rule, span);
    effects.insert(rule->effect);
    ++rules;
  }
  CHECK(effects.size() == 5);
  CHECK(rules > 30);
}

TEST_CASE("faults.md: every command that it lists can be named, and no other is missing") {
  std::string smtp;
  std::string pop3;
  for (const std::string& span : code_spans()) {
    if (span.starts_with("helo ")) smtp = span;
    if (span.starts_with("user ")) pop3 = span;
  }
  const auto check = [](const std::string& prefix, const std::string& listed,
                        const std::vector<std::string_view>& verbs) {
    const auto words = split(listed, ' ');
    CHECK(words.size() == verbs.size());
    for (const std::string_view verb : verbs) {
      const std::string word = to_lower(verb);
      CHECK_MESSAGE(std::find(words.begin(), words.end(), word) != words.end(), word);
      CHECK_MESSAGE(wire::Faults::parse("drop:" + prefix + word), word);
    }
  };
  check("smtp.", smtp, smtp::Engine::verb_names());
  check("pop3.", pop3, pop3::Engine::verb_names());
}
