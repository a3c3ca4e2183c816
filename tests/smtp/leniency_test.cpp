// Each leniency on and off: what is taken kindly, and how it is refused by the letter of the RFC.

#include <doctest/doctest.h>

#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;

namespace {

// The cause for which the last line is refused; empty if it was accepted.
std::string refused(const World& world, const std::string& before, const std::string& line) {
  const std::string earlier = play(world, before).told();
  const auto played = play(world, before + line + "\r\n");
  REQUIRE(played.told().starts_with(earlier));
  if (played.told().substr(earlier.size()).find("smtp.error") == std::string::npos) return "";
  return played.last("smtp.error").text("cause");
}

World without(bool smtp::Leniency::*flag) {
  World world;
  world.settings.leniency.*flag = false;
  return world;
}

}  // namespace

TEST_CASE("smtp leniency: a blank after the colon, and before it") {
  const World kind;
  const World strict = without(&smtp::Leniency::allow_space_around_colon);
  for (const char* said : {"MAIL FROM: <a@b.c>", "MAIL FROM:   <a@b.c>", "MAIL FROM :<a@b.c>"}) {
    CAPTURE(said);
    CHECK(refused(kind, helo, said).empty());
  }
  CHECK(refused(strict, helo, "MAIL FROM: <a@b.c>") == "colon_space");
  CHECK(refused(strict, helo, "MAIL FROM:  <a@b.c>") == "colon_space");
  CHECK(refused(strict, helo, "MAIL FROM :<a@b.c>") == "no_colon");
  CHECK(refused(strict, sender, "RCPT TO: <bob@ntut.edu.tw>") == "colon_space");
  CHECK(refused(strict, helo, "MAIL FROM:<a@b.c>").empty());
  CHECK(refused(strict, sender, "RCPT TO:<bob@ntut.edu.tw>").empty());
  CHECK(play(strict, helo + "MAIL FROM: <a@b.c>\r\n").last_line() ==
        "501 5.5.4 Write it like this: MAIL FROM:<name@domain>");
  // What was kindly taken is told.
  CHECK(play(kind, helo + "MAIL FROM: <a@b.c>\r\n").last("smtp.mail").flag("space"));
  CHECK_FALSE(play(kind, helo + "MAIL FROM:<a@b.c>\r\n").last("smtp.mail").flag("space"));
}

TEST_CASE("smtp leniency: an address without brackets") {
  const World kind;
  const World strict = without(&smtp::Leniency::allow_no_brackets);
  CHECK(refused(kind, helo, "MAIL FROM:a@b.c").empty());
  CHECK(refused(kind, ehlo, "MAIL FROM: a@b.c SIZE=10").empty());
  CHECK(refused(kind, sender, "RCPT TO:bob@ntut.edu.tw").empty());
  CHECK(refused(strict, helo, "MAIL FROM:a@b.c") == "no_brackets");
  CHECK(refused(strict, sender, "RCPT TO:bob@ntut.edu.tw") == "no_brackets");
  CHECK(refused(strict, helo, "MAIL FROM:<a@b.c>").empty());
  CHECK(play(strict, helo + "MAIL FROM:a@b.c\r\n").last_line() ==
        "501 5.1.7 the brackets < > are missing. Write it like this: MAIL FROM:<name@domain>");
  CHECK_FALSE(play(kind, helo + "MAIL FROM:a@b.c\r\n").last("smtp.mail").flag("brackets"));
  CHECK(play(kind, helo + "MAIL FROM:<a@b.c>\r\n").last("smtp.mail").flag("brackets"));
}

TEST_CASE("smtp leniency: an address without a domain; postmaster needs none (RFC 5321 §4.5.1)") {
  const World kind;
  const World strict = without(&smtp::Leniency::allow_no_domain);
  for (const char* name : {"bob", "s9360511", "postmaster", "PostMaster"}) {
    CAPTURE(name);
    CHECK(refused(kind, sender, "RCPT TO:<" + std::string(name) + ">").empty());
    CHECK(refused(kind, helo, "MAIL FROM:<" + std::string(name) + ">").empty());
  }
  CHECK(refused(strict, sender, "RCPT TO:<bob>") == "bad_address");
  CHECK(refused(strict, helo, "MAIL FROM:<bob>") == "bad_address");
  CHECK(refused(strict, helo, "MAIL FROM:<postmaster>") == "bad_address");
  CHECK(refused(strict, sender, "RCPT TO:<postmaster>").empty());
  CHECK(refused(strict, sender, "RCPT TO:<POSTMASTER>").empty());
  CHECK(refused(strict, helo, "MAIL FROM:<>").empty());
}

