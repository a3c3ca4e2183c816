// What is refused, why, and what the reply says instead: a row for each cause.

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;

namespace {

struct Row {
  std::string before;
  std::string said;
  std::string reply;  // the whole line
  std::string cause;
  std::string near = "";
  std::string need = "";
};

void check(const Row& row) {
  CAPTURE(row.said);
  const World world;
  const auto played = play(world, row.before + row.said + "\r\n");
  CHECK(played.last_line() == row.reply);
  const wire::Event error = played.last("smtp.error");
  CHECK(error.text("cause") == row.cause);
  CHECK(error.text("near") == row.near);
  CHECK(error.text("need") == row.need);
  CHECK(error.number("code") == std::stoi(row.reply));
  CHECK_FALSE(error.flag("lost"));
  CHECK_FALSE(played.closed);
  // Nothing has changed: what was possible before still is.
  CHECK(answer(world, row.before + row.said + "\r\n", "DATA\r\n") ==
        answer(world, row.before, "DATA\r\n"));
}

const std::string helo_usage = "501 5.5.4 Write it like this: HELO your.computer.name";
const std::string mail_usage = "501 5.5.4 Write it like this: MAIL FROM:<name@domain>";
const std::string rcpt_usage = "501 5.5.4 Write it like this: RCPT TO:<name@domain>";

std::string bad_sender(const std::string& problem) {
  return "501 5.1.7 " + problem + ". Write it like this: MAIL FROM:<name@domain>";
}

std::string bad_recipient(const std::string& problem) {
  return "501 5.1.3 " + problem + ". Write it like this: RCPT TO:<name@domain>";
}

std::string not_known(const std::string& rest) {
  return "500 5.5.1 command not known: " + rest;
}

}  // namespace

TEST_CASE("smtp: words that are no command") {
  const Row rows[] = {
      {"", "XYZZY", not_known("XYZZY (HELP lists mine)"), "unknown_verb"},
      {"", "HELLO x", not_known("HELLO; did you mean HELO?"), "misspelt_verb", "HELO"},
      {"", "HLEO x", not_known("HLEO; did you mean HELO?"), "misspelt_verb", "HELO"},
      {"", "ELHO x", not_known("ELHO; did you mean EHLO?"), "misspelt_verb", "EHLO"},
      {"", "HELO:x", not_known("HELO:x; did you mean HELO?"), "misspelt_verb", "HELO"},
      {"", "HELO: x", not_known("HELO:; did you mean HELO?"), "misspelt_verb", "HELO"},
      {"", "MIAL FROM:<a@b>", not_known("MIAL; did you mean MAIL?"), "misspelt_verb", "MAIL"},
      {"", "MAILFROM:<a@b.c>", not_known("MAILFROM:<a@b.c>; did you mean MAIL?"), "misspelt_verb",
       "MAIL"},
      {"", "RCTP TO:<a@b>", not_known("RCTP; did you mean RCPT?"), "misspelt_verb", "RCPT"},
      {"", "RCPTTO:<a@b.c>", not_known("RCPTTO:<a@b.c>; did you mean RCPT?"), "misspelt_verb",
       "RCPT"},
      {"", "DATE", not_known("DATE; did you mean DATA?"), "misspelt_verb", "DATA"},
      {"", "RESET", not_known("RESET; did you mean RSET?"), "misspelt_verb", "RSET"},
      {"", "QIUT", not_known("QIUT; did you mean QUIT?"), "misspelt_verb", "QUIT"},
      {"", "exit", not_known("exit; did you mean QUIT?"), "misspelt_verb", "QUIT"},
      {"", "BYE", not_known("BYE; did you mean QUIT?"), "misspelt_verb", "QUIT"},
      {"", "NOP", not_known("NOP; did you mean NOOP?"), "misspelt_verb", "NOOP"},
      {"", "HELPME", not_known("HELPME; did you mean HELP?"), "misspelt_verb", "HELP"},
      {"", "VRYF x", not_known("VRYF; did you mean VRFY?"), "misspelt_verb", "VRFY"},
      {"", "Subject: hello", not_known("Subject:; a line of the letter comes after DATA"),
       "header_as_command"},
      {"", "From: <a@b.c>", not_known("From:; a line of the letter comes after DATA"),
       "header_as_command"},
      {"", "X-" + std::string(100, 'y') + ": 1",
       not_known("X-" + std::string(38, 'y') + "...; a line of the letter comes after DATA"),
       "header_as_command"},
      {"", "RETR 1", not_known("RETR; that is POP3, and this is the SMTP server"), "unknown_verb"},
      {"", "user bob", not_known("user; that is POP3, and this is the SMTP server"),
       "unknown_verb"},
      {"", "STARTTLS", "502 5.5.1 STARTTLS is not done here", "unknown_verb"},
      {"", "AUTH LOGIN", "502 5.5.1 AUTH is not done here", "unknown_verb"},
      {"", "STARTTLS", "502 5.5.1 STARTTLS is not done here", "unknown_verb"},
      {"", "expn staff", "550 5.1.1 no mailing list here by the name staff", "unknown_user"},
      {"", std::string(80, 'z'), not_known(std::string(40, 'z') + "... (HELP lists mine)"),
       "unknown_verb"},
      {"", "", "500 5.5.2 that line was empty; nothing happened", "empty_line"},
      {"", " \t ", "500 5.5.2 that line was empty; nothing happened", "empty_line"},
      {"", "HELP me", "504 5.5.4 no help on me; HELP alone lists the commands", "unknown_verb"},
      {"", "HELP \xE4\xBD\xA0", "504 5.5.4 no help on ???; HELP alone lists the commands",
       "unknown_verb"},
  };
  for (const Row& row : rows)
    check(row);
}

