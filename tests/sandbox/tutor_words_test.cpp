// What the tutor says when it is asked, and what it says of silence.

#include <doctest/doctest.h>

#include <string>

#include "sandbox/classroom.hpp"
#include "sandbox/tutor.hpp"

namespace sandpost::tests {

using std::chrono::seconds;

TEST_CASE("tutor: it begins with the first step, its section at the side") {
  const Classroom room;
  CHECK(room.printed ==
        "\n[1/14] Connect\n-- You open a TCP connection. In SMTP the server speaks first."
        "  | RFC 5321, 3.1\n");
}

TEST_CASE("tutor: hints come one at a time and end with the solution") {
  Classroom room;
  room.go_to("helo");
  CHECK(rows_of(room.tutor.hint()) == "-- The command is HELO and wants one word after it.\n");
  CHECK(has(rows_of(room.tutor.hint()), "name of a computer, for example ntut.edu.tw"));
  for (int i = 0; i < 2; ++i) {  // and stay there
    CHECK(rows_of(room.tutor.hint()) ==
          "-- helo ntut.edu.tw\n-- (That was the last hint; :show types it.)\n");
  }
  room.do_step();
  CHECK(rows_of(room.tutor.hint()) == "-- Two words, a colon, an address.\n");
}

TEST_CASE("tutor: :why tells the step's reason with its section") {
  Classroom room;
  CHECK(has(rows_of(room.tutor.why()), "The greeting tells it that this is a mail server"));
  CHECK(has(rows_of(room.tutor.why()), "| RFC 5321, 3.1\n"));
  room.go_to("retr");
  CHECK(has(rows_of(room.tutor.why()), "| RFC 1939, 5; RFC 5321, 4.4\n"));
}

TEST_CASE("tutor: :back shows the step before and says what a protocol cannot do") {
  Classroom room;
  CHECK(rows_of(room.tutor.back()) == "-- This is the first step.\n");
  room.go_to("mail");
  const std::string said = rows_of(room.tutor.back());
  CHECK(has(said, "[2/14] Say who you are\n"));
  CHECK(has(said, "helo ntut.edu.tw"));
  CHECK(has(said, "A protocol cannot go back. RSET"));
  CHECK(room.at("mail"));
}

TEST_CASE("tutor: :state tells what the servers know") {
  Classroom room;
  const auto state = [&] { return rows_of(room.tutor.state()); };
  CHECK(state() == "-- No connection is open.\n");
  room.connect(Protocol::smtp);
  CHECK(state() == "-- SMTP: connected, sender: none, recipients: 0, DATA not begun\n");
  room.type({"HELO me", "MAIL FROM:<s9360511@ntut.edu.tw>", "RCPT TO:<s9360511>"});
  CHECK(state() ==
        "-- SMTP: greeted, sender: <s9360511@ntut.edu.tw>, recipients: 1, DATA not begun\n");
  room.type("DATA");
  CHECK(has(state(), "reading the letter"));
  room.type({"hi", "."});
  CHECK(state() == "-- SMTP: greeted, sender: none, recipients: 0, DATA not begun\n");
  room.type("MAIL FROM:<>");
  CHECK(has(state(), "sender: <>, recipients: 0"));
  room.connect(Protocol::pop3);
  CHECK(has(state(), "-- POP3: AUTHORIZATION, not logged in\n"));
  room.drop();
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"user s9360511", "pass sandbox", "DELE 1"});
  CHECK(has(state(), "-- SMTP: greeted"));  // both windows
  CHECK(has(state(), "-- POP3: TRANSACTION, letters: 1, marked: 1\n"));
  room.type("RSET");
  CHECK(has(state(), "letters: 1, marked: 0\n"));
  room.type("QUIT");
  CHECK_FALSE(has(state(), "POP3"));
}

TEST_CASE("tutor: :list tells what is done, how, and what is open") {
  Classroom room;
  room.do_step();
  room.tutor.note_help("shown");
  room.do_step();
  room.tutor.note_help("skipped");
  room.do_step();
  const std::string said = rows_of(room.tutor.list());
  CHECK(has(said, " 1 done     Connect\n"));
  CHECK(has(said, " 2 shown    Say who you are\n"));
  CHECK(has(said, " 3 skipped  The envelope: who sends it\n"));
  CHECK(has(said, " 4 now      The envelope: who gets it\n"));
  CHECK(has(said, "14 open     Leave properly\n"));
  CHECK(split(said, '\n').size() == 15);
}

TEST_CASE("tutor: silence is remarked upon once for each step") {
  Classroom room;
  CHECK(room.tutor.on_silence(seconds{19}).empty());
  CHECK(has(rows_of(room.tutor.on_silence(seconds{20})), "-- Still there? :hint helps, :show"));
  CHECK(room.tutor.on_silence(seconds{60}).empty());
  room.go_to("letter");
  CHECK(room.tutor.on_silence(seconds{29}).empty());
  CHECK(has(rows_of(room.tutor.on_silence(seconds{30})), "it waits for your dot"));
  CHECK(room.tutor.on_silence(seconds{99}).empty());
  room.go_to("wait");
  CHECK(room.tutor.on_silence(seconds{3600}).empty());  // waiting is what one does here
}

