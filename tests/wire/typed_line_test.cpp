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

TEST_CASE("typed line: a web browser's request is known by its method and path") {
  CHECK(wire::is_http_request("GET / HTTP/1.1"));
  CHECK(wire::is_http_request("post /x HTTP/1.0"));
  CHECK_FALSE(wire::is_http_request("GET"));
  CHECK_FALSE(wire::is_http_request("HEAD office"));
  CHECK_FALSE(wire::is_http_request("MAIL FROM:<a/b@c>"));
}

}  // namespace
}  // namespace sandpost
