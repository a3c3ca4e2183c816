// The lab as people do it: the tutor goes by what the servers saw, not by how it was typed.

#include "sandbox/tutor.hpp"

#include <doctest/doctest.h>

#include <string>

#include "sandbox/classroom.hpp"

namespace sandpost::tests {
namespace {

// The numbers of the steps that were passed, in the order in which it was said.
std::string passed(const std::string& printed) {
  std::string out;
  for (const std::string& row : split(printed, '\n')) {
    if (row.starts_with("OK step ")) out += row.substr(8, row.find(' ', 8) - 8) + ' ';
  }
  return out;
}

constexpr std::string_view all_steps = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 ";

// The whole lab, with these lines for the two halves.
std::string play(const std::string& smtp, const std::string& pop3, bool byte_by_byte = false) {
  Classroom room;
  room.byte_by_byte = byte_by_byte;
  room.connect(Protocol::smtp);
  room.send(smtp);
  room.wait();
  room.connect(Protocol::pop3);
  room.send(pop3);
  CHECK_MESSAGE(room.tutor.finished(), room.printed);
  return room.printed;
}

}  // namespace

TEST_CASE("tutor: the lab's own lines pass the 14 steps in order") {
  Classroom room;
  for (std::size_t step = 1; step <= 14; ++step) {
    REQUIRE_FALSE(room.tutor.finished());
    CHECK(room.tutor.step_number() == step);
    room.do_step();
  }
  CHECK(room.tutor.finished());
  CHECK(passed(room.printed) == all_steps);
  CHECK_FALSE(has(room.printed, "NO "));
  CHECK(room.letters() == 0);
}

TEST_CASE("tutor: both halves in one segment and byte by byte say the same") {
  const std::string whole = play(smtp_half, pop3_half);
  CHECK(passed(whole) == all_steps);
  CHECK(whole == play(smtp_half, pop3_half, true));
}

TEST_CASE("tutor: a session with bare LF (nc) passes as well") {
  const auto lf = [](std::string text) {
    std::erase(text, '\r');
    return text;
  };
  const std::string printed = play(lf(smtp_half), lf(pop3_half));
  CHECK(passed(printed) == all_steps);
  CHECK_FALSE(has(printed, "NO "));
}

TEST_CASE("tutor: what was typed does not matter, what the server understood does") {
  const auto with = [](std::string text, std::string_view part, std::string_view other) {
    const auto at = text.find(part);
    REQUIRE(at != std::string::npos);
    return text.replace(at, part.size(), other);
  };
  struct Way {
    const char* what;
    std::string smtp;
    std::string pop3;
  };
  const Way ways[] = {
      {"EHLO", with(smtp_half, "helo", "EHLO"), pop3_half},
      {"HELO in capitals, another name", with(smtp_half, "helo ntut.edu.tw", "HELO my_pc"),
       pop3_half},
      {"commands in lower case, all of them", to_lower(smtp_half), to_lower(pop3_half)},
      {"no blank after the colon", with(smtp_half, "FROM: <", "FROM:<"), pop3_half},
      {"no brackets", with(smtp_half, "FROM: <s9360511@ntut.edu.tw>", "FROM:s9360511@ntut.edu.tw"),
       pop3_half},
      {"the empty sender", with(smtp_half, "FROM: <s9360511@ntut.edu.tw>", "FROM:<>"), pop3_half},
      {"another sender", with(smtp_half, "FROM: <s9360511@", "FROM:<god@"), pop3_half},
      {"the recipient in capitals", with(smtp_half, "TO: <s9360511@ntut", "TO:<S9360511@NTUT"),
       pop3_half},
      {"the recipient without its domain",
       with(smtp_half, "TO: <s9360511@ntut.edu.tw>", "TO:<s9360511>"), pop3_half},
      {"a letter without a head", with(smtp_half, "Subject: my first mail by hand\r\n\r\n", ""),
       pop3_half},
      {"a letter with nothing in it",
       with(smtp_half, "Subject: my first mail by hand\r\n\r\nHello, this is me.\r\n", ""),
       pop3_half},
      {"NOOP, HELP, VRFY and RSET in between",
       with(smtp_half, "MAIL", "NOOP\r\nHELP\r\nVRFY s9360511\r\nRSET\r\nMAIL"), pop3_half},
      {"NOOP and HELP inside the transaction", with(smtp_half, "DATA", "NOOP\r\nHELP DATA\r\nDATA"),
       pop3_half},
      {"the whole address as POP3's name", smtp_half,
       with(pop3_half, "user s9360511", "USER s9360511@ntut.edu.tw")},
      {"CAPA, STAT, UIDL, TOP, NOOP in between", smtp_half,
       with(pop3_half, "LIST", "CAPA\r\nSTAT\r\nUIDL\r\nTOP 1 0\r\nNOOP\r\nLIST")},
      {"LIST 1", smtp_half, with(pop3_half, "LIST", "LIST 1")},
      {"DELE, RSET, DELE", smtp_half, with(pop3_half, "DELE 1", "DELE 1\r\nRSET\r\nDELE 1")},
      {"RETR twice", smtp_half, with(pop3_half, "RETR 1", "RETR 1\r\nRETR 1")},
      {"LIST after RETR", smtp_half, with(pop3_half, "LIST\r\nRETR 1", "RETR 1\r\nLIST")},
  };
  for (const Way& way : ways) {
    CAPTURE(way.what);
    const std::string printed = play(way.smtp, way.pop3);
    for (const char* step : {" 1 ", " 6 ", " 9 ", " 14 "})
      CHECK_MESSAGE(has(' ' + passed(printed), step), printed);
  }
}

TEST_CASE("tutor: harmless words in between say nothing of a mistake") {
  Classroom room;
  room.go_to("rcpt");
  const std::string said = room.type({"NOOP", "HELP", "VRFY s9360511"});
  CHECK(rows_with(said, "NO ").empty());
  CHECK(room.at("rcpt"));
}

TEST_CASE("tutor: LIST skipped is noted for later, said so, and can be done after RETR") {
  Classroom room;
  room.go_to("list");
  CHECK(has(room.type("RETR 1"), "-- That is noted for step 11. Step 10 is still open: What is"));
  CHECK(room.at("list"));
  const std::string said = room.type("LIST");
  CHECK(passed(said) == "10 11 ");
  CHECK(room.at("dele"));
}

TEST_CASE("tutor: DELE before LIST leaves an empty list, and RSET is named as the way back") {
  Classroom room;
  room.go_to("list");
  room.type({"RETR 1", "DELE 1"});
  CHECK(has(room.type("LIST"), "NO The list is empty: marked letters are not shown. RSET"));
  CHECK(room.at("list"));
  CHECK(passed(room.type({"RSET", "LIST"})) == "10 11 ");
  // The empty list from before the RSET does not count for the step after the second DELE.
  CHECK(passed(room.type("DELE 1")) == "12 ");
  CHECK(room.at("list-empty"));
}

TEST_CASE("tutor: more than one letter, and the list is not empty until all are marked") {
  Classroom room;
  for (int i = 0; i < 2; ++i) {
    room.connect(Protocol::smtp);
    room.send(smtp_half);
    room.wait();
  }
  room.go_to("list-empty");
  CHECK(has(room.type("LIST"), "NO There is still 1 letter on the list. DELE the rest"));
  CHECK(room.at("list-empty"));
  CHECK(passed(room.type({"DELE 2", "LIST"})) == "13 ");
}

TEST_CASE("tutor: the last look at the list may be left out") {
  Classroom room;
  room.go_to("list-empty");
  const std::string said = room.type("QUIT");
  CHECK(has(said, "-- Step 13 is left out: See that it is hidden\n"));
  CHECK(passed(said) == "14 ");
  CHECK(room.tutor.finished());
  CHECK(has(said, "left out"));  // in the table at the end, too
  CHECK(room.letters() == 0);
}

TEST_CASE("tutor: who types ahead into a waiting POP3 server passes nothing twice") {
  Classroom room;
  room.go_to("login");
  room.connect(Protocol::pop3);
  CHECK(passed(room.send("user s9360511\r\npass sandbox\r\nLIST\r\nRETR 1\r\n")) == "9 10 11 ");
  CHECK(room.at("dele"));
}

TEST_CASE("tutor: a delivery without a delay does not run past the QUIT") {
  Classroom room;
  room.go_to("quit-smtp");
  room.wait();
  CHECK(room.at("quit-smtp"));
  CHECK(passed(room.type("QUIT")) == "7 8 ");
  CHECK(room.at("login"));
}

TEST_CASE("tutor: who wrote which line of the fetched letter") {
  Classroom room;
  room.go_to("retr");
  const std::string said = room.type("RETR 1");
  for (const char* row :
       {"S: Return-Path: <s9360511@ntut.edu.tw>  | at delivery: your MAIL FROM\n",
        "S: Received: from ntut.edu.tw ([127.0.0.1])  | by SMTP: your HELO, your IP\n",
        "SMTP id 1;  | the server, the number\n", "14:03:22 +0800  | when it came\n",
        "S: Subject: my first mail by hand  | yours\n", "S:   | yours: the empty line\n",
        "S: Hello, this is me.  | yours\n", "S: .  | end of the reply\n"}) {
    CHECK_MESSAGE(has(said, row), said);
  }
}

TEST_CASE(
    "tutor: the number in the queue is told, and the delivery of another letter passes nothing") {
  Classroom room;
  room.put_account("ben", "b");
  room.connect(Protocol::smtp);
  room.type({"HELO x", "MAIL FROM:<>", "RCPT TO:<ben>", "DATA", "for ben", "."});
  room.type({"MAIL FROM:<>", "RCPT TO:<s9360511>", "DATA", "Subject: x"});
  room.wait(std::chrono::milliseconds{4000});
  CHECK(has(room.type("."), "2 is the letter's number in the queue"));
  room.type("QUIT");
  REQUIRE(room.at("wait"));
  CHECK(passed(room.wait(std::chrono::milliseconds{6000})).empty());  // ben's
  CHECK(passed(room.wait(std::chrono::milliseconds{4000})) == "8 ");
}

TEST_CASE("tutor: the same events give the same lines, again and in another tutor") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.type({"hello x", "HELO x", "RSET", "MAIL FROM: <s9360511@ntut.edu.tw>", "RCPT TO:<nobody>"});
  room.drop();
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"LIST", "user s9360511", "pass x", "user s9360511", "pass sandbox", "DELE 1"});
  room.drop();
  const sandbox::Lesson lesson = lab();
  sandbox::Tutor other(lesson, lab_variables());
  std::string printed = rows_of(other.begin(*parse_rfc3339("2026-11-23T14:03:22+08:00")));
  for (const wire::Event& event : room.events)
    printed += rows_of(other.on(event));
  CHECK(printed == room.printed);
}

TEST_CASE("tutor: a clock that was set back made a step take less than no time") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.clock.advance(std::chrono::hours{-1});
  room.type("helo me");
  const auto records = room.tutor.records();
  REQUIRE(records.size() == 2);
  CHECK(records[1].took == 0);
}

}  // namespace sandpost::tests
