// Bytes rather than commands: line endings, telnet, floods, and how a session ends.

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;

TEST_CASE("smtp: lines may end in CRLF or in LF, as the first one does") {
  std::string lf = data + "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n";
  const auto first = play(World{}, lf);
  std::erase(lf, '\r');
  const auto second = play(World{}, lf);
  CHECK(first.out == second.out);
  CHECK(to_text(first.accepted.front()) == to_text(second.accepted.front()));
  // A bare LF ends no line of a CRLF session, and a bare CR none of any.
  CHECK(play(World{}, "NOOP\r\nMAIL\nQUIT\r\n").last("smtp.error").text("cause") ==
        "control_bytes");
  CHECK(play(World{}, "NOOP\rQUIT\r\n").codes() == "220 500");
}

TEST_CASE("smtp: a line that has not ended is not answered") {
  CHECK(play(World{}, "QUIT").codes() == "220");
  CHECK(play(World{}, "QUIT\r").codes() == "220");
  CHECK_FALSE(play(World{}, "QUIT\r").closed);
  CHECK(play(World{}, data + ".\r").codes() == "220 250 250 250 354");
}

TEST_CASE("smtp: telnet's own commands are taken out of the line and answered") {
  const std::string before = play(World{}, "").out;
  // Ctrl-C in Debian's telnet: IP, DO TIMING-MARK. The answer is WONT, before the line has ended.
  CHECK(play(World{}, "NO\xFF\xF4\xFF\xFD\x06").out == before + "\xFF\xFC\x06");
  CHECK(play(World{},
             "NO\xFF\xF4\xFF\xFD\x06"
             "OP\r\n")
            .out == before + "\xFF\xFC\x06" + "250 2.0.0 ok, nothing done\r\n");
  CHECK(play(World{}, "\xFF\xFB\x18NOOP\r\n").out ==
        before + "\xFF\xFE\x18" + "250 2.0.0 ok, nothing done\r\n");
  // WONT and DONT need no answer.
  CHECK(play(World{}, "\xFF\xFC\x18\xFF\xFE\x18NOOP\r\n").out ==
        before + "250 2.0.0 ok, nothing done\r\n");
}

TEST_CASE("smtp: Ctrl-C in telnet and then Enter, or a word, is told as what it is") {
  const std::string ctrl_c = "\xFF\xF4\xFF\xFD\x06";
  for (const std::string& said : {ctrl_c, "zzzz" + ctrl_c, ctrl_c + "Subject: x"}) {
    const auto played = play(World{}, said + "\r\n");
    CHECK(
        played.out.ends_with("500 5.5.2 I took telnet's own commands out of that line (Ctrl-C?): "
                             "QUIT is how to leave\r\n"));
    CHECK(played.last("smtp.error").text("cause") == "telnet_bytes");
  }
  // A line that is plain without them is not made worse by them.
  CHECK(play(World{}, ctrl_c + "HELLO x\r\n").last("smtp.error").text("cause") == "misspelt_verb");
  CHECK(play(World{}, ctrl_c + "NOOP\r\n").count("smtp.noop") == 1);
  // Of the next line nothing is said.
  CHECK(play(World{}, ctrl_c + "\r\n\r\n").last("smtp.error").text("cause") == "empty_line");
}

TEST_CASE("smtp: a flood of telnet requests gets the same answers in any pieces") {
  std::string flood;
  for (int i = 0; i < 500; ++i)
    flood += "\xFF\xFD\x06";
  const std::string before = play(World{}, "").out;
  CHECK(play(World{}, flood).out.size() == before.size() + 300);
}

