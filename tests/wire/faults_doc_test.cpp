// docs/faults.md is what people write their rules from: whatever it shows must be one.

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"
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
  const auto check = [](const std::string& prefix, const std::string& verbs, std::size_t count) {
    const auto words = split(verbs, ' ');
    CHECK(words.size() == count);
    for (const std::string& verb : words)
      CHECK_MESSAGE(wire::Faults::parse("drop:" + prefix + verb), verb);
  };
  check("smtp.", smtp, 14);
  check("pop3.", pop3, 17);
}
