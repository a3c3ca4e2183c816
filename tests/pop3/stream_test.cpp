// Bytes rather than commands: line endings, telnet, lengths, floods, and how a session ends.

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::tests;

TEST_CASE("pop3: lines may end in CRLF or in LF, as the first one does") {
  const World world = world_with(1);
  const std::string crlf = std::string(login) + "LIST\r\nRETR 1\r\nQUIT\r\n";
  std::string lf = crlf;
  std::erase(lf, '\r');
  CHECK(play(world, crlf).out == play(world, lf).out);
  // A bare LF ends no line of a CRLF session.
  CHECK(play(world, "CAPA\r\nUSER a\nPASS b\r\n").logins.empty());
  CHECK(play(world, "CAPA\r\nUSER a\nPASS b\r\n").last("pop3.error").text("cause") ==
        "control_bytes");
}

TEST_CASE("pop3: telnet's own commands are taken out of the line and answered") {
  const World world = world_with(1);
  const std::string before = play(world, "").out;
  // Ctrl-C in Debian's telnet: IP, DO TIMING-MARK. The answer is WONT, before the line has ended.
  CHECK(play(world, "CA\xFF\xF4\xFF\xFD\x06").out.substr(before.size()) == "\xFF\xFC\x06");
  CHECK(play(world,
             "US\xFF\xF4\xFF\xFD\x06"
             "ER bob\r\n")
            .last_line() == "\xFF\xFC\x06+OK now the password");
  CHECK(play(world, "\xFF\xFB\x18USER bob\r\n").last_line() == "\xFF\xFE\x18+OK now the password");
}

TEST_CASE("pop3: a flood of telnet requests gets the same answers in any pieces") {
  const World world = world_with(1);
  std::string flood;
  for (int i = 0; i < 500; ++i)
    flood += "\xFF\xFD\x06";
  const std::string before = play(world, "").out;
  CHECK(play(world, flood).out.size() == before.size() + 300);
  CHECK(play(world, flood + "\r\n\xFF\xFD\x06").out.ends_with("\xFF\xFC\x06"));
}

TEST_CASE("pop3: a command line has 255 octets with its ending, not one more") {
  const World world = world_with(1);
  const std::string longest(255 - 7, 'n');
  CHECK(play(world, "USER " + longest + "\r\n").last_line() == "+OK now the password");
  CHECK(play(world, "USER " + longest + "n\r\n").last_line().starts_with("-ERR line too long"));
  CHECK(play(world, "USER " + longest + "n\n").last_line() == "+OK now the password");
  CHECK(play(world, "USER " + longest + "nn\n").last_line().starts_with("-ERR line too long"));
  CHECK(play(world, std::string(5000, 'x') + "\r\nUSER a\r\n").last_line() ==
        "+OK now the password");
}

TEST_CASE("pop3: refused lines are counted, and the last one is answered with a good-bye") {
  World world = world_with(1);
  world.settings.limits.errors = 3;
  auto played = play(world, "X\r\nX\r\nX\r\nCAPA\r\n");
  CHECK(played.lines().size() == 4);
  CHECK(played.last_line() == "-ERR too many errors, closing the connection");
  CHECK(played.closed);
  CHECK_FALSE(played.last("pop3.close").flag("clean"));
  // Failed logins count, empty lines and what went well do not.
  const std::string wrong = "USER s9360511\r\nPASS wrong\r\n";
  CHECK(play(world, wrong + "\r\n\r\nCAPA\r\n" + wrong + "\r\n").closed == false);
  played = play(world, wrong + wrong + wrong + std::string(login));
  CHECK(played.closed);
  CHECK(played.last("pop3.auth").text("cause") == "bad_login");
  CHECK(played.logins.size() == 3);
}

