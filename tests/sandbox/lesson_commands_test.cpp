// `sandpost lessons`: the table of the lessons, and the same as JSON.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/text.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/support/language.hpp"

namespace sandpost::tests {
namespace {

std::vector<sandbox::LessonTitle> some_lessons() {
  std::vector<sandbox::LessonTitle> out(5);
  out[0] = {"ntut-2001", "Send and fetch one e-mail by hand", 10};
  out[0].progress = {14, 14, "2026-11-23T06:03:22Z", "2026-11-23T06:03:22Z"};
  out[1] = {"telnet", "The same by your own telnet", 10, {"ntut-2001"}};
  out[1].progress = {2, 9, "2026-11-23T07:03:22Z", ""};
  out[2] = {"queue", "Between accepted and delivered", 12, {"envelope", "ehlo"}};
  out[3] = {"codes", "Make the server say no", 12};
  out[3].progress = {0, 9, "2026-11-23T07:03:22Z", ""};
  out[4] = {"mine", "", 10, {}, "mine.toml", "mine.toml:3:1: what is that?"};
  return out;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("lessons: progress was to be read in the JSON only") {
  CHECK(sandbox::lessons_table(some_lessons(), true, 80) ==
        "lesson     time    progress         title\n"
        "ntut-2001  10 min  done 2026-11-23  Send and fetch one e-mail by hand\n"
        "telnet     10 min  step 3 of 9      The same by your own telnet  (after\n"
        "                                    ntut-2001)\n"
        "queue      12 min  not begun        Between accepted and delivered  (after\n"
        "                                    envelope, ehlo)\n"
        "codes      12 min  not begun        Make the server say no\n"
        "mine       ?       ?                mine.toml:3:1: what is that?\n"
        "\n"
        "sandpost learn LESSON begins one, or goes on where you stopped.\n");
}

TEST_CASE("lessons: on 40 columns each title stands below its row") {
  const std::string table = sandbox::lessons_table(some_lessons(), true, 40);
  CHECK(holds(table, "\ntelnet     10 min  step 3 of 9\n  The same by your own telnet  (after\n"));
}

TEST_CASE("lessons: where no progress is kept, the table says nothing of it") {
  const std::string table = sandbox::lessons_table(some_lessons(), false, 200);
  CHECK(holds(table, "codes      12 min  Make the server say no\n"));
  CHECK_FALSE(holds(table, "begun"));
}

TEST_CASE("lessons: the table fits each width, in English and in Chinese") {
  for (const char* tag : {"en", "zh-TW"}) {
    const Speaking language(tag);
    for (const std::size_t width : {40U, 60U, 80U, 120U}) {
      for (const std::string& row :
           split(sandbox::lessons_table(sandbox::lessons(), true, width), '\n')) {
        CHECK_MESSAGE(sandbox::columns(row) <= width, row);
        CHECK_FALSE(row.ends_with(' '));
      }
    }
  }
}

TEST_CASE("zh-TW: the table of the lessons says how far one has come") {
  const Speaking chinese("zh-TW");
  const std::string table = sandbox::lessons_table(some_lessons(), true, 80);
  CHECK(holds(table, "課程       時間   進度              名稱\n"));
  CHECK(holds(table, "telnet     10 分  第 3 步，共 9 步  The same"));
  CHECK(holds(table, "  還沒開始  "));
}

}  // namespace sandpost::tests
