// What the engine tells, and what it never tells: passwords.

#include <doctest/doctest.h>

#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;

TEST_CASE("smtp events: a session tells each line and then what it meant") {
  const auto played = play(World{},
                           "ehlo client.example\r\nmail from: ann@client.example size=99\r\n"
                           "RCPT TO:<s9360511@ntut.edu.tw>\r\nRCPT TO:<postmaster>\r\nDATA\r\n"
                           "Subject: first\r\n second\r\n\r\n..\r\n\xE4\xBD\xA0\r\n.\r\n"
                           "VRFY <bob>\r\nNOOP\r\nRSET\r\nHELP mail\r\nHELP\r\nQUIT\r\n");
  CHECK(meanings(played) ==
        "wire.client text=ehlo client.example data=no\n"
        "smtp.helo verb=EHLO name=client.example code=250\n"
        "wire.client text=mail from: ann@client.example size=99 data=no\n"
        "smtp.mail from=ann@client.example brackets=no space=yes code=250\n"
        "wire.client text=RCPT TO:<s9360511@ntut.edu.tw> data=no\n"
        "smtp.rcpt to=s9360511@ntut.edu.tw local=yes count=1 code=250\n"
        "wire.client text=RCPT TO:<postmaster> data=no\n"
        "smtp.rcpt to=postmaster local=yes count=2 code=250\n"
        "wire.client text=DATA data=no\n"
        "smtp.data code=354\n"
        "wire.client text=Subject: first data=yes\n"
        "smtp.line kind=head cause=none\n"
        "wire.client text= second data=yes\n"
        "smtp.line kind=head cause=none\n"
        "wire.client text= data=yes\n"
        "smtp.line kind=empty cause=none\n"
        "wire.client text=.. data=yes\n"
        "smtp.line kind=body cause=dot_double\n"
        "wire.client text=\xE4\xBD\xA0 data=yes\n"
        "smtp.line kind=body cause=none\n"
        "wire.client text=. data=yes\n"
        "smtp.message queue=1 size=35 from=ann@client.example rcpts=2 head_lines=2 body_lines=2 "
        "subject=first second has_blank_line=yes unstuffed=1 eightbit=yes cause=none code=250\n"
        "wire.client text=VRFY <bob> data=no\n"
        "smtp.vrfy arg=bob code=250\n"
        "wire.client text=NOOP data=no\n"
        "smtp.noop code=250\n"
        "wire.client text=RSET data=no\n"
        "smtp.rset code=250\n"
        "wire.client text=HELP mail data=no\n"
        "smtp.help arg=mail code=214\n"
        "wire.client text=HELP data=no\n"
        "smtp.help arg= code=214\n"
        "wire.client text=QUIT data=no\n"
        "smtp.quit code=221\n"
        "smtp.close clean=yes lost_message=no\n");
}

TEST_CASE("smtp events: the meaning comes before the reply, the line before both") {
  const auto played = play(World{}, "NOOP\r\nX\r\n");
  std::string order;
  for (const wire::Event& event : played.events)
    order += std::string(event.name) + ' ';
  CHECK(order ==
        "wire.server wire.client smtp.noop wire.server wire.client smtp.error wire.server ");
}

TEST_CASE("smtp events: `last` is true on the last line of a reply only") {
  std::string last;
  for (const wire::Event& event : play(World{}, ehlo + "NOOP\r\n").events) {
    if (event.name == "wire.server") last += event.flag("last") ? 'y' : 'n';
  }
  CHECK(last == "ynnnnnnnnnnnyy");
}

TEST_CASE("smtp events: a letter without a head, or without the empty line, is told so") {
  const auto cause = [](const std::string& letter) {
    return play(World{}, data + letter + ".\r\n").last("smtp.message").text("cause");
  };
  CHECK(cause("Subject: x\r\n\r\nbody\r\n") == "none");
  CHECK(cause("Subject: x\r\n\r\n") == "none");
  CHECK(cause("Subject: x\r\nbody\r\n") == "no_blank_line");
  CHECK(cause("Subject: x\r\n") == "no_blank_line");
  CHECK(cause("body\r\n") == "no_head");
  CHECK(cause("") == "no_head");
  CHECK(cause("\r\nbody\r\n") == "no_head");
}

TEST_CASE("smtp events: the lines of a letter are told by kind, folded head lines too") {
  const auto kinds = [](const std::string& letter) {
    std::string all;
    for (const wire::Event& event : play(World{}, data + letter).events) {
      if (event.name == "smtp.line") all += event.text("kind").substr(0, 1);
    }
    return all;
  };
  CHECK(kinds("A: 1\r\n b\r\n\tc\r\nB: 2\r\n\r\nC: 3\r\n\r\n x\r\n.\r\n") == "hhhhebbb");
  CHECK(kinds(" a\r\nB: 1\r\n") == "bb");
  CHECK(kinds("\r\nA: 1\r\n") == "eb");
  CHECK(kinds("a b: c\r\n\r\n") == "bb");
}

TEST_CASE("smtp events: of one letter so many lines are told, and the message all the same") {
  World world;
  world.settings.limits.told_lines = 3;
  const auto told = [&](int lines) {
    std::string letter;
    for (int i = 0; i < lines; ++i)
      letter += "line\r\n";
    return play(world, data + letter + ".\r\n");
  };
  CHECK(told(2).count("smtp.line") == 2);
  CHECK(told(3).count("smtp.line") == 3);
  CHECK(told(4).count("smtp.line") == 3);
  CHECK(told(100).count("smtp.line") == 3);
  CHECK(told(100).last("smtp.message").number("body_lines") == 100);
  // Of the next letter as many again.
  const auto twice = play(world, data + "a\r\na\r\na\r\na\r\n.\r\n" + data + "b\r\n.\r\n");
  CHECK(twice.count("smtp.line") == 4);
}

