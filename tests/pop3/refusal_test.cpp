// What is refused, why, and what the reply says instead: one row for each cause.

#include <doctest/doctest.h>

#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::tests;

namespace {

struct Row {
  std::string said;
  std::string cause;
  std::string reply;  // what the reply must have in it
  std::string near;
  std::string need;
};

// Says each row after `before` and compares the last event and the last reply.
template <std::size_t size>
void check_all(std::string_view before, const Row (&rows)[size]) {
  const World world = world_with(2);
  for (const Row& row : rows) {
    CAPTURE(row.said);
    const Played played = play(world, std::string(before) + row.said + "\r\n");
    const wire::Event error = played.last("pop3.error");
    CHECK(error.text("cause") == row.cause);
    CHECK(error.text("near") == row.near);
    CHECK(error.text("need") == row.need);
    CHECK(played.last_line().starts_with("-ERR "));
    CHECK(played.last_line().find(row.reply) != std::string::npos);
    CHECK(played.last_line().size() <= 510);
    for (const char c : played.last_line())
      CHECK((c >= ' ' && c <= '~'));
    // The session goes on.
    CHECK(play(world, std::string(before) + row.said + "\r\nCAPA\r\n").last_line() == ".");
  }
}

}  // namespace

TEST_CASE("pop3: mistakes after the login, their causes and their replies") {
  const Row rows[] = {
      {"RETR", "no_number", "write it like this: RETR 1", "", ""},
      {"RETR one", "no_number", "write it like this: RETR 1", "", ""},
      {"RETR -1", "no_number", "write it like this: RETR 1", "", ""},
      {"RETR +1", "no_number", "write it like this: RETR 1", "", ""},
      {"RETR 1.", "no_number", "write it like this: RETR 1", "", ""},
      {"RETR 0x1", "no_number", "write it like this: RETR 1", "", ""},
      {"RETR 0", "zero_number", "counted from 1", "", ""},
      {"RETR 000", "zero_number", "counted from 1", "", ""},
      {"RETR 9", "number_too_big", "there is no message 9: LIST shows the numbers", "", ""},
      {"RETR 18446744073709551617", "number_too_big", "no message 18446744073709551617", "", ""},
      {"RETR 4294967297", "number_too_big", "no message 4294967297", "", ""},
      {"RETR " + std::string(90, '9'), "number_too_big", std::string(40, '9') + "...", "", ""},
      {"RETR 1 2", "unwanted_argument", "write it like this: RETR 1", "", ""},
      {"LIST x", "no_number", "write it like this: LIST or LIST 1", "", ""},
      {"LIST 3", "number_too_big", "there is no message 3", "", ""},
      {"LIST 1 2", "unwanted_argument", "write it like this: LIST or LIST 1", "", ""},
      {"UIDL 0", "zero_number", "counted from 1", "", ""},
      {"UIDL 3", "number_too_big", "there is no message 3", "", ""},
      {"DELE", "no_number", "write it like this: DELE 1", "", ""},
      {"DELE all", "no_number", "write it like this: DELE 1", "", ""},
      {"DELE 0", "zero_number", "counted from 1", "", ""},
      {"DELE 1\r\nDELE 1", "already_marked", "message 1 is marked as deleted: RSET", "", ""},
      {"TOP", "no_number", "write it like this: TOP 1 5", "", ""},
      {"TOP 1", "no_number", "write it like this: TOP 1 5", "", ""},
      {"TOP 1 x", "no_number", "write it like this: TOP 1 5", "", ""},
      {"TOP 1 -1", "no_number", "write it like this: TOP 1 5", "", ""},
      {"TOP 3 1", "number_too_big", "there is no message 3", "", ""},
      {"TOP 1 1 1", "unwanted_argument", "write it like this: TOP 1 5", "", ""},
      {"STAT 1", "unwanted_argument", "write it like this: STAT", "", ""},
      {"NOOP x", "unwanted_argument", "write it like this: NOOP", "", ""},
      {"RSET 1", "unwanted_argument", "write it like this: RSET", "", ""},
      {"QUIT now", "unwanted_argument", "write it like this: QUIT", "", ""},
      {"CAPA x", "unwanted_argument", "write it like this: CAPA", "", ""},
      {"USER bob", "already_logged_in", "logged in already", "", ""},
      {"PASS secret", "already_logged_in", "logged in already", "", ""},
      {"RERT 1", "misspelt_verb", "write it like this: RETR 1", "RETR", ""},
      {"LSIT", "misspelt_verb", "write it like this: LIST", "LIST", ""},
      {"QUTI", "misspelt_verb", "write it like this: QUIT", "QUIT", ""},
      {"DELETE 1", "misspelt_verb", "write it like this: DELE 1", "DELE", ""},
      {"RETR1", "misspelt_verb", "write it like this: RETR 1", "RETR", ""},
      {"LIST:1", "misspelt_verb", "write it like this: LIST", "LIST", ""},
      {"RESET", "misspelt_verb", "write it like this: RSET", "RSET", ""},
      {"exit", "misspelt_verb", "write it like this: QUIT", "QUIT", ""},
      {"FROBNICATE 1 2 3", "unknown_verb", "not known here: FROBNICATE; I know LANG, CAPA, STAT",
       "", ""},
      {std::string(200, 'Z'), "unknown_verb", std::string(40, 'Z') + "...;", "", ""},
      {"HELO ntut.edu.tw", "unknown_verb", "HELO is SMTP, and this is the POP3 server", "", ""},
      {"MAIL FROM:<a@b>", "unknown_verb", "MAIL is SMTP", "", ""},
      {"STARTTLS", "unknown_verb", "STARTTLS is SMTP", "", ""},
      {"Subject: hello", "header_as_command", "a line of a letter", "", ""},
      {"RETR\x1B[D 1", "escape_bytes", "character 5 of your line is ^[", "RETR", ""},
      {"\x04NOOP", "control_bytes", "character 1 of your line is ^D", "NOOP", ""},
      {"RETR 1\x01", "control_bytes", "character 7 of your line is ^A", "RETR", ""},
      {"RETR\n1", "control_bytes", "character 5 of your line is ^J", "RETR", ""},
      {"\xEF\xBC\xB2\xEF\xBC\xA5\xEF\xBC\xB4\xEF\xBC\xB2 1", "full_width",
       "character 1 of your line is U+FF32, not 'R'", "RETR", ""},
      {"RETR \xEF\xBC\x91", "full_width", "character 6 of your line is U+FF11, not '1'", "RETR",
       ""},
      {"RETR\xE3\x80\x80"
       "1",
       "full_width", "character 5 of your line is U+3000, not ' '", "RETR", ""},
      {"\xE2\x80\x9CLIST\xE2\x80\x9D", "smart_quote", "character 1 of your line is U+201C", "", ""},
      {"LIST\xC2\xA0"
       "1",
       "nbsp", "character 5 of your line is U+00A0, not ' '", "LIST", ""},
      {"LIST \xE4\xBD\xA0", "non_ascii", "character 6 of your line is U+4F60", "LIST", ""},
      {"LIST \xA4", "non_ascii", "character 6 of your line is \\xA4", "LIST", ""},
      {"", "empty_line", "that line was empty", "", ""},
      {"   ", "empty_line", "that line was empty", "", ""},
      {"x\x08", "empty_line", "that line was empty", "", ""},
      {"\xFF\xF4", "telnet_bytes", "QUIT is how to leave", "", ""},
      {"\xFF\xF4zzzzzz", "telnet_bytes", "QUIT is how to leave", "", ""},
      {"LIST " + std::string(300, '1'), "line_too_long", "line too long: 255 octets at most", "",
       ""},
  };
  check_all(login, rows);
}

