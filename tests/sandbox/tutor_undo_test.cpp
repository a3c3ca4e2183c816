// What is undone is done again: the tutor goes back to the right step, and says why.

#include <doctest/doctest.h>

#include <string>

#include "sandbox/classroom.hpp"
#include "sandbox/tutor.hpp"

namespace sandpost::tests {

TEST_CASE("tutor: RSET goes back to the sender") {
  Classroom room;
  room.go_to("data");
  const std::string said = room.type("RSET");
  CHECK(
      has(said, "-- Sender and recipients are forgotten, the connection is fine. Back to step 3."));
  CHECK(has(said, "[3/14] The envelope: who sends it"));
  CHECK(room.at("mail"));
  room.do_step();
  CHECK(room.at("rcpt"));
}

TEST_CASE("tutor: a second HELO or EHLO goes back to the sender") {
  for (const char* line : {"HELO ntut.edu.tw", "EHLO ntut.edu.tw"}) {
    Classroom room;
    room.go_to("data");
    CHECK(has(room.type(line), "Back to step 3."));
    CHECK(room.at("mail"));
  }
}

TEST_CASE("tutor: RSET with nothing to forget says nothing of it") {
  Classroom room;
  room.go_to("mail");
  CHECK_FALSE(has(room.type({"RSET", "HELO again"}), "Back to"));
  CHECK(room.at("mail"));
}

TEST_CASE("tutor: a refused letter takes sender and recipients with it") {
  Classroom room;
  room.go_to("letter");
  const std::string said = room.send("hi\n\r\n.\r\n");
  CHECK(has(said, "S: 550 5.5.2"));
  CHECK(has(said, "NO A line of your letter ended in another way"));
  CHECK(has(said, "Back to step 3."));
  CHECK(room.at("mail"));
}

TEST_CASE("tutor: a closed connection goes back to the start, whatever the server had heard") {
  for (const char* step : {"helo", "mail", "rcpt", "data"}) {
    CAPTURE(step);
    Classroom room;
    room.go_to(step);
    const std::string said = room.drop();
    CHECK(has(said, "SMTP remembers nothing of it. Back to step 1."));
    CHECK(has(said, "[1/14] Connect"));
    CHECK(room.at("connect"));
    room.go_to("quit-smtp");
  }
}

TEST_CASE("tutor: a connection that ends before the dot: the letter is lost, and said so") {
  Classroom room;
  room.go_to("letter");
  room.type("half a letter");
  CHECK(
      has(room.drop(), "ended before the dot: the letter is lost, nobody has it. Back to step 1."));
  CHECK(room.at("connect"));
}

TEST_CASE("tutor: QUIT too early goes back to the start, and does not pass the step Leave") {
  for (const char* step : {"helo", "mail", "rcpt", "data"}) {
    CAPTURE(step);
    Classroom room;
    room.go_to(step);
    const std::string said = room.type("QUIT");
    CHECK(has(said, "Back to step 1."));
    CHECK_FALSE(has(said, "OK step"));
    CHECK(room.at("connect"));
    room.go_to("quit-smtp");
    CHECK(room.at("quit-smtp"));
  }
}

TEST_CASE("tutor: the window closed after the 250 costs nothing, and says so") {
  Classroom room;
  room.go_to("quit-smtp");
  const std::string said = room.drop();
  CHECK(has(said, "ended without QUIT"));
  CHECK(has(said, "the letter is the server's"));
  CHECK(has(said, "OK step 7 is done"));
  CHECK(room.at("wait"));
}

TEST_CASE("tutor: who says QUIT hears nothing of a missing one") {
  Classroom room;
  room.go_to("quit-smtp");
  const std::string said = room.type("QUIT");
  CHECK_FALSE(has(said, "without QUIT"));
  CHECK(room.at("wait"));
}

TEST_CASE(
    "tutor: a recipient who is somebody else is named, and the letter to him does not count") {
  Classroom room;
  room.put_account("ben", "b");
  room.go_to("rcpt");
  const std::string said = room.type("RCPT TO:<ben@ntut.edu.tw>");
  CHECK(has(said, "NO Accepted: ben@ntut.edu.tw would get the letter."));
  CHECK(has(said, "waits for s9360511@ntut.edu.tw"));
  CHECK(room.at("rcpt"));
  const std::string sent = room.type({"DATA", "Subject: x", "", "hi", "."});
  CHECK(has(sent, "-- That letter went out, but not as this lesson wants it. Back to step 3."));
  CHECK(room.at("mail"));
  room.go_to("list");
  CHECK(room.letters() == 1);
}

TEST_CASE("tutor: a letter to two people passes, if the learner is one of them") {
  Classroom room;
  room.put_account("ben", "b");
  room.go_to("rcpt");
  CHECK(has(room.type({"RCPT TO:<ben>", "RCPT TO:<s9360511>"}), "OK step 4 is done"));
  room.go_to("login");
}

TEST_CASE("tutor: the mailbox looked into too early is empty, and stays so until a new login") {
  Classroom room;
  room.go_to("wait");
  room.connect(Protocol::pop3);
  const std::string early = room.type({"user s9360511", "pass sandbox"});
  CHECK(has(early, "-- The mailbox is empty: 250 meant queued, not delivered. Number 1 is due in"));
  CHECK(has(early, "POP3 counts once, at login"));
  CHECK(room.at("wait"));

  const std::string delivered = room.wait();
  CHECK(has(delivered, "OK step 8 is done"));
  CHECK(has(delivered, "NO Your POP3 session began before the letter came, and stays empty. QUIT"));
  CHECK(room.at("login"));
  CHECK(has(room.type("user s9360511"), "QUIT ends this session, and then you can log in anew"));
  CHECK_FALSE(has(room.type("QUIT"), "Back to"));
  CHECK(room.at("login"));
  CHECK(has(room.do_step(), "OK step 9 is done"));
}

TEST_CASE("tutor: an empty mailbox is explained at each login") {
  Classroom room;
  room.go_to("wait");
  for (int i = 0; i < 2; ++i) {
    room.connect(Protocol::pop3);
    CHECK(has(room.type({"user s9360511", "pass sandbox"}),
              "-- The mailbox is empty: 250 meant queued"));
    room.type("QUIT");
  }
}

TEST_CASE("tutor: :state before a login does not say that the mailbox is empty") {
  Classroom room;
  room.connect(Protocol::pop3);
  const std::string said = rows_of(room.tutor.state());
  CHECK(has(said, "not logged in"));
  CHECK_FALSE(has(said, "letters: 0"));
}

TEST_CASE("tutor: the login of somebody else does not pass, and says whose is waited for") {
  Classroom room;
  room.put_account("ben", "b");
  room.go_to("login");
  room.connect(Protocol::pop3);
  const std::string said = room.type({"user ben", "pass b"});
  CHECK(has(said, "NO You are logged in as ben, and this step wants s9360511."));
  CHECK(room.at("login"));
}

TEST_CASE("tutor: DELE and a dropped connection: the marks are lost, and said so") {
  for (const char* step : {"list-empty", "quit-pop3"}) {
    CAPTURE(step);
    Classroom room;
    room.go_to(step);
    const std::string said = room.drop();
    CHECK(has(said,
              "-- The connection ended without QUIT: what you marked is not deleted. "
              "Back to step 9."));
    CHECK(room.at("login"));
    CHECK(room.letters() == 1);
    room.go_to("quit-pop3");
    room.do_step();
    CHECK(room.tutor.finished());
    CHECK(room.letters() == 0);
  }
}

TEST_CASE("tutor: marks that are lost in another step's time are told as well") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  REQUIRE(room.at("login"));
  room.put_account("ben", "b");
  room.do_step();
  room.do_step();
  room.type("DELE 1");
  const std::string said = room.drop();
  CHECK(has(said, "what you marked is not deleted. Back to step 9."));
}