TEST_CASE("smtp events: a line of a letter is told as far as a command line may reach") {
  World world;
  world.settings.limits.command_line = 100;
  const auto played = play(world, data + std::string(500, 'w') + "\r\nshort\r\n");
  std::size_t longest = 0;
  for (const wire::Event& event : played.events) {
    if (event.name == "wire.client") longest = std::max(longest, event.text("text").size());
  }
  CHECK(longest == 100);
  CHECK(played.last("wire.client").text("text") == "short");
}

TEST_CASE("smtp events: no password is ever told, however it was typed") {
  const struct {
    std::string said, told;
  } table[] = {
      {"PASS s3cret", "PASS ********"},
      {"pass  s3cret ", "pass ********"},
      {"PASSs3cret", "PASS ********"},
      {"PSAS s3cret", "PSAS ********"},
      {"AUHT PLAIN s3cret", "AUHT ********"},
      {"AUTH\x08\x08\x08\x08"
       "AUHT PLAIN s3cret",
       "AUHT ********"},
      {"\x1B[AAUTH PLAIN s3cret", "AUTH ********"},
      {"AOPP bob s3cret", "AOPP ********"},
      {"PAX\x08SS s3cret", "PASS ********"},
      {"PASS s3cr\x1B[D", "PASS ********"},
      {"\x04PASS s3cret", "PASS ********"},
      {"AUTH PLAIN AHMzY3JldA==", "AUTH ********"},
      {"AUTH LOGIN s3cret", "AUTH ********"},
      {"APOP bob s3cret", "APOP ********"},
      {"USER bob PASS s3cret", "USER bob PASS ********"},
      {"HELP PASS s3cret", "HELP PASS ********"},
      {"PASS: s3cret", "PASS ********"},
      {"PASS\xC2\xA0s3cret", "PASS ********"},
      {"PASS " + std::string(3000, 's') + "3cret", "PASS ********"},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    const auto played = play(World{}, row.said + "\r\n");
    CHECK(played.last("wire.client").text("text") == row.told);
    CHECK(played.last("smtp.error").text("line") == row.told);
    for (const char* secret : {"3cr", "MzY3", "sss"}) {
      CHECK(played.told().find(secret) == std::string::npos);
      CHECK(played.out.find(secret) == std::string::npos);
    }
  }
}

TEST_CASE("smtp events: a masked line with an odd character in it is refused like any other") {
  // The line that is told has no full-width character any more, the argument has.
  const auto played = play(World{}, helo + "MAIL PASS \xEF\xBC\x9As3cret\r\n");
  CHECK(played.last("wire.client").text("text") == "MAIL PASS ********");
  CHECK(played.last("smtp.error").text("cause") == "full_width");
  CHECK(played.last_line().starts_with("500 5.5.2 character "));
  CHECK(played.told().find("3cret") == std::string::npos);
}

TEST_CASE("smtp events: nothing is told where nobody listens, and the replies are the same") {
  class Deaf final : public wire::Sink {
   public:
    [[nodiscard]] bool wanted() const override { return false; }
    void emit(std::string_view, std::vector<wire::Field>) override { FAIL("told"); }
  } deaf;
  const World world;
  smtp::Engine engine(world.settings, world.connection, deaf);
  std::string out = engine.greeting();
  std::string content;
  const std::string bytes = data + "Subject: x\r\n\r\n..dot\r\nbody\r\n.\r\nX\r\nQUIT\r\n";
  engine.feed(bytes);
  for (bool closed = false; !closed;) {
    smtp::Output output = engine.next();
    closed = std::holds_alternative<smtp::Close>(output);
    if (auto* send = std::get_if<smtp::Send>(&output)) out += send->bytes;
    if (std::holds_alternative<smtp::CheckMailbox>(output)) engine.on_mailbox("s9360511");
    if (auto* piece = std::get_if<smtp::Content>(&output)) content += piece->octets;
    if (std::holds_alternative<smtp::Accept>(output)) engine.on_stored(1);
  }
  const auto heard = play(World{}, bytes);
  CHECK(out == heard.out);
  CHECK(content == heard.accepted.front().content);
}

TEST_CASE("smtp events: who begins to listen in the middle of a letter hears no half message") {
  class Late final : public wire::Sink {
   public:
    [[nodiscard]] bool wanted() const override { return listening; }
    void emit(std::string_view name, std::vector<wire::Field>) override {
      names += std::string(name) + ' ';
    }
    bool listening = false;
    std::string names;
  } late;
  const World world;
  smtp::Engine engine(world.settings, world.connection, late);
  static_cast<void>(engine.greeting());
  const auto run = [&] {
    for (;;) {
      const smtp::Output output = engine.next();
      if (std::holds_alternative<smtp::CheckMailbox>(output)) engine.on_mailbox("s9360511");
      if (std::holds_alternative<smtp::Accept>(output)) return true;
      if (std::holds_alternative<smtp::NeedBytes>(output)) return false;
    }
  };
  engine.feed(data + "one\r\n.\r\n");
  REQUIRE(run());
  late.listening = true;
  engine.on_stored(1);
  CHECK_FALSE(run());
  CHECK(late.names == "wire.server ");
}

TEST_CASE("smtp events: what is odd and not refused is noted, where it came") {
  CHECK(meanings(play(World{}, "NO\xFF\xF4\xFF\xFD\x06OP\nNOOP\n")) ==
        "smtp.note cause=telnet_bytes tls=no\n"
        "wire.client text=NOOP data=no\n"
        "smtp.note cause=lf_only tls=no\n"
        "smtp.noop code=250\n"
        "wire.client text=NOOP data=no\n"
        "smtp.noop code=250\n");
}
