// The 48 things that learners get wrong, by number and symptom: the bytes that really arrive go to
// the real engines, and what the tutor says of them is read. It says what arrived, what it means
// and what to type; the lesson goes on where it was.

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

#include "base/base64.hpp"
#include "cli/announcement.hpp"
#include "cli/telnet_help.hpp"
#include "sandbox/classroom.hpp"
#include "sandbox/explain.hpp"
#include "sandbox/explain_letter.hpp"

namespace sandpost::tests {
namespace {

using std::chrono::seconds;

// Rows that the tutor speaks: NO and --.
std::string tutor_rows(const std::string& rows) {
  return rows_with(rows, "NO ") + rows_with(rows, "-- ");
}

void check_said(const std::string& rows, std::initializer_list<const char*> fragments) {
  for (const char* fragment : fragments)
    CHECK_MESSAGE(has(tutor_rows(rows), fragment), "missing: ", fragment, "\n", rows);
  for (const char* unkind : {"rong!", "you failed", "nvalid", "llegal"})
    CHECK_MESSAGE(!has(tutor_rows(rows), unkind), rows);
}

// A lesson at this step, with a window to the server that the step talks to.
struct At : Classroom {
  explicit At(std::string_view step) {
    go_to(step);
    if (current == 0 || !open()) connect(tutor.wanted_server());
  }
};

// Types bytes at a step: they are explained, and the step stays open.
void check_refused(std::string_view step, std::string_view bytes,
                   std::initializer_list<const char*> fragments) {
  for (const bool byte_by_byte : {false, true}) {
    At room(step);
    room.byte_by_byte = byte_by_byte;
    const std::string said = room.send(bytes);
    CHECK_MESSAGE(has(said, "NO "), said);
    check_said(said, fragments);
    CHECK(room.at(step));
  }
}

// Types bytes at a step: they pass it, with a word about them.
void check_passed(std::string_view step, std::string_view bytes,
                  std::initializer_list<const char*> fragments) {
  for (const bool byte_by_byte : {false, true}) {
    At room(step);
    room.byte_by_byte = byte_by_byte;
    const std::string said = room.send(bytes);
    check_said(said, fragments);
    CHECK_MESSAGE(!has(said, "NO "), said);
    CHECK_FALSE(room.at(step));
  }
}

// A POP3 session with one letter in it.
struct LoggedIn : At {
  LoggedIn() : At("list") {}
};

std::string help() {
  return std::string(cli::telnet_help(1000));
}

}  // namespace

TEST_CASE("mistake 1: a backspace that was sent as a byte") {
  check_passed("helo", "helo ntxx\x08\x08ut.edu.tw\r\n",
               {"2 backspace bytes", "read it as \"helo ntut.edu.tw\"", "press Enter"});
  check_passed("helo", "helo ntutt\x7F.edu.tw\r\n", {"1 backspace byte,"});
  At room("helo");
  CHECK(has(room.type("helo ntxx\x08\x08ut.edu.tw"), "C: helo ntxx^H^Hut.edu.tw\n"));
}

TEST_CASE("mistake 2: arrow keys") {
  check_refused("helo", "helo nut\x1b[D\x1b[Dt\r\n",
                {"Character 9 of your line is ^[", "ESC [ D", "Arrow keys", "Type it again"});
}

TEST_CASE("mistake 3: Ctrl-C in telnet, which then shows nothing") {
  for (const bool byte_by_byte : {false, true}) {
    At room("helo");
    room.byte_by_byte = byte_by_byte;
    // Said the moment it is pressed: no line has come.
    check_said(room.send("\xFF\xF4\xFF\xFD\x06"),
               {"Ctrl-C in telnet", "FF F4 FF FD 06", "The server gave it", "type QUIT", "Ctrl-]"});
    CHECK(has(room.send("helo ntut.edu.tw\r\n"), "OK step 2 is done"));
    CHECK_FALSE(has(room.send("\xFF\xF4\xFF\xFD\x06"), "Ctrl-C"));  // once is enough
  }
  At pop3("login");
  check_said(pop3.send("\xFF\xF4\xFF\xFD\x06"), {"Ctrl-C in telnet", "type QUIT"});
  // Alone on a line it is refused, and inside a letter it is text.
  check_refused("helo", "\xFF\xF4\xFF\xFD\x06\r\n", {"commands of its own", "type QUIT"});
  check_refused("letter", "\xFF\xF4\xFF\xFD\x06\r\n",
                {"does not leave the letter", "A dot alone ends the letter", "Ctrl-]"});
}

TEST_CASE("mistake 4: a stray Ctrl-D in front of a command") {
  check_refused("helo", "\x04NOOP\r\n",
                {"Character 1 of your line is ^D", "04", "Ctrl-D", "QUIT", "Type the line again"});
  check_refused("list", "\x04LIST\r\n", {"Character 1 of your line is ^D", "Ctrl-D"});
}

TEST_CASE("mistake 5: cannot see what one types, or sees it twice") {
  CHECK(has(help(), "You do not see what you type, or you see it twice:"));
  CHECK(has(help(), "set localecho"));
}

TEST_CASE("mistake 6: nc ends lines with LF alone") {
  for (const bool byte_by_byte : {false, true}) {
    Classroom room;
    room.connect(Protocol::smtp);
    room.byte_by_byte = byte_by_byte;
    const std::string first = room.send("helo a\n");
    check_said(first, {"lines end in LF alone", "CR LF is the rule", "nc with -C"});
    CHECK(first.find("S: 250") < first.find("LF alone"));
    CHECK(has(first, "OK step 2 is done"));
    const std::string rest =
        room.send("MAIL FROM:<>\nRCPT TO:<s9360511@ntut.edu.tw>\nDATA\nSubject: a\n\nhi\n.\n");
    CHECK(has(rest, "OK step 6 is done"));
    CHECK_FALSE(has(rest, "LF alone"));
  }
  // A dot that ends otherwise than the first line is told at once.
  check_refused("letter", "hi\r\n.\n", {"LF against CR LF", "ends nothing", "nc -C"});
  At pop3("login");
  check_said(pop3.send("user s9360511\n"), {"lines end in LF alone"});
}

TEST_CASE("mistake 7: the client spoke before the greeting") {
  Classroom room;
  const std::string said =
      room.connect_talking("helo a\r\nMAIL FROM:<>\r\nRCPT TO:<s9360511@ntut.edu.tw>\r\nDATA\r\n");
  check_said(said, {"before you could have read what the server said",
                    "other servers refuse it (554)", "waits for the 220", "PIPELINING"});
  CHECK(said.find("before you could") < said.find("C: helo a"));
  CHECK(room.at("letter"));  // nothing was refused
  CHECK_FALSE(has(said, "NO "));
}

TEST_CASE("mistake 8: RCPT in capitals inside openssl s_client") {
  // s_client tries to renegotiate, fails, and hangs up: no byte of the line arrives.
  Classroom room;
  room.smtp.tls = true;
  room.go_to("rcpt");
  check_said(room.drop(),
             {"encrypted connection ended without QUIT", "capital Q or R",
              "Type rcpt, retr and quit in small letters", "-quiet", "Back to step 1"});
  // Without TLS there was no s_client.
  At plain("rcpt");
  CHECK_FALSE(has(plain.drop(), "s_client"));
}

TEST_CASE("mistake 9: QUIT in openssl s_client, so DELE is lost") {
  Classroom room;
  room.pop3.tls = true;
  room.go_to("quit-pop3");
  check_said(room.drop(), {"capital Q or R", "quit in small letters", "-quiet",
                           "ended without QUIT: what you marked is not deleted"});
  CHECK(room.letters() == 1);
  // One that says QUIT in small letters is heard.
  Classroom small;
  small.smtp.tls = true;
  small.go_to("quit-smtp");
  small.type("quit");
  small.drop();
  CHECK_FALSE(has(small.printed, "s_client"));
  // And the server's own hanging up is nobody's key.
  Classroom idle;
  idle.smtp.tls = idle.pop3.tls = true;
  idle.go_to("rcpt");
  CHECK_FALSE(has(idle.time_out(), "s_client"));
  idle.connect(Protocol::pop3);
  CHECK_FALSE(has(idle.time_out(), "s_client"));
}

TEST_CASE("mistake 10: openssl s_client without -crlf") {
  Classroom room;
  room.smtp.tls = true;
  room.connect(Protocol::smtp);
  check_said(room.send("ehlo a\n"), {"lines end in LF alone", "openssl s_client with -crlf"});
  CHECK(has(help(), "Without -crlf"));
}

TEST_CASE("mistake 11: telnet is not installed") {
  CHECK(has(help(), "\"telnet: command not found\", \"is not recognized\":"));
  CHECK(has(help(), "sandpost learn has its own"));
  for (const char* system : {"Debian", "Windows", "macOS"})
    CHECK(has(help(), system));
}

TEST_CASE("mistake 12: connection refused") {
  CHECK(has(help(), "\"Connection refused\":"));
  CHECK(has(help(), "2525 and 1110"));
  CHECK(has(help(), "not 25 and 110"));
  // The ports are printed at the start, and the way to this help.
  const std::string start = cli::announcement(Config{}, {2525, 1110});
  CHECK(has(start, "telnet 127.0.0.1 2525"));
  CHECK(has(start, "sandpost help telnet"));
}

TEST_CASE("mistake 13: port 25 is blocked, and nothing answers") {
  CHECK(has(help(), "Nothing at all, then a time-out:"));
  CHECK(has(help(), "port 25"));
  CHECK(has(help(), "587 (STARTTLS) or 465"));
}

TEST_CASE("mistake 14: full-width and pasted characters") {
  check_refused("helo", "ＨＥＬＯ ntut.edu.tw\r\n",
                {"Character 1 of your line is U+FF28, where H is meant", "English input"});
  check_refused("mail", "MAIL FROM：<s9360511@ntut.edu.tw>\r\n",
                {"Character 10 of your line is U+FF1A, where : is meant", "full-width"});
  check_refused("helo", "HELO \u201Cme\u201D\r\n", {"U+201C", "bent quote", "by hand"});
  check_refused("helo", "HELO\u00A0me\r\n", {"U+00A0", "looks like a blank", "by hand"});
}

TEST_CASE("mistake 15: HELLO for HELO") {
  check_refused("helo", "hello ntut.edu.tw\r\n",
                {"HELO has one L", "all four letters long", "type the line again"});
}

TEST_CASE("mistake 16: MAIL before HELO") {
  check_refused("helo", "MAIL FROM:<s9360511@ntut.edu.tw>\r\n",
                {"ight word, wrong moment", "HELO, MAIL, RCPT, DATA", "helo ntut.edu.tw"});
}

TEST_CASE("mistake 17: RCPT before MAIL") {
  check_refused("mail", "RCPT TO:<s9360511@ntut.edu.tw>\r\n",
                {"ight word, wrong moment", "sender comes first", "MAIL FROM:<s9360511"});
}

TEST_CASE("mistake 18: DATA before RCPT, or after all of them were refused") {
  check_refused("rcpt", "DATA\r\n", {"nobody yet to send it to", "RCPT TO:<s9360511@ntut.edu.tw>"});
  check_refused("rcpt", "RCPT TO:<nobody@ntut.edu.tw>\r\nDATA\r\n", {"nobody yet to send it to"});
}

TEST_CASE("mistake 19: MAIL twice") {
  check_refused("rcpt", "MAIL FROM:<s9360511@ntut.edu.tw>\r\n",
                {"there is a sender already", "RCPT TO", "RSET"});
}

TEST_CASE("mistake 20: an address without angle brackets") {
  check_passed("mail", "MAIL FROM:s9360511@ntut.edu.tw\r\n",
               {"Accepted without < >", "Gmail says 555"});
  Classroom strict;
  strict.smtp.leniency.allow_no_brackets = false;
  strict.connect(Protocol::smtp);
  check_said(strict.type({"helo a", "MAIL FROM:s9360511@ntut.edu.tw"}),
             {"wants its angle brackets", "MAIL FROM:<s9360511@ntut.edu.tw>"});
}

TEST_CASE("mistake 21: a blank after the colon") {
  check_passed("mail", "MAIL FROM: <s9360511@ntut.edu.tw>\r\n",
               {"a blank after the colon", "lab sheet", "RFC 5321, 3.3"});
}

TEST_CASE("mistake 22: MAIL TO, RCPT FROM, no colon") {
  check_refused("mail", "MAIL TO:<s9360511@ntut.edu.tw>\r\n",
                {"two halves are swapped", "MAIL goes with FROM:", "MAIL FROM:<s9360511"});
  check_refused("rcpt", "RCPT FROM:<s9360511@ntut.edu.tw>\r\n",
                {"two halves are swapped", "RCPT with TO:", "RCPT TO:<s9360511"});
  check_refused("mail", "MAIL FROM s9360511@ntut.edu.tw\r\n",
                {"The colon is missing (it would be character 10)", "< > are part of it"});
  check_refused("rcpt", "RCPT TO <s9360511@ntut.edu.tw>\r\n",
                {"The colon is missing (it would be character 8)"});
}

TEST_CASE("mistake 22: MAIL FORM was answered without a word about FORM") {
  check_refused("mail", "MAIL FORM:<s9360511@ntut.edu.tw>\r\n",
                {"FORM stands where FROM should.", "MAIL FROM:<s9360511"});
  check_refused("rcpt", "rcpt too:<s9360511@ntut.edu.tw>\r\n",
                {"too stands where TO should.", "RCPT TO:<s9360511"});
}

TEST_CASE("mistake 23: one bracket") {
  check_refused("mail", "MAIL FROM:s9360511@ntut.edu.tw>\r\n",
                {"brackets come in pairs", "The > is character 31; its < is missing"});
  check_refused("rcpt", "RCPT TO:<s9360511@ntut.edu.tw\r\n",
                {"The < is character 9; its > is missing", "RCPT TO:<s9360511@ntut.edu.tw>"});
}

TEST_CASE("mistake 24: a name without a domain") {
  At room("rcpt");
  check_said(room.type("RCPT TO:<s9360511>"),
             {"A name without a domain", "only because you talk to its own server"});
  CHECK_FALSE(has(room.type("RCPT TO:<s9360511>"), "without a domain"));  // once
  check_passed("mail", "MAIL FROM:<s9360511>\r\n", {"A name without a domain"});
  At postmaster("rcpt");
  CHECK_FALSE(has(postmaster.type("RCPT TO:<postmaster>"), "without a domain"));
}

TEST_CASE("mistake 25: an unknown user") {
  check_refused("rcpt", "RCPT TO:<s936051@ntut.edu.tw>\r\n",
                {"do not try again as it is", "no such mailbox", "You are s9360511@ntut.edu.tw"});
}

TEST_CASE("mistake 26: a foreign domain") {
  check_refused("rcpt", "RCPT TO:<president@example.org>\r\n",
                {"right answer of the server", "open relay", "Write to s9360511@ntut.edu.tw"});
}

TEST_CASE("mistake 27: does letter case matter?") {
  check_passed("rcpt", "rcpt to:<S9360511@NTUT.EDU.TW>\r\n",
               {"Capital letters make no difference in commands and behind the @",
                "Before the @ they might", "RFC 5321, 2.4"});
  check_passed("helo", "HeLo ntut.edu.tw\r\n", {});
  At room("rcpt");
  CHECK_FALSE(has(room.type("RCPT TO:<s9360511@NTUT.edu.tw>"), "Capital letters"));
}

TEST_CASE("mistake 28: AUTH LOGIN in clear text, or with echo's newline in the base64") {
  const auto session = [](std::initializer_list<std::string> lines) {
    Classroom room;
    room.smtp.mechanisms = {"PLAIN", "LOGIN"};
    room.connect(Protocol::smtp);
    room.type("EHLO me");
    std::string said;
    for (const std::string& line : lines)
      said += room.type(line);
    CHECK_MESSAGE(!has(room.printed, "hunter2"), room.printed);
    CHECK_FALSE(has(room.printed, base64_encode("hunter2\n")));
    return said;
  };
  check_said(session({"AUTH LOGIN", "s936051"}),
             {"That is not base64", "not typed as they are", "printf 'name' | base64"});
  // Eight letters of a name are base64 by chance, but decode to no text.
  check_said(session({"AUTH LOGIN", "s9360511"}), {"each in base64"});
  check_said(session({"AUTH LOGIN", base64_encode("s9360511\n"), base64_encode("sandbox")}),
             {"a newline at its end", "echo adds one", "printf 'name' | base64"});
  check_said(session({"AUTH LOGIN", base64_encode("s9360511"), base64_encode("hunter2\n")}),
             {"a newline at its end"});
  check_said(session({"AUTH PLAIN " + base64_encode(std::string("\0s9360511\0hunter2\n", 18))}),
             {"a newline at its end"});
  // Without a newline it is a login like any other that does not fit, or one that does.
  const std::string other =
      session({"AUTH LOGIN", base64_encode("s9360511"), base64_encode("hunter2")});
  check_said(other, {"never says which of the two", "AUTH LOGIN"});
  CHECK_FALSE(has(other, "newline"));
  CHECK(
      has(session({"AUTH LOGIN", base64_encode("s9360511"), base64_encode("sandbox")}), "S: 235"));
  check_said(session({"AUTH FOO"}), {"does not know that way to log in", "EHLO"});

  Classroom pop3;
  pop3.pop3.mechanisms = {"PLAIN"};
  pop3.connect(Protocol::pop3);
  check_said(pop3.type("AUTH PLAIN " + base64_encode(std::string("\0s9360511\0sandbox\n", 18))),
             {"a newline at its end"});
  check_said(pop3.type({"AUTH PLAIN", "sandbox!"}), {"That is not base64"});
}

TEST_CASE("mistake 29: a provider wants STARTTLS first") {
  CHECK(has(sandbox::explain_reply("530 5.7.0 Must issue a STARTTLS command first"), "STARTTLS"));
  CHECK(has(help(), "\"530 Must issue a STARTTLS command first\""));
}

TEST_CASE("mistake 30: a line of the letter, or a web browser's, as a command") {
  check_refused("data", "Subject: hi\r\n", {"a line of the letter", "Say DATA first", "354"});
  At room("helo");
  check_said(room.type("GET / HTTP/1.1"), {"A web browser knocked", "mail server"});
}

TEST_CASE("mistake 31: commands inside the letter") {
  for (const char* line : {"QUIT", "rset", "HELP", "exit", "MAIL FROM:<a@b.tw>"}) {
    check_refused("letter", std::string(line) + "\r\n",
                  {"I keep that as a line of your letter", "End with a dot alone"});
  }
  // The tutor's own words are heard in its own window only.
  check_refused("letter", ":hint\r\n", {"in sandpost's own window only"});
  check_refused("mail", ":hint\r\n", {"in sandpost's own window only"});
  At room("letter");
  CHECK_FALSE(has(room.type(":-)"), "NO "));
}

TEST_CASE("mistake 32: the dot is forgotten, or is not a dot alone") {
  struct Dot {
    const char* bytes;
    const char* at_once;
    const char* after_a_while;
  };
  const Dot dots[] = {
      {". \r\n", "a dot and a blank", "your dot had a blank beside it"},
      {"..\r\n", "Two dots are a line", "you typed two dots"},
      {"。\r\n", "a full-width stop", "full-width one (U+3002"},
      {".\n", "ends nothing", "ended otherwise than your first line"},
      {"QUIT\r\n", "nothing is a command", "that was a line of the letter"},
  };
  for (const Dot& dot : dots) {
    CAPTURE(dot.bytes);
    check_refused("letter", dot.bytes, {dot.at_once});
    At room("letter");
    room.send(dot.bytes);
    CHECK(room.silence(seconds{19}).empty());
    check_said(room.silence(seconds{1}), {"The server is silent because", dot.after_a_while});
  }
  At shown("letter");  // what a screen would hide
  CHECK(has(shown.type(". "), "D> .   | a dot and 1 blank\n"));
  CHECK(has(shown.type("   "), "D>      | 3 blanks\n"));
  CHECK_FALSE(has(shown.type("text "), "|"));
  At room("letter");
  room.type("Hello");
  check_said(room.silence(seconds{20}), {"waits for the end of your letter", "Type . and press"});
  CHECK(room.silence(seconds{60}).empty());  // said once
  room.type("there");
  CHECK(room.silence(seconds{60}).empty());  // the same again helps nobody
  room.type(". ");
  check_said(room.silence(seconds{20}), {"a blank beside it"});
  CHECK(has(room.type("."), "OK step 6 is done"));
  CHECK(room.silence(seconds{3600}).empty());
  // Nothing typed at all, in a window that the tutor only watches.
  At nothing("letter");
  check_said(nothing.silence(seconds{20}), {"waits for your letter", "dot alone"});
  // Outside a letter silence is nobody's trouble.
  At outside("data");
  CHECK(outside.silence(seconds{3600}).empty());
}

TEST_CASE("mistake 33: no empty line behind the head") {
  check_passed("letter", "Subject: hi\r\nHello\r\n.\r\n",
               {"Accepted, but no empty line", "You meant 1 as head and 1 as text",
                "take all of it for head", "MAIL FROM begins another letter"});
  check_passed("letter", "Subject: hi\r\nNote: all head\r\n.\r\n",
               {"behind your head lines. A mail"});
  // A line of blanks looks like one and is none.
  check_refused("letter", "Subject: hi\r\n  \r\nHello\r\n",
                {"looks empty and holds blanks", "Enter alone"});
  At room("letter");
  CHECK_FALSE(has(room.type({"Subject: hi", "", "  "}), "NO "));  // in the text it is text
}

TEST_CASE("mistake 34: no head at all") {
  check_passed("letter", "Hello\r\n.\r\n",
               {"no head lines", "without a subject", "From: and Date:", "RFC 5322, 3.6"});
}

TEST_CASE("mistake 35: believes that To: decides the delivery") {
  check_passed("letter", "To: The President\r\n <president@example.org>\r\n\r\nHello\r\n.\r\n",
               {"The To: line names somebody else", "s9360511@ntut.edu.tw gets the letter",
                "RCPT TO decides", "envelope"});
  for (const char* to : {"To: Me <S9360511@ntut.edu.tw>", "To: a@b.tw,\r\n s9360511@ntut.edu.tw",
                         "To: undisclosed recipients:;", "Subject: to whom@it.may"}) {
    At room("letter");
    CHECK_FALSE(has(room.type({to, "", "To: x@y.tw", "."}), "RCPT TO decides"));
  }
}

TEST_CASE("mistake 36: a dot at the beginning of a line, and one that cut the letter") {
  check_refused("letter", ".profile is a file\r\n",
                {"A dot at the beginning of a line is taken away", "RFC 5321, 4.5.2", "type two"});
  At room("letter");
  CHECK_FALSE(has(room.type("..profile is a file"), "NO "));
  for (const bool byte_by_byte : {false, true}) {  // in one segment or not
    At cut("letter");
    cut.byte_by_byte = byte_by_byte;
    const std::string said =
        cut.send("Subject: x\r\n\r\nfirst\r\n.\r\nsecond part\r\n你好\r\nDear: you\r\n.\r\n");
    check_said(said, {"Your letter ended at the dot alone on a line: it is number 1",
                      "read as commands", "typed as two", "This line came behind the dot as well"});
    CHECK_FALSE(has(said, "Say DATA first"));
    CHECK(cut.at("quit-smtp"));
    // A command that is understood ends it: then a slip is a slip.
    CHECK_FALSE(has(cut.type({"NOOP", "nonsense"}), "behind the dot"));
  }
  // Slips of the finger behind a letter are slips.
  At slip("quit-smtp");
  check_said(slip.type("QIUT"), {"Did you mean QUIT?"});
  check_said(slip.type("LIST"), {"POP3 word"});
}

TEST_CASE("mistake 37: characters beyond ASCII without an encoding") {
  check_passed(
      "letter", "Subject: 測試\r\n\r\nHello\r\n.\r\n",
      {"Your Subject has characters beyond ASCII", "RFC 2047", "Subject: =?UTF-8?B?5ris6Kmm?="});
  check_passed("letter", "Subject: \xB4\xFA\xB8\xD5\r\n\r\nHello\r\n.\r\n", {"RFC 2047)."});
  check_passed("letter", "Subject: test\r\n\r\n你好\r\n.\r\n",
               {"characters beyond ASCII", "Content-Type: text/plain; charset=utf-8"});
  At declared("letter");
  CHECK_FALSE(
      has(declared.type({"Subject: x", "Content-Type: text/plain; charset=utf-8", "", "你好", "."}),
          "beyond ASCII"));
  Classroom utf8;
  utf8.connect(Protocol::smtp);
  CHECK_FALSE(
      has(utf8.type({"EHLO me", "MAIL FROM:<> SMTPUTF8", "RCPT TO:<s9360511>", "DATA",
                     "Subject: 測試", "Content-Type: text/plain; charset=utf-8", "", "hi", "."}),
          "beyond ASCII"));
}

TEST_CASE("mistake 38: the window is closed before the 250") {
  At room("letter");
  room.type("Hello");
  check_said(room.drop(), {"The connection ended before the dot", "the letter is lost"});
  CHECK(room.letters() == 0);
  // Also where no step has to be done again for it.
  Classroom done;
  done.go_to("wait");
  done.connect(Protocol::smtp);
  done.type({"helo a", "MAIL FROM:<>", "RCPT TO:<s9360511>", "DATA", "Hello"});
  check_said(done.drop(), {"the letter is lost"});
}

TEST_CASE("mistake 39: looks at once, and the mailbox is empty") {
  At room("wait");
  room.clock.advance(seconds{4});
  room.connect(Protocol::pop3);
  check_said(room.type({"user s9360511", "pass sandbox"}),
             {"250 meant queued, not delivered", "Number 1 is due in 6 s.",
              "POP3 counts once, at login", "QUIT, wait, and log in again"});
  room.wait();
  // Delivered, but not for this session; and for somebody else nothing is on its way.
  room.put_account("ben", "b");
  room.connect(Protocol::pop3);
  const std::string ben = room.type({"user ben", "pass b"});
  check_said(ben, {"The mailbox is empty"});
  CHECK_FALSE(has(ben, "is due in"));

  // One letter for two mailboxes is on its way to both, until it is there.
  Classroom two;
  two.put_account("ben", "b");
  two.connect(Protocol::smtp);
  two.type({"helo a", "MAIL FROM:<>", "RCPT TO:<s9360511>", "RCPT TO:<ben>", "DATA", "hi", "."});
  for (const char* login : {"user s9360511\r\npass sandbox\r\n", "user ben\r\npass b\r\n"}) {
    two.connect(Protocol::pop3);
    check_said(two.send(login), {"Number 1 is due in 10 s."});
    two.drop();
  }
  two.deliver_now();
  two.connect(Protocol::pop3);
  CHECK_FALSE(has(two.type({"user ben", "pass b"}), "is due in"));
}

TEST_CASE("mistake 40: PASS before USER, LIST before the login") {
  check_refused("login", "pass sandbox\r\n", {"First the name", "user s9360511"});
  check_refused("login", "LIST\r\n", {"Not before you have logged in", "pass sandbox"});
  check_refused("login", "user s9360511\r\nLIST\r\n", {"Now the password"});
}

TEST_CASE("mistake 41: the whole address as the name, a password that does not fit") {
  check_passed("login", "user s9360511@ntut.edu.tw\r\npass sandbox\r\n", {});
  check_refused("login", "user s9360511@ntut.edu.tw\r\npass Sandbox\r\n",
                {"never says which of the two", "user s9360511"});
  check_refused("login", "user nobody\r\npass sandbox\r\n", {"never says which of the two"});
}

TEST_CASE("mistake 42: a password with a blank") {
  Classroom room;
  room.put_account("ben", "two words");
  room.connect(Protocol::pop3);
  CHECK(has(room.type({"user ben", "pass two words"}), "S: +OK"));
  CHECK_FALSE(has(room.printed, "NO "));
  check_refused("login", "user s9360511\r\npass sandbox \r\n",
                {"A blank stands behind your password", "counts as a part of it"});
}

TEST_CASE("mistake 43: another session holds the mailbox") {
  LoggedIn room;
  room.clock.advance(seconds{90});
  const std::size_t holder = room.current;
  room.connect(Protocol::pop3);
  check_said(room.type({"user s9360511", "pass sandbox"}),
             {"Another session of yours holds the mailbox: number 2, from 127.0.0.1:40002",
              "since 14:03:32", "Type QUIT there, or close its window"});
  // Its telnet is killed: the mailbox is free at once.
  const std::size_t second = room.current;
  room.current = holder;
  room.drop();
  room.current = second;
  CHECK(has(room.type({"user s9360511", "pass sandbox"}), "OK step 9 is done"));
}

TEST_CASE("mistake 44: RETR without a number, RETR 0, RETR 9") {
  check_refused("retr", "RETR\r\n", {"RETR wants the number", "LIST", "RETR 1"});
  check_refused("retr", "RETR 0\r\n", {"counted from 1", "RETR 1"});
  check_refused("retr", "RETR 9\r\n", {"no letter with that number", "LIST"});
}

TEST_CASE("mistake 45: expects the numbers to move after DELE") {
  check_refused("list-empty", "RETR 1\r\n",
                {"marked as deleted", "numbers stay as they are", "RSET"});
}

TEST_CASE("mistake 46: DELE, then the window is closed: the letter is back") {
  At room("quit-pop3");
  check_said(room.drop(), {"ended without QUIT: what you marked is not deleted"});
  CHECK(room.letters() == 1);
  At undone("quit-pop3");
  check_said(undone.type("RSET"), {"The marks are taken away"});
}

TEST_CASE("mistake 47: takes the last dot of a reply for a part of the letter") {
  At list("list");
  CHECK(has(list.type("LIST"), "S: .  | end of the reply\n"));
  CHECK(has(list.type("UIDL"), "S: .  | end of the reply\n"));
  CHECK(has(list.type("RETR 1"), "S: .  | end of the reply\n"));
  // And one that begins with a dot has another in front of it on the way.
  At dots("letter");
  dots.type({"Subject: x", "", "..x", "."});
  dots.go_to("retr");
  CHECK(has(dots.type("RETR 1"), "S: ..x  | yours, dot doubled\n"));
}

TEST_CASE("mistake 48: lines in the letter that nobody typed") {
  At room("retr");
  const std::string said = room.type("RETR 1");
  CHECK(has(said, "S: Return-Path: <s9360511@ntut.edu.tw>  | at delivery: your MAIL FROM\n"));
  CHECK(has(said, "  | by SMTP: your HELO, your IP\n"));
  CHECK(has(said, "S: Subject: my first mail by hand  | yours\n"));
}

}  // namespace sandpost::tests
