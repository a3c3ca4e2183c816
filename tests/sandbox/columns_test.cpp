#include "sandbox/columns.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace sandpost::tests {
namespace {

using sandbox::columns;
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
  CHECK(sandbox::hanging_rows("a  \u4FE1\u4EF6", 6, 1) == Rows{"a", " \u4FE1\u4EF6"});
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

TEST_CASE("columns: a combining mark stays with its character") {
  CHECK(cut("\u4FE1\u0301\u4EF6") == std::vector<std::string>{"\u4FE1\u0301", "\u4EF6"});
}

TEST_CASE("columns: the pieces of anything are the whole of it, and none is empty") {
  std::string text = "a\u4FE1\xFF\u3002\xE4\xBF\u300C\U0001F4E7\u0301";
  text += '\0';
  std::string joined;
  for (const std::string_view piece : pieces(text)) {
    CHECK_FALSE(piece.empty());
    joined += piece;
  }
  CHECK(joined == text);
}

}  // namespace sandpost::tests
