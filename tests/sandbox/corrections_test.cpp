// A correction shows what goes on from here if it is typed as shown, in every lesson: the step's
// own lines, in the order in which they are due.

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "sandbox/library.hpp"
#include "tests/sandbox/classroom.hpp"
#include "tests/support/language.hpp"

namespace sandpost::tests {
namespace {

sandbox::Lesson lesson(std::string_view id) {
  auto found = sandbox::find_lesson(id);
  REQUIRE(found);
  return std::move(*found);
}

void add_amy_and_ben(Classroom& room) {
  room.put_account("amy", "apple");
  room.put_account("ben", "berry");
}

// Stands in the envelope lesson before the step with this id.
void go_to_in_envelope(Classroom& room, std::string_view id) {
  add_amy_and_ben(room);
  while (!room.at(id)) {
    const std::size_t step = room.tutor.step_number();
    room.do_step();
    room.wait();
    REQUIRE(room.tutor.step_number() > step);
  }
}

// What the tutor shows to be typed in place of a refused line: the rows behind NO that are
// indented.
std::string shown(const Classroom& room) {
  std::string out;
  for (const sandbox::Line& line : room.lines) {
    if (line.role != sandbox::Role::no) continue;
    out.clear();
    for (const std::string& row : split(line.text, '\n')) {
      if (row.starts_with("  ")) out += row.substr(2) + '\n';
    }
  }
  return out;
}

std::string hint(Classroom& room) {
  return rows_of(room.tutor.hint());
}

}  // namespace

TEST_CASE(
    "correction: RETR without its number showed RETR 1, where the step wants another letter") {
  Classroom room(lesson("message"));
  while (!room.at("dots-back")) {
    room.do_step();
    room.wait();
  }
  room.type("RETR");
  CHECK(shown(room) == "RETR 2\n");
  room.type("RETR 2");
  CHECK(room.at("end"));
}

TEST_CASE("correction: a step that writes to amy showed the learner's own address") {
  Classroom room(lesson("envelope"));
  add_amy_and_ben(room);
  room.go_to("to-amy");
  room.type({"MAIL FROM:<s9360511@ntut.edu.tw>", "RCPT TO <amy@ntut.edu.tw>"});
  CHECK(shown(room) == "RCPT TO:<amy@ntut.edu.tw>\n");
  room.type("RCPT TO:<amy@example.org>");
  CHECK(shown(room) == "RCPT TO:<amy@ntut.edu.tw>\n");
  room.type("RCPT TO:<amy@ntut.edu.tw>");
  CHECK(room.at("lie"));
}

TEST_CASE("correction: of several recipients the one that is due is shown") {
  Classroom room(lesson("envelope"));
  go_to_in_envelope(room, "bcc");
  room.connect(Protocol::smtp);
  room.type({"HELO me", "MAIL FROM"});
  CHECK(shown(room) == "MAIL FROM:<amy@ntut.edu.tw>\n");
  room.type({"MAIL FROM:<amy@ntut.edu.tw>", "RCPT TO"});
  CHECK(shown(room) == "RCPT TO:<ben@ntut.edu.tw>\n");
  room.type({"RCPT TO:<ben@ntut.edu.tw>", "RCPT TO"});
  CHECK(shown(room) == "RCPT TO:<s9360511@ntut.edu.tw>\n");
}

TEST_CASE("correction: a wrong password of amy's was answered with the learner's name") {
  Classroom room(lesson("envelope"));
  go_to_in_envelope(room, "amy-reads");
  room.type("QUIT");
  room.connect(Protocol::pop3);
  const std::string said = room.type({"USER amy", "PASS orange"});
  CHECK_FALSE(has(rows_with(said, "NO "), "s9360511"));
  CHECK(shown(room) == "USER amy\nPASS apple\n");
  room.type("LIST");
  CHECK(shown(room) == "USER amy\nPASS apple\n");
  room.type({"USER amy", "PASS apple", "RETR 1"});
  CHECK(room.at("amy-leaves"));
}

TEST_CASE("correction: DELE 2 3 was answered with DELE 1, which the step does not want") {
  Classroom room(lesson("pop3"));
  for (int i = 0; i < 3; ++i) {
    room.connect(Protocol::smtp);
    room.send(smtp_half);
  }
  room.wait();
  room.go_to("mark");
  room.type("DELE 2 3");
  CHECK(shown(room) == "DELE 2\n");
  room.type({"DELE 2", "DELE"});
  CHECK(shown(room) == "DELE 3\n");
  room.type("RETR");  // no word of this step
  CHECK(shown(room) == "DELE 3\n");
}

TEST_CASE("correction: the refused line itself is not shown as its own correction") {
  Classroom room(lesson("pop3"));
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"CAPA", "USER s9360511", "PASS sandbox", "LIST 2"});
  CHECK_FALSE(has(shown(room), "LIST 2"));
}

