#include "cli/values.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sandpost::cli {
namespace {

std::string repeat(std::size_t times, char c) {
  return std::string(times, c);
}

TEST_CASE("values: a host is a numeric address") {
  for (const char* good : {"127.0.0.1", "0.0.0.0", "192.168.1.20", "::1", "::", "fe80::1"}) {
    CAPTURE(good);
    CHECK(parse_host(good).value_or("refused") == good);
  }
  for (const char* bad : {"", "mail.example.org", "127.1", "1.2.3", "256.0.0.1", "1.2.3.4 ",
                          "[::1]", "fe80::1%eth0"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_host(bad));
    CHECK(parse_host(bad).error() ==
          "'" + std::string(bad) +
              "' is not a numeric address: write it like 127.0.0.1 or ::1, without brackets");
  }
}

TEST_CASE("values: localhost is told which number to write") {
  REQUIRE_FALSE(parse_host("LocalHost"));
  CHECK(parse_host("LocalHost").error() == "'LocalHost' is a name: write 127.0.0.1 or ::1");
}

TEST_CASE("values: loopback is 127.0.0.0/8 and ::1") {
  for (const char* inside : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"}) {
    CAPTURE(inside);
    CHECK(is_loopback(inside));
  }
  for (const char* outside : {"0.0.0.0", "128.0.0.1", "126.0.0.1", "10.0.0.1", "::", "::2",
                              "fe80::1", "::ffff:10.0.0.1"}) {
    CAPTURE(outside);
    CHECK_FALSE(is_loopback(outside));
  }
}

TEST_CASE("values: a port is a number from 0 to 65535") {
  CHECK(parse_port("0").value_or(1) == 0);
  CHECK(parse_port("2525").value_or(0) == 2525);
  CHECK(parse_port("65535").value_or(0) == 65535);
  for (const char* bad : {"", "65536", "-1", "+25", "25x", " 25", "25 ", "2 5", "0x19", "smtp",
                          "99999999999999999999"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_port(bad));
    CHECK(parse_port(bad).error() ==
          "'" + std::string(bad) +
              "' is not a port: write a number from 0 to 65535, 0 for any free one");
  }
}

TEST_CASE("values: a clock before 1900 gave letters a date with a year of one digit") {
  for (const char* bad : {"0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z",
                          "1900-01-01T07:59:59+08:00", "1900-01-01T00:00:00-00:01"}) {
    CAPTURE(bad);
    const bool local = std::string_view(bad).starts_with("1900");
    CHECK(parse_clock(bad).has_value() == local);
  }
  CHECK(parse_clock("1899-12-31T23:59:59Z").error() ==
        "'1899-12-31T23:59:59Z' is too long ago for a letter: write a time of the year 1900 or "
        "later");
  CHECK(parse_clock("yesterday").error() == parse_rfc3339("yesterday").error());
  CHECK(parse_clock("2001-10-15T09:00:00+08:00").value().offset == std::chrono::hours{8});
}

TEST_CASE("values: a file has a name") {
  CHECK(parse_file_name("mail.db").value_or("") == "mail.db");
  CHECK(parse_file_name(" ").value_or("") == " ");
  REQUIRE_FALSE(parse_file_name(""));
  CHECK(parse_file_name("").error() ==
        "the name of the file is empty: write one, or leave the option out");
}

TEST_CASE("values: the learner is a plain name at a real domain") {
  for (const char* good : {"s9360511@ntut.edu.tw", "a.b+c@x", "me@Example.ORG", "x@1a.tw"}) {
    CAPTURE(good);
    REQUIRE(parse_learner(good));
    CHECK(parse_learner(good)->to_text() == good);
  }
  const std::string longest_name = repeat(64, 'n') + "@x.tw";
  CHECK(parse_learner(longest_name));
}

TEST_CASE("values: what is not a plain address is refused") {
  const std::string too_long_name = repeat(65, 'n') + "@x.tw";
  for (const std::string& bad :
       {std::string(), std::string("s9360511"), std::string("@ntut.edu.tw"), std::string("a@"),
        std::string("a@b@c"), std::string("<a@b.tw>"), std::string("\"a b\"@c.tw"),
        std::string("\"a\"@c.tw"), std::string(".a@b.tw"), std::string("a..b@c.tw"),
        std::string("a b@c.tw"), std::string("a@b_c.tw"), std::string("a@-b.tw"),
        std::string("a@b.tw "), std::string("a@b..tw"), std::string("\xC3\xA4@b.tw"),
        std::string("<@x.tw:a@b.tw>"), too_long_name}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_learner(bad));
    CHECK(parse_learner(bad).error() ==
          "'" + bad + "' is not a plain address: write it like s9360511@ntut.edu.tw");
  }
}