TEST_CASE("smtp: the right word at the wrong moment, and what comes first") {
  const std::string first = "503 5.5.1 not yet; say this first: ";
  const Row rows[] = {
      {"", "MAIL FROM:<a@b.c>", first + "HELO your.computer.name", "wrong_order", "", "HELO"},
      {"", "MAIL", first + "HELO your.computer.name", "wrong_order", "", "HELO"},
      {"", "RCPT TO:<bob@ntut.edu.tw>", first + "HELO your.computer.name", "wrong_order", "",
       "HELO"},
      {"", "DATA", first + "HELO your.computer.name", "wrong_order", "", "HELO"},
      {helo, "RCPT TO:<bob@ntut.edu.tw>", first + "MAIL FROM:<name@domain>", "wrong_order", "",
       "MAIL"},
      {helo, "DATA", first + "MAIL FROM:<name@domain>", "wrong_order", "", "MAIL"},
      {sender, "DATA", first + "RCPT TO:<name@domain>", "wrong_order", "", "RCPT"},
      {sender, "MAIL FROM:<a@b.c>", "503 5.5.1 I have a sender already; RSET starts over",
       "wrong_order", "", "RSET"},
      {recipient, "MAIL FROM:<a@b.c>", "503 5.5.1 I have a sender already; RSET starts over",
       "wrong_order", "", "RSET"},
  };
  for (const Row& row : rows)
    check(row);
}

