// What EHLO announces, and that each of it works.

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "base/base64.hpp"
#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;
using namespace std::chrono_literals;
using Outcome = wire::SaslStep::Outcome;

namespace {

const std::string to_bob = ehlo + "MAIL FROM:<a@b.c>\r\nRCPT TO:<bob@ntut.edu.tw>\r\n";

World encrypting() {
  World world;
  world.settings.offers_tls = true;
  return world;
}

World asking(std::vector<wire::SaslStep> steps) {
  World world;
  world.settings.mechanisms = {"SCRAM-SHA-256", "PLAIN"};
  world.sasl = std::move(steps);
  return world;
}

World holding() {
  World world;
  world.settings.now = parse_rfc3339("2026-11-23T06:00:00Z")->time;
  world.settings.longest_hold = 3600s;
  return world;
}

std::string codes(const World& world, const std::string& before, const std::string& bytes) {
  const std::string had = play(world, before).codes();
  const std::string all = play(world, before + bytes).codes();
  REQUIRE(all.starts_with(had));
  return all.size() == had.size() ? "" : all.substr(had.size() + 1);
}

Accepted accepted(const World& world, const std::string& bytes) {
  const Played played = play(world, bytes);
  REQUIRE(played.accepted.size() == 1);
  return played.accepted.front();
}

}  // namespace

TEST_CASE("smtp extensions: EHLO lists them, those that are on") {
  const std::string top =
      "250-mail.ntut.edu.tw hello client.example [127.0.0.1]\r\n250-SIZE 26214400\r\n"
      "250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n"
      "250-CHUNKING\r\n250-BINARYMIME\r\n";
  const std::string end = "250-LIMITS RCPTMAX=1000\r\n250-EXPN\r\n250 HELP\r\n";
  CHECK(answer(World{}, "", ehlo) == top + "250-DSN\r\n" + end);
  World world = holding();
  world.settings.offers_tls = true;
  world.settings.mechanisms = {"SCRAM-SHA-256", "PLAIN"};
  const std::string rest =
      "250-AUTH SCRAM-SHA-256 PLAIN\r\n250-DSN\r\n"
      "250-FUTURERELEASE 3600 2026-11-23T07:00:00Z\r\n" +
      end;
  CHECK(answer(world, "", ehlo) == top + "250-STARTTLS\r\n" + rest);
  CHECK(answer(world, "STARTTLS\r\n", ehlo) == top + rest);
  world.settings.tls = true;
  CHECK(answer(world, "", ehlo) == top + rest);
}

TEST_CASE("smtp extensions: STARTTLS begins the session anew") {
  const World world = encrypting();
  const auto played = play(world, to_bob + "STARTTLS\r\nDATA\r\nMAIL FROM:<a@b.c>\r\nSTARTTLS\r\n");
  CHECK(played.handshakes == 1);
  CHECK(meanings(played).find("smtp.starttls version=TLSv1.3 "
                              "cipher=TLS_AES_256_GCM_SHA384 code=220") != std::string::npos);
}

TEST_CASE("smtp extensions: what STARTTLS forgets, and when it is refused") {
  const World world = encrypting();
  Dialogue dialogue(world);
  dialogue.say(to_bob);
  dialogue.say("STARTTLS\r\n");
  CHECK(dialogue.played.handshakes == 1);
  for (const char* line : {"DATA\r\n", "MAIL FROM:<a@b.c>\r\n", "STARTTLS\r\n"}) {
    dialogue.say(line);
    CHECK(dialogue.played.last_line().starts_with("503 5.5.1 "));
  }
  CHECK(dialogue.played.handshakes == 1);
  CHECK(codes(World{}, ehlo, "STARTTLS\r\n") == "502");
  CHECK(codes(world, ehlo, "STARTTLS now\r\n") == "501");
}

