// POP3 over real sockets: the lock, the store's troubles, and clients that do not read.

#include "net/pop3_session.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/net/client.hpp"
#include "tests/net/servers.hpp"

using namespace sandpost;
using namespace sandpost::tests;
using Mood = StoreControl::Mood;
using std::chrono::milliseconds;

namespace {

// The reply to PASS.
std::string log_in(Client& client, const std::string& name = "bob") {
  client.send("USER " + name + "\r\nPASS sandbox\r\n");
  client.line();
  return client.line();
}

struct Reader : Client {
  explicit Reader(Servers& servers) : Client(servers.pop3_port) { line(); }
  std::string ask_line(const std::string& said) {
    send(said + "\r\n");
    return line();
  }
};

void send_letter(Servers& servers, const std::string& content) {
  Client client(servers.smtp_port);
  begin_letter(client, "bob");
  CHECK(client.ask(content + ".").starts_with("250 "));
}

}  // namespace

TEST_CASE("pop3 session: one session per maildrop; its end frees it at once, whatever that is") {
  Servers servers;
  Reader second(servers);
  for (const int way : {0, 1, 2, 3}) {
    CAPTURE(way);
    Reader first(servers);
    CHECK(log_in(first) == "+OK maildrop locked, 0 messages (0 octets)");
    CHECK(log_in(second).starts_with("-ERR [IN-USE] "));
    Reader other(servers);
    CHECK(log_in(other, "s9360511").starts_with("+OK "));
    if (way == 0) CHECK(first.ask_line("QUIT").starts_with("+OK "));
    if (way == 1) first.close();
    if (way == 2) first.half_close();
    if (way == 3) first.reset();
    Reader next(servers);
    CHECK(log_in(next).starts_with("+OK maildrop locked"));
    CHECK(next.ask_line("QUIT").starts_with("+OK "));
    CHECK(other.ask_line("QUIT").starts_with("+OK "));
  }
}

TEST_CASE("pop3 session: a login under the name in other letters locks the same maildrop") {
  Servers servers;
  Reader first(servers);
  CHECK(log_in(first, "BOB").starts_with("+OK "));
  Reader second(servers);
  CHECK(log_in(second, "bob@ntut.edu.tw").starts_with("-ERR [IN-USE] "));
}

TEST_CASE("pop3 session: a failed login locks nothing") {
  Servers servers;
  Reader first(servers);
  first.send("USER bob\r\nPASS wrong\r\n");
  first.line();
  CHECK(first.line().starts_with("-ERR [AUTH] "));
  servers.control.read = Mood::busy;
  CHECK(log_in(first).starts_with("-ERR [SYS/TEMP] "));
  servers.control.read = Mood::well;
  Reader second(servers);
  CHECK(log_in(second).starts_with("+OK "));
}

TEST_CASE("pop3 session: a store that fails gives [SYS/TEMP], and the session goes on") {
  Servers servers;
  send_letter(servers, "hello\r\n");
  Reader reader(servers);
  CHECK(log_in(reader).starts_with("+OK maildrop locked, 1 message "));
  servers.control.read = Mood::busy;
  CHECK(reader.ask_line("RETR 1").starts_with("-ERR [SYS/TEMP] "));
  servers.control.read = Mood::well;
  CHECK(reader.ask_line("RETR 1").starts_with("+OK "));
  CHECK(reader.body().ends_with("hello\r\n.\r\n"));
  CHECK(reader.ask_line("DELE 1").starts_with("+OK "));
  servers.control.commit = Mood::busy;
  CHECK(reader.ask_line("QUIT").starts_with("-ERR "));
  CHECK(servers.maildrop("bob").size() == 1);
}

TEST_CASE("pop3 session: a store that throws ends the session, frees the maildrop, and no more") {
  const SilentLog silent;
  Servers servers;
  send_letter(servers, "hello\r\n");
  for (const bool at_login : {true, false}) {
    CAPTURE(at_login);
    Reader reader(servers);
    if (at_login) {
      servers.control.read = Mood::throws;
      reader.send("USER bob\r\nPASS sandbox\r\n");
    } else {
      CHECK(log_in(reader).starts_with("+OK "));
      servers.control.read = Mood::throws;
      reader.send("RETR 1\r\n");
    }
    reader.rest();
    CHECK(servers.no_session_left());
    servers.control.read = Mood::well;
    Reader next(servers);
    CHECK(log_in(next).starts_with("+OK maildrop locked, 1 message "));
    CHECK(next.ask_line("QUIT").starts_with("+OK "));
  }
}

