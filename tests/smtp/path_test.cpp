// MAIL and RCPT: paths as people and programs write them, and parameters (RFC 1870, RFC 6152).

#include <doctest/doctest.h>

#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;

TEST_CASE("smtp paths: what MAIL takes, and how it is kept") {
  const struct {
    std::string said, from;
  } table[] = {
      {"<>", ""},
      {"<a@b>", "a@b"},
      {"<a@B.Example>", "a@B.Example"},
      {"<A.b+c=d@e.f>", "A.b+c=d@e.f"},
      {"<!#$%&'*+-/=?^_`{|}~@b.c>", "!#$%&'*+-/=?^_`{|}~@b.c"},
      {"<\"john smith\"@b.c>", "\"john smith\"@b.c"},
      {"<\"a@b\"@c.d>", "\"a@b\"@c.d"},
      {"<\"a\\\"b\\\\c\"@d.e>", "\"a\\\"b\\\\c\"@d.e"},
      {"<\"plain\"@b.c>", "plain@b.c"},
      {"<\"> x\"@b.c>", "\"> x\"@b.c"},
      {"<a@[192.0.2.1]>", "a@[192.0.2.1]"},
      {"<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]"},
      {"<@relay.example:a@b.c>", "a@b.c"},
      {"<@r1.example,@[192.0.2.1]:a@b.c>", "a@b.c"},
      {"<" + std::string(64, 'a') + "@b.c>", std::string(64, 'a') + "@b.c"},
      {"a@b.c", "a@b.c"},
      {"<s9360511>", "s9360511"},
      {"<postmaster>", "postmaster"},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    const auto played = play(World{}, helo + "MAIL FROM:" + row.said + "\r\n");
    CHECK(played.last_line() == "250 2.1.0 sender ok");
    CHECK(played.last("smtp.mail").text("from") == row.from);
    const auto letter =
        play(World{}, helo + "MAIL FROM:" + row.said + "\r\nRCPT TO:<bob>\r\nDATA\r\n.\r\n");
    REQUIRE(letter.accepted.size() == 1);
    CHECK(letter.accepted.front().envelope.reverse_path.to_text() == row.from);
  }
}

TEST_CASE("smtp paths: what MAIL does not take") {
  for (const std::string& said : {
           std::string("<a@b.c"),
           std::string("a@b.c>"),
           std::string("<a@>"),
           std::string("<@b>"),
           std::string("<a@@b>"),
           std::string("<a@b@c>"),
           std::string("<.a@b>"),
           std::string("<a.@b>"),
           std::string("<a..b@c>"),
           std::string("<a b@c>"),
           std::string("<a@b c>"),
           std::string("<\"a@b.c>"),
           std::string("<a@b_c>"),
           std::string("<a@-b>"),
           std::string("<a@b->"),
           std::string("<a@b..c>"),
           std::string("<a@[300.0.0.1]>"),
           std::string("<a@[IPv6:x]>"),
           std::string("<a@[x]>"),
           std::string("<a@[1.2.3.4>"),
           std::string("<(a)@b>"),
           std::string("<a,b@c>"),
           std::string("<<a@b>>"),
           std::string("< a@b >"),
           std::string("<@relay.example a@b.c>"),
           std::string("<@relay.example:>"),
           std::string("<@:a@b.c>"),
           "<" + std::string(65, 'a') + "@b.c>",
           "<a@" + std::string(64, 'b') + ".c>",
           "<a@" + std::string(127, 'b') + '.' + std::string(128, 'c') + ">",
           std::string(">"),
           std::string("<"),
       }) {
    CAPTURE(said);
    const auto played = play(World{}, helo + "MAIL FROM:" + said + "\r\n");
    CHECK(played.last_line().starts_with("501 5.1.7 "));
    CHECK(played.last_line().ends_with(". Write it like this: MAIL FROM:<name@domain>"));
    CHECK(answer(World{}, helo + "MAIL FROM:" + said + "\r\n", "MAIL FROM:<>\r\n") ==
          "250 2.1.0 sender ok\r\n");
  }
}

