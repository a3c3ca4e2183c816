// The report in Traditional Chinese: its own words are translated, what was said on the wire is
// not.

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/duration.hpp"
#include "sandbox/lesson_file.hpp"
#include "sandbox/report_compare.hpp"
#include "sandbox/report_writers.hpp"
#include "tests/support/language.hpp"

namespace sandpost::tests {
namespace {

sandbox::Record golden_record() {
  std::ifstream file(SANDPOST_SOURCE_DIR "/tests/sandbox/golden/record.jsonl", std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(file), {}};
  auto record = sandbox::parse_record(octets);
  REQUIRE(record);
  return std::move(*record);
}

sandbox::Report chinese_report() {
  const sandbox::Record record = golden_record();
  const auto lesson = sandbox::parse_lesson(record.head.toml);
  REQUIRE(lesson);
  return sandbox::make_report(record, &*lesson, {"陳小美", "42", false, {{"pass", "sandbox"}}});
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("zh-TW: the report as text, in 79 columns and in 40") {
  const Speaking chinese("zh-TW");
  for (const std::size_t width : {79U, 40U}) {
    const std::string text = sandbox::report_txt(chinese_report(), width);
    CHECK(holds(text, "姓名：陳小美   學號：42\n"));
    CHECK(holds(text, "\n從佇列到信箱\n"));
    CHECK(holds(text, "\n哪裡出了錯，是什麼意思\n"));
    for (const std::string& row : split(text, '\n')) {
      CHECK_MESSAGE(sandbox::columns(row) <= width, row);
      CHECK_FALSE_MESSAGE(std::string(trim(row)).starts_with("，"), row);
    }
  }
}

TEST_CASE("zh-TW: the delay stayed English, 5s, in the report") {
  const Speaking chinese("zh-TW");
  const std::vector<std::string (*)(const sandbox::Report&)> writers{
      sandbox::report_txt, sandbox::report_markdown, sandbox::report_html};
  for (const auto write : writers) {
    CHECK(holds(write(chinese_report()), "5 秒"));
    CHECK_FALSE(holds(write(chinese_report()), "5s"));
  }
}

TEST_CASE("zh-TW: an anonymous address is still one that could be typed") {
  const Speaking chinese("zh-TW");
  const sandbox::Record record = golden_record();
  const std::string text =
      sandbox::report_txt(sandbox::make_report(record, nullptr, {"", "", true, {}}));
  CHECK(holds(text, "MAIL FROM:<student@ntut.edu.tw>"));
  CHECK_FALSE(holds(text, "s9360511"));
}

TEST_CASE("zh-TW: a delay is said in Chinese, and a range of two") {
  const Speaking chinese("zh-TW");
  CHECK(sandbox::duration_text("10s") == "10 秒");
  CHECK(sandbox::duration_text("250ms..10m") == "250 毫秒到 10 分鐘");
  CHECK(sandbox::duration_text("soon") == "soon");
}

TEST_CASE("zh-TW: the report says what was answered, and whether it was right") {
  const Speaking chinese("zh-TW");
  const std::string text = sandbox::report_txt(chinese_report());
  CHECK(holds(text, "     回答：The server.\n     答對了。\n"));
  CHECK(holds(text, "     答得不對。好的答案是：the *server*, at delivery\n"));
}

TEST_CASE("zh-TW: the report in Markdown") {
  const Speaking chinese("zh-TW");
  const std::string text = sandbox::report_markdown(chinese_report());
  CHECK(holds(text, "- 姓名：陳小美\n"));
  CHECK(holds(text, "## 連線 1：SMTP，來自 "));
  CHECK(holds(text, "| 時間 | 內容 | 回應 | 意思 |\n|---|---|---|---|\n"));
  CHECK(holds(text, "2 完成，5 關於郵件，0 一切順利"));
}

TEST_CASE("zh-TW: the report in HTML names its language") {
  const Speaking chinese("zh-TW");
  const std::string text = sandbox::report_html(chinese_report());
  CHECK(holds(text, "<html lang=\"zh-TW\">"));
  CHECK(holds(text, "<dt>姓名</dt><dd>陳小美</dd>"));
  CHECK(holds(text, "<h2>哪裡出了錯，是什麼意思</h2>"));
  CHECK(holds(text, "<th scope=\"col\" class=\"time\">時間</th>"));
  CHECK_FALSE(holds(text, "&amp;lt;"));
}

TEST_CASE("zh-TW: the report in JSON keeps its keys") {
  const Speaking chinese("zh-TW");
  const std::string text = sandbox::report_json(chinese_report());
  for (const char* key :
       {"\"sessions\"", "\"mistakes\"", "\"explanation\"", "\"side\": \"client\""})
    CHECK(holds(text, key));
  CHECK(holds(text, "2 完成，5 關於郵件，0 一切順利"));
}

TEST_CASE("zh-TW: the report as a picture and as a recording") {
  const Speaking chinese("zh-TW");
  CHECK(holds(sandbox::report_svg(chinese_report()), "<title>SMTP 連線 1，"));
  CHECK(holds(sandbox::report_cast(chinese_report()), "-- SMTP 連線 1"));
}

TEST_CASE("zh-TW: a comparison says what is confirmed") {
  const Speaking chinese("zh-TW");
  const sandbox::Report report = chinese_report();
  const auto comparison = sandbox::compare(report, {&report, 1});
  CHECK(comparison.confirmed);
  CHECK(holds(comparison.text, "連線 1，SMTP：符合\n"));
  CHECK(holds(sandbox::compare(report, {}).text, "連線 1，SMTP：不符合\n"));
}

}  // namespace sandpost::tests