TEST_CASE("pop3: mistakes before the login, their causes and their replies") {
  const Row rows[] = {
      {"USER", "no_argument", "write it like this: USER name", "", ""},
      {"USER   ", "no_argument", "write it like this: USER name", "", ""},
      {"USER bob smith", "unwanted_argument", "write it like this: USER name", "", ""},
      {"USER b\x01", "control_bytes", "character 7 of your line is ^A", "USER", ""},
      {"USER:bob", "misspelt_verb", "write it like this: USER name", "USER", ""},
      {"PASS x", "pass_before_user", "say USER first: user NAME", "", "USER"},
      {"LIST", "not_logged_in", "say USER first: user NAME", "", "USER"},
      {"USER bob\r\nLIST", "not_logged_in", "say PASS first: pass PASSWORD", "", "PASS"},
      {"USER bob\r\nPASS", "no_argument", "write it like this: PASS password", "", ""},
      {"USER bob\r\nPASS ", "no_argument", "write it like this: PASS password", "", ""},
      {"USER bob\r\nPAS x", "misspelt_verb", "write it like this: PASS password", "PASS", ""},
      {"USER bob\r\nPASSx", "misspelt_verb", "write it like this: PASS password", "PASS", ""},
      {"USER bob\r\nPASS a\x1B[Db", "escape_bytes", "character 7 of your line is ^[", "PASS", ""},
      {"USER bob\r\nsandbox", "unknown_verb", "write it like this: PASS password", "", "PASS"},
      {"FROBNICATE", "unknown_verb", "I know USER, PASS, UTF8, LANG, CAPA and QUIT", "", ""},
      {"GET 1", "unknown_verb", "not known here: GET", "", ""},
  };
  check_all("", rows);
}

