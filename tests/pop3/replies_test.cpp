#include "pop3/replies.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sandpost::pop3;

TEST_CASE("pop3 replies: status indicator, response code, text") {
  CHECK(Reply{true, "", ""}.line() == "+OK");
  CHECK(Reply{true, "", "2 320"}.line() == "+OK 2 320");
  CHECK(Reply{false, "AUTH", "no"}.line() == "-ERR [AUTH] no");
}

TEST_CASE("pop3 replies: a status line has 512 octets at most with its CRLF (RFC 1939 §3)") {
  CHECK(Reply{false, "", std::string(2000, 'x')}.line().size() == 510);
  CHECK(replies::greeting(std::string(600, 'x'), "").line().size() == 510);
}

TEST_CASE("pop3 replies: what the client said comes back short and printable") {
  const std::string said = "\x1B[2J\xE4\xBD\xA0\xFF" + std::string(300, 'x');
  for (const std::string& line :
       {replies::unknown_verb(said, "").line(), replies::smtp_verb(said).line(),
        replies::no_such_message(said).line()}) {
    CAPTURE(line);
    CHECK(line.size() < 140);
    for (const char c : line)
      CHECK((c >= ' ' && c <= '~'));
  }
}

TEST_CASE("pop3 replies: one message, several messages") {
  CHECK(replies::logged_in(1, 211).line() == "+OK maildrop locked, 1 message (211 octets)");
  CHECK(replies::logged_in(0, 0).line() == "+OK maildrop locked, 0 messages (0 octets)");
  CHECK(replies::bye(1).line() == "+OK bye, 1 message deleted");
  CHECK(replies::bye(2).line() == "+OK bye, 2 messages deleted");
}
