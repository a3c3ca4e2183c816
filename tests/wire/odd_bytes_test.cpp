#include "wire/odd_bytes.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sandpost::wire;

TEST_CASE("odd bytes: the first control byte, with its place and its look") {
  CHECK_FALSE(find_control("HELO x \xC3\xA9"));
  const auto backspace = find_control("ab\x08\x1B");
  REQUIRE(backspace);
  CHECK(backspace->cause == Cause::control_bytes);
  CHECK(backspace->column == 3);
  CHECK(backspace->shown == "^H");
  CHECK(find_control("\x1B[D")->cause == Cause::escape_bytes);
  CHECK(find_control("\xE4\xBD\xA0\x7F")->column == 2);
}

TEST_CASE("odd bytes: the kinds of what is beyond ASCII") {
  const struct {
    std::string line;
    Cause cause;
    std::size_t column;
    std::string shown, meant;
  } table[] = {
      {"\xEF\xBC\xA8"
       "ELO",
       Cause::full_width, 1, "U+FF28", "H"},
      {"MAIL FROM\xEF\xBC\x9A", Cause::full_width, 10, "U+FF1A", ":"},
      {"\xEF\xBC\x81", Cause::full_width, 1, "U+FF01", "!"},
      {"\xEF\xBD\x9E", Cause::full_width, 1, "U+FF5E", "~"},
      {"\xEF\xBD\x9F", Cause::non_ascii, 1, "U+FF5F", ""},
      {"a\xE3\x80\x80", Cause::full_width, 2, "U+3000", " "},
      {"\xE3\x80\x82", Cause::full_width, 1, "U+3002", "."},
      {"\xE2\x80\x98", Cause::smart_quote, 1, "U+2018", "'"},
      {"\xE2\x80\x9D", Cause::smart_quote, 1, "U+201D", "\""},
      {"a\xC2\xA0", Cause::nbsp, 2, "U+00A0", " "},
      {"\xE4\xBD\xA0", Cause::non_ascii, 1, "U+4F60", ""},
      {"\xF0\x9F\x99\x82", Cause::non_ascii, 1, "U+1F642", ""},
      {"a\xA4", Cause::non_ascii, 2, "\\xA4", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.line);
    const auto odd = find_non_ascii(row.line);
    REQUIRE(odd);
    CHECK(odd->cause == row.cause);
    CHECK(odd->column == row.column);
    CHECK(odd->shown == row.shown);
    CHECK(odd->meant == row.meant);
  }
  CHECK_FALSE(find_non_ascii("plain \x1B"));
}

TEST_CASE("odd bytes: a backspace takes the character before it away, whatever its length") {
  const struct {
    std::string typed, meant;
  } table[] = {{"helo ntxx\x08\x08ut", "helo ntut"},
               {"abc\x7F\x7F\x7F\x7Fz", "z"},
               {"\x08", ""},
               {"a\xC3\xA9\x08", "a"},
               {"a\xE4\xBD\xA0\x08z", "az"},
               {"a\xF0\x9F\x99\x82\x08", "a"},
               {"ab\xA4\xA4\x08", "ab\xA4"},
               {"\xA4\x08", ""},
               {"plain", "plain"}};
  for (const auto& row : table) {
    CAPTURE(row.typed);
    CHECK(with_backspaces_applied(row.typed) == row.meant);
  }
}