TEST_CASE("smtp extensions: what is sent behind STARTTLS in the clear is never run") {
  const World world = encrypting();
  Dialogue dialogue(world);
  dialogue.say("STARTTLS\r\nHELO evil.example\r\nMAIL FROM:<evil@b.c>\r\nRSE");
  CHECK(dialogue.played.handshakes == 1);
  CHECK(dialogue.played.codes() == "220 220");
  dialogue.say("MAIL FROM:<a@b.c>\r\n");
  CHECK(dialogue.played.codes() == "220 220 503");
  CHECK(dialogue.result().count("smtp.helo") == 0);
}

TEST_CASE("smtp extensions: AUTH, what is asked and what is said") {
  const wire::SaslStep ok{Outcome::accepted, {}, "bob"};
  const wire::SaslStep ask{Outcome::challenge, "hi", {}};
  const struct {
    std::string said;
    std::vector<wire::SaslStep> steps;
    std::string codes;
    std::vector<std::string> asked;
  } table[] = {
      {"AUTH PLAIN YQ==\r\n", {ok}, "235", {"PLAIN|a"}},
      {"auth plain YQ==\r\n", {ok}, "235", {"PLAIN|a"}},
      {"AUTH PLAIN =\r\n", {ok}, "235", {"PLAIN|"}},
      {"AUTH PLAIN\r\n", {ok}, "235", {"PLAIN|-"}},
      {"AUTH PLAIN\r\nYQ==\r\n", {ask, ok}, "334 235", {"PLAIN|-", "|a"}},
      {"AUTH PLAIN\r\n\r\n", {ask, ok}, "334 235", {"PLAIN|-", "|"}},
      {"AUTH PLAIN\r\n*\r\nNOOP\r\n", {ask}, "334 501 250", {"PLAIN|-"}},
      {"AUTH PLAIN\r\nQUIT!\r\nNOOP\r\n", {ask}, "334 501 250", {"PLAIN|-"}},
      {"AUTH PLAIN !!\r\nNOOP\r\n", {}, "501 250", {}},
      {"AUTH X\r\nAUTH\r\n", {}, "504 501", {}},
      {"AUTH PLAIN YQ==\r\nAUTH PLAIN YQ==\r\n", {ok}, "235 503", {"PLAIN|a"}},
      {"MAIL FROM:<>\r\nAUTH PLAIN YQ==\r\n", {}, "250 503", {}},
      {"HELO x\r\nAUTH PLAIN YQ==\r\n", {}, "250 503", {}},
      {"AUTH PLAIN YQ==\r\nNOOP\r\n", {{Outcome::refused, {}, {}}}, "535 250", {"PLAIN|a"}},
      {"AUTH PLAIN YQ==\r\n", {{Outcome::malformed, {}, {}}}, "501", {"PLAIN|a"}},
      {"AUTH PLAIN YQ==\r\n", {{Outcome::unavailable, {}, {}}}, "454", {"PLAIN|a"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    const World world = asking(row.steps);
    CHECK(codes(world, ehlo, row.said) == row.codes);
    CHECK(play(world, ehlo + row.said).sasl == row.asked);
  }
  CHECK(codes(asking({}), "", "AUTH PLAIN YQ==\r\n") == "503");
  CHECK(codes(World{}, ehlo, "AUTH PLAIN YQ==\r\n") == "502");
  CHECK(answer(asking({ask}), ehlo, "AUTH PLAIN\r\n") == "334 aGk=\r\n");
}

TEST_CASE("smtp extensions: a challenge of AUTH longer than a reply line arrives whole") {
  const std::string salted(600, 's');
  const wire::SaslStep ask{Outcome::challenge, salted, {}};
  CHECK(answer(asking({ask}), ehlo, "AUTH PLAIN\r\n") == "334 " + base64_encode(salted) + "\r\n");
}

TEST_CASE("smtp extensions: what AUTH carries is told to nobody") {
  const World world = asking({{Outcome::challenge, "hi", {}}, {Outcome::accepted, {}, "bob"}});
  const auto played = play(world, ehlo + "AUTH PLAIN c2VjcmV0\r\nc2VjcmV0\r\n");
  CHECK(played.told().find("c2VjcmV0") == std::string::npos);
  CHECK(played.told().find("secret") == std::string::npos);
  CHECK(fields_of(played.last("smtp.auth")) == "mechanism=PLAIN user=bob code=235");
  const auto bad = play(world, ehlo + "AUTH PLAIN\r\n!c2VjcmV0\r\n");
  CHECK(bad.told().find("c2VjcmV0") == std::string::npos);
}

TEST_CASE("smtp extensions: the word after \"with\"") {
  World world = asking({{Outcome::accepted, {}, "bob"}});
  world.settings.offers_tls = true;
  const std::string letter = "MAIL FROM:<>\r\nRCPT TO:<bob>\r\nDATA\r\n.\r\n";
  const std::string utf8 = "MAIL FROM:<> SMTPUTF8\r\nRCPT TO:<bob>\r\nDATA\r\n.\r\n";
  const std::string auth = "AUTH PLAIN YQ==\r\n";
  CHECK(accepted(world, helo + letter).protocol == "SMTP");
  CHECK(accepted(world, ehlo + letter).protocol == "ESMTP");
  CHECK(accepted(world, "STARTTLS\r\n" + ehlo + letter).protocol == "ESMTPS");
  CHECK(accepted(world, ehlo + auth + letter).protocol == "ESMTPA");
  CHECK(accepted(world, "STARTTLS\r\n" + ehlo + auth + letter).protocol == "ESMTPSA");
  CHECK(accepted(world, ehlo + utf8).protocol == "UTF8SMTP");
  CHECK(accepted(world, "STARTTLS\r\n" + ehlo + auth + utf8).protocol == "UTF8SMTPSA");
}

TEST_CASE("smtp extensions: BDAT, chunks in any number and split") {
  const auto content = [](const std::string& chunks) {
    return accepted(World{}, to_bob + chunks).content;
  };
  CHECK(content("BDAT 6 LAST\r\nabcd\r\n") == "abcd\r\n");
  CHECK(content("BDAT 3\r\nab\rBDAT 3 last\r\n\ncd") == "ab\r\ncd\r\n");
  CHECK(content("BDAT 4\r\na\r\n.BDAT 0\r\nBDAT 2\r\n\r\nBDAT 0 LAST\r\n") == "a\r\n.\r\n");
  CHECK(content("BDAT 0 LAST\r\n") == "");
  CHECK(content("BDAT 6 LAST\r\nQUIT\r\n") == "QUIT\r\n");
  CHECK(answer(World{}, to_bob, "BDAT 2\r\nabBDAT 1\r\nc") ==
        "250 2.0.0 ok, 2 octets so far\r\n250 2.0.0 ok, 3 octets so far\r\n");
  CHECK(fields_of(play(World{}, to_bob + "BDAT 2\r\nab").last("smtp.bdat")) ==
        "octets=2 last=no code=250");
  // Another letter behind it, by DATA.
  CHECK(codes(World{}, to_bob, "BDAT 0 LAST\r\nMAIL FROM:<>\r\nRCPT TO:<bob>\r\nDATA\r\n.\r\n") ==
        "250 250 250 354 250");
}

TEST_CASE("smtp extensions: BDAT, what is refused and what becomes of its octets") {
  CHECK(codes(World{}, "", "BDAT 6\r\nQUIT\r\nNOOP\r\n") == "503 250");
  CHECK(codes(World{}, ehlo, "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") == "503 250");
  CHECK(codes(World{}, ehlo + "MAIL FROM:<>\r\n", "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") == "503 250");
  World world;
  world.settings.limits.message_size = 8;
  CHECK(codes(world, to_bob, "BDAT 9\r\nQUIT\r\nabcNOOP\r\n") == "552 250");
  CHECK(codes(world, to_bob, "BDAT 6\r\nabcdefBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") == "250 552 250");
  CHECK(codes(world, to_bob, "BDAT 8 LAST\r\nabcdef\r\n") == "250");
  CHECK(codes(World{}, to_bob, "BDAT\r\nNOOP\r\n") == "501 250");
  CHECK(codes(World{}, to_bob, "BDAT 6 FIRST\r\nQUIT\r\nNOOP\r\n") == "501 250");
  CHECK(codes(World{}, to_bob, "BDAT 6 LAST x\r\nQUIT\r\nNOOP\r\n") == "501 250");
  CHECK(accepted(World{}, to_bob + "BDAT 2 FIRST\r\nxxBDAT 2 LAST\r\nab").content == "ab\r\n");
  CHECK(codes(World{}, to_bob, "BDAT 4 LAST\r\na\nb\nNOOP\r\n") == "550 250");
  CHECK(play(World{}, to_bob + "BDAT 4 LAST\r\na\nb\n").accepted.empty());
}

TEST_CASE("smtp extensions: a chunk of unknown length ends the session, and says so with 421") {
  for (const char* said : {"BDAT x", "BDAT -1", "BDAT 99999999999999999999"}) {
    CAPTURE(said);
    const auto played = play(World{}, to_bob + said + "\r\nNOOP\r\n");
    CHECK(played.last_line().starts_with("421 4.5.4 "));
    CHECK(played.closed);
    CHECK(played.last("smtp.error").flag("lost"));
  }
}

TEST_CASE("smtp extensions: a refused chunk is answered when its octets have come, not before") {
  World small;
  small.settings.limits.message_size = 8;
  for (const auto& [world, before, chunk] :
       {std::tuple{World{}, ehlo, "BDAT 9 LAST\r\n"}, std::tuple{small, to_bob, "BDAT 9 LAST\r\n"},
        std::tuple{World{}, to_bob, "BDAT 9 FIRST\r\n"}}) {
    CAPTURE(before + chunk);
    CHECK(codes(world, before, chunk + std::string("QUIT\r\nab")) == "");
    CHECK(codes(world, before, chunk + std::string("QUIT\r\nabc")).size() == 3);
  }
}

TEST_CASE("smtp extensions: between two chunks") {
  const std::string chunk = to_bob + "BDAT 2\r\nab";
  for (const char* said : {"DATA", "RCPT TO:<bob>", "MAIL FROM:<>", "AUTH PLAIN"}) {
    CAPTURE(said);
    const World world = asking({});
    CHECK(codes(world, chunk, std::string(said) + "\r\n") == "503");
    CHECK(accepted(world, chunk + said + "\r\nBDAT 1 LAST\r\nc").content == "abc\r\n");
  }
  CHECK(codes(World{}, chunk, "NOOP\r\nVRFY bob\r\nRSET\r\nBDAT 4 LAST\r\nQUITNOOP\r\n") ==
        "250 250 250 503 250");
}

TEST_CASE("smtp extensions: a letter that breaks off between or within chunks is told as lost") {
  const World world;
  for (const char* said : {"BDAT 2\r\nab", "BDAT 2\r\na"}) {
    CAPTURE(said);
    Dialogue dialogue(world);
    dialogue.say(to_bob + said);
    CHECK(dialogue.engine.mid_line() == std::string(said).ends_with("\na"));
    dialogue.engine.on_disconnect();
    CHECK(dialogue.result().last("smtp.close").flag("lost_message"));
  }
}

TEST_CASE("smtp extensions: BINARYMIME comes by BDAT") {
  const std::string binary =
      ehlo + "MAIL FROM:<a@b.c> BODY=BINARYMIME\r\nRCPT TO:<bob@ntut.edu.tw>\r\n";
  CHECK(codes(World{}, binary, "DATA\r\nNOOP\r\n") == "503 250");
  const std::string octets("a\nb\r\0c\r\n", 8);
  CHECK(accepted(World{}, binary + "BDAT 8 LAST\r\n" + octets).content == octets);
}

TEST_CASE("smtp extensions: SMTPUTF8") {
  const std::string name = "<\xE7\x94\xA8@\xC3\xA9.tw>";
  CHECK(codes(World{}, ehlo, "MAIL FROM:" + name + " SMTPUTF8\r\n") == "250");
  CHECK(codes(World{}, ehlo, "MAIL FROM:" + name + "\r\n") == "550");
  CHECK(codes(World{}, ehlo, "MAIL FROM:<> SMTPUTF8=1\r\n") == "501");
  CHECK(codes(World{}, ehlo, "MAIL FROM:<\xC3@a.b> SMTPUTF8\r\n") == "501");
  CHECK(codes(World{}, ehlo + "MAIL FROM:<> SMTPUTF8\r\n", "RCPT TO:<\xA4\xA4@ntut.edu.tw>\r\n") ==
        "501");
  World world;
  world.mailboxes.insert("\xE7\x94\xA8");
  const std::string to = "RCPT TO:<\xE7\x94\xA8@ntut.edu.tw>\r\n";
  CHECK(codes(world, ehlo + "MAIL FROM:<> SMTPUTF8\r\n", to) == "250");
  CHECK(codes(world, ehlo + "MAIL FROM:<>\r\n", to) == "553");
}

TEST_CASE("smtp extensions: DSN is kept in the envelope") {
  const auto letter =
      accepted(World{}, ehlo +
                            "MAIL FROM:<a@b.c> RET=FULL ENVID=QQ+2B1\r\n"
                            "RCPT TO:<bob> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;b+2Bx@y\r\n"
                            "RCPT TO:<bob> NOTIFY=NEVER\r\nRCPT TO:<bob>\r\nBDAT 0 LAST\r\n");
  CHECK(letter.envelope.return_full);
  CHECK(letter.envelope.envelope_id == "QQ+1");
  REQUIRE(letter.envelope.recipients.size() == 3);
  const auto& one = letter.envelope.recipients;
  CHECK(one[0].original == "rfc822;b+x@y");
  CHECK((one[0].notify.success && one[0].notify.failure));
  CHECK((!one[1].notify.success && !one[1].notify.failure));
  CHECK((!one[2].notify.success && one[2].notify.failure && one[2].original.empty()));
  for (const std::string& said :
       {std::string("RET"), std::string("RET=ALL"), std::string("ENVID="), std::string("ENVID=a+2"),
        std::string("ENVID=a+2b"), std::string("ENVID=a+0D"), std::string("ENVID=a=b"),
        "ENVID=" + std::string(101, 'x'), std::string("RET=FULL RET=FULL")}) {
    CAPTURE(said);
    CHECK(codes(World{}, ehlo, "MAIL FROM:<> " + said + "\r\nDATA\r\n") == "501 503");
  }
  for (const std::string& said :
       {std::string("NOTIFY"), std::string("NOTIFY="), std::string("NOTIFY=NEVER,SUCCESS"),
        std::string("NOTIFY=SUCCESS,"), std::string("ORCPT=bob"), std::string("ORCPT=;bob"),
        std::string("ORCPT=rfc822;"), std::string("ORCPT=rfc822;a+0A"), std::string("ORCPT=a(b;c"),
        "ORCPT=rfc822;" + std::string(500, 'x')}) {
    CAPTURE(said);
    const auto played = play(World{}, ehlo + "MAIL FROM:<>\r\nRCPT TO:<bob> " + said + "\r\n");
    CHECK(played.last_line().starts_with("501 5.5.4 "));
    CHECK(played.asked.empty());
  }
}

TEST_CASE("smtp extensions: FUTURERELEASE") {
  const World world = holding();
  const auto hold = [&](const std::string& said) {
    return accepted(world, ehlo + "MAIL FROM:<> " + said + "\r\nRCPT TO:<bob>\r\nBDAT 0 LAST\r\n")
        .hold_for;
  };
  CHECK(hold("HOLDFOR=1") == 1s);
  CHECK(hold("HOLDFOR=3600") == 3600s);
  for (const char* until :
       {"2026-11-23T06:30:00Z", "2026-11-23T14:30:00+08:00", "2026-11-23T05:00:00Z"}) {
    CAPTURE(until);
    const auto letter = accepted(
        world, ehlo + "MAIL FROM:<> HOLDUNTIL=" + until + "\r\nRCPT TO:<bob>\r\nBDAT 0 LAST\r\n");
    CHECK(letter.hold_until == parse_rfc3339(until)->time);
    CHECK_FALSE(letter.hold_for);
  }
  CHECK_FALSE(hold("SIZE=1"));
  for (const char* said : {"HOLDFOR=3601", "HOLDFOR=0", "HOLDFOR=01", "HOLDFOR=", "HOLDFOR=-1",
                           "HOLDFOR=1234567890", "HOLDUNTIL=2026-11-23T07:00:01Z",
                           "HOLDUNTIL=tomorrow", "HOLDFOR=1 HOLDUNTIL=2026-11-23T06:30:00Z",
                           "HOLDUNTIL=2026-11-23T06:30:00Z HOLDFOR=1", "HOLDFOR=1 HOLDFOR=1"}) {
    CAPTURE(said);
    CHECK(codes(world, ehlo, "MAIL FROM:<> " + std::string(said) + "\r\nDATA\r\n") == "501 503");
  }
  CHECK(codes(World{}, ehlo, "MAIL FROM:<> HOLDFOR=1\r\n") == "555");
}

TEST_CASE("smtp extensions: a hundred Received lines pass, one more is a loop") {
  std::string lines;
  for (int i = 0; i < 100; ++i)
    lines += "Received: x\r\n";
  CHECK(codes(World{}, data, lines + "\r\nReceived: body\r\n.\r\n") == "250");
  CHECK(codes(World{}, data, lines + "Received: x\r\n\r\n.\r\nNOOP\r\n") == "554 250");
  CHECK(play(World{}, data + lines + "Received: x\r\n\r\n.\r\n").last("smtp.error").text("cause") ==
        "loop");
}

TEST_CASE("smtp extensions: EXPN knows no list") {
  CHECK(answer("", "EXPN staff") == "550 5.1.1 no mailing list here by the name staff\r\n");
  CHECK(codes(World{}, "", "EXPN\r\n") == "501");
}

TEST_CASE("smtp extensions: AUTH= with nothing behind it was taken as a mailbox") {
  const World world = asking({});
  for (const char* said : {"AUTH=", "AUTH", "AUTH=a=b", "AUTH=+4"}) {
    CAPTURE(said);
    CHECK(codes(world, ehlo, "MAIL FROM:<> " + std::string(said) + "\r\n") == "501");
  }
  for (const char* said : {"AUTH=<>", "AUTH=ann@client.example", "AUTH=ann+3Dx@client.example"}) {
    CAPTURE(said);
    CHECK(codes(world, ehlo, "MAIL FROM:<> " + std::string(said) + "\r\n") == "250");
  }
}

TEST_CASE("smtp extensions: xtext that stands for octets above 127 is no printable ASCII") {
  for (const char* said : {"ENVID=a+80", "ENVID=a+FF", "ENVID=a+7F", "ENVID=a+1F"}) {
    CAPTURE(said);
    CHECK(codes(World{}, ehlo, "MAIL FROM:<> " + std::string(said) + "\r\n") == "501");
  }
  CHECK(codes(World{}, ehlo, "MAIL FROM:<> ENVID=a+20+7E\r\n") == "250");
  CHECK(codes(World{}, ehlo, "MAIL FROM:<>\r\nRCPT TO:<bob> ORCPT=rfc822;a+80@b\r\n") == "250 501");
}

TEST_CASE("smtp extensions: ORCPT of the type utf-8 was refused (RFC 6533 §3)") {
  const auto original = [](const std::string& mail, const std::string& orcpt) {
    const auto played =
        play(World{}, ehlo + mail + "RCPT TO:<bob> ORCPT=" + orcpt + "\r\nBDAT 0 LAST\r\n");
    return played.accepted.empty() ? played.lines().at(played.lines().size() - 2).substr(0, 3)
                                   : played.accepted.front().envelope.recipients.front().original;
  };
  const std::string plain = "MAIL FROM:<>\r\n";
  const std::string utf8 = "MAIL FROM:<> SMTPUTF8\r\n";
  CHECK(original(utf8, "utf-8;\xE7\x94\xA8@\xC3\xA9.tw") == "utf-8;\\x{7528}@\\x{E9}.tw");
  CHECK(original(plain, "utf-8;\\x{7528}@b.tw") == "utf-8;\\x{7528}@b.tw");
  CHECK(original(plain, "utf-8;\xE7\x94\xA8@b.tw") == "501");
  CHECK(original(utf8, "rfc822;\xE7\x94\xA8@b.tw") == "501");
  CHECK(original(utf8, "utf-8;\xE7\x94@b.tw") == "501");
}

TEST_CASE("smtp extensions: a challenge longer than a reply line was cut off") {
  const std::string bytes(600, 'x');
  const World world = asking({{Outcome::challenge, bytes, {}}});
  Dialogue dialogue(world);
  dialogue.say(ehlo + "AUTH PLAIN\r\n");
  CHECK(dialogue.played.last_line().size() == 4 + bytes.size() / 3 * 4);
}

TEST_CASE("smtp extensions: a line of AUTH that is too long ends it with 500 5.5.6") {
  const World world = asking({{Outcome::challenge, "hi", {}}, {Outcome::accepted, {}, "bob"}});
  const std::string before = ehlo + "AUTH PLAIN\r\n";
  CHECK(answer(world, before, std::string(12287, 'A') + "\r\nNOOP\r\n") ==
        "500 5.5.6 line too long: 12288 octets at most\r\n250 2.0.0 ok, nothing done\r\n");
  CHECK(codes(world, before, std::string(12284, 'A') + "\r\n") == "235");
}

TEST_CASE("smtp extensions: VRFY and EXPN took SMTPUTF8 for a part of the name") {
  CHECK(answer("", "VRFY bob SMTPUTF8") == "250 2.1.5 <bob@ntut.edu.tw>\r\n");
  CHECK(answer("", "VRFY <bob@ntut.edu.tw> smtputf8") == "250 2.1.5 <bob@ntut.edu.tw>\r\n");
  CHECK(answer("", "EXPN staff SMTPUTF8") ==
        "550 5.1.1 no mailing list here by the name staff\r\n");
  // RFC 6531 §3.7.4.2: who does not write it gets no UTF-8 for an answer.
  CHECK(answer("", "VRFY \xE7\x94\xA8").starts_with("550 5.6.8 "));
  CHECK(answer("", "VRFY \xE7\x94\xA8 SMTPUTF8").starts_with("550 5.1.1 "));
  CHECK(answer("", "VRFY SMTPUTF8").starts_with("550 5.1.1 "));
}

TEST_CASE("smtp extensions: MAIL wants 550 and RCPT 553 for an address that is not ASCII") {
  const std::string name = "<\xE7\x94\xA8@ntut.edu.tw>";
  CHECK(answer(ehlo, "MAIL FROM:" + name).starts_with("550 5.6.7 "));
  CHECK(answer(sender, "RCPT TO:" + name).starts_with("553 5.6.7 "));
}

TEST_CASE("smtp extensions: the latest time that FUTURERELEASE offers stood still in a session") {
  const World world = holding();
  Dialogue dialogue(world);
  dialogue.say(ehlo);
  dialogue.engine.set_now(parse_rfc3339("2026-11-23T08:00:00Z")->time);
  dialogue.say(ehlo);
  CHECK(dialogue.played.out.find("FUTURERELEASE 3600 2026-11-23T09:00:00Z\r\n") !=
        std::string::npos);
  dialogue.say("MAIL FROM:<> HOLDUNTIL=2026-11-23T09:00:00Z\r\n");
  CHECK(dialogue.played.last_line().starts_with("250 "));
}

TEST_CASE(
    "smtp extensions: slips in STARTTLS, EXPN, BDAT and AUTH are recognised, HELP names them") {
  const struct {
    std::string verb, slip;
  } table[] = {{"STARTTLS", "STARTLS"}, {"EXPN", "EXPAN"}, {"BDAT", "BDTA"}, {"AUTH", "AUHT"}};
  for (const auto& row : table) {
    CAPTURE(row.verb);
    CHECK(answer("", row.slip).ends_with("did you mean " + row.verb + "?\r\n"));
    CHECK(answer("", "HELP").find(row.verb) != std::string::npos);
    CHECK(answer("", "HELP " + row.verb).starts_with("214 2.0.0 "));
  }
}