TEST_CASE("correction: after RSET the sender of the earlier step is shown again") {
  Classroom room;
  room.go_to("rcpt");
  room.type({"RSET", "RCPT TO:<s9360511@ntut.edu.tw>"});
  CHECK(has(room.printed, "The sender comes first"));
  room.type("MAIL s9360511");
  CHECK(shown(room) == "MAIL FROM:<s9360511@ntut.edu.tw>\n");
}

TEST_CASE("correction: no blank stands behind the colon, whatever the lesson's line has") {
  Classroom room;
  room.go_to("rcpt");
  room.type("RCPT TO");
  CHECK(shown(room) == "RCPT TO:<s9360511@ntut.edu.tw>\n");
}

TEST_CASE("correction, zh-TW: the step's own line is shown") {
  const Speaking chinese("zh-TW");
  Classroom room(lesson("envelope"));
  go_to_in_envelope(room, "amy-reads");
  room.type("QUIT");
  room.connect(Protocol::pop3);
  const std::string said = room.type({"USER amy", "PASS orange"});
  CHECK(has(said, "名稱或密碼不對"));
  CHECK(shown(room) == "USER amy\nPASS apple\n");
  CHECK(has(room.type("STAT 1"), "NO "));
}

TEST_CASE("hint: in the middle of a step it told of lines that are done") {
  Classroom room(lesson("envelope"));
  go_to_in_envelope(room, "bcc");
  CHECK(has(hint(room), "RCPT TO once for each reader"));
  room.connect(Protocol::smtp);
  room.type({"HELO me", "MAIL FROM:<amy@ntut.edu.tw>", "RCPT TO:<ben@ntut.edu.tw>"});
  const std::string second = hint(room);
  CHECK(has(second, "RCPT TO:<s9360511@ntut.edu.tw>"));
  CHECK_FALSE(has(second, "ben"));
  room.type({"RCPT TO:<s9360511@ntut.edu.tw>", "DATA"});
  const std::string third = hint(room);
  CHECK(has(third, "the head, an empty line, the text"));
  CHECK(has(third, "This line is due now:   From: amy@ntut.edu.tw"));
  room.type("From: amy@ntut.edu.tw");
  CHECK(has(hint(room), "This line is due now:   To: ben@ntut.edu.tw"));
}

TEST_CASE("hint: after HELO it said HELO again") {
  Classroom room(lesson("ehlo"));
  room.go_to("helo");
  CHECK(has(hint(room), "HELO"));
  room.type("HELO ntut.edu.tw");
  const std::string second = hint(room);
  CHECK_FALSE(has(second, "HELO"));
  CHECK(has(second, "MAIL FROM:<s9360511@ntut.edu.tw> SIZE=100"));
}

TEST_CASE("hint: each time the next, and the last one stays") {
  Classroom room;
  room.go_to("helo");
  CHECK(has(hint(room), "The command is HELO"));
  CHECK(has(hint(room), "The word is the name of a computer"));
  for (int i = 0; i < 2; ++i) {
    const std::string last = hint(room);
    CHECK(has(last, "-- helo ntut.edu.tw\n"));
    CHECK(has(last, "-- (That was the last hint; :show types it.)\n"));
  }
}

