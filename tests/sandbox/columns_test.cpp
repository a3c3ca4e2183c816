#include "sandbox/columns.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace sandpost::tests {
namespace {

using sandbox::columns;
using sandbox::joins_without_blank;
using sandbox::pieces;

std::vector<std::string> cut(std::string_view word) {
  std::vector<std::string> out;
  for (const std::string_view piece : pieces(word))
    out.emplace_back(piece);
  return out;
}

}  // namespace

TEST_CASE("columns: a Han character is two columns, a letter one") {
  CHECK(columns("") == 0);
  CHECK(columns("abc") == 3);
  CHECK(columns("\u4FE1") == 2);
  CHECK(columns("a\u4FE1\u4EF6b") == 6);
  CHECK(columns("\uFF0C\u3002\u300C\u300D") == 8);
  CHECK(columns("\u00E9") == 1);
}

TEST_CASE("columns: a row that is too long goes on below, and nothing of it is lost") {
  using Rows = std::vector<std::string>;
  CHECK(sandbox::hanging_rows("", 40, 3) == Rows{""});
  CHECK(sandbox::hanging_rows(" 1  now  ab cd", 14, 9) == Rows{" 1  now  ab cd"});
  CHECK(sandbox::hanging_rows(" 1  now  ab cd  ef", 13, 9) ==
        Rows{" 1  now  ab", "         cd", "         ef"});
  CHECK(sandbox::hanging_rows("abcdefgh ij", 5, 2) == Rows{"abcde", "  fgh", "  ij"});
  // A word that has to be broken left its row empty, and began below it.
  CHECK(sandbox::hanging_rows("D> abcdefgh", 6, 3) == Rows{"D> abc", "   def", "   gh"});
  CHECK(sandbox::hanging_rows("D> abc def", 6, 3) == Rows{"D> abc", "   def"});
  CHECK(sandbox::hanging_rows("a  \u4FE1\u4EF6", 6, 1) == Rows{"a  \u4FE1", " \u4EF6"});
  CHECK(sandbox::cut_rows("ab  cd", 3) == Rows{"ab ", " cd"});
  CHECK(sandbox::cut_rows("a\u4FE1\u4EF6", 3) == Rows{"a\u4FE1", "\u4EF6"});
  CHECK(sandbox::cut_rows("", 3) == Rows{""});
}

TEST_CASE("columns: a combining mark takes none") {
  CHECK(columns("e\u0301") == 1);
  CHECK(columns("\u4FE1\u0301") == 2);
  CHECK(columns("\u0301") == 0);
}

TEST_CASE("columns: an emoji is two columns") {
  CHECK(columns("\U0001F4E7") == 2);
  CHECK(columns("a\U0001F4E7b") == 4);
}

TEST_CASE("columns: each octet that is not UTF-8 is one column") {
  CHECK(columns("\xFF") == 1);
  CHECK(columns("\xE4\xBF") == 2);      // a Han character that was cut
  CHECK(columns("\xC0\xAFx") == 3);     // overlong
  CHECK(columns("\xED\xA0\x80") == 3);  // half of a surrogate pair
  CHECK(columns("\xA4\xA4") == 2);      // Big5
}

TEST_CASE("columns: a row can end beside a Han character") {
  CHECK(cut("").empty());
  CHECK(cut("word") == std::vector<std::string>{"word"});
  CHECK(cut("\u4FE1\u4EF6") == std::vector<std::string>{"\u4FE1", "\u4EF6"});
  CHECK(cut("SMTP\u4FE1POP3") == std::vector<std::string>{"SMTP", "\u4FE1", "POP3"});
}

TEST_CASE("columns: no row begins with a closing mark or ends with an opening one") {
  for (const char* mark : {"\u3002", "\uFF0C", "\uFF1A", "\uFF1B", "\uFF01", "\uFF1F", "\u300D",
                           "\u3001", "\uFF09", "\u300F", ".", ")"}) {
    CAPTURE(mark);
    CHECK(cut(std::string("\u4FE1") + mark + "\u4EF6") ==
          std::vector<std::string>{std::string("\u4FE1") + mark, "\u4EF6"});
  }
  for (const char* mark : {"\u300C", "\uFF08", "\u300E"}) {
    CAPTURE(mark);
    CHECK(cut(std::string("\u4FE1") + mark + "\u4EF6") ==
          std::vector<std::string>{"\u4FE1", mark + std::string("\u4EF6")});
  }
  CHECK(cut("\u300C\u4FE1\u300D\u3002").size() == 1);
}

TEST_CASE("columns: no row ends inside a word of full-width letters") {
  CHECK(cut("\uFF28\uFF25\uFF2C\uFF2F") ==
        std::vector<std::string>{"\uFF28\uFF25\uFF2C\uFF2F"});  // HELO
  CHECK(cut("\u6253\uFF48\uFF49\uFF12\u4E86") ==
        std::vector<std::string>{"\u6253", "\uFF48\uFF49\uFF12", "\u4E86"});
}

TEST_CASE("columns: no row ends inside an address between < and >") {
  CHECK(cut("FROM:<\u6E2C\u8A66@example.org>").size() == 1);
  CHECK(cut("\u7D66<\u6E2C\u8A66@\u4F8B\u5B50.tw>\u3002\u597D\u4E86") ==
        std::vector<std::string>{"\u7D66", "<\u6E2C\u8A66@\u4F8B\u5B50.tw>\u3002", "\u597D",
                                 "\u4E86"});
  CHECK(cut("<\u4FE1\u4EF6").size() == 3);  // no address
}

TEST_CASE("columns: a newline between Han characters or beside a full-width mark is no blank") {
  CHECK(joins_without_blank("\u4FE1", "\u4EF6"));
  CHECK(joins_without_blank("\u4FE1\uFF0C", "POP3"));
  CHECK(joins_without_blank("POP3", "\uFF0C\u4FE1"));
  CHECK(joins_without_blank("POP3", "\u300C\u4FE1"));
  CHECK_FALSE(joins_without_blank("\u4FE1", "POP3"));
  CHECK_FALSE(joins_without_blank("POP3", "\u4FE1"));
  CHECK_FALSE(joins_without_blank("one.", "two"));
  CHECK_FALSE(joins_without_blank("\uD55C", "\uAD6D"));  // Korean
}

TEST_CASE("columns: there is nothing to join where a line is empty or no UTF-8") {
  CHECK_FALSE(joins_without_blank("", "\u4FE1"));
  CHECK_FALSE(joins_without_blank("\u4FE1", ""));
  CHECK_FALSE(joins_without_blank("\x80\x80", "\u4FE1"));
  CHECK_FALSE(joins_without_blank("\u4FE1", "\xA4\xA4"));
}

TEST_CASE("columns: a combining mark stays with its character") {
  CHECK(cut("\u4FE1\u0301\u4EF6") == std::vector<std::string>{"\u4FE1\u0301", "\u4EF6"});
}

TEST_CASE("columns: the pieces of anything are the whole of it, and none is empty") {
  std::string text = "a<\u4FE1<\u4FE1>\u4FE1\xFF\u3002\xE4\xBF\u300C\U0001F4E7\u0301";
  text += '\0';
  std::string joined;
  for (const std::string_view piece : pieces(text)) {
    CHECK_FALSE(piece.empty());
    joined += piece;
  }
  CHECK(joined == text);
}

}  // namespace sandpost::tests