TEST_CASE("tutor: lost marks are told once, and also when the lesson is over") {
  Classroom room;
  room.go_to("dele");
  room.type("DELE 1");
  std::string said = room.drop();
  const auto first = said.find("what you marked is not deleted");
  REQUIRE(first != std::string::npos);
  CHECK(said.find("what you marked is not deleted", first + 1) == std::string::npos);
  while (!room.tutor.finished())
    room.do_step();
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox", "DELE 1"});
  said = room.drop();
  CHECK_MESSAGE(has(said, "what you marked is not deleted"), said);
}

TEST_CASE("tutor: QUIT too early in POP3 goes back to the login") {
  for (const char* step : {"list", "retr", "dele"}) {
    CAPTURE(step);
    Classroom room;
    room.go_to(step);
    const std::string said = room.type("QUIT");
    CHECK(has(said, "The mailbox is as it was. Back to step 9."));
    CHECK(room.at("login"));
    room.go_to("quit-pop3");
  }
}

TEST_CASE("tutor: RSET takes the marks away, and DELE has to be said again") {
  for (const char* step : {"list-empty", "quit-pop3"}) {
    CAPTURE(step);
    Classroom room;
    room.go_to(step);
    CHECK(has(room.type("RSET"), "-- The marks are taken away. Back to step 12."));
    CHECK(room.at("dele"));
    room.do_step();
    CHECK(room.at("list-empty"));  // what LIST showed before the RSET does not count
  }
}

