#include "pop3/command.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using namespace sandpost::pop3;

TEST_CASE("pop3 command: verb, rest and arguments, with blanks forgiven and without") {
  using Arguments = std::vector<std::string>;
  const struct {
    std::string line;
    bool forgive;
    std::string verb, rest;
    Arguments arguments;
  } table[] = {
      {"TOP 1 5", true, "TOP", "1 5", {"1", "5"}},
      {"  TOP  1\t5 ", true, "TOP", " 1\t5 ", {"1", "5"}},
      {"PASS  a b ", true, "PASS", " a b ", {"a", "b"}},
      {"QUIT", true, "QUIT", "", {}},
      {"QUIT ", true, "QUIT", "", {}},
      {"", true, "", "", {}},
      {" \t", true, "", "", {}},
      {"TOP 1 5", false, "TOP", "1 5", {"1", "5"}},
      {"TOP  1", false, "TOP", " 1", {"", "1"}},
      {"QUIT ", false, "QUIT", "", {""}},
      {" QUIT", false, "", "QUIT", {"QUIT"}},
      {"QUIT", false, "QUIT", "", {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.line);
    const Command command = split_command(row.line, row.forgive);
    CHECK(command.verb == row.verb);
    CHECK(command.rest == row.rest);
    CHECK(command.arguments == row.arguments);
  }
}

TEST_CASE("pop3 command: numbers are digits only, and the greatest is not exceeded") {
  constexpr auto greatest = std::numeric_limits<std::uint64_t>::max();
  CHECK(parse_number("0") == 0);
  CHECK(parse_number("0012") == 12);
  CHECK(parse_number("18446744073709551615") == greatest);
  CHECK(parse_number("18446744073709551616") == greatest);
  CHECK(parse_number(std::string(500, '9')) == greatest);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1a", "0x1", "1.0", "\xD9\xA1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text));
  }
}