TEST_CASE("pop3 session: who is silent too long is closed without a word, and nothing deleted") {
  Servers servers(
      [](net::Host& host) { host.timeouts.pop3 = host.timeouts.linger = milliseconds{1}; });
  send_letter(servers, "hello\r\n");
  const auto events = servers.bus.subscribe();
  Reader reader(servers);
  CHECK(log_in(reader).starts_with("+OK "));
  CHECK(reader.ask_line("DELE 1").starts_with("+OK "));
  REQUIRE(servers.check_deadlines_until([&] { return servers.sessions() == 0; }));
  CHECK(reader.rest().empty());
  CHECK(servers.maildrop("bob").size() == 1);
  bool told = false;
  for (const wire::Event& event : events->take())
    told = told || event.text("cause") == "timeout";
  CHECK(told);
  Reader next(servers);
  CHECK(log_in(next).starts_with("+OK maildrop locked, 1 message "));
}

TEST_CASE("pop3 session: a client that does not read stops nobody, and its time runs out") {
  Servers servers(
      [](net::Host& host) { host.timeouts.write = host.timeouts.linger = milliseconds{1}; });
  std::string content;
  while (content.size() < 20'000'000)
    content += std::string(998, 'w') + "\r\n";
  send_letter(servers, content);
  Client stuck;
  stuck.receive_little();
  stuck.connect(servers.pop3_port);
  stuck.line();
  CHECK(log_in(stuck).starts_with("+OK "));
  stuck.send("RETR 1\r\n");
  // Its maildrop is held; the others are served.
  Reader reader(servers);
  CHECK(log_in(reader).starts_with("-ERR [IN-USE] "));
  CHECK(log_in(reader, "s9360511").starts_with("+OK "));
  CHECK(reader.ask_line("NOOP").starts_with("+OK "));
  CHECK(reader.ask_line("QUIT").starts_with("+OK "));
  reader.close();
  REQUIRE(servers.check_deadlines_until([&] { return servers.sessions() == 0; }));
  Reader next(servers);
  CHECK(log_in(next).starts_with("+OK maildrop locked, 1 message "));
}

TEST_CASE("pop3 session: half-closed by the client, it still answers all that was sent") {
  Servers servers;
  send_letter(servers, "hello\r\n");
  Client client(servers.pop3_port);
  client.send("USER bob\nPASS sandbox\nRETR 1\nDELE 1\nSTAT\n");
  client.half_close();
  CHECK(
      client.rest().ends_with("hello\r\n.\r\n+OK message 1 marked, QUIT will delete it\r\n"
                              "+OK 0 0\r\n"));
  CHECK(servers.no_session_left());
  CHECK(servers.maildrop("bob").size() == 1);  // without QUIT nothing goes
}

TEST_CASE("pop3 session: events carry the learner from USER on") {
  Servers servers;
  const auto events = servers.bus.subscribe();
  Reader reader(servers);
  CHECK(log_in(reader, "BOB").starts_with("+OK "));
  servers.on_io([] {});
  std::string learners;
  for (const wire::Event& event : events->take()) {
    CHECK(event.session == 1);
    CHECK(event.client == reader.name());
    learners += std::string(event.name) + '=' + event.learner + ' ';
  }
  CHECK(learners ==
        "pop3.connect= wire.server= wire.client= pop3.user=bob wire.server=bob wire.client=bob "
        "pop3.auth=bob wire.server=bob ");
}
TEST_CASE("session: who does not finish the handshake in time is let go, by SMTP and by POP3") {
  Servers servers([](net::Host& host) {
    host.smtp.offers_tls = host.pop3.offers_tls = true;
    host.timeouts.handshake = host.timeouts.linger = milliseconds{1};
  });
  for (const bool smtp : {true, false}) {
    Client client(smtp ? servers.smtp_port : servers.pop3_port);
    client.reply();
    client.send(smtp ? "STARTTLS\r\n" : "STLS\r\n");
    client.reply();
    servers.on_io([] {});
    REQUIRE(servers.check_deadlines_until([&] { return servers.sessions() == 0; }));
  }
}