TEST_CASE("tutor: the letter deleted before it was read: a new one is needed, and said so") {
  Classroom room;
  room.go_to("list");
  const std::string said = room.type({"DELE 1", "QUIT"});
  CHECK(has(said,
            "QUIT has deleted the letter, and the mailbox is empty: you need a new one. "
            "Back to step 1."));
  CHECK(room.at("connect"));
  room.go_to("quit-pop3");
  room.do_step();
  CHECK(room.tutor.finished());
}

TEST_CASE("tutor: one of two letters deleted too early: the other one will do") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.go_to("list");
  const std::string said = room.type({"DELE 1", "QUIT"});
  CHECK(has(said, "deleted what you marked; the other letters are there. Back to step 9."));
  room.go_to("quit-pop3");
}

TEST_CASE("tutor: old letters thrown away before the lesson needs them cost nothing") {
  Classroom room;
  room.go_to("login");
  room.do_step();
  room.type("QUIT");
  // Another lesson's start with a letter in the mailbox.
  Classroom other;
  other.connect(Protocol::smtp);
  other.send(smtp_half);
  other.wait();
  REQUIRE(other.at("login"));
  other.connect(Protocol::pop3);
  CHECK(has(other.type({"user s9360511", "pass sandbox", "LIST", "RETR 1", "DELE 1", "QUIT"}),
            "Done."));
}

TEST_CASE("tutor: two windows: what is said in one does not undo the other") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.type({"HELO me", "MAIL FROM:<>"});
  room.connect(Protocol::smtp);
  const std::string said = room.type({"HELO me", "RSET", "QUIT"});
  CHECK_FALSE(has(said, "Back to"));
  CHECK(room.at("rcpt"));
  room.current = 1;
  CHECK(has(room.type("RCPT TO:<s9360511>"), "OK step 4 is done"));
}

TEST_CASE("tutor: two windows: the first one closes, the second one stands where it stands") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.type("HELO me");
  room.connect(Protocol::smtp);
  room.type({"HELO me", "MAIL FROM:<>"});
  REQUIRE(room.at("rcpt"));
  room.current = 1;
  const std::string said = room.drop();
  CHECK(has(said, "Back to step 1."));
  CHECK(has(said, "OK step 3 is done"));
  CHECK(room.at("rcpt"));
  room.current = 2;
  CHECK(has(room.type("RCPT TO:<s9360511>"), "OK step 4 is done"));
}

TEST_CASE("tutor: two windows: the envelope of one does not go with the other") {
  Classroom room;
  room.go_to("rcpt");
  room.connect(Protocol::smtp);
  room.type({"HELO me", "MAIL FROM:<>"});
  const std::string said = room.type("RCPT TO:<s9360511>");
  CHECK(has(said, "NO That was in another connection. This step goes on where you did"));
  CHECK(room.at("rcpt"));
  room.current = 1;
  CHECK(has(room.type("RCPT TO:<s9360511>"), "OK step 4 is done"));
}