TEST_CASE("pop3: ten million octets of garbage leave nothing behind") {
  World world = world_with(1);
  world.settings.limits.errors = 1'000'000'000;
  std::minstd_rand random(7);
  std::string block(100'000, 'x');
  for (const int kind : {0, 1, 2}) {
    CAPTURE(kind);
    Session session(world);
    std::size_t sent = 0;
    for (int i = 0; i < 100; ++i) {
      if (kind == 0)
        for (char& c : block)
          c = static_cast<char>(random());
      if (kind == 1) block.assign(block.size(), 'A');     // no line ever ends
      if (kind == 2) block.assign(block.size(), '\xFF');  // nothing but telnet
      session.say(block);
      session.sink.events.clear();
      sent += session.played.out.size();
      session.played.out.clear();
    }
    CHECK(session.played.largest_send < 20'000);
    CHECK(sent < 10'000'000);
    CHECK_FALSE(session.played.closed);
    // Out of telnet's subnegotiation, if it was in one; by then noise has made it an LF session.
    session.say(kind == 0 ? "\xFF\xF0\nCAPA\n" : "\xFF\xF0\r\nCAPA\r\n");
    CHECK(session.played.out.ends_with(".\r\n"));
  }
}

TEST_CASE("pop3: a great many small commands are answered in writes of a bounded size") {
  const World world = world_with(100);
  std::string bytes(login);
  for (int i = 0; i < 2000; ++i)
    bytes += "LIST\r\n";
  Session session(world);
  session.say(bytes);
  CHECK(session.played.largest_send < 20'000);
  CHECK(session.played.out.size() > 1'000'000);
}

TEST_CASE("pop3: a connection that breaks deletes nothing, and is told once") {
  const World world = world_with(2);
  Session session(world);
  session.say(std::string(login) + "DELE 1\r\nQUI");
  const std::size_t said = session.played.out.size();
  session.engine.on_disconnect();
  session.engine.on_disconnect();
  session.engine.on_timeout();
  CHECK_FALSE(session.engine.logged_in());
  session.say("T\r\nQUIT\r\n");
  const Played played = session.result();
  CHECK(played.deleted.empty());
  CHECK(played.closed);
  CHECK(played.out.size() == said);
  CHECK(played.count("pop3.close") == 1);
  CHECK_FALSE(played.last("pop3.close").flag("clean"));
  CHECK(played.last("pop3.close").number("marks_lost") == 1);
}

TEST_CASE("pop3: the autologout timer says nothing and deletes nothing") {
  const World world = world_with(2);
  Session session(world);
  session.say(std::string(login) + "DELE 1\r\n");
  const std::size_t said = session.played.out.size();
  session.engine.on_timeout();
  while (session.step()) {
  }
  const Played played = session.result();
  CHECK(played.out.size() == said);
  CHECK(played.closed);
  CHECK(played.deleted.empty());
  CHECK(played.last("pop3.error").text("cause") == "timeout");
  CHECK(played.last("pop3.close").number("marks_lost") == 1);
}

TEST_CASE("pop3: a connection that breaks while an answer is awaited takes the answer in silence") {
  const World world = world_with(1);
  using pop3::Close;
  SUBCASE("to a login") {
    Session session(world);
    session.engine.feed(login);
    while (!std::holds_alternative<pop3::Login>(session.engine.next())) {
    }
    session.engine.on_disconnect();
    session.engine.on_login(pop3::LoginResult::ok, {{1, 1}});
    CHECK_FALSE(session.engine.logged_in());
    CHECK(std::holds_alternative<Close>(session.engine.next()));
  }
  SUBCASE("to a login that was not even asked for yet") {
    Session session(world);
    session.engine.feed(login);
    CHECK(std::holds_alternative<pop3::Send>(session.engine.next()));
    session.engine.on_disconnect();
    CHECK(std::holds_alternative<Close>(session.engine.next()));
  }
  SUBCASE("to an update: it is done all the same") {
    Session session(world);
    session.say(login);
    session.engine.feed("DELE 1\r\nQUIT\r\n");
    while (!std::holds_alternative<pop3::Update>(session.engine.next())) {
    }
    CHECK(session.engine.logged_in());
    session.engine.on_disconnect();
    session.engine.on_updated(true);
    CHECK(std::holds_alternative<Close>(session.engine.next()));
    const Played played = session.result();
    CHECK(played.last("pop3.close").flag("clean"));
    CHECK(played.last("pop3.close").number("marks_lost") == 0);
  }
}

TEST_CASE("pop3: a large message goes out piece by piece, and the next command waits for its end") {
  World world = world_with(1);
  world.piece = 10'000;
  world.letters[0].content = "Subject: x\r\n\r\n";
  while (world.letters[0].content.size() < 1'000'000)
    world.letters[0].content += ".a line that begins with a dot\r\n";
  const auto played = play(world, std::string(login) + "RETR 1\r\nNOOP\r\n");
  CHECK(played.largest_send < 40'000);
  CHECK(played.last_line() == "+OK nothing done");
  const std::string body = mail::dot_stuffed(world.letters[0].trace + world.letters[0].content);
  CHECK(played.out.find(" octets\r\n" + body + ".\r\n+OK nothing done") != std::string::npos);
}

TEST_CASE("pop3: TOP reads no more of a large message than it sends") {
  World world = world_with(1);
  world.piece = 100;
  world.letters[0].content = "Subject: x\r\n\r\n" + std::string(50, 'a') + "\r\n";
  for (int i = 0; i < 1000; ++i)
    world.letters[0].content += "more\r\n";
  Session session(world);
  session.say(std::string(login) + "TOP 1 1\r\n");
  CHECK(session.played.fetches == 1);
  CHECK(session.played.out.ends_with(std::string(50, 'a') + "\r\n.\r\n"));
}

TEST_CASE("pop3: a message that breaks off in the middle ends the session without the final dot") {
  World world = world_with(1);
  world.piece = 100;
  world.readable_pieces = 3;
  world.letters[0].content = std::string(1000, 'a') + "\r\n";
  const auto played = play(world, std::string(login) + "RETR 1\r\nNOOP\r\n");
  CHECK(played.closed);
  CHECK(played.out.ends_with(std::string(300, 'a')));
  CHECK(played.last("pop3.error").text("cause") == "storage");
  CHECK_FALSE(played.last("pop3.close").flag("clean"));
}