TEST_CASE("smtp leniency: backspaces are applied as they looked on the screen") {
  const World kind;
  const World strict = without(&smtp::Leniency::allow_backspace);
  CHECK(refused(kind, "", "HELLO\x08\x08O x.example").empty());
  CHECK(refused(kind, "", "\x08NOOO\x7FP").empty());
  CHECK(refused(kind, "", "x\x08") == "empty_line");
  CHECK(play(kind, helo + "MAIL FROM:<\xE4\xBD\xA0\x08"
                          "a@b.c>\r\n")
            .last("smtp.mail")
            .text("from") == "a@b.c");
  CHECK(refused(strict, "", "NOO\x08OP") == "control_bytes");
  CHECK(refused(strict, "", "NOOP\x7F") == "control_bytes");
  CHECK(play(strict, "NO\x08\x08\r\n").last("smtp.error").number("count") == 2);
}

TEST_CASE("smtp leniency: a session whose lines end in LF") {
  const World kind;
  World strict = without(&smtp::Leniency::allow_lf);
  CHECK(play(kind, "NOOP\nNOOP\n").codes() == "220 250 250");
  CHECK(play(strict, "NOOP\nNOOP\r\n").codes() == "220 500 250");
  CHECK(play(strict, "NOOP\n").last("smtp.error").text("cause") == "lf_only");
  CHECK(play(strict, "NOOP\r\nNOOP\nNOOP\r\n").codes() == "220 250 500");
  strict.settings.offers_tls = true;
  CHECK(play(strict, "STARTTLS\r\nNOOP\n").codes() == "220 220 500");
}

TEST_CASE("smtp leniency: blanks before the verb, and more than one behind it") {
  const World kind;
  const World strict = without(&smtp::Leniency::allow_blanks_around);
  for (const char* said : {" NOOP", "\tNOOP", "QUIT ", "HELO  x.example ", "RSET   "}) {
    CAPTURE(said);
    CHECK(refused(kind, "", said).empty());
  }
  CHECK(refused(strict, "", " NOOP") == "trailing_space");
  CHECK(play(strict, " NOOP\r\n").last_line() ==
        "500 5.5.2 a command stands at the very start of its line: no blank before it");
  CHECK(refused(strict, "", "HELO  x.example") == "bad_name");
  CHECK(refused(strict, "", "RSET   ") == "unwanted_argument");
  CHECK(refused(strict, "", "\tNOOP") == "control_bytes");
  CHECK(refused(strict, "", "RSET").empty());
  CHECK(refused(strict, "", "HELO x.example").empty());
}

TEST_CASE("smtp leniency: a HELO name that is no domain") {
  const World kind;
  const World strict = without(&smtp::Leniency::allow_any_helo_name);
  for (const char* name : {"my_pc", "x.", "-", "a..b", "[1.2.3]"}) {
    CAPTURE(name);
    CHECK(refused(kind, "", "HELO " + std::string(name)).empty());
    CHECK(refused(strict, "", "HELO " + std::string(name)) == "bad_name");
    CHECK(refused(strict, "", "EHLO " + std::string(name)) == "bad_name");
  }
  for (const char* name : {"ntut.edu.tw", "localhost", "[127.0.0.1]", "[IPv6:::1]"}) {
    CAPTURE(name);
    CHECK(refused(strict, "", "HELO " + std::string(name)).empty());
  }
}

TEST_CASE("smtp leniency: with none at all, a program that keeps the rules notices nothing") {
  World strict;
  strict.settings.leniency = {false, false, false, false, false, false};
  const auto played = play(strict, ehlo +
                                       "MAIL FROM:<ann@client.example> SIZE=20 BODY=8BITMIME\r\n"
                                       "RCPT TO:<bob@ntut.edu.tw>\r\nRCPT TO:<postmaster>\r\n"
                                       "DATA\r\nSubject: x\r\n\r\n.\r\nQUIT\r\n");
  CHECK(played.codes() == "220 250 250 250 250 354 250 221");
}
