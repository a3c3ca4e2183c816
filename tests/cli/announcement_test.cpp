#include "cli/announcement.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace sandpost::cli {
namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("announcement: says what to type, with the ports that were found free") {
  Config config;
  config.smtp_port = 0;
  const std::string text = announcement(config, {40123, 1110});
  CHECK(contains(text, "\n  telnet 127.0.0.1 40123   SMTP"));
  CHECK(contains(text, "\n  telnet 127.0.0.1 1110    POP3"));
  CHECK(contains(text, "s9360511@ntut.edu.tw, password sandbox\n"));
  CHECK(contains(text, "Mailbox     throw-away"));
  CHECK(contains(text, "Delay       10s from"));
  CHECK_FALSE(contains(text, "Also here"));
  CHECK(text.ends_with("Ctrl-C stops.\n"));
}

TEST_CASE("announcement: names the mailbox, the delay and the other accounts") {
  Config config;
  config.db = "mail.db";
  config.delay = *parse_delay_range("250ms..2s");
  config.users = {{"alice", "hush"}, {"bob", "hush"}};
  const std::string text = announcement(config, {1, 2});
  CHECK(contains(text, "Mailbox     mail.db\n"));
  CHECK(contains(text, "Delay       250ms..2s from"));
  CHECK(contains(text, "Also here   alice, bob\n"));
  CHECK_FALSE(contains(text, "hush"));
}

TEST_CASE("announcement: says that the servers fail on purpose, and only then") {
  Config config;
  CHECK_FALSE(contains(announcement(config, {1, 2}), "Faults"));
  config.faults = {*wire::Faults::parse("rcpt:451:0.3"), *wire::Faults::parse("greylist")};
  CHECK(contains(announcement(config, {1, 2}),
                 "\nFaults      on purpose: rcpt:451:0.3, greylist (--fault)\n\nCtrl-C stops.\n"));
}

TEST_CASE("announcement: an address that stands for all is not one to type") {
  Config config;
  for (const auto& [host, typed] :
       {std::pair{"0.0.0.0", "telnet 127.0.0.1 25 "}, std::pair{"::", "telnet ::1 25 "},
        std::pair{"::1", "telnet ::1 25 "}, std::pair{"192.168.1.20", "telnet 192.168.1.20 25 "}}) {
    config.host = host;
    CAPTURE(host);
    CHECK(contains(announcement(config, {25, 110}), typed));
  }
}

TEST_CASE("announcement: who leaves loopback is warned in one line") {
  Config config;
  CHECK_FALSE(host_warning(config));
  config.host = "::1";
  CHECK_FALSE(host_warning(config));
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1"}) {
    config.host = host;
    const auto warning = host_warning(config);
    REQUIRE(warning);
    CHECK(warning->starts_with("sandpost: warning: --host " + std::string(host) + ": other "));
    CHECK(std::count(warning->begin(), warning->end(), '\n') == 1);
    CHECK(warning->ends_with('\n'));
  }
}

}  // namespace
}  // namespace sandpost::cli