TEST_CASE("smtp: twenty million octets of garbage leave nothing behind") {
  World world;
  world.settings.limits.errors = 1'000'000'000;
  std::minstd_rand random(7);
  std::string noise(1'000'000, 'x');
  for (char& c : noise)
    c = static_cast<char>(random());
  std::string block(100'000, 'x');
  for (const int kind : {0, 1, 2, 3}) {
    CAPTURE(kind);
    Dialogue dialogue(world);
    if (kind == 3) dialogue.say(data);
    std::size_t sent = 0;
    for (int i = 0; i < 50; ++i) {
      if (kind == 0 || kind == 3) block = noise.substr(random() % 900'000, 100'000);
      if (kind == 1) block.assign(block.size(), 'A');     // no line ever ends
      if (kind == 2) block.assign(block.size(), '\xFF');  // nothing but telnet
      dialogue.say(block);
      dialogue.sink.events.clear();
      sent += dialogue.played.out.size();
      dialogue.played.out.clear();
    }
    CHECK(dialogue.played.largest_send < 20'000);
    CHECK(sent < 10'000'000);
    CHECK_FALSE(dialogue.played.closed);
    // Out of telnet's subnegotiation, if it was in one; by then noise has made it an LF session.
    if (kind == 3)
      dialogue.say("\r\n.\r\nNOOP\r\n");
    else
      dialogue.say(kind == 0 ? "\xFF\xF0\nNOOP\n" : "\xFF\xF0\r\nNOOP\r\n");
    CHECK(dialogue.played.out.ends_with("250 2.0.0 ok, nothing done\r\n"));
  }
}

TEST_CASE("smtp: words of the protocol in random order, whole and in pieces, come out the same") {
  const char* words[] = {"HELO",
                         "EHLO x",
                         "MAIL FROM:",
                         "RCPT TO:",
                         "DATA",
                         "<a@b.c>",
                         "<bob>",
                         "QUIT",
                         "RSET",
                         "\r\n",
                         "\r\n",
                         "\r\n",
                         "\n",
                         "\r",
                         ".",
                         "\r\n.\r\n",
                         " ",
                         "\xFF\xFD\x06",
                         "\x08",
                         "SIZE=1",
                         "PASS x",
                         "\xEF\xBC\x9A",
                         "<>",
                         "HELO x\r\n",
                         "MAIL FROM:<>\r\n",
                         "RCPT TO:<bob>\r\n",
                         "DATA\r\n",
                         "VRFY bob"};
  std::minstd_rand random(20011015);
  for (int round = 0; round < 100; ++round) {
    std::string bytes;
    for (int i = 0; i < 60; ++i)
      bytes += words[random() % std::size(words)];
    CAPTURE(bytes);
    play(World{}, bytes);
  }
}

TEST_CASE("smtp: a great many small commands are answered in writes of a bounded size") {
  const World world;
  std::string bytes;
  for (int i = 0; i < 10'000; ++i)
    bytes += "HELP\r\n";
  Dialogue dialogue(world);
  dialogue.say(bytes);
  CHECK(dialogue.played.largest_send < 20'000);
  CHECK(dialogue.played.out.size() > 3'000'000);
}

TEST_CASE("smtp: a connection that breaks is told once, with what was lost") {
  const World world;
  for (const bool in_data : {false, true}) {
    Dialogue dialogue(world);
    dialogue.say(in_data ? data + "half a let" : recipient);
    const std::string said = dialogue.played.out;
    dialogue.engine.on_disconnect();
    dialogue.engine.on_disconnect();
    while (dialogue.step()) {
    }
    const Played played = dialogue.result();
    check_events(played);
    check_told(played);
    CHECK(played.out == said);
    CHECK(played.closed);
    CHECK(played.accepted.empty());
    CHECK(played.count("smtp.close") == 1);
    CHECK_FALSE(played.last("smtp.close").flag("clean"));
    CHECK(played.last("smtp.close").flag("lost_message") == in_data);
  }
}

TEST_CASE("smtp: the last words of a session that is silent too long, or is stopped") {
  const World world;
  for (const std::string& before : {std::string(), helo, recipient, data + "half a let"}) {
    CAPTURE(before);
    Dialogue silent(world);
    silent.say(before);
    silent.played.out += silent.engine.on_timeout();
    CHECK(silent.played.last_line() ==
          "421 4.4.2 mail.ntut.edu.tw nothing came for too long, closing the connection");
    Dialogue stopped(world);
    stopped.say(before);
    stopped.played.out += stopped.engine.on_shutdown();
    CHECK(stopped.played.last_line() ==
          "421 4.3.2 mail.ntut.edu.tw is being stopped, closing the connection");
    for (Dialogue* dialogue : {&silent, &stopped}) {
      dialogue->engine.on_disconnect();
      dialogue->say("NOOP\r\n.\r\n");
      const Played played = dialogue->result();
      check_form(played.lines());
      check_events(played);
      check_told(played);
      CHECK(played.closed);
      CHECK(played.accepted.empty());
      CHECK(played.last_line().starts_with("421 "));
      CHECK(played.count("smtp.close") == 1);
    }
    const wire::Event error = silent.result().last("smtp.error");
    CHECK(error.text("cause") == "timeout");
    CHECK(error.number("code") == 421);
    CHECK(error.flag("lost") == (before.size() > helo.size()));
    CHECK(stopped.result().count("smtp.error") == 0);
  }
}
