// Real Chinese sentences of a lesson, laid out at every width that a terminal may have.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/screen.hpp"

namespace sandpost::tests {
namespace {

using sandbox::columns;
using sandbox::Role;

constexpr std::size_t word_columns = 3;  // "-- "

constexpr std::string_view sentences[] = {
    "HELO，一個空格，再加上你的電腦名稱。四個字母，只有一個 L。",
    "「收下了」不等於「送到了」。你的信還躺在佇列裡。2001 "
    "年的實驗講義說要等十分鐘左右，因為那台伺服"
    "器每隔一陣子才去看一次佇列。到了今天，灰名單、掃毒和重試，也一樣會讓信晚到。",
    "伺服器答得對！不管誰寄給誰都幫忙轉送的伺服器，叫做 open "
    "relay（開放轉寄），是垃圾信業者的美夢。"
    "請寫給 s9360511@ntut.edu.tw。",
    "你在嗎？我在。「Connection refused」表示那個連接埠沒有人在聽：號碼對嗎？這個程式還在執行嗎？",
    "換一台伺服器，換一種語言：它的問候最後有一段像  <1.2@mail.ntut.edu.tw>  這樣的東西，是給 APOP "
    "用的（那是另一種登入方式）；今天可以不管它。",
    "按 Enter 鍵，或在另一個視窗輸入：telnet 127.0.0.1 2525",
};

std::vector<std::string> rows(std::string_view text, int width) {
  std::string out = sandbox::lay_out({Role::tutor, std::string(text)}, {width, false});
  REQUIRE(out.ends_with('\n'));
  out.pop_back();
  std::vector<std::string> all;
  for (const std::string& row : split(out, '\n')) {
    REQUIRE((row == "--" || row.starts_with("-- ")));
    all.push_back(row.substr(std::min(row.size(), word_columns)));
  }
  return all;
}

bool is_latin(char c) {
  return c > ' ' && c <= '~';
}

bool begins_with_any(std::string_view row, std::initializer_list<std::string_view> marks) {
  return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return row.starts_with(mark); });
}

bool ends_with_any(std::string_view row, std::initializer_list<std::string_view> marks) {
  return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return row.ends_with(mark); });
}

}  // namespace

TEST_CASE("chinese: no row is too wide, begins with a closing mark or ends with an opening one") {
  for (const std::string_view text : sentences) {
    CAPTURE(text);
    for (int width = 40; width <= 90; ++width) {
      CAPTURE(width);
      for (const std::string& row : rows(text, width)) {
        CAPTURE(row);
        CHECK(columns(row) + word_columns <= static_cast<std::size_t>(width));
        CHECK_FALSE(begins_with_any(row, {"，", "。", "：", "；", "！", "？", "」", "）", "、"}));
        CHECK_FALSE(ends_with_any(row, {"「", "（", " "}));
      }
    }
  }
}

TEST_CASE("chinese: the rows are the sentence, and none ends inside a Latin word or an address") {
  for (const std::string_view text : sentences) {
    CAPTURE(text);
    for (int width = 40; width <= 90; ++width) {
      CAPTURE(width);
      std::string_view rest = text;
      for (const std::string& row : rows(text, width)) {
        CAPTURE(row);
        const bool after_latin = rest.size() < text.size() && is_latin(*(rest.data() - 1));
        CHECK_FALSE((after_latin && is_latin(rest.front())));
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        REQUIRE(rest.starts_with(row));
        rest.remove_prefix(row.size());
      }
      CHECK(rest.empty());
    }
  }
}

TEST_CASE("chinese: a row of Han characters is filled to its last columns") {
  for (int width = 40; width <= 75; ++width) {
    CAPTURE(width);
    const auto all = rows(sentences[1], width);
    for (const std::string& row : all) {
      // A character and the mark behind it, or a year of four digits behind a full stop.
      const bool filled = columns(row) + word_columns + 5 > static_cast<std::size_t>(width);
      if (&row != &all.back()) CHECK_MESSAGE(filled, row);
    }
  }
}

TEST_CASE("chinese: a paragraph that its author wrote in short lines gets no blanks inside") {
  const auto all = rows("信封寫給伺服器看，\nRCPT TO 決定信寄給\n誰。\n\n第二段\nMAIL", 80);
  CHECK(all ==
        std::vector<std::string>{"信封寫給伺服器看，RCPT TO 決定信寄給誰。", "", "第二段 MAIL"});
}

TEST_CASE("chinese: the example below a sentence stays as it is") {
  const auto all = rows("要先說寄件者：\n  MAIL FROM:<s9360511@ntut.edu.tw>\n再試\n一次。", 40);
  CHECK(all == std::vector<std::string>{"要先說寄件者：", "  MAIL FROM:<s9360511@ntut.edu.tw>",
                                        "再試一次。"});
}

}  // namespace sandpost::tests
