// What learners get wrong: the tutor says what arrived, what it means and what to type instead, and
// the step stays open.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sandbox/classroom.hpp"
#include "sandbox/tutor.hpp"

namespace sandpost::tests {
namespace {

struct Slip {
  const char* what;
  const char* step;                    // where it is made
  std::string bytes;                   // with their line endings
  std::vector<const char*> fragments;  // of what the tutor says: rows NO and --
};

// What the tutor itself says; not what the servers answer.
std::string own_rows(const std::string& rows) {
  return rows_with(rows, "NO ") + rows_with(rows, "-- ");
}

void check_kind(const std::string& rows) {
  for (const char* unkind : {"rong!", "you failed", "Error", "nvalid"})
    CHECK_MESSAGE(!has(own_rows(rows), unkind), rows);
}

// Makes the slip at its step; it is explained, and the step is still open.
void check_refused(const Slip& slip) {
  CAPTURE(slip.what);
  Classroom room;
  room.go_to(slip.step);
  const bool pop3 = room.tutor.wanted_server() == Protocol::pop3;
  if (room.current == 0 || !room.open()) room.connect(pop3 ? Protocol::pop3 : Protocol::smtp);
  const std::string said = room.send(slip.bytes);
  CHECK_MESSAGE(has(said, "NO "), said);
  for (const char* fragment : slip.fragments)
    CHECK_MESSAGE(has(own_rows(said), fragment), "missing: ", fragment, "\n", said);
  CHECK(room.at(slip.step));
  check_kind(said);
}

std::string line(std::string_view text) {
  return std::string(text) + "\r\n";
}

}  // namespace

TEST_CASE("tutor: the slips of the storyboard are explained, the step stays open") {
  const Slip slips[] = {
      {"HELLO",
       "helo",
       line("hello ntut.edu.tw"),
       {"5 never", "HELO has one L", "connection is fine", "type the line again"}},
      {"MAIL before HELO",
       "helo",
       line("MAIL FROM:<s9360511@ntut.edu.tw>"),
       {"5 never", "ight word, wrong moment", "HELO, MAIL, RCPT, DATA", "helo ntut.edu.tw"}},
      {"DATA before RCPT",
       "rcpt",
       line("DATA"),
       {"nobody yet to send it to", "RCPT TO:<s9360511@ntut.edu.tw>"}},
      {"MAIL without the colon",
       "mail",
       line("MAIL FROM s9360511@ntut.edu.tw"),
       {"The colon is missing", "< > are part", "MAIL FROM:<s9360511@ntut.edu.tw>"}},
      {"a mailbox that is not there",
       "rcpt",
       line("RCPT TO:<s936051@ntut.edu.tw>"),
       {"do not try again as it is", "no such mailbox", "You are s9360511@ntut.edu.tw"}},
      {"relay",
       "rcpt",
       line("RCPT TO:<president@example.org>"),
       {"right answer of the server", "open relay", "Write to s9360511@ntut.edu.tw"}},
      {"full-width letters",
       "helo",
       line("ＨＥＬＯ ntut.edu.tw"),
       {"Character 1 of your line is U+FF28", "full-width", "English input", "again"}},
      {"a head line before DATA",
       "data",
       line("Subject: hi"),
       {"a line of the letter", "Say DATA first", "354"}},
      {"QUIT inside the letter",
       "letter",
       line("QUIT"),
       {"a line of your letter", "nothing is a command", "End with a dot alone"}},
      {"dot and blank", "letter", line(". "), {"a dot and a blank", "text", "type the dot alone"}},
      {"RETR after DELE",
       "list-empty",
       line("RETR 1"),
       {"marked as deleted", "numbers stay as they are", "RSET takes the marks away"}},
  };
  for (const Slip& slip : slips)
    check_refused(slip);
}

TEST_CASE("tutor: what slips by is accepted with a word about it") {
  // Three more of the storyboard, and others that the server lets pass.
  const Slip slips[] = {
      {"no brackets",
       "mail",
       line("MAIL FROM:s9360511@ntut.edu.tw"),
       {"Accepted without < >", "Some refuse it"}},
      {"blank after the colon",
       "mail",
       line("MAIL FROM: <s9360511@ntut.edu.tw>"),
       {"a blank after the colon", "lab sheet", "RFC 5321, 3.3"}},
      {"the empty sender", "mail", line("MAIL FROM:<>"), {"empty sender", "nobody is told"}},
      {"backspaces",
       "helo",
       line("helo ntxx\x08\x08ut.edu.tw"),
       {"2 backspace bytes", "\"helo ntut.edu.tw\"", "others would refuse", "press Enter"}},
      {"DEL", "helo", line("helo ntutt\x7F.edu.tw"), {"1 backspace byte,", "helo ntut.edu.tw"}},
      {"no empty line",
       "letter",
       "Subject: hi\r\nHello\r\n.\r\n",
       {"Accepted, but no empty line", "MAIL FROM begins another"}},
      {"no head", "letter", "Hello\r\n.\r\n", {"no head lines", "without a subject"}},
  };
  for (const Slip& slip : slips) {
    CAPTURE(slip.what);
    Classroom room;
    room.go_to(slip.step);
    const std::string said = room.send(slip.bytes);
    for (const char* fragment : slip.fragments)
      CHECK_MESSAGE(has(own_rows(said), fragment), "missing: ", fragment, "\n", said);
    CHECK_FALSE(room.at(slip.step));
    CHECK_FALSE(has(said, "NO "));
    check_kind(said);
  }
}

TEST_CASE("tutor: slips in SMTP commands are explained, the step stays open") {
  const Slip slips[] = {
      {"an arrow key",
       "helo",
       line("helo nut\x1b[D\x1b[Dt"),
       {"Character 9 of your line is ^[", "Arrow keys", "Type it again"}},
      {"Ctrl-D", "helo", line("\x04NOOP"), {"Character 1 of your line is ^D", "again"}},
      {"a tab", "helo", line("helo\tme"), {"a tab", "with blanks"}},
      {"an arrow key behind a backspace",
       "helo",
       line("helo ab\x08\x1b[D"),
       {"Character 7 of your line is ^["}},
      {"a full-width colon",
       "mail",
       line("MAIL FROM：<s9360511@ntut.edu.tw>"),
       {"Character 10 of your line is U+FF1A", "English input"}},
      {"full-width brackets",
       "mail",
       line("MAIL FROM:＜s9360511@ntut.edu.tw＞"),
       {"Character 11 of your line is U+FF1C", "English input"}},
      {"a full-width blank", "helo", line("HELO　me"), {"Character 5 of your line is U+3000"}},
      {"a no-break space",
       "helo",
       line("HELO\u00A0me"),
       {"Character 5 of your line is U+00A0", "It looks like a blank", "by hand"}},
      {"curly quotes",
       "helo",
       line("HELO \u201Cme\u201D"),
       {"Character 6 of your line is U+201C", "bent quote", "by hand"}},
      {"letters that are not ASCII",
       "helo",
       line("h\u00E9lo me"),
       {"Character 2 of your line is U+00E9", "plain ASCII", "again"}},
      {"Big5 bytes", "helo", line("helo \xA4\xA4"), {"plain ASCII"}},
      {"EXIT", "helo", line("exit"), {"Did you mean QUIT?", ":quit"}},
      {"MIAL", "mail", line("MIAL FROM:<a@b.tw>"), {"Did you mean MAIL?", "again"}},
      {"HELO alone", "helo", line("HELO"), {"HELO wants something behind it", "helo ntut.edu.tw"}},
      {"two words after HELO",
       "helo",
       line("HELO my computer"),
       {"one word, the name of a computer", "helo ntut.edu.tw"}},
      {"RCPT before MAIL",
       "mail",
       line("RCPT TO:<s9360511@ntut.edu.tw>"),
       {"right word, wrong moment", "sender comes first", "MAIL FROM:<s9360511@ntut.edu.tw>"}},
      {"DATA before MAIL", "mail", line("DATA"), {"sender comes first"}},
      {"MAIL twice",
       "rcpt",
       line("MAIL FROM:<s9360511@ntut.edu.tw>"),
       {"there is a sender already", "Go on with RCPT TO", "RSET"}},
      {"MAIL TO",
       "mail",
       line("MAIL TO:<s9360511@ntut.edu.tw>"),
       {"two halves are swapped", "MAIL FROM:<s9360511@ntut.edu.tw>"}},
      {"RCPT FROM",
       "rcpt",
       line("RCPT FROM:<s9360511@ntut.edu.tw>"),
       {"two halves are swapped", "RCPT TO:<s9360511@ntut.edu.tw>"}},
      {"MAIL alone", "mail", line("MAIL"), {"MAIL wants something behind it", "MAIL FROM:<s936"}},
      {"the second bracket is missing",
       "mail",
       line("MAIL FROM:<s9360511@ntut.edu.tw"),
       {"brackets come in pairs", "MAIL FROM:<s9360511@ntut.edu.tw>"}},
      {"the first bracket is missing",
       "mail",
       line("MAIL FROM:s9360511@ntut.edu.tw>"),
       {"brackets come in pairs"}},
      {"no address at all",
       "rcpt",
       line("RCPT TO:"),
       {"cannot read that as an address", "RCPT TO:<"}},
      {"two @",
       "rcpt",
       line("RCPT TO:<a@b@ntut.edu.tw>"),
       {"cannot read that as an address", "RCPT TO:<s9360511@ntut.edu.tw>"}},
      {"a parameter after HELO",
       "mail",
       line("MAIL FROM:<s9360511@ntut.edu.tw> SIZE=100"),
       {"behind the address", "Type the line without it", "MAIL FROM:<s9360511@ntut.edu.tw>"}},
      {"AUTH LOGIN", "mail", line("AUTH LOGIN"), {"knows the word, but does not do it"}},
      {"STARTTLS", "mail", line("STARTTLS"), {"does not do it", "go on without"}},
      {"HELP of something", "mail", line("HELP me"), {"the word behind it is not"}},
      {"a web browser",
       "connect",
       line("GET / HTTP/1.1"),
       {"web browser", "mail server", "telnet"}},
      {"a POP3 word", "mail", line("LIST"), {"POP3 word", "takes mail in", "port 1110"}},
      {"DATA with something behind it",
       "data",
       line("DATA hello"),
       {"DATA stands alone", "nothing behind it"}},
      {"an empty line", "mail", line(""), {"empty", "Nothing has happened", "waits for a command"}},
      {"a word nobody knows", "mail", line("SENDMAIL"), {"does not know this word", ":hint"}},
      {"a line far too long", "mail", line(std::string(3000, 'x')), {"longer than a command"}},
      {"text before DATA", "data", line("Dear friend,"), {"does not know this word", ":hint"}},
      {"two dots", "letter", line(".."), {"Two dots", "one dot alone"}},
      {"a full-width dot", "letter", line("。"), {"full-width stop", "English keyboard"}},
      {"a full-width full stop", "letter", line("．"), {"full-width stop"}},
      {"blank and dot", "letter", line(" ."), {"a dot and a blank", "dot alone"}},
      {"MAIL inside the letter", "letter", line("MAIL FROM:<a@b.tw>"), {"nothing is a command"}},
      {"a dot between bare LFs",
       "letter",
       "hi\r\n.\n",
       {"LF against CR LF", "ends nothing", "nc -C"}},
      {"a bare LF in the letter",
       "letter",
       "hi\n",
       {"LF against CR LF", "will be refused", "nc -C"}},
  };
  for (const Slip& slip : slips) {
    // The browser is shown the door, so it cannot be in the middle of anything.
    if (slip.bytes.starts_with("GET")) continue;
    check_refused(slip);
  }
}

TEST_CASE("tutor: a web browser at the SMTP port is told where it is, and the lesson waits") {
  Classroom room;
  room.connect(Protocol::smtp);
  const std::string said = room.type("GET / HTTP/1.1");
  CHECK(has(said, "NO A web browser knocked. This is a mail server: use telnet, or this window."));
  CHECK(has(said, "Back to step 1."));
  CHECK(room.at("connect"));
}

TEST_CASE("tutor: slips in POP3 are explained, the step stays open") {
  const Slip slips[] = {
      {"PASS before USER", "login", line("pass sandbox"), {"First the name", "user s9360511"}},
      {"LIST before the login",
       "login",
       line("LIST"),
       {"Not before you have logged in", "user s9360511", "pass sandbox"}},
      {"LIST between USER and PASS",
       "login",
       line("user s9360511") + line("LIST"),
       {"Now the password", "pass sandbox"}},
      {"the password alone",
       "login",
       line("user s9360511") + line("sandbox"),
       {"If that was your password", "pass sandbox"}},
      {"a password that does not fit",
       "login",
       line("user s9360511") + line("pass Sandbox"),
       {"never says which of the two", "user s9360511", "pass sandbox"}},
      {"a name that does not fit",
       "login",
       line("user s936051") + line("pass sandbox"),
       {"never says which of the two", "user s9360511"}},
      {"a blank behind the password",
       "login",
       line("user s9360511") + line("pass sandbox "),
       {"blank stands behind your password", "user s9360511"}},
      {"USER alone", "login", line("USER"), {"USER wants something behind it", "user s9360511"}},
      {"PASS alone",
       "login",
       line("user x") + line("PASS"),
       {"PASS wants something behind it", "pass sandbox"}},
      {"a name of two words",
       "login",
       line("USER s9360511 sandbox"),
       {"no blank", "user s9360511"}},
      {"HELO", "login", line("HELO me"), {"SMTP word", "hands mail out", "port 2525"}},
      {"a head line", "login", line("Subject: hi"), {"line of a letter", "POP3", "port 2525"}},
      {"Ctrl-C in telnet",
       "login",
       "\xFF\xF4\xFF\xFD\x06\r\n",
       {"Your telnet sent commands of its own", "Ctrl-C", "type QUIT"}},
      {"full-width letters",
       "login",
       line("ｕｓｅｒ s9360511"),
       {"Character 1 of your line is U+FF55", "English input"}},
      {"a web browser's word", "list", line("LSIT"), {"Did you mean LIST?"}},
      {"EXIT", "list", line("exit"), {"Did you mean QUIT?", ":quit"}},
      {"USER again", "list", line("user s9360511"), {"logged in already", "QUIT"}},
      {"RETR without a number", "retr", line("RETR"), {"RETR wants the number", "LIST", "RETR 1"}},
      {"RETR 0", "retr", line("RETR 0"), {"counted from 1", "RETR 1"}},
      {"RETR 9", "retr", line("RETR 9"), {"no letter with that number", "LIST"}},
      {"RETR1", "retr", line("RETR1"), {"Did you mean RETR?"}},
      {"RETR one", "retr", line("RETR one"), {"RETR wants the number"}},
      {"RETR 1 2", "retr", line("RETR 1 2"), {"too much behind RETR", "RETR 1"}},
      {"DELE without a number", "dele", line("DELE"), {"DELE wants the number", "DELE 1"}},
      {"DELETE", "dele", line("DELETE 1"), {"Did you mean DELE?"}},
      {"DELE twice", "list-empty", line("DELE 1"), {"marked as deleted", "RSET"}},
      {"RETR 2 after DELE 1", "list-empty", line("RETR 2"), {"no letter with that number"}},
      {"an empty line", "list", line(""), {"empty", "waits for a command"}},
      {"a word nobody knows", "list", line("SHOW 1"), {"does not know this word", ":hint"}},
      {"a line far too long", "list", line(std::string(300, 'x')), {"longer than a command"}},
      {"an arrow key", "list", line("LIS\x1b[A"), {"Character 4 of your line is ^[", "Arrow keys"}},
  };
  for (const Slip& slip : slips)
    check_refused(slip);
}

TEST_CASE("tutor: POP3's HTTP door closes as well, and the login stays open") {
  Classroom room;
  room.go_to("login");
  room.connect(Protocol::pop3);
  CHECK(has(room.type("GET / HTTP/1.0"), "NO A web browser knocked."));
  CHECK(room.at("login"));
}

TEST_CASE("tutor: a server without kindness is explained as well") {
  const auto said = [](std::string_view bytes) {
    Classroom room;
    room.smtp.leniency = {.allow_space_around_colon = false,
                          .allow_no_brackets = false,
                          .allow_no_domain = false,
                          .allow_backspace = false,
                          .allow_blanks_around = true,
                          .allow_any_helo_name = false};
    room.go_to("helo");
    room.type("HELO ntut.edu.tw");
    return room.type(bytes);
  };
  CHECK(has(said("MAIL FROM:s9360511@ntut.edu.tw"), "NO The address wants its angle brackets."));
  CHECK(has(said("MAIL FROM: <s9360511@ntut.edu.tw>"), "NO No blank after the colon."));
  CHECK(has(said("MAIL FROM:<s9360511>"), "NO The server cannot read that as an address."));
  CHECK(has(said("NOOX\x08P"), "NO Character 5 of your line is ^H."));
  CHECK(has(said("\uFF2E\x08NOOP\uFF01"), "NO Character 2 of your line is ^H."));
  CHECK(has(said("HELO my_pc"), "NO After HELO stands one word, the name of a computer."));
}

TEST_CASE("tutor: the server's own limits are explained") {
  Classroom room;
  room.smtp.limits.recipients = 1;
  room.smtp.limits.message_size = 50;
  room.go_to("rcpt");
  CHECK(
      has(room.type({"RCPT TO:<s9360511>", "RCPT TO:<s9360511>"}), "NO That is enough recipients"));
  room.type("DATA");
  CHECK(has(room.type({std::string(60, 'x'), "."}), "NO The letter is bigger than this server"));
  CHECK(room.at("mail"));
  CHECK(has(room.type({"EHLO me", "MAIL FROM:<> SIZE=99"}), "NO SIZE= announces a letter bigger"));
  CHECK(has(room.type("MAIL FROM:<> BODY=x"), "NO What stands behind the address makes no sense"));
}

TEST_CASE("tutor: a disk in trouble is not the learner's doing") {
  Classroom room;
  room.go_to("letter");
  room.disk_works = false;
  const std::string said = room.type({"hi", "."});
  CHECK(has(said, "NO The server's disk is in trouble. That is not your doing"));
  CHECK(has(said, "Back to step 3."));
  room.disk_works = true;
  room.go_to("retr");
  room.disk_works = false;
  CHECK(has(room.type("RETR 1"), "NO The server's disk is in trouble."));
  CHECK(room.at("retr"));
  room.disk_works = true;
  room.go_to("quit-pop3");
  room.disk_works = false;
  const std::string left = room.type("QUIT");
  CHECK(has(left, "NO The server's disk is in trouble."));
  CHECK(has(left, "The server could not delete what you marked. Back to step 9."));
}

TEST_CASE("tutor: the dot that came too early ends the letter, the rest is read as commands") {
  Classroom room;
  room.go_to("letter");
  const std::string said = room.type({"Subject: x", "", "first", ".", "second", "Dear: you", "."});
  CHECK(has(said, "OK step 6 is done"));
  CHECK(has(said, "S: 500 5.5.1 command not known: second"));
  CHECK(has(said, "NO Your letter ended at the dot alone on a line: it is number 1"));
  CHECK(has(said, "NO This line came behind the dot as well, so it is not in the letter."));
  CHECK(room.at("quit-smtp"));
}

TEST_CASE("tutor: a dot that ends in CR LF in a session of bare LFs ends nothing, and says so") {
  Classroom room;
  room.connect(Protocol::smtp);
  const std::string said = room.send("HELO me\nMAIL FROM:<>\nRCPT TO:<s9360511>\nDATA\nhi\n.\r\n");
  CHECK(has(said, "NO That dot's line ended in another way than your first line"));
  CHECK(room.at("letter"));
}

TEST_CASE("tutor: Ctrl-C in telnet does no harm to the line behind it") {
  Classroom room;
  room.go_to("helo");
  CHECK(has(room.send("\xFF\xF4\xFF\xFD\x06HELO me\r\n"), "OK step 2 is done"));
}

TEST_CASE("tutor: the remark about the blank after the colon is made once") {
  Classroom room;
  room.go_to("rcpt");
  const std::string again = room.type({"RSET", "MAIL FROM: <s9360511@ntut.edu.tw>"});
  CHECK(has(again, "OK step 3 is done"));
  CHECK_FALSE(has(again, "blank after the colon"));
}

TEST_CASE("tutor: a mistake of the lesson's own is worded by the lesson") {
  sandbox::Lesson lesson = lab();
  lesson.mistakes.push_back({wire::Cause::empty_line, "", {}, "Say something, {user}."});
  lesson.steps[1].mistakes.push_back({wire::Cause::misspelt_verb, "QUIT", {}, "Do not leave."});
  Classroom room(lesson);
  room.go_to("helo");
  CHECK(has(room.type(""), "NO Say something, s9360511."));
  CHECK(has(room.type("exit"), "NO Do not leave."));
  CHECK(has(room.type("MIAL"), "NO Did you mean MAIL?"));
}

TEST_CASE("tutor: a password never shows in what is printed") {
  Classroom room;
  room.go_to("login");
  room.connect(Protocol::pop3);
  const std::string said =
      room.type({"user s9360511", "pass hunter2", "user s9360511", "hunter2", "psas hunter2"});
  CHECK_FALSE(has(said, "hunter2"));
  CHECK(has(said, "C: pass ********"));
}

TEST_CASE("tutor: control bytes never reach the screen as they are") {
  Classroom room;
  room.go_to("helo");
  room.type({"\x1b[2J", "helo \x07", "HELO x\x1b]0;t\x07", "Subject: \x1b[31m"});
  room.type({"HELO me", "MAIL FROM:<>", "RCPT TO:<s9360511>", "DATA", "Subject: \x1b[31mred", "",
             "\x07", "."});
  room.go_to("retr");
  room.type("RETR 1");
  for (const char c : room.printed)
    CHECK((c == '\n' || static_cast<unsigned char>(c) >= ' '));
}

TEST_CASE("tutor: a lesson's word about the wrong order holds for what it says comes first") {
  sandbox::Lesson lesson = lab();
  sandbox::Mistake sender_first{wire::Cause::wrong_order, "", {}, "Sender first."};
  sender_first.need = "MAIL";
  lesson.mistakes = {sender_first};
  for (sandbox::Step& step : lesson.steps)
    step.mistakes.clear();
  Classroom room(lesson);
  room.go_to("helo");
  CHECK(has(room.type("RCPT TO:<s9360511>"), "NO Right word, wrong moment. The order is HELO"));
  room.do_step();
  CHECK(has(room.type("RCPT TO:<s9360511>"), "NO Sender first."));
}

TEST_CASE("tutor: a lesson words the slips inside a letter and of a letter, too") {
  sandbox::Lesson lesson = lab();
  lesson.mistakes = {{wire::Cause::dot_space, "", {}, "A dot and a blank, {user}."},
                     {wire::Cause::no_head, "", {}, "No head, {user}."}};
  Classroom room(lesson);
  room.go_to("letter");
  CHECK(has(room.type({". ", "hi"}), "NO A dot and a blank, s9360511."));
  CHECK(has(room.type("."), "-- No head, s9360511."));
}

}  // namespace sandpost::tests