TEST_CASE("hint: the empty line of a letter is called by its name") {
  Classroom room;
  room.go_to("letter");
  room.type("Subject: my first mail by hand");
  for (int i = 0; i < 2; ++i)
    (void)hint(room);
  CHECK(has(hint(room), "This line is due now:   (an empty line)"));
}

TEST_CASE("hint, zh-TW: the line that is due is shown") {
  const Speaking chinese("zh-TW");
  Classroom room(lesson("envelope"));
  go_to_in_envelope(room, "bcc");
  room.connect(Protocol::smtp);
  room.type("HELO me");
  CHECK(has(hint(room), "現在該打這一行：   MAIL FROM:<amy@ntut.edu.tw>"));
}

TEST_CASE("near miss: another letter was named by the queue's number, not by the mailbox's") {
  Classroom room(lesson("message"));
  // A letter of an earlier day lies in the mailbox already.
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  while (!room.at("look")) {
    room.do_step();
    room.wait();
  }
  room.connect(Protocol::pop3);
  const std::string said = room.type({"USER s9360511", "PASS sandbox", "RETR 1"});
  CHECK(has(said, "NO That was number 1, and this step wants number 2."));
  CHECK(shown(room) == "RETR 2\n");
  CHECK_FALSE(has(said, "went through the queue"));
  CHECK(room.tutor.solution().back() == "RETR 2");
  room.type("RETR 2");
  CHECK(room.at("dots-back"));
}

TEST_CASE("near miss: a letter that was deleted since moves the numbers of the next login") {
  Classroom room(lesson("message"));
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox", "DELE 1", "QUIT"});
  while (!room.at("look")) {
    room.do_step();
    room.wait();
  }
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox", "RETR 2"});
  CHECK(shown(room) == "RETR 1\n");
}

TEST_CASE("hint: who had typed a head line of their own was told to type the author's") {
  Classroom room(lesson("message"));
  room.go_to("perfect");
  room.type({"MAIL FROM:<s9360511@ntut.edu.tw>", "RCPT TO:<s9360511@ntut.edu.tw>", "DATA",
             "From: Amy <amy@example.org>"});
  CHECK(has(hint(room), "This line is due now:   To: s9360511@ntut.edu.tw"));
}

TEST_CASE("hint: a connection alone is no beginning that gives the whole step away") {
  Classroom room(lesson("auth"));
  room.smtp.mechanisms = {"PLAIN", "LOGIN"};
  add_amy_and_ben(room);
  room.go_to("apop");
  room.connect(Protocol::pop3);
  CHECK_FALSE(has(hint(room), "This line is due now"));
}

TEST_CASE("correction: EHLO alone was answered with HELO, although either will do") {
  Classroom room(lesson("envelope"));
  room.connect(Protocol::smtp);
  room.type("EHLO");
  CHECK(shown(room) == "ehlo ntut.edu.tw\n");
}

TEST_CASE(
    "correction: an unknown recipient, where the step goes on already, is not asked for again") {
  Classroom room(lesson("envelope"));
  add_amy_and_ben(room);
  room.go_to("lie");
  room.type("RCPT TO:<army@ntut.edu.tw>");
  CHECK(shown(room) == "DATA\n");
  Classroom bare(lesson("envelope"));
  add_amy_and_ben(bare);
  bare.go_to("to-amy");
  bare.type({"MAIL FROM:<s9360511@ntut.edu.tw>", "RCPT TO: amy", "RCPT TO:<army@ntut.edu.tw>"});
  CHECK(shown(bare) == "DATA\n");
}