TEST_CASE("smtp paths: recipients of this server, in every way they can be written") {
  const struct {
    const char *said, *asked;
  } table[] = {
      {"<bob@ntut.edu.tw>", "bob"},
      {"<BOB@NTUT.EDU.TW>", "BOB"},
      {"<bob@Mail.ntut.edu.tw>", "bob"},  // the server's own name (RFC 1123 §5.2.17)
      {"bob@ntut.edu.tw", "bob"},
      {"<bob>", "bob"},
      {"<\"bob\"@ntut.edu.tw>", "bob"},
      {"<\"john smith\"@ntut.edu.tw>", "john smith"},
      {"<\"b\\ob\"@ntut.edu.tw>", "bob"},
      {"<@relay.example,@other.example:bob@ntut.edu.tw>", "bob"},
      {"<postmaster>", "postmaster"},
      {"<Postmaster@ntut.edu.tw>", "Postmaster"},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    const auto played = play(World{}, sender + "RCPT TO:" + row.said + "\r\n");
    CHECK(played.last_line() == "250 2.1.5 recipient ok");
    CHECK(played.asked == std::vector<std::string>{row.asked});
  }
  // A foreign domain is no question for the directory.
  CHECK(play(World{}, sender + "RCPT TO:<@ntut.edu.tw:bob@b.c>\r\n").asked.empty());
}

TEST_CASE("smtp parameters: SIZE in all its forms (RFC 1870)") {
  World world;
  world.settings.limits.message_size = 5000;
  const struct {
    std::string said, reply, cause;
  } table[] = {
      {"SIZE=0", "250 2.1.0 sender ok", ""},
      {"SIZE=1", "250 2.1.0 sender ok", ""},
      {"size=5000", "250 2.1.0 sender ok", ""},
      {"SIZE=00000000000000005000", "250 2.1.0 sender ok", ""},
      {"SIZE=5001", "552 5.3.4 message too big: 5000 octets at most", "too_big"},
      {"SIZE=18446744073709551615", "552 5.3.4 message too big: 5000 octets at most", "too_big"},
      {"SIZE=18446744073709551616", "552 5.3.4 message too big: 5000 octets at most", "too_big"},
      {"SIZE=99999999999999999999", "552 5.3.4 message too big: 5000 octets at most", "too_big"},
      {"SIZE=999999999999999999999",
       "501 5.5.4 this parameter makes no sense: "
       "SIZE=999999999999999999999",
       "bad_parameter"},
      {"SIZE=", "501 5.5.4 this parameter makes no sense: SIZE=", "bad_parameter"},
      {"SIZE", "501 5.5.4 this parameter makes no sense: SIZE", "bad_parameter"},
      {"SIZE=x", "501 5.5.4 this parameter makes no sense: SIZE=x", "bad_parameter"},
      {"SIZE=-1", "501 5.5.4 this parameter makes no sense: SIZE=-1", "bad_parameter"},
      {"SIZE=+1", "501 5.5.4 this parameter makes no sense: SIZE=+1", "bad_parameter"},
      {"SIZE=1k", "501 5.5.4 this parameter makes no sense: SIZE=1k", "bad_parameter"},
      {"SIZE=0x10", "501 5.5.4 this parameter makes no sense: SIZE=0x10", "bad_parameter"},
      {"SIZE=1 SIZE=1", "501 5.5.4 this parameter makes no sense: SIZE=1", "bad_parameter"},
      {"SIZE=1 size=2", "501 5.5.4 this parameter makes no sense: size=2", "bad_parameter"},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    const auto played = play(world, ehlo + "MAIL FROM:<a@b.c> " + row.said + "\r\n");
    CHECK(played.last_line() == row.reply);
    CHECK(played.last("smtp.error").text("cause") == row.cause);
    // Refused with its parameters, the sender is not taken either.
    CHECK(play(world, ehlo + "MAIL FROM:<a@b.c> " + row.said + "\r\nRCPT TO:<bob>\r\n")
              .last_line()
              .starts_with(row.cause.empty() ? "250 " : "503 "));
  }
}