TEST_CASE("tutor: the table at the end tells time, refused lines and help") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.clock.advance(seconds{65});
  room.type({"hello", "hello", "HELO me"});
  (void)room.tutor.hint();
  (void)room.tutor.hint();
  room.do_step();
  room.tutor.note_help("shown");
  room.do_step();
  room.tutor.note_help("skipped");
  room.do_step();
  room.go_to("quit-pop3");
  room.type("oops");
  const std::string end = room.type("QUIT");
  CHECK(has(end, "Done.\n-- You sent and fetched a letter without a mail program."));
  CHECK(has(end, "   step                                       time  refused  help\n"));
  CHECK(has(end, " 1 Connect                                    0:00        0\n"));
  CHECK(has(end, " 2 Say who you are                            1:05        2\n"));
  CHECK(has(end, " 3 The envelope: who sends it                 0:00        0  hint 2\n"));
  CHECK(has(end, " 4 The envelope: who gets it                  0:00        0  shown\n"));
  CHECK(has(end, " 5 Open the letter                            0:00        0  skipped\n"));
  CHECK(has(end, " 8 Wait for the postman                       0:10        0\n"));
  CHECK(has(end, "14 Leave properly                             0:00        1\n"));
  CHECK(has(end, "   total                                      1:15\n"));
  for (const std::string& row : split(end, '\n'))
    CHECK(row == row.substr(0, row.find_last_not_of(' ') + 1));
  // Closing the connection takes no row away.
  CHECK(has(end, rows_of(room.tutor.summary())));
}

TEST_CASE("tutor: the summary before the end has the steps that are done") {
  Classroom room;
  room.go_to("mail");
  const std::string table = rows_of(room.tutor.summary());
  CHECK(has(table, " 2 Say who"));
  CHECK_FALSE(has(table, " 3 The envelope"));
}

TEST_CASE("tutor: it knows which server a step talks to") {
  Classroom room;
  for (const auto& [step, server] : {std::pair{"connect", Protocol::smtp},
                                     {"letter", Protocol::smtp},
                                     {"quit-smtp", Protocol::smtp},
                                     {"wait", Protocol::pop3},
                                     {"login", Protocol::pop3},
                                     {"quit-pop3", Protocol::pop3}}) {
    CAPTURE(step);
    room.go_to(step);
    CHECK(room.tutor.wanted_server() == server);
  }
}

TEST_CASE("tutor: it knows when the letter is due, while it is waited for") {
  Classroom room;
  CHECK_FALSE(room.tutor.due());
  room.go_to("quit-smtp");
  CHECK_FALSE(room.tutor.due());
  const Time sent = room.clock.now().time;
  room.clock.advance(seconds{3});
  room.do_step();
  REQUIRE(room.at("wait"));
  CHECK(room.tutor.due() == sent + Classroom::delay);
  room.wait();
  CHECK_FALSE(room.tutor.due());
}

TEST_CASE("tutor: the author's lines have the variables filled in") {
  Classroom room;
  CHECK(room.tutor.solution() == std::vector<std::string>{":connect smtp"});
  room.go_to("login");
  CHECK(room.tutor.solution() ==
        std::vector<std::string>{":connect pop3", "user s9360511", "pass sandbox"});
}

TEST_CASE("tutor: when all is done it still answers") {
  Classroom room;
  CHECK_FALSE(room.tutor.finished());
  room.go_to("quit-pop3");
  room.do_step();
  REQUIRE(room.tutor.finished());
  CHECK(room.tutor.step_number() == 15);
  CHECK(has(rows_of(room.tutor.hint()), "The lesson is over."));
  CHECK(has(rows_of(room.tutor.why()), "The lesson is over."));
  CHECK(has(rows_of(room.tutor.back()), "[14/14] Leave properly"));
  CHECK_FALSE(has(rows_of(room.tutor.list()), "open"));
  CHECK(room.tutor.on_silence(seconds{1000}).empty());
  CHECK_FALSE(room.tutor.due());
  CHECK(room.tutor.wanted_server() == Protocol::smtp);
  room.tutor.note_help("shown");
}

TEST_CASE("tutor: the table counts all visits of a step, not the last one only") {
  Classroom room;
  room.go_to("helo");
  room.clock.advance(seconds{20});
  room.type({"oops", "HELO me"});
  room.clock.advance(seconds{7});
  room.drop();  // back to step 1, out of step 3
  REQUIRE(room.at("connect"));
  room.clock.advance(seconds{1});
  room.connect(Protocol::smtp);
  room.clock.advance(seconds{40});
  room.type({"oops", "HELO me"});
  room.clock.advance(seconds{3});
  room.do_step();
  const std::string table = rows_of(room.tutor.summary());
  CHECK_MESSAGE(has(table, " 1 Connect                                    0:01        0\n"), table);
  CHECK_MESSAGE(has(table, " 2 Say who you are                            1:00        2\n"), table);
  CHECK_MESSAGE(has(table, " 3 The envelope: who sends it                 0:10        0\n"), table);
  CHECK_MESSAGE(has(table, "   total                                      1:11\n"), table);
}

TEST_CASE("tutor: a server that hangs up on a silent learner has refused no line") {
  Classroom room;
  room.go_to("helo");
  room.time_out();
  room.go_to("mail");
  const std::string table = rows_of(room.tutor.summary());
  CHECK_MESSAGE(has(table, " 2 Say who you are                            0:00        0\n"), table);
}

TEST_CASE("tutor: silence in a letter is told once, by the letter or by the step") {
  Classroom room;
  room.go_to("letter");
  CHECK(has(room.silence(seconds{20}), "-- The server is silent because"));
  CHECK(room.tutor.on_silence(seconds{99}).empty());
}

}  // namespace sandpost::tests