TEST_CASE("correction: RCPT without its colon was answered with MAIL FROM") {
  Classroom room(lesson("message"));
  room.go_to("perfect");
  room.type({"MAIL FROM:<s9360511@ntut.edu.tw>", "RCPT TO s9360511@ntut.edu.tw"});
  CHECK(shown(room) == "RCPT TO:<s9360511@ntut.edu.tw>\n");
}

TEST_CASE("correction: LIST between USER and PASS was told to say USER again") {
  Classroom room(lesson("pop3"));
  room.connect(Protocol::pop3);
  room.type({"CAPA", "USER s9360511", "LIST"});
  CHECK(shown(room) == "PASS sandbox\n");
}

TEST_CASE("correction: what is no base64 is answered with the line of the step") {
  Classroom room(lesson("auth"));
  room.smtp.mechanisms = {"PLAIN", "LOGIN"};
  add_amy_and_ben(room);
  room.go_to("plain");
  room.connect(Protocol::smtp);
  room.type({"EHLO me", "AUTH PLAIN x"});
  CHECK(shown(room) == "AUTH PLAIN AGFteQBhcHBsZQ==\n");
}

TEST_CASE("near miss: TOP of another letter named no line to type") {
  Classroom room(lesson("pop3"));
  for (int i = 0; i < 3; ++i) {
    room.connect(Protocol::smtp);
    room.send(smtp_half);
  }
  room.wait();
  room.go_to("top");
  room.type("TOP 1 1");
  CHECK(shown(room) == "TOP 2 2\n");
}

TEST_CASE("near miss: of two letters to be marked the one that is marked was asked for") {
  Classroom room(lesson("pop3"));
  for (int i = 0; i < 3; ++i) {
    room.connect(Protocol::smtp);
    room.send(smtp_half);
  }
  room.wait();
  room.go_to("mark");
  room.type({"DELE 2", "DELE 1"});
  CHECK(shown(room) == "DELE 3\n");
}

// The servers of a class in memory neither fail on purpose nor encrypt.
TEST_CASE("correction: in each step of each lesson what is shown can be typed") {
  constexpr std::array slips{"MAIL FROM",
                             "RCPT TO",
                             "RETR",
                             "DELE",
                             "USER",
                             "PASS",
                             "RETR 99",
                             "RCPT TO:<nobody@ntut.edu.tw>",
                             "RCPT TO:<who@example.org>"};
  std::size_t shown_lines = 0;
  for (const char* id : {"ntut-2001", "telnet", "envelope", "message", "mime", "ehlo"}) {
    const std::size_t steps = lesson(id).steps.size();
    for (std::size_t step = 0; step < steps; ++step) {
      for (const char* slip : slips) {
        Classroom room(lesson(id));
        room.smtp.mechanisms = {"PLAIN", "LOGIN"};
        add_amy_and_ben(room);
        while (room.tutor.step_number() < step + 1) {
          const std::size_t before = room.tutor.step_number();
          room.do_step();
          room.wait();
          REQUIRE(room.tutor.step_number() > before);
        }
        if (room.current == 0 || !room.open()) continue;
        const auto in_letter = [&] {
          return has(rows_of(room.tutor.state()), "reading the letter");
        };
        if (in_letter() || rows_with(room.type(slip), "NO ").empty()) continue;
        for (const std::string& line : split(shown(room), '\n')) {
          if (line.empty() || in_letter()) continue;
          CAPTURE(std::string(id));
          CAPTURE(step + 1);
          CAPTURE(std::string(slip));
          CAPTURE(line);
          const std::size_t before = room.tutor.step_number();
          const std::string reply = rows_with(room.type(line), "S: ");
          ++shown_lines;
          if (room.tutor.step_number() > before) continue;  // a refusal can be what is wanted
          CHECK_MESSAGE((reply.starts_with("S: 2") || reply.starts_with("S: 3") ||
                         reply.starts_with("S: +OK")),
                        reply);
        }
      }
    }
  }
  CHECK(shown_lines > 100);
}

}  // namespace sandpost::tests