TEST_CASE("values: an address in numbers is no domain for the learner") {
  for (const std::string bad : {"a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.1"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_learner(bad));
    CHECK(parse_learner(bad).error() ==
          "'" + bad + "' has no domain name behind the @: write one, like ntut.edu.tw");
  }
}

TEST_CASE("values: the server's name must fit in a domain, too") {
  // Four labels and their dots: 3 * 62 + 64 is 250, and "mail." makes 255.
  const std::string start = "a@" + repeat(61, 'x') + '.' + repeat(61, 'x') + '.' + repeat(61, 'x');
  const std::string longest = start + '.' + repeat(61, 'x') + ".xx";
  CHECK(longest.size() == 2 + 250);
  CHECK(parse_learner(longest));
  REQUIRE_FALSE(parse_learner(longest + "x"));
  CHECK(parse_learner(longest + "x").error() ==
        "the domain is too long: write one of 250 characters at most");
}

TEST_CASE("values: a password is 1 to 200 octets without control characters") {
  for (const std::string& good :
       {std::string("x"), std::string("two words "), std::string(":"), std::string("--x"),
        std::string("\xE5\xAF\x86"), repeat(200, 'p')}) {
    CAPTURE(good);
    CHECK(parse_password(good).value_or("") == good);
  }
  CHECK(parse_password("").error() == "the password is empty: write one");
  CHECK(parse_password(repeat(201, 'p')).error() ==
        "the password is too long: write 200 octets at most");
  for (const char* bad : {"a\tb", "a\nb", "\r", "a\x7F", "\x1B[A"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_password(bad));
    CHECK(parse_password(bad).error() ==
          "the password holds a control character: write one that can be typed");
  }
}

TEST_CASE("values: the first colon divides name and password") {
  const auto account = parse_account("alice:wonder:land");
  REQUIRE(account);
  CHECK(account->name == "alice");
  CHECK(account->password == "wonder:land");
  CHECK(parse_account(repeat(64, 'n') + ":p"));
}

TEST_CASE("values: a bad account says what is wrong, and never shows the password") {
  struct {
    std::string text;
    std::string error;
  } const cases[] = {
      {"alice", "'alice' has no colon: write NAME:PASSWORD, like alice:wonderland"},
      {"", "'' has no colon: write NAME:PASSWORD, like alice:wonderland"},
      {":hush", "the name is missing: write NAME:PASSWORD, like alice:wonderland"},
      {"a@b:hush", "'a@b' is not a plain name: write what stands before the @, like alice"},
      {"a b:hush", "'a b' is not a plain name: write what stands before the @, like alice"},
      {".a:hush", "'.a' is not a plain name: write what stands before the @, like alice"},
      {"\"a\":hush", "'\"a\"' is not a plain name: write what stands before the @, like alice"},
      {"\"a b\":hush", "'\"a b\"' is not a plain name: write what stands before the @, like alice"},
      {"<a:hush", "'<a' is not a plain name: write what stands before the @, like alice"},
      {repeat(65, 'n') + ":hush", "the name is too long: write 64 characters at most"},
      {"alice:", "for 'alice' the password is empty: write one"},
      {"alice:hu\x08sh",
       "for 'alice' the password holds a control character: write one that can be typed"},
      {"alice:" + repeat(201, 'p'),
       "for 'alice' the password is too long: write 200 octets at most"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    REQUIRE_FALSE(parse_account(c.text));
    CHECK(parse_account(c.text).error() == c.error);
  }
}

TEST_CASE("values: colour is one of three words") {
  CHECK(parse_color("auto").value_or(Color::never) == Color::automatic);
  CHECK(parse_color("always").value_or(Color::never) == Color::always);
  CHECK(parse_color("never").value_or(Color::always) == Color::never);
  for (const char* bad : {"", "Auto", "yes", "purple"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_color(bad));
    CHECK(parse_color(bad).error() ==
          "'" + std::string(bad) + "' is not a choice: write auto, always or never");
  }
}

TEST_CASE("values: a switch has four words for yes and four for no") {
  for (const char* on : {"1", "true", "yes", "on", "YES", "True"}) {
    CAPTURE(on);
    CHECK(parse_switch(on).value_or(false));
  }
  for (const char* off : {"0", "false", "no", "off", "Off", "FALSE"}) {
    CAPTURE(off);
    CHECK_FALSE(parse_switch(off).value_or(true));
  }
  for (const char* bad : {"", "2", "y", "maybe", "yes "}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_switch(bad));
    CHECK(parse_switch(bad).error() ==
          "'" + std::string(bad) +
              "' is neither yes nor no: write yes or no (1, 0, true, false, on, off)");
  }
}

}  // namespace
}  // namespace sandpost::cli