TEST_CASE("smtp parameters: BODY, others, and none of them after HELO") {
  const struct {
    std::string before, said, reply, cause;
  } table[] = {
      {ehlo, "BODY=7BIT", "250 2.1.0 sender ok", ""},
      {ehlo, "BODY=8BITMIME", "250 2.1.0 sender ok", ""},
      {ehlo, "body=8bitmime SIZE=10", "250 2.1.0 sender ok", ""},
      {ehlo, "  SIZE=10    BODY=7BIT  ", "250 2.1.0 sender ok", ""},
      {ehlo, "BODY=BINARYMIME", "250 2.1.0 sender ok", ""},
      {ehlo, "SMTPUTF8 RET=HDRS ENVID=x", "250 2.1.0 sender ok", ""},
      {ehlo, "HOLDFOR=1", "555 5.5.4 parameter not known: HOLDFOR", "unknown_parameter"},
      {ehlo, "AUTH=<>", "555 5.5.4 parameter not known: AUTH", "unknown_parameter"},
      {ehlo, "NOTIFY=NEVER", "555 5.5.4 parameter not known: NOTIFY", "unknown_parameter"},
      {ehlo, "BODY=9BIT", "501 5.5.4 this parameter makes no sense: BODY=9BIT", "bad_parameter"},
      {ehlo, "BODY=", "501 5.5.4 this parameter makes no sense: BODY=", "bad_parameter"},
      {ehlo, "BODY=7BIT BODY=7BIT", "501 5.5.4 this parameter makes no sense: BODY=7BIT",
       "bad_parameter"},
      {helo, "SMTPUTF8", "555 5.5.4 parameter not known: SMTPUTF8", "unknown_parameter"},
      {helo, "RET=HDRS", "555 5.5.4 parameter not known: RET", "unknown_parameter"},
      {helo, "ENVID=x", "555 5.5.4 parameter not known: ENVID", "unknown_parameter"},
      {ehlo, "SIZE=10 X", "555 5.5.4 parameter not known: X", "unknown_parameter"},
      {ehlo, "=1", "501 5.5.4 this parameter makes no sense: =1", "bad_parameter"},
      {ehlo, "\xEF\xBC\xB3IZE=1", "555 5.5.4 parameter not known: ???IZE", "unknown_parameter"},
      {helo, "SIZE=10", "555 5.5.4 parameter not known: SIZE", "unknown_parameter"},
      {helo, "BODY=7BIT", "555 5.5.4 parameter not known: BODY", "unknown_parameter"},
      {ehlo + helo, "SIZE=10", "555 5.5.4 parameter not known: SIZE", "unknown_parameter"},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    const auto played = play(World{}, row.before + "MAIL FROM:<a@b.c> " + row.said + "\r\n");
    CHECK(played.last_line() == row.reply);
    CHECK(played.last("smtp.error").text("cause") == row.cause);
  }
}

TEST_CASE("smtp parameters: RCPT has NOTIFY and ORCPT, and after HELO none") {
  const struct {
    std::string before, said;
  } table[] = {{helo, "NOTIFY=NEVER"}, {helo, "ORCPT=rfc822;bob@b.c"},
               {ehlo, "SIZE=10"},      {ehlo, "RET=FULL"},
               {ehlo, "SMTPUTF8"},     {ehlo, "x"}};
  for (const auto& row : table) {
    CAPTURE(row.said);
    const auto played = play(
        World{}, row.before + "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw> " + row.said + "\r\n");
    CHECK(played.last_line().starts_with("555 5.5.4 parameter not known: "));
    CHECK(played.asked.empty());
  }
}

TEST_CASE(
    "smtp paths: mail for the address that was connected to was relaying if spelt otherwise") {
  World world;
  world.connection.own_literal = "[IPv6:::1]";
  for (const char* literal : {"[IPv6:::1]", "[IPv6:0:0:0:0:0:0:0:1]", "[ipv6:0::1]"}) {
    CAPTURE(literal);
    CHECK(answer(world, sender, "RCPT TO:<bob@" + std::string(literal) + ">\r\n") ==
          "250 2.1.5 recipient ok\r\n");
  }
  CHECK(answer(world, sender, "RCPT TO:<bob@[127.0.0.1]>\r\n").starts_with("550 5.7.1 "));
}
