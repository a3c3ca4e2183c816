// The lab in Traditional Chinese: what stands in columns stands in columns, and what is typed stays
// what it is.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "cli/help.hpp"
#include "cli/telnet_help.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/quiz.hpp"
#include "sandbox/words.hpp"
#include "tests/sandbox/classroom.hpp"
#include "tests/support/language.hpp"

namespace sandpost::tests {
namespace {

using sandbox::columns;
using std::chrono::seconds;

// The column at which `part` begins in the row that holds it; both must be there.
std::size_t column_of(const std::string& row, std::string_view part) {
  const auto at = row.find(part);
  REQUIRE_MESSAGE(at != std::string::npos, row << " has no " << part);
  return columns(std::string_view(row).substr(0, at));
}

std::string row_with(const std::string& text, std::string_view part) {
  for (const std::string& row : split(text, '\n')) {
    if (row.find(part) != std::string::npos) return row;
  }
  FAIL("no row has " << part << " in it: " << text);
  return {};
}

}  // namespace

TEST_CASE("zh-TW: the table at the end is aligned") {
  const Speaking chinese("zh-TW");
  Classroom room;
  room.connect(Protocol::smtp);
  room.clock.advance(seconds{65});
  room.type({"hello", "HELO me"});
  (void)room.tutor.hint();
  room.do_step();
  room.go_to("quit-pop3");
  const std::string end = room.type("QUIT");
  const std::string head = row_with(end, "步驟  ");
  const std::string helo = row_with(end, " 2 報上名來");
  CHECK(column_of(head, "步驟") == column_of(helo, "報上名來"));
  CHECK(column_of(head, "時間") + columns("時間") == column_of(helo, "1:05") + 4);
  const std::string mail = row_with(end, "提示 1");
  CHECK(column_of(head, "求助") == column_of(mail, "提示 1"));
  CHECK(column_of(row_with(end, "合計"), "1:15") == column_of(helo, "1:05"));
}

TEST_CASE("zh-TW: the list of steps is aligned") {
  const Speaking chinese("zh-TW");
  Classroom room;
  room.go_to("mail");
  const std::string list = rows_of(room.tutor.list());
  const std::size_t title = column_of(row_with(list, " 1 完成"), "連線");
  CHECK(column_of(row_with(list, " 3 目前"), "信封：是誰寄的") == title);
  CHECK(column_of(row_with(list, " 4 未完成"), "信封：要寄給誰") == title);
}

TEST_CASE("zh-TW: the state is said in its words, and the protocol's stay") {
  const Speaking chinese("zh-TW");
  Classroom room;
  room.go_to("rcpt");
  CHECK(has(rows_of(room.tutor.state()),
            "SMTP：已打招呼，寄件者：<s9360511@ntut.edu.tw>，收件者：0，DATA 還沒開始"));
  room.go_to("list");
  CHECK(has(rows_of(room.tutor.state()), "POP3：TRANSACTION，信：1，做了記號：0"));
}

TEST_CASE("zh-TW: slips are explained, and the line to copy is ASCII") {
  const Speaking chinese("zh-TW");
  Classroom room;
  room.connect(Protocol::smtp);
  const std::string said = room.type("RCPT TO:<s9360511@ntut.edu.tw>");
  CHECK(
      has(said, "NO 話說對了，時候不對。順序是 HELO、MAIL、RCPT、DATA。首先：   helo ntut.edu.tw"));
  CHECK(has(said, "-- 5 照這樣永遠不行   0 關於寫法   3 話說對了，時候不對"));
}

TEST_CASE("zh-TW: no row of the tutor is wider than the screen, nor begins with a closing mark") {
  const Speaking chinese("zh-TW");
  for (const sandbox::LessonTitle& title : sandbox::lessons()) {
    auto lesson = sandbox::find_lesson(title.id);
    REQUIRE(lesson);
    for (const sandbox::Step& step : lesson->steps) {
      for (const int width : {40, 80}) {
        const std::string rows = sandbox::lay_out({sandbox::Role::tutor, step.say}, {width, false});
        for (const std::string& row : split(rows, '\n')) {
          const bool kept = row.starts_with("--   ");  // an example stays in one piece
          if (!kept) CHECK_MESSAGE(columns(row) <= static_cast<std::size_t>(width), row);
          for (const char* mark : {"-- ，", "-- 。", "-- 」", "-- ：", "-- ）"})
            CHECK_FALSE_MESSAGE(row.starts_with(mark), row);
        }
      }
    }
  }
}

TEST_CASE("zh-TW: the help fits the width, aligned, without blanks at the ends") {
  const Speaking chinese("zh-TW");
  const auto titles = sandbox::lessons();
  for (const std::size_t width : {40U, 60U, 80U, 120U}) {
    std::vector<std::string> helps{cli::help_text(nullptr, titles, width), cli::telnet_help(width)};
    for (const cli::CommandForm& form : cli::commands())
      helps.push_back(cli::help_text(&form, titles, width));
    for (const std::string& help : helps) {
      for (const std::string& line : split(help, '\n')) {
        CAPTURE(line);
        CHECK(columns(line) <= width);
        CHECK_FALSE(line.ends_with(' '));
        CHECK_FALSE(std::string(trim(line)).starts_with("，"));
      }
    }
  }
  CHECK(has(cli::help_text(nullptr, titles, 40), "\n  --smtp-port N\n      SMTP "));
  const std::string help = cli::help_text(nullptr, titles, 80);
  CHECK(has(help, "範例：\n  sandpost  "));
  CHECK(column_of(row_with(help, "--plain "), "不重寫") ==
        column_of(row_with(help, "  serve  "), "只開兩台"));
}

TEST_CASE("zh-TW: the tutor's words are explained in one column") {
  const Speaking chinese("zh-TW");
  for (const sandbox::Line& line : sandbox::words_help()) {
    if (!line.text.starts_with("  :")) continue;
    CHECK_MESSAGE(line.text.find_first_not_of(' ', line.text.find(' ', 2)) == 11, line.text);
  }
}

TEST_CASE("zh-TW: a question takes its answer in Chinese, also within a sentence, and in English") {
  const Speaking chinese("zh-TW");
  const auto questions = lab().questions;
  REQUIRE_FALSE(questions.empty());
  CHECK(questions.front().answers.front() == "句點之後的 250");
  CHECK(sandbox::is_good_answer(questions.front(), "句點之後的250"));
  CHECK(sandbox::is_good_answer(questions.front(), "就是句點之後的 250。"));
  CHECK(sandbox::is_good_answer(questions.front(), "the 250 after the dot"));
  CHECK_FALSE(sandbox::is_good_answer(questions.front(), "不是句點之後的 250"));
  CHECK_FALSE(sandbox::is_good_answer(questions.front(), "220 的問候"));
}

TEST_CASE("zh-TW: lessons that come as files keep the language of their author") {
  const Speaking chinese("zh-TW");
  const std::string file = SANDPOST_SOURCE_DIR "/sandbox/lessons/ntut-2001.toml";
  const auto lesson = sandbox::load_lesson(file);
  REQUIRE(lesson);
  CHECK(lesson->title == "Send and fetch one e-mail by hand");
  CHECK(lab().title == "親手寄一封電子郵件，再親手收信");
}

}  // namespace sandpost::tests
