// Injected faults over real sockets: what only a session can do, which is to wait and to hang up.

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/faults.hpp"
#include "tests/net/client.hpp"
#include "tests/net/servers.hpp"

using namespace sandpost;
using namespace sandpost::tests;

namespace {

std::function<void(net::Host&)> with(const std::vector<std::string>& rules) {
  return [rules](net::Host& host) { host.faults.set(fault_rules(rules)); };
}

// Until that many rules have struck; by then the session waits, or will not any more.
void wait_for_faults(Servers& servers, wire::Subscription& events, int count) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (count > 0) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    for (const wire::Event& event : events.take())
      count -= event.name == wire::event::fault ? 1 : 0;
  }
  servers.on_io([] {});
}

}  // namespace

TEST_CASE("faults session: a dropped connection ends behind the replies that were due") {
  Servers servers(with({"drop:data", "drop:retr"}));
  Client smtp(servers.smtp_port);
  smtp.reply();
  smtp.send("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob>\r\nDATA\r\nQUIT\r\n");
  CHECK(smtp.rest() ==
        "250 mail.ntut.edu.tw hello x [127.0.0.1]\r\n250 2.1.0 sender ok\r\n"
        "250 2.1.5 recipient ok\r\n");
  Client pop3(servers.pop3_port);
  pop3.line();
  pop3.send("RETR 1\r\nNOOP\r\n");
  CHECK(pop3.rest().empty());
}

TEST_CASE(
    "faults session: dropped before the storing, the letter is nowhere; behind it, it is there") {
  for (const auto& [rule, letters] :
       {std::pair{"drop:message", 0U}, std::pair{"drop:stored", 1U}}) {
    Servers servers(with({rule}));
    Client client(servers.smtp_port);
    begin_letter(client);
    client.send("hello\r\n.\r\n");
    CHECK(client.rest().empty());
    CHECK(servers.maildrop("s9360511").size() == letters);
  }
}

TEST_CASE(
    "faults session: of a letter that was stored and not answered all is told before the close") {
  Servers servers(with({"drop:stored"}));
  const auto events = servers.bus.subscribe();
  Client client(servers.smtp_port);
  begin_letter(client);
  client.send("hello\r\n.\r\n");
  client.rest();
  client.close();
  REQUIRE(servers.no_session_left());
  std::vector<std::string> names;
  for (const wire::Event& event : events->take())
    names.emplace_back(event.name);
  REQUIRE(names.size() > 4);
  const std::vector<std::string> last(names.end() - 4, names.end());
  CHECK(last == std::vector<std::string>{"smtp.message", "fault", "queue.accepted", "smtp.close"});
}

TEST_CASE("faults session: a slow reply comes, and so do those behind it") {
  Servers servers(with({"delay:1ms"}));
  Client smtp(servers.smtp_port);
  begin_letter(smtp);
  smtp.send("hello\r\n.\r\nNOOP\r\n");
  CHECK(smtp.reply() == "250 2.0.0 ok, queued as number 1");
  CHECK(smtp.reply() == "250 2.0.0 ok, nothing done");
  Client pop3(servers.pop3_port);
  pop3.line();
  pop3.send("USER bob\r\nPASS sandbox\r\n");
  CHECK(pop3.line() == "+OK now the password");
  CHECK(pop3.line() == "+OK maildrop locked, 0 messages (0 octets)");
}

TEST_CASE("faults session: while one waits the others are served, and the server can stop") {
  Servers servers(with({"delay:noop:1h"}));
  const auto events = servers.bus.subscribe();
  Client smtp(servers.smtp_port);
  smtp.reply();
  smtp.send("NOOP\r\n");
  Client pop3(servers.pop3_port);
  pop3.line();
  pop3.send("NOOP\r\n");
  wait_for_faults(servers, *events, 2);
  Client other(servers.smtp_port);
  other.reply();
  CHECK(other.ask("RSET") == "250 2.0.0 ok, sender and recipients forgotten");
  servers.stop_sessions();
  CHECK(smtp.rest().starts_with("421 4.3.2 mail.ntut.edu.tw is being stopped"));
  CHECK(pop3.rest().empty());
  CHECK(servers.no_session_left());
}

TEST_CASE("faults session: the wait is not the client's silence, and its patience begins anew") {
  Servers servers([](net::Host& host) {
    host.faults.set({fault("delay:noop:1h"), fault("delay:rset:1ms")});
    host.timeouts.smtp = std::chrono::milliseconds{0};
  });
  const auto events = servers.bus.subscribe();
  Client slow(servers.smtp_port);
  slow.reply();
  slow.send("NOOP\r\n");
  wait_for_faults(servers, *events, 1);
  servers.on_io([] {});
  Client quick(servers.smtp_port);
  quick.reply();
  quick.send("RSET\r\n");
  wait_for_faults(servers, *events, 1);
  CHECK(quick.reply().starts_with("250 "));
  CHECK(servers.check_deadlines_until([&] { return servers.sessions() == 1; }));
  CHECK(quick.rest().starts_with("421 4.4.2"));
  servers.stop_sessions();
}

TEST_CASE("faults session: rules that are new hold for a session that is open") {
  net::Host* host = nullptr;
  Servers servers([&](net::Host& made) { host = &made; });
  Client client(servers.smtp_port);
  client.reply();
  CHECK(client.ask("NOOP").starts_with("250 "));
  servers.on_io([&] { host->faults.add(fault("noop:451")); });
  CHECK(client.ask("NOOP").starts_with("451 "));
  servers.on_io([&] { host->faults.set({}); });
  CHECK(client.ask("NOOP").starts_with("250 "));
}

TEST_CASE("faults session: the greylist goes by the server's clock, also within one session") {
  Servers servers(with({"greylist:10s"}));
  Client client(servers.smtp_port);
  client.reply();
  client.ask("HELO x");
  client.ask("MAIL FROM:<a@b.c>");
  CHECK(client.ask("RCPT TO:<bob>").starts_with("451 4.7.1 "));
  servers.clock.advance(std::chrono::seconds{9});
  CHECK(client.ask("RCPT TO:<bob>").starts_with("451 4.7.1 "));
  servers.clock.advance(std::chrono::seconds{1});
  CHECK(client.ask("RCPT TO:<bob>").starts_with("250 "));
}
