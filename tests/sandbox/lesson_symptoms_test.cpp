// What learners met in the built-in lessons, each under its symptom.

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "sandbox/classroom.hpp"
#include "sandbox/library.hpp"
#include "sandbox/report_writers.hpp"
#include "tests/support/language.hpp"

namespace sandpost::tests {
namespace {

sandbox::Lesson lesson(std::string_view id) {
  auto found = sandbox::find_lesson(id);
  REQUIRE(found);
  return std::move(*found);
}

void envelope_to_me(Classroom& room) {
  room.type({"MAIL FROM:<s9360511@ntut.edu.tw>", "RCPT TO:<s9360511@ntut.edu.tw>", "DATA"});
}

void add_amy_and_ben(Classroom& room) {
  room.put_account("amy", "apple");
  room.put_account("ben", "berry");
}

}  // namespace

TEST_CASE("telnet: who deleted the letter before fetching it could never fetch it") {
  Classroom room(lesson("telnet"));
  room.go_to("fetch");
  room.wait();
  room.connect(Protocol::pop3);
  const std::string said = room.type({"USER s9360511", "PASS sandbox", "DELE 1", "QUIT"});
  CHECK(has(said,
            "QUIT has deleted a letter that this lesson still needs: send it once more. "
            "Back to step 1."));
  while (!room.at("fetch"))
    room.do_step();
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox", "RETR 1"});
  CHECK_FALSE_MESSAGE(room.at("fetch"), room.printed);
}

TEST_CASE("telnet: a letter whose mark was taken away is not gone, nor is one nobody asks for") {
  Classroom room(lesson("telnet"));
  room.go_to("fetch");
  room.wait();
  room.connect(Protocol::pop3);
  const std::string kept = room.type({"USER s9360511", "PASS sandbox", "DELE 1", "RSET", "QUIT"});
  CHECK_FALSE(has(kept, "still needs"));
  CHECK(room.at("fetch"));
  room.do_step();
  const std::string said = room.type({"DELE 1", "QUIT"});
  CHECK_FALSE(has(said, "still needs"));
}

TEST_CASE("message: a letter with one dot instead of two passed the step about doubled dots") {
  Classroom room(lesson("message"));
  room.go_to("dots");
  envelope_to_me(room);
  room.type({"Subject: dots", "", ".hidden is a file", "."});
  CHECK(room.at("dots"));
  room.do_step();
  CHECK_FALSE(room.at("dots"));
}

TEST_CASE("message: after a letter too many the tutor asked for number 1, which was another") {
  Classroom room(lesson("message"));
  room.go_to("perfect");
  envelope_to_me(room);
  room.type({"Subject: not perfect", "", "Too short a head.", "."});
  REQUIRE(room.at("perfect"));
  while (!room.at("look"))
    room.do_step();
  room.wait();
  CHECK(has(room.printed, "took it in as number 2"));
  room.do_step();
  CHECK(room.at("dots-back"));
}

TEST_CASE("message: From: me, Date: yesterday and Message-ID: 12 passed without a word") {
  Classroom room(lesson("message"));
  room.go_to("perfect");
  envelope_to_me(room);
  const std::string said = room.type(
      {"From: me", "To: me", "Subject: x", "Date: yesterday", "Message-ID: 12", "", "Hello.", "."});
  CHECK(has(said, "From: names nobody"));
  CHECK(has(said, "Date: is no date"));
  CHECK(has(said, "Message-ID: has the form <left@right>"));
}

TEST_CASE("message: good head lines hear no remark, with or without the day of the week") {
  for (const char* date :
       {"Date: Mon, 23 Nov 2026 14:03:22 +0800", "Date: 23 Nov 2026 14:03 +0800 (CST)"}) {
    Classroom room(lesson("message"));
    room.go_to("perfect");
    envelope_to_me(room);
    const std::string said =
        room.type({"From: Amy", " <amy@example.org>", "To: s9360511@ntut.edu.tw", "Subject: x",
                   date, "Message-ID: <a.1@example.org>", "", "Hello.", "."});
    CHECK_FALSE(has(said, "From: names"));
    CHECK_FALSE(has(said, "is no date"));
    CHECK_FALSE(has(said, "Message-ID: has"));
    CHECK(room.at("dots"));
  }
}

TEST_CASE("message: a first line without its colon was told to be no head lines at all") {
  Classroom room(lesson("message"));
  room.go_to("perfect");
  envelope_to_me(room);
  const std::string said = room.type({"From me", "Subject: hi", "", "Hello.", "."});
  CHECK(has(said, "The first line, \"From me\", is no head line"));
}

TEST_CASE("message: a folded line without its blank was told to lack the empty line") {
  Classroom room(lesson("message"));
  room.go_to("folded");
  envelope_to_me(room);
  const std::string said = room.type({"Subject: one", "two", "", "Hello.", "."});
  CHECK(has(said, "\"two\" ended the head before your empty line came"));
  CHECK(room.at("folded"));
}

TEST_CASE("message: a letter without an empty line hears nothing of one that came too late") {
  Classroom room(lesson("message"));
  room.go_to("broken");
  CHECK_FALSE(has(room.do_step(), "ended the head before"));
}

TEST_CASE("message: a doubled dot that the step asks for was marked as a slip") {
  Classroom room(lesson("message"));
  room.go_to("dots");
  envelope_to_me(room);
  const std::string said = room.type({"Subject: dots", "", "..hidden", ".."});
  CHECK(has(said, "-- Two dots"));
  CHECK_FALSE(has(said, "NO Two dots"));
}

TEST_CASE("mime: the head lines that the step dictates were too few for it") {
  Classroom room(lesson("mime"));
  room.go_to("base64");
  envelope_to_me(room);
  room.type({"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
             "Content-Transfer-Encoding: base64", "", "Q2Fmw6ksIOa4rOippg==", "."});
  CHECK_FALSE_MESSAGE(room.at("base64"), room.printed);
}

TEST_CASE("mime: a letter to be sent again was to begin with a dot") {
  Classroom room(lesson("mime"));
  room.go_to("base64");
  envelope_to_me(room);
  const std::string said = room.type({"Subject: x", "", "Q2Fmw6ksIOa4rOippg==", "."});
  CHECK(has(said, "Send it again."));
  CHECK_MESSAGE(has(said, "MAIL FROM:<s9360511@ntut.edu.tw>"), said);
}

TEST_CASE("sender: a name that is no address passed with a word about its brackets only") {
  Classroom room(lab());
  room.go_to("mail");
  CHECK(has(room.type({"mail from: me"}), "A name without a domain"));
}

TEST_CASE("envelope: ben's copy passed for your secret one") {
  Classroom room(lesson("envelope"));
  add_amy_and_ben(room);
  while (!room.at("yourself")) {
    room.do_step();
    room.wait();
  }
  room.connect(Protocol::pop3);
  room.type({"USER ben", "PASS berry", "RETR 1"});
  CHECK(room.at("yourself"));
  room.type("QUIT");
  room.do_step();
  CHECK(room.at("secret-copy"));
  room.do_step();
  CHECK(room.at("leave"));
}

TEST_CASE("codes: who made the refusal as told was told how to avoid it") {
  Classroom room(lesson("codes"));
  room.go_to("e501");
  const std::string said = room.do_step();
  CHECK(room.at("e502"));
  CHECK_FALSE(has(said, "It is written like this"));
  room.go_to("e503");
  CHECK_FALSE(has(room.do_step(), "Right word, wrong moment"));
  CHECK(room.at("e504"));
}

TEST_CASE("codes: an RSET or NOOP of long ago was credited to the step that asks for one") {
  sandbox::Lesson codes = lesson("codes");
  std::erase_if(codes.steps, [](const sandbox::Step& one) {
    return one.id != "hello" && one.id != "e502" && one.id != "rset" && one.id != "noop";
  });
  Classroom room(std::move(codes));
  room.go_to("e502");
  room.type({"RSET", "NOOP"});
  room.do_step();
  REQUIRE(room.at("rset"));
  room.do_step();
  REQUIRE(room.at("noop"));
  room.do_step();
  CHECK(room.tutor.finished());
}

TEST_CASE("codes: steps were done by earlier lines without a word of it") {
  Classroom room(lesson("codes"));
  room.connect(Protocol::smtp);
  room.type({"HELO me", "FISH", "MAIL FROM s9360511@ntut.edu.tw"});
  const std::string said = room.type("EHLO ntut.edu.tw");
  CHECK(room.at("e502"));
  const std::size_t first = said.find("You have done this before");
  REQUIRE(first != std::string::npos);
  CHECK(first > said.find("OK step 1 is done"));
  CHECK(said.find("You have done this before", first + 1) != std::string::npos);
  CHECK_FALSE(has(room.do_step(), "You have done this before"));
}

TEST_CASE("auth: APOP with md5sum's hyphen was told to stand alone on its line") {
  Classroom room(lesson("auth"));
  room.connect(Protocol::pop3);
  const std::string said = room.type("APOP s9360511 0123456789abcdef0123456789abcdef  -");
  CHECK(has(said, "Behind APOP stand two words"));
  CHECK_FALSE(has(said, "stands alone"));
}

TEST_CASE("refusal: 552 at MAIL spoke of a letter that was not kept, though none was sent") {
  Classroom room;
  room.go_to("mail");
  const std::string said =
      room.type({"EHLO me", "MAIL FROM:<s9360511@ntut.edu.tw> SIZE=100000000000"});
  CHECK(has(said, "before you have sent any of it"));
  CHECK_FALSE(has(said, "was not kept"));
}

TEST_CASE("pop3: number 1 was deleted and passed for the spam") {
  Classroom room(lesson("pop3"));
  room.connect(Protocol::smtp);
  room.type("HELO ntut.edu.tw");
  for (const char* subject : {"Subject: lunch", "Subject: a long one", "Subject: you have won"}) {
    envelope_to_me(room);
    room.type({subject, "", "Text.", "."});
  }
  room.type("QUIT");
  room.wait();
  room.go_to("spam");
  room.type({"DELE 1", "QUIT"});
  CHECK_FALSE(room.at("really"));
  CHECK_FALSE(room.tutor.finished());
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox", "DELE 2"});
  CHECK(room.at("really"));
  room.type("QUIT");
  CHECK(room.tutor.finished());
}

TEST_CASE("report: the slip made on purpose was listed, and what was really missed was not") {
  const auto message = lesson("message");
  Classroom room(message);
  room.go_to("folded");
  envelope_to_me(room);
  room.type({"Subject: dots", "", "Not folded.", "."});
  room.go_to("quit");
  sandbox::Record record;
  record.head.started = room.clock.now();
  record.head.lesson = "message";
  record.head.names = lab_variables();
  record.events = room.events;
  record.notes.push_back({room.clock.now(), "hint", "folded"});
  const auto report = sandbox::make_report(record, &message, {});
  REQUIRE(report.mistakes.size() == 1);
  CHECK(has(report.mistakes[0].explanation, "one two"));
  REQUIRE(report.help.size() == 1);
  CHECK(report.help[0].title == "A folded line");
  CHECK(has(sandbox::report_markdown(report), "in step A folded line"));
}

TEST_CASE("report: Markdown was full of backslashes") {
  CHECK(sandbox::markdown_escape("(RFC 5321, 4.5.2).") == "(RFC 5321, 4.5.2).");
  CHECK(sandbox::markdown_escape("- a") == "\\- a");
  CHECK(sandbox::markdown_escape("# a") == "\\# a");
  CHECK(sandbox::markdown_escape("12. a") == "12\\. a");
  CHECK(sandbox::markdown_escape("<b>&amp; _x_ ~y~") == "\\<b\\>\\&amp; \\_x\\_ \\~y\\~");
}

TEST_CASE("auth: a login heard of a letter that might be in the queue, where there never was one") {
  Classroom room(lesson("auth"));
  room.connect(Protocol::pop3);
  const std::string said = room.type({"USER s9360511", "PASS sandbox"});
  CHECK(has(said, "The mailbox is empty: nobody has written to s9360511 yet"));
  CHECK_FALSE(has(said, "queue"));
}

TEST_CASE("auth, zh-TW: an empty mailbox is said to be empty") {
  const Speaking chinese("zh-TW");
  Classroom room(lesson("auth"));
  room.connect(Protocol::pop3);
  CHECK(has(room.type({"USER s9360511", "PASS sandbox"}), "信箱是空的"));
}

TEST_CASE("lab: a mailbox whose letter was deleted is told to be empty because of that") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox", "DELE 1", "QUIT"});
  room.connect(Protocol::pop3);
  CHECK(has(room.type({"USER s9360511", "PASS sandbox"}), "that were in it are deleted"));
}

TEST_CASE("telnet: the digits of a reply stood there unexplained") {
  Classroom room(lesson("telnet"));
  const std::string said = room.connect(Protocol::smtp);
  CHECK(has(said, "what its digits say"));
}

TEST_CASE("telnet: who types in another window than before is told where the step goes on") {
  Classroom room(lesson("telnet"));
  room.go_to("quit");
  room.tutor.note_own(1);
  room.connect(Protocol::smtp);
  const std::string said = room.type("QUIT");
  CHECK(
      has(said, "NO That was in another window. This step goes on in the connection of this one"));
  CHECK(room.at("quit"));
}

TEST_CASE("telnet: a step that was done in another window is known to be") {
  Classroom room(lesson("telnet"));
  room.connect(Protocol::smtp);
  room.tutor.note_own(2);
  room.connect(Protocol::smtp);
  room.type("hello there");
  const auto records = room.tutor.records();
  REQUIRE(records.size() == 2);
  CHECK(records[0].elsewhere);
  CHECK_FALSE(records[1].elsewhere);
}

}  // namespace sandpost::tests