TEST_CASE("smtp: commands that are not written as they should be") {
  const Row rows[] = {
      {"", "HELO", helo_usage, "no_argument"},
      {"", "EHLO  ", "501 5.5.4 Write it like this: EHLO your.computer.name", "no_argument"},
      {"", "HELO two words", helo_usage, "bad_name"},
      {"", "HELO (x)", helo_usage, "bad_name"},
      {"", "HELO x;y", helo_usage, "bad_name"},
      {"", "HELO " + std::string(256, 'x'), helo_usage, "bad_name"},
      {"", "HELO \xE4\xBD\xA0", helo_usage, "non_ascii"},
      {"",
       "HELO a\xEF\xBC\x8E"
       "b",
       helo_usage, "full_width"},
      {"", "QUIT now", "501 5.5.4 Write it like this: QUIT", "unwanted_argument"},
      {"", "RSET x", "501 5.5.4 Write it like this: RSET", "unwanted_argument"},
      {recipient, "DATA x", "501 5.5.4 Write it like this: DATA", "unwanted_argument"},
      {"", "VRFY", "501 5.5.4 Write it like this: VRFY name", "no_argument"},
      {"", "VRFY a b", "501 5.5.4 Write it like this: VRFY name", "bad_address"},
      {helo, "MAIL", mail_usage, "no_argument"},
      {helo, "MAIL FROM", mail_usage, "no_colon"},
      {helo, "MAIL FROM <a@b.c>", mail_usage, "no_colon"},
      {helo, "MAIL FROM<a@b.c>", mail_usage, "no_colon"},
      {helo, "MAIL <a@b.c>", mail_usage, "no_colon"},
      {helo, "MAIL FROMAGE:<a@b.c>", mail_usage, "no_colon"},
      {helo, "MAIL TO:<a@b.c>", mail_usage, "from_to_swapped"},
      {sender, "RCPT", rcpt_usage, "no_argument"},
      {sender, "RCPT TO <bob@ntut.edu.tw>", rcpt_usage, "no_colon"},
      {sender, "RCPT FROM:<bob@ntut.edu.tw>", rcpt_usage, "from_to_swapped"},
      {helo, "MAIL FROM:", bad_sender("an address is missing"), "bad_address"},
      {sender, "RCPT TO:", bad_recipient("an address is missing"), "bad_address"},
      {sender, "RCPT TO:<>", bad_recipient("an address is missing"), "bad_address"},
      {helo, "MAIL FROM:<a@b.c", bad_sender("one of the two brackets < > is missing"),
       "one_bracket"},
      {helo, "MAIL FROM:a@b.c>", bad_sender("one of the two brackets < > is missing"),
       "one_bracket"},
      {sender, "RCPT TO:<bob@ntut.edu.tw", bad_recipient("one of the two brackets < > is missing"),
       "one_bracket"},
      {helo, "MAIL FROM:<@b.c>", bad_sender("the part behind the @ is not a domain"),
       "bad_address"},
      {helo, "MAIL FROM:<a..b@c.d>", bad_sender("the part before the @ is not a name"),
       "bad_address"},
      {helo, "MAIL FROM:<a@-b>", bad_sender("the part behind the @ is not a domain"),
       "bad_address"},
      {helo, "MAIL FROM:<" + std::string(65, 'a') + "@b.c>", bad_sender("the address is too long"),
       "bad_address"},
      {sender, "RCPT TO:<nobody@ntut.edu.tw>", "550 5.1.1 no mailbox here by the name nobody",
       "unknown_user"},
      {sender, "RCPT TO:<" + std::string(64, 'n') + "@ntut.edu.tw>",
       "550 5.1.1 no mailbox here by the name " + std::string(40, 'n') + "...", "unknown_user"},
      {sender, "RCPT TO:<bob@elsewhere.example>",
       "550 5.7.1 relaying denied: I deliver to ntut.edu.tw only", "relay"},
      {sender, "RCPT TO:<bob@pop.ntut.edu.tw>",
       "550 5.7.1 relaying denied: I deliver to ntut.edu.tw only", "relay"},
      {sender, "RCPT TO:<bob@[127.0.0.1]>",
       "550 5.7.1 relaying denied: I deliver to ntut.edu.tw only", "relay"},
      {sender, "RCPT TO:<postmaster@elsewhere.example>",
       "550 5.7.1 relaying denied: I deliver to ntut.edu.tw only", "relay"},
  };
  for (const Row& row : rows)
    check(row);
}

TEST_CASE("smtp: characters that the screen does not show as what they are") {
  const std::string again = ": press Enter and type the line again";
  const Row rows[] = {
      {"", "HE\x1B[DLO x", "500 5.5.2 character 3 of your line is ^[" + again, "escape_bytes"},
      {"", "NOOP\x01", "500 5.5.2 character 5 of your line is ^A" + again, "control_bytes"},
      {"", "NOOP\tx", "500 5.5.2 character 5 of your line is ^I" + again, "control_bytes"},
      {helo, "MAIL FROM:<a\rb@c.d>", "500 5.5.2 character 13 of your line is ^M" + again,
       "control_bytes"},
      {helo, "NOOP\nMAIL FROM:<a@b.c>", "500 5.5.2 character 5 of your line is ^J" + again,
       "control_bytes"},
      {"", std::string("NO\0P", 4), "500 5.5.2 character 3 of your line is ^@" + again,
       "control_bytes"},
      {"", "\xEF\xBC\xA8\xEF\xBC\xA5\xEF\xBC\xAC\xEF\xBC\xAF x",
       "500 5.5.2 character 1 of your line is U+FF28, not 'H'" + again, "full_width"},
      {"", "HELO\xE3\x80\x80x", "500 5.5.2 character 5 of your line is U+3000, not ' '" + again,
       "full_width"},
      {"", "HELO\xC2\xA0x", "500 5.5.2 character 5 of your line is U+00A0, not ' '" + again,
       "nbsp"},
      {"", "\xE2\x80\x9CHELO\xE2\x80\x9D",
       "500 5.5.2 character 1 of your line is U+201C, not '\"'" + again, "smart_quote"},
      {"", "\xE4\xBD\xA0", "500 5.5.2 character 1 of your line is U+4F60" + again, "non_ascii"},
      {"", "\xA4\xA4", "500 5.5.2 character 1 of your line is \\xA4" + again, "non_ascii"},
      {helo, "MAIL FROM\xEF\xBC\x9A<a@b.c>",
       "500 5.5.2 character 10 of your line is U+FF1A, not ':'" + again, "full_width"},
      {helo,
       "MAIL FROM:\xEF\xBC\x9C"
       "a@b.c\xEF\xBC\x9E",
       "550 5.6.7 the sender's address has a letter that is not ASCII", "full_width"},
      {helo,
       "MAIL FROM:<a\xEF\xBC\xA0"
       "b.c>",
       "550 5.6.7 the sender's address has a letter that is not ASCII", "full_width"},
      {helo, "MAIL FROM:<\xE4\xBD\xA0@b.c>",
       "550 5.6.7 the sender's address has a letter that is not ASCII", "non_ascii"},
      {sender,
       "RCPT TO:<bob@ntut\xE3\x80\x82"
       "edu.tw>",
       "553 5.6.7 the recipient's address has a letter that is not ASCII", "full_width"},
      {sender,
       "RCPT TO:<\xE2\x80\x9C"
       "bob\xE2\x80\x9D@ntut.edu.tw>",
       "553 5.6.7 the recipient's address has a letter that is not ASCII", "smart_quote"},
  };
  for (const Row& row : rows)
    check(row);
  // How many octets of the line the screen does not show.
  CHECK(play(World{}, "\x1B[D\x1B[DNOOP\r\n").last("smtp.error").number("count") == 2);
}

