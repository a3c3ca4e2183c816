// The digest of APOP, and a login with it over a real socket.

#include "net/apop.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/net/client.hpp"
#include "tests/net/servers.hpp"

using namespace sandpost;
using namespace sandpost::tests;

TEST_CASE("apop: the digest of RFC 1939 §7") {
  CHECK(net::apop_digest("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf") ==
        "c4c9334bac560ecc979e58001b3e22fb");
}

TEST_CASE("apop: who knows the password gets in, and each session has its own timestamp") {
  Servers servers;
  std::string last;
  for (const bool right : {true, false}) {
    Client client(servers.pop3_port);
    const std::string greeting = client.line();
    const auto begin = greeting.find('<');
    REQUIRE(begin != std::string::npos);
    const std::string timestamp = greeting.substr(begin);
    CHECK(timestamp.ends_with("@mail.ntut.edu.tw>"));
    CHECK(timestamp != last);
    last = timestamp;
    const std::string digest = net::apop_digest(timestamp, right ? "sandbox" : "Sandbox");
    client.send("APOP bob " + digest + "\r\nAPOP nobody " + digest + "\r\n");
    CHECK(client.line().starts_with(right ? "+OK " : "-ERR [AUTH] "));
    CHECK(client.line().starts_with(right ? "-ERR you are logged in" : "-ERR [AUTH] "));
  }
}
