// Each limit, exactly at it and one above.

#include <doctest/doctest.h>

#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;

namespace {

// NOOP with an argument, so that the line has that many octets with its ending.
std::string line_of(std::size_t octets, const std::string& ending) {
  return "NOOP " + std::string(octets - 5 - ending.size(), 'x') + ending;
}

std::string letter_of(std::size_t octets) {
  std::string letter;
  while (octets > 100) {
    letter += std::string(78, 'w') + "\r\n";
    octets -= 80;
  }
  return letter + std::string(octets - 2, 'w') + "\r\n";
}

}  // namespace

TEST_CASE("smtp limits: a command line of 2048 octets with its ending, not one more") {
  for (const std::string ending : {"\r\n", "\n"}) {
    CHECK(play(World{}, line_of(2048, ending)).codes() == "220 250");
    const auto played = play(World{}, line_of(2049, ending) + "NOOP" + ending);
    CHECK(played.codes() == "220 500 250");
    CHECK(played.lines()[1] == "500 5.5.2 line too long: 2048 octets at most");
    CHECK(played.last("smtp.error").text("cause") == "line_too_long");
    CHECK_FALSE(played.closed);
  }
  // RFC 5321 §4.5.3.1.4 asks for at least 512.
  CHECK(play(World{}, line_of(512, "\r\n")).codes() == "220 250");
  CHECK(play(World{}, std::string(100'000, 'x') + "\r\nNOOP\r\n").codes() == "220 500 250");
}

TEST_CASE("smtp limits: a line that is too long is not executed as far as it came") {
  const auto played =
      play(World{}, "HELO client.example" + std::string(3000, ' ') + "\r\nDATA\r\n");
  CHECK(played.codes() == "220 500 503");
  CHECK(played.last("smtp.error").text("need") == "HELO");
}

TEST_CASE("smtp limits: recipients, exactly as many, and the letter goes to those") {
  World world;
  world.settings.limits.recipients = 3;
  const std::string rcpt = "RCPT TO:<bob@ntut.edu.tw>\r\n";
  const std::string letter = "DATA\r\nx\r\n.\r\n";
  auto played = play(world, sender + rcpt + rcpt + rcpt + rcpt + letter);
  CHECK(played.codes() == "220 250 250 250 250 250 452 354 250");
  CHECK(played.last("smtp.error").text("cause") == "too_many_recipients");
  CHECK(played.out.find("452 4.5.3 too many recipients: 3 at most in one message\r\n") !=
        std::string::npos);
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted.front().maildrops.size() == 3);
  // Only those that were accepted count, and the next letter has room again.
  const std::string refused = "RCPT TO:<nobody@ntut.edu.tw>\r\n";
  CHECK(play(world, sender + refused + refused + refused + rcpt + rcpt + rcpt).codes() ==
        "220 250 250 550 550 550 250 250 250");
  CHECK(play(world, sender + rcpt + rcpt + rcpt + letter + "MAIL FROM:<>\r\n" + rcpt)
            .last_line()
            .starts_with("250 "));
}

TEST_CASE("smtp limits: however many recipients are too many, the others get the letter") {
  World world;
  world.settings.limits.recipients = 1;
  world.settings.limits.errors = 3;
  std::string said = "HELO x\r\nMAIL FROM:<>\r\n";
  for (int i = 0; i < 10; ++i)
    said += "RCPT TO:<bob>\r\n";
  const auto played = play(world, said + "DATA\r\n.\r\n");
  CHECK(played.accepted.size() == 1);
  CHECK_FALSE(played.closed);
}

TEST_CASE("smtp limits: a hundred recipients and more are taken (RFC 5321 §4.5.3.1.8)") {
  std::string bytes = sender;
  for (int i = 0; i < 1000; ++i)
    bytes += "RCPT TO:<bob@ntut.edu.tw>\r\n";
  const World world;
  Dialogue session(world);
  session.say(bytes);
  CHECK(session.played.last_line() == "250 2.1.5 recipient ok");
  session.say("RCPT TO:<bob@ntut.edu.tw>\r\n");
  CHECK(session.played.last_line().starts_with("452 "));
}

TEST_CASE("smtp limits: a large letter is handed on in pieces, by DATA and by BDAT") {
  const World world;
  const std::string letter = letter_of(3'000'000);
  for (const bool chunked : {false, true}) {
    Dialogue session(world);
    session.say(ehlo + "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw>\r\n");
    session.say(chunked ? "BDAT 3000000 LAST\r\n" : "DATA\r\n");
    for (std::size_t at = 0; at < letter.size(); at += 50'000)
      session.say(letter.substr(at, 50'000));
    if (!chunked) session.say(".\r\n");
    REQUIRE(session.played.accepted.size() == 1);
    CHECK(session.played.accepted.front().content == letter);
    CHECK(session.played.largest_piece < 100'000);
  }
}

TEST_CASE("smtp limits: nothing of a letter that is too big, refused or given up is in the next") {
  World world;
  world.settings.limits.message_size = 100'000;
  const std::string too_big = letter_of(200'000);
  for (const std::string& first :
       {"DATA\r\n" + too_big + ".\r\n", "DATA\r\n" + letter_of(90'000) + "bare\n\r\n.\r\n",
        "BDAT 90000\r\n" + letter_of(90'000) + "RSET\r\n",
        "BDAT 90000\r\n" + letter_of(90'000) + "BDAT 90000\r\n" + letter_of(90'000)}) {
    const auto played =
        play(world, ehlo + "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw>\r\n" + first +
                        "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw>\r\nDATA\r\nnext\r\n.\r\n"
                        "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw>\r\nDATA\r\n.\r\n");
    REQUIRE(played.accepted.size() == 2);
    CHECK(played.accepted[0].content == "next\r\n");
    CHECK(played.accepted[1].content.empty());
  }
}

TEST_CASE("smtp limits: a message of exactly the size, and one octet more") {
  World world;
  world.settings.limits.message_size = 1000;
  auto played = play(world, data + letter_of(1000) + ".\r\nQUIT\r\n");
  CHECK(played.codes() == "220 250 250 250 354 250 221");
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted.front().content.size() == 1000);

  played = play(world, data + letter_of(1001) + ".\r\nDATA\r\nQUIT\r\n");
  CHECK(played.codes() == "220 250 250 250 354 552 503 221");
  CHECK(played.lines()[5] == "552 5.3.4 message too big: 1000 octets at most");
  CHECK(played.accepted.empty());
  Played error = played;
  std::erase_if(error.events, [](const wire::Event& e) { return e.text("cause") != "too_big"; });
  REQUIRE(error.events.size() == 1);
  CHECK(error.events.front().flag("lost"));
}

TEST_CASE("smtp limits: stuffed dots do not count, and LF counts as the CRLF that is stored") {
  World world;
  world.settings.limits.message_size = 6;
  CHECK(play(world, data + "..\r\n..\r\n.\r\n").codes() == "220 250 250 250 354 250");
  CHECK(play(world, data + "..\r\n..x\r\n.\r\n").codes() == "220 250 250 250 354 552");
  std::string lf = data + "a\nb\n.\n";
  std::erase(lf, '\r');
  CHECK(play(world, lf).codes() == "220 250 250 250 354 250");
  lf.insert(lf.size() - 3, "x");
  CHECK(play(world, lf).codes() == "220 250 250 250 354 552");
}

TEST_CASE(
    "smtp limits: a message that is far too big is read to its end and forgotten on the way") {
  World world;
  world.settings.limits.message_size = 10'000;
  Dialogue dialogue(world);
  dialogue.say(data);
  const std::string piece = letter_of(60'000);
  for (int i = 0; i < 100; ++i)
    dialogue.say(piece);
  dialogue.say(".\r\nNOOP\r\n");
  CHECK(dialogue.played.codes() == "220 250 250 250 354 552 250");
  // A bare LF in it changes nothing: its size is what is said.
  CHECK(play(world, data + letter_of(11'000) + "a\nb\r\n.\r\n").last_line().starts_with("552 "));
}

TEST_CASE("smtp limits: refused lines are counted, and the last one is answered with a good-bye") {
  World world;
  world.settings.limits.errors = 3;
  auto played = play(world, "X\r\nX\r\nX\r\n" + data);
  CHECK(played.codes() == "220 500 500 500 421");
  CHECK(played.last_line() == "421 4.7.0 mail.ntut.edu.tw too many errors, closing the connection");
  CHECK(played.closed);
  CHECK(played.last("smtp.error").text("cause") == "too_many_errors");
  CHECK(played.last("smtp.error").number("code") == 421);
  CHECK_FALSE(played.last("smtp.error").flag("lost"));
  CHECK_FALSE(played.last("smtp.close").flag("clean"));
  CHECK(played.count("smtp.close") == 1);
  // Empty lines and what went well do not count.
  CHECK_FALSE(play(world, "X\r\n\r\nNOOP\r\nX\r\n\r\n\r\n\r\nNOOP\r\n").closed);
  // A refused letter does; a transaction in work is lost.
  world.settings.limits.message_size = 10;
  played = play(world, "X\r\nX\r\n" + data + letter_of(99) + ".\r\nNOOP\r\n");
  CHECK(played.codes() == "220 500 500 250 250 250 354 552 421");
  CHECK(played.closed);
  CHECK(play(world, recipient + "X\r\nX\r\nX\r\n").last("smtp.error").flag("lost"));
  // So does the letter that could not be stored.
  world = {};
  world.settings.limits.errors = 1;
  world.failure = smtp::StoreFailure::busy;
  played = play(world, data + "x\r\n.\r\nNOOP\r\n");
  CHECK(played.codes() == "220 250 250 250 354 451 421");
  CHECK(played.closed);
}

TEST_CASE("smtp limits: names, domains and paths as long as RFC 5321 §4.5.3.1 wants, and longer") {
  const std::string label(63, 'd');
  const std::string domain = label + '.' + label + '.' + label + '.' + std::string(63, 'e');
  REQUIRE(domain.size() == 255);
  const std::string path = '<' + std::string(64, 'a') + '@' + domain + '>';
  CHECK(answer("", "HELO " + domain).starts_with("250 "));
  CHECK(answer("", "EHLO " + domain).starts_with("250-"));
  CHECK(answer(helo, "MAIL FROM:" + path).starts_with("250 "));
  CHECK(answer(helo, "MAIL FROM:<@" + domain + ':' + path.substr(1)).starts_with("250 "));
  CHECK(answer(helo, "MAIL FROM:<a@e" + domain + '>').starts_with("501 5.1.7 "));
  CHECK(answer(sender, "RCPT TO:" + path).starts_with("550 5.7.1 "));
}

TEST_CASE("smtp limits: a text line may be of any length (RFC 5321 §4.5.3.1.6: 1000)") {
  for (const std::size_t octets : {998U, 999U, 2048U, 100'000U}) {
    CAPTURE(octets);
    const std::string letter = std::string(octets, 'x') + "\r\n";
    const auto played = play(World{}, data + letter + ".\r\n");
    REQUIRE(played.accepted.size() == 1);
    CHECK(played.accepted.front().content == letter);
  }
}