TEST_CASE("smtp: a web browser is sent away at once, before anything of its request is read") {
  const std::string body = "Host: x\r\n\r\n" + data + "spam\r\n.\r\n";
  for (const std::string& first : {
           std::string("GET / HTTP/1.1"),
           std::string("post /x HTTP/1.1"),
           std::string("  PUT /x HTTP/1.1"),
           std::string("CONNECT 127.0.0.1:2525/ HTTP/1.1"),
           "POST /" + std::string(5000, 'x') + " HTTP/1.1",
           std::string("POST /\xE4\xBD\xA0 HTTP/1.1"),
           std::string("POST /\x01 HTTP/1.1"),
       }) {
    CAPTURE(first);
    const auto played = play(World{}, first + "\r\n" + body);
    CHECK(played.codes() == "220 500");
    CHECK(played.last_line() == "500 5.5.1 this is a mail server, not a web server; good bye");
    CHECK(played.last("smtp.error").text("cause") == "http");
    CHECK(played.closed);
    CHECK(played.accepted.empty());
    CHECK_FALSE(played.last("smtp.close").flag("clean"));
  }
  // Also in the middle of a session, where a browser can be made to begin with another line.
  CHECK(play(World{}, helo + "GET / HTTP/1.1\r\n" + body).closed);
}

TEST_CASE("smtp: the refused line is told with its verb in capitals") {
  const auto error = play(World{}, "mail from:<a@b.c> x\r\n").last("smtp.error");
  CHECK(fields_of(error) ==
        "code=503 verb=MAIL line=mail from:<a@b.c> x cause=wrong_order near= need=HELO count=0 "
        "lost=no");
}

TEST_CASE("smtp: each cause that this file and its neighbours name can really be given") {
  const std::string all =
      "X\r\nHELLO x\r\nSubject: x\r\nDATA\r\n" + helo +
      "MAIL FROM <a@b.c>\r\nMAIL\r\nQUIT x\r\nMAIL FROM:<a@b.c\r\nMAIL TO:<a@b.c>\r\n"
      "MAIL FROM:<a..b@c>\r\nHELO (\r\nMAIL FROM:<a@b.c> X=1\r\n" +
      ehlo + "MAIL FROM:<a@b.c> SIZE=x\r\nMAIL FROM:<a@b.c> SIZE=99999999999\r\n" + sender +
      "RCPT TO:<x@ntut.edu.tw>\r\nRCPT TO:<a@b.c>\r\n\x01\r\n\x1B\r\nHELO\xC2\xA0x\r\n\r\n";
  std::set<std::string> causes;
  for (const wire::Event& event : play(World{}, all).events) {
    if (event.name == "smtp.error") causes.insert(event.text("cause"));
  }
  for (const char* cause : {"unknown_verb",
                            "misspelt_verb",
                            "header_as_command",
                            "wrong_order",
                            "no_colon",
                            "no_argument",
                            "unwanted_argument",
                            "one_bracket",
                            "from_to_swapped",
                            "bad_address",
                            "bad_name",
                            "unknown_parameter",
                            "bad_parameter",
                            "too_big",
                            "unknown_user",
                            "relay",
                            "control_bytes",
                            "escape_bytes",
                            "nbsp",
                            "empty_line"})
    CHECK_MESSAGE(causes.contains(cause), cause);
}
