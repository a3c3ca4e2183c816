#include "wire/typed_line.hpp"

#include <doctest/doctest.h>

namespace sandpost {
namespace {

TEST_CASE("typed line: a slip of the finger is one letter off, or something glued on") {
  for (const char* word : {"RERT", "RTR", "RETTR", "REXR", "ETR", "retr1", "RETRIEVE", "RETR:1"}) {
    CAPTURE(word);
    CHECK(wire::is_slip_of(word, "RETR"));
  }
  for (const char* word : {"RETR", "", "R", "RE", "LIST", "RSET"}) {
    CAPTURE(word);
    CHECK_FALSE(wire::is_slip_of(word, "RETR"));
  }
}

TEST_CASE("typed line: a line without a secret is told as it is") {
  for (const char* line :
       {"", "LIST 1", "USER pass", "PASS", "PASS ", "USER \xEF\xBC\xA1", "RE\x08TR", "TOP 1 5"}) {
    CAPTURE(line);
    CHECK(wire::masked(line) == line);
  }
}

TEST_CASE("typed line: a secret is masked, however PASS is spelt") {
  const auto* masked = "PASS ********";
  CHECK(wire::masked("PASS sandbox") == masked);
  CHECK(wire::masked("  pass sand box") == "  pass ********");
  CHECK(wire::masked("PSAS sandbox") == "PSAS ********");
  CHECK(wire::masked("PASSsandbox") == masked);
  CHECK(wire::masked("AUTH PLAIN AGEAYg==") == "AUTH ********");
}

TEST_CASE("typed line: what follows a misspelt AUTH or APOP was told in events") {
  for (const std::string verb : {"AUHT", "ATUH", "AUT", "ATH", "AITH", "auht", "xAUTH"}) {
    CAPTURE(verb);
    CHECK(wire::masked(verb + " PLAIN S3CRET") == verb + " ********");
  }
  for (const std::string verb : {"AOPP", "APPO", "APO", "POP"}) {
    CAPTURE(verb);
    CHECK(wire::masked(verb + " bob 0123456789abcdef") == verb + " ********");
  }
  CHECK(wire::masked("C: AUTH PLAIN S3CRET") == "C: AUTH ********");
}

TEST_CASE("typed line: backspaces or an arrow key uncovered what follows AUTH") {
  CHECK(wire::masked("AUTH\x08\x08\x08\x08"
                     "AUHT PLAIN S3CRET") == "AUHT ********");
  for (const std::string key : {"\x1B[A", "\x1B[1;5D", "\x1BOC", "\x1B", "\x1B[A\x1B[B"}) {
    CAPTURE(key);
    CHECK(wire::masked(key + "AUTH PLAIN S3CRET") == "AUTH ********");
    CHECK(wire::masked(key + "PSAS S3CRET") == "PSAS ********");
  }
  for (const char* line : {"\x1B", "\x1B[", "\x1BO", "\x1B[1;", "LIST \x1B[A"}) {
    CAPTURE(line);
    CHECK(wire::masked(line) == line);
  }
}

TEST_CASE("typed line: a password that was rubbed out again stood in the event") {
  const std::string backspaces(sizeof "PASS S3CRET" - 1, '\x08');
  CHECK(wire::masked("PASS S3CRET" + backspaces + "NOOP") == "NOOP");
  CHECK(wire::masked("PASS S3CRET" + backspaces + "PASS other") == "PASS ********");
  CHECK(wire::masked("PASS S3CRET\x15NOOP").find("S3CRET") == std::string::npos);
}

TEST_CASE("typed line: a web browser's request is known by its method and path") {
  CHECK(wire::is_http_request("GET / HTTP/1.1"));
  CHECK(wire::is_http_request("post /x HTTP/1.0"));
  CHECK_FALSE(wire::is_http_request("GET"));
  CHECK_FALSE(wire::is_http_request("HEAD office"));
  CHECK_FALSE(wire::is_http_request("MAIL FROM:<a/b@c>"));
}

}  // namespace
}  // namespace sandpost
