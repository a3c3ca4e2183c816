#include "sandbox/remote_servers.hpp"

#include <doctest/doctest.h>

#include <string>

#include "app/control.hpp"
#include "wire/bus.hpp"

using namespace sandpost;

TEST_CASE("remote servers: what is no number, or no port, is refused, not taken for 0") {
  std::string smtp = "2525";
  std::string letters = "3";
  wire::Bus bus;
  const app::Control control(bus, [&](std::string_view command) {
    if (command == "info") {
      return R"({"control":"ok","smtp":)" + smtp +
             R"(,"pop3":1110,"smtps":0,"pop3s":0,"time":0,"offset":0})" + "\n";
    }
    return R"({"control":"ok","letters":)" + letters + "}\n";
  });
  {
    sandbox::RemoteServers servers(control.path(), "test");
    CHECK(servers.ports.smtp == 2525);
    CHECK(servers.letters_of("ada") == 3);
    letters = "\"many\"";
    CHECK_THROWS_AS((void)servers.letters_of("ada"), app::ControlError);
  }
  smtp = "70000";
  CHECK_THROWS_AS(sandbox::RemoteServers(control.path(), "test"), app::ControlError);
}
