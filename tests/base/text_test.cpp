#include "base/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sandpost;
using namespace std::string_literals;

TEST_CASE("text: case folding is ASCII's only") {
  CHECK(to_lower("AZaz09[@`{\xC3\x84") == "azaz09[@`{\xC3\x84");
  CHECK(to_upper("AZaz09[@`{\xC3\xA4") == "AZAZ09[@`{\xC3\xA4");
  CHECK(equals_ignoring_case("RETR", "rEtR"));
  CHECK_FALSE(equals_ignoring_case("RETR", "RETRY"));
  CHECK_FALSE(equals_ignoring_case("@", "`"));
  CHECK(equals_ignoring_case("", ""));
  CHECK(starts_ignoring_case("mail from:", "MAIL"));
  CHECK(starts_ignoring_case("mail", ""));
  CHECK_FALSE(starts_ignoring_case("mai", "MAIL"));
}

TEST_CASE("text: trim takes blanks and tabs at both ends, and nothing else") {
  CHECK(trim(" \t a b \t") == "a b");
  CHECK(trim(" \t ").empty());
  CHECK(trim("").empty());
  CHECK(trim("\ra\n") == "\ra\n");
}

TEST_CASE("text: split") {
  CHECK(split("a.b", '.') == std::vector<std::string>{"a", "b"});
  CHECK(split(".a..", '.') == std::vector<std::string>{"", "a", "", ""});
  CHECK(split("", '.') == std::vector<std::string>{""});
}

TEST_CASE("text: edit distance") {
  const struct {
    std::string a, b;
    std::size_t distance;
  } table[] = {{"RETR", "RETR", 0},  {"RETR", "retr", 0}, {"RERT", "RETR", 1}, {"LSIT", "LIST", 1},
               {"HELLO", "HELO", 1}, {"HEL", "HELO", 1},  {"HALO", "HELO", 1}, {"", "HELO", 4},
               {"HELO", "", 4},      {"", "", 0},         {"HELP", "MAIL", 4}, {"ABCD", "BADC", 2},
               {"CA", "ABC", 3}};
  for (const auto& row : table) {
    CAPTURE(row.a);
    CHECK(edit_distance(row.a, row.b) == row.distance);
    CHECK(edit_distance(row.b, row.a) == row.distance);
  }
}

TEST_CASE("text: well-formed UTF-8 and its code points") {
  const struct {
    std::string text;
    std::size_t length;
    char32_t code_point;
  } table[] = {{"a", 1, 'a'},
               {"\0"s, 1, 0},
               {"\xC2\x80", 2, 0x80},
               {"\xDF\xBF", 2, 0x7FF},
               {"\xE0\xA0\x80", 3, 0x800},
               {"\xED\x9F\xBF", 3, 0xD7FF},
               {"\xEE\x80\x80", 3, 0xE000},
               {"\xEF\xBC\xA8x", 3, 0xFF28},
               {"\xF0\x90\x80\x80", 4, 0x10000},
               {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF}};
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(utf8_length(row.text) == row.length);
    CHECK(utf8_decode(row.text) == row.code_point);
  }
}

TEST_CASE("text: what is not UTF-8 has no length") {
  for (const std::string text :
       {"", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2x", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xE4\xBD", "\xE4\xBDx", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
        "\xF0\x9F\x99"}) {
    CAPTURE(text);
    CHECK(utf8_length(text) == 0);
  }
}

TEST_CASE("text: control bytes and bad bytes are made visible, everything else stays") {
  CHECK(visible("a\x08\x1B[D\x7F\r\n\t") == "a^H^[[D^?^M^J^I");
  CHECK(visible("\0"s) == "^@");
  CHECK(visible("\xA4\xA4x\xE4\xBD") == "\\xA4\\xA4x\\xE4\\xBD");
  CHECK(visible("\xC3\xA9 \xE4\xBD\xA0 \xF0\x9F\x99\x82") ==
        "\xC3\xA9 \xE4\xBD\xA0 \xF0\x9F\x99\x82");
  CHECK(visible("\xC2\x85\xC2\x9F\xC2\xA0") == "\\u0085\\u009F\xC2\xA0");
}

TEST_CASE("text: UTF-8 and ASCII from end to end") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("a\xE7\x94\xA8\xF0\x9F\x93\xAE"));
  CHECK_FALSE(is_utf8("a\xE7\x94"));
  CHECK_FALSE(is_utf8("\xC0\xAF"));
  CHECK(is_ascii(std::string_view("a\0\x7F", 3)));
  CHECK_FALSE(is_ascii("\xC3\xA9"));
}
