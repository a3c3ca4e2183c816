// Every input that is kept in tests/fuzz/corpus, through the target it is for: libFuzzer begins
// with them, and here they are tests.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/targets.hpp"

using namespace sandpost;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> inside(const fs::path& folder) {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(folder))
    all.push_back(entry.path());
  std::sort(all.begin(), all.end());
  return all;
}

fs::path corpus() {
  return fs::path(SANDPOST_SOURCE_DIR) / "tests/fuzz/corpus";
}

}  // namespace

TEST_CASE("fuzz: every input of the corpus keeps what its target promises") {
  for (const fuzz::Target& target : fuzz::targets) {
    const auto files = inside(corpus() / target.name);
    CHECK(files.size() >= 10);
    for (const fs::path& file : files) {
      CAPTURE(file.string());
      std::ifstream in(file, std::ios::binary);
      const std::string input{std::istreambuf_iterator<char>(in), {}};
      REQUIRE(in.good());
      CHECK_NOTHROW(target.play(input));
    }
  }
}

TEST_CASE("fuzz: every folder of the corpus belongs to a target") {
  for (const fs::path& folder : inside(corpus())) {
    const bool known =
        std::any_of(fuzz::targets.begin(), fuzz::targets.end(),
                    [&](const fuzz::Target& target) { return target.name == folder.filename(); });
    CHECK_MESSAGE(known, folder.string());
  }
}
