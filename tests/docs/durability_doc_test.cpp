// docs/durability.md tells how SQLite is set: it must be so.

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/text.hpp"

namespace sandpost::tests {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(SANDPOST_SOURCE_DIR "/" + path);
  REQUIRE_MESSAGE(file, path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("durability.md: the pragmas are those that the source sets, all but one for tests") {
  const std::string source = content_of("db/sqlite/connection.cpp");
  std::size_t rows = 0;
  for (const std::string& line : split(content_of("docs/durability.md"), '\n')) {
    if (!line.starts_with("| `")) continue;
    CAPTURE(line);
    const auto words = split(line, '`');
    REQUIRE(words.size() >= 5);
    CHECK(source.find("\"PRAGMA " + words[1] + " = " + words[3] + "\"") != std::string::npos);
    ++rows;
  }
  std::size_t set = 0;
  const std::string begin = "\"PRAGMA ";
  for (auto at = source.find(begin); at != std::string::npos; at = source.find(begin, at + 1)) {
    const std::string pragma = source.substr(at, source.find('"', at + 1) - at);
    const bool of_tests = pragma.find("max_page_count") != std::string::npos;
    const bool of_memory = pragma.ends_with("synchronous = OFF");
    if (pragma.find(" = ") != std::string::npos && !of_tests && !of_memory) ++set;
  }
  CHECK(rows == set);
}

}  // namespace sandpost::tests