TEST_CASE("pop3: a web browser is sent away at once, before the body of its request is read") {
  const World world = world_with(1);
  const auto played = play(world, "POST / HTTP/1.1\r\nUSER s9360511\r\nPASS sandbox\r\n");
  CHECK(played.last("pop3.error").text("cause") == "http");
  CHECK(played.last_line() == "-ERR this is a mail server, not a web server; good bye");
  CHECK(played.closed);
  CHECK(played.logins.empty());
}

TEST_CASE("pop3: backspaces are applied as they looked on the screen") {
  CHECK(after_login("RER\x08TR 1\x08\x7F"
                    "2\x08 2") == after_login("RETR 2"));
  CHECK(after_login("\x08\x08STAT") == "+OK 2 92\r\n");
  const World world = world_with(1);
  CHECK(play(world, "USER a\r\nPASS saX\x08nd\r\n").logins.front() == "a|sand");
}

TEST_CASE("pop3: the strict rules take no backspace and no stray blank") {
  World world = world_with(2);
  world.settings.leniency = {false, false, false, false};
  const auto cause = [&](const std::string& said) {
    return play(world, std::string(login) + said + "\r\n").last("pop3.error").text("cause");
  };
  CHECK(cause("LIST 2\x08"
              "1") == "control_bytes");
  CHECK(cause(" LIST") == "trailing_space");
  CHECK(cause("LIST ") == "trailing_space");
  CHECK(cause("LIST  1") == "trailing_space");
  CHECK(cause("LIST\t1") == "control_bytes");
  CHECK(cause("list 1").empty());
  CHECK(cause("STAT").empty());
  const auto backspaces = play(world, "LI\x08\x08LIST\r\n").last("pop3.error");
  CHECK(backspaces.number("count") == 2);
  CHECK(backspaces.text("line") == "LI\x08\x08LIST");
  CHECK(play(world, "USER a\r\nPASS  x \r\n").logins.front() == "a| x ");
}

TEST_CASE("pop3: a password that ends in a blank and fails is told so") {
  const auto played = play(world_with(1), "USER s9360511\r\nPASS sandbox \r\n");
  CHECK(played.last_line() ==
        "-ERR [AUTH] wrong name or password (there is a blank at the end of the password)");
  CHECK(played.last("pop3.auth").text("cause") == "trailing_space");
}
