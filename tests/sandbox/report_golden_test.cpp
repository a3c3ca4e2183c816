// What each format looks like, to the last octet. SANDPOST_WRITE_GOLDEN=1 in the environment writes
// the files anew; then look at the difference.

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/lesson_file.hpp"
#include "sandbox/report_writers.hpp"

namespace sandpost::tests {
namespace {

const std::string folder = SANDPOST_SOURCE_DIR "/tests/sandbox/golden/";

std::string octets_in(const std::string& name) {
  std::ifstream file(folder + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

sandbox::Report small_report() {
  const auto record = sandbox::parse_record(octets_in("record.jsonl"));
  REQUIRE(record);
  const auto lesson = sandbox::parse_lesson(record->head.toml);
  REQUIRE(lesson);
  return sandbox::make_report(*record, &*lesson, {"Amy Chen", "42", false, {{"pass", "sandbox"}}});
}

std::string narrow(const sandbox::Report& report) {
  return sandbox::report_txt(report, 40);
}

}  // namespace

TEST_CASE("report: of a small record each format is what it was") {
  using Writer = std::string (*)(const sandbox::Report&);
  const sandbox::Report report = small_report();
  for (const auto& [name, write] :
       std::vector<std::pair<std::string, Writer>>{{"report.md", sandbox::report_markdown},
                                                   {"report.html", sandbox::report_html},
                                                   {"report.txt", sandbox::report_txt},
                                                   {"report-40.txt", narrow},
                                                   {"report.json", sandbox::report_json},
                                                   {"report.cast", sandbox::report_cast},
                                                   {"report.svg", sandbox::report_svg}}) {
    const std::string made = write(report);
    if (std::getenv("SANDPOST_WRITE_GOLDEN") != nullptr) {
      std::ofstream(folder + name, std::ios::binary) << made;
    }
    CHECK_MESSAGE(made == octets_in(name), name);
  }
}

}  // namespace sandpost::tests