TEST_CASE("tutor: two POP3 windows: the mailbox is held by the first") {
  Classroom room;
  room.go_to("list");
  room.connect(Protocol::pop3);
  const std::string said = room.type({"user s9360511", "pass sandbox"});
  CHECK(has(said, "NO Another session of yours holds the mailbox: number "));
  CHECK(room.at("list"));
  CHECK_FALSE(has(room.drop(), "Back to"));
  room.current = 2;
  CHECK(has(room.type("LIST"), "OK step 10 is done"));
}

TEST_CASE("tutor: a second letter sent while the first one waits changes nothing") {
  Classroom room;
  room.go_to("quit-smtp");
  room.type({"MAIL FROM:<>", "RCPT TO:<s9360511>", "DATA", "two", "."});
  CHECK(room.at("quit-smtp"));
  CHECK(room.tutor.due() == std::nullopt);
  room.type("QUIT");
  CHECK(room.at("wait"));
}

TEST_CASE("tutor: a connection that times out: why is told, and where the lesson goes on") {
  for (const auto& [step, back] : {std::pair{"helo", "Back to step 1."},
                                   {"rcpt", "Back to step 1."},
                                   {"letter", "the letter is lost, nobody has it. Back to step 1."},
                                   {"list", "The mailbox is as it was. Back to step 9."},
                                   {"quit-pop3", "not deleted. Back to step 9."}}) {
    CAPTURE(step);
    Classroom room;
    room.go_to(step);
    const std::string said = room.time_out();
    CHECK_MESSAGE(has(said, "NO Nothing came for too long, so the server hung up. Connect again."),
                  said);
    CHECK_MESSAGE(has(said, back), said);
    CHECK_FALSE(has(said, "connection is fine"));
    CHECK_FALSE(has(said, "without QUIT:") != (std::string_view(step) == "quit-pop3"));
  }
}

TEST_CASE("tutor: after too many refused lines the server hangs up, and the tutor says so") {
  for (const char* step : {"rcpt", "list"}) {
    CAPTURE(step);
    Classroom room;
    room.smtp.limits.errors = 3;
    room.pop3.limits.errors = 3;
    room.go_to(step);
    const std::string said = room.type({"aaa", "bbb", "ccc"});
    CHECK_FALSE(room.open());
    CHECK_MESSAGE(has(said, "Back to step"), said);
    CHECK_FALSE(has(rows_with(said, "-- "), "connection is fine"));
    room.go_to("quit-pop3");
  }
}

TEST_CASE("tutor: after the last step nothing goes back, whatever is typed") {
  Classroom room;
  room.go_to("quit-pop3");
  room.do_step();
  REQUIRE(room.tutor.finished());
  room.connect(Protocol::smtp);
  std::string said = room.type({"HELO me", "MAIL FROM:<>", "RSET", "hello", "QUIT"});
  room.connect(Protocol::pop3);
  said += room.type({"user s9360511", "pass sandbox", "RSET", "RETR 1"});
  said += room.drop();
  CHECK_FALSE(has(said, "Back to"));
  CHECK_FALSE(has(said, "OK step"));
  CHECK(has(said, "NO HELO has one L"));  // but slips are explained
  CHECK(room.tutor.finished());
}

TEST_CASE("tutor: a lesson whose last step does not last is over for good all the same") {
  sandbox::Lesson lesson = lab();
  lesson.steps.resize(3);  // ends with MAIL
  Classroom room(lesson);
  room.connect(Protocol::smtp);
  room.type({"HELO me", "MAIL FROM:<>"});
  REQUIRE(room.tutor.finished());
  std::string said = room.type("RSET");
  said += room.drop();
  CHECK_FALSE(has(said, "Back to"));
  CHECK(room.tutor.finished());
}

}  // namespace sandpost::tests
