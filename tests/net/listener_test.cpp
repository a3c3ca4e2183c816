#include "net/listener.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <string>
#include <system_error>
#include <vector>

#include "tests/net/client.hpp"
#include "tests/net/servers.hpp"

using namespace sandpost;
using namespace sandpost::tests;

namespace {

// As long as it lives this process can open no further descriptor.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 1;  // not 0: poll() would not take even one
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("listener: beyond the limit a client is refused in words, until another has left") {
  Servers servers({}, {.in_all = 2});
  Client first(servers.smtp_port);
  Client second(servers.pop3_port);
  CHECK(first.reply().starts_with("220 "));
  CHECK(second.line().starts_with("+OK "));
  CHECK(Client(servers.smtp_port).rest() == "421 too many\r\n");
  CHECK(Client(servers.pop3_port).rest() == "-ERR too many\r\n");
  CHECK(first.ask("NOOP").starts_with("250 "));
  CHECK(first.ask("QUIT").starts_with("221 "));
  first.close();
  second.reset();
  CHECK(servers.no_session_left());
  Client third(servers.smtp_port);
  CHECK(third.reply().starts_with("220 "));
}

TEST_CASE("listener: one address cannot take all connections, but this machine's own may") {
  Servers servers({}, {.per_address = 2, .spares_loopback = false});
  {
    Client first(servers.smtp_port);
    Client second(servers.pop3_port);
    CHECK(first.reply().starts_with("220 "));
    CHECK(second.line().starts_with("+OK "));
    CHECK(Client(servers.smtp_port).rest() == "421 too many\r\n");
    CHECK(first.ask("QUIT").starts_with("221 "));
    first.close();
    second.reset();
  }
  CHECK(servers.no_session_left());
  CHECK(Client(servers.smtp_port).reply().starts_with("220 "));

  Servers lenient({}, {.per_address = 1});
  std::vector<Client> clients(5);
  for (Client& client : clients) {
    client.connect(lenient.smtp_port);
    CHECK(client.reply().starts_with("220 "));
  }
}

TEST_CASE(
    "listener: without a free descriptor it pauses, and takes in who waits when there is one") {
  const SilentLog silent;
  Servers servers;
  Client here(servers.smtp_port);
  CHECK(here.reply().starts_with("220 "));
  std::vector<Client> waiting(3);
  {
    const NoDescriptors none;
    for (Client& client : waiting)
      client.connect(servers.smtp_port);
    for (int i = 0; i < 100; ++i)
      CHECK(here.ask("NOOP").starts_with("250 "));
    CHECK(servers.sessions() == 1);
  }
  for (Client& client : waiting)
    CHECK(client.reply().starts_with("220 "));
  CHECK(servers.sessions() == 4);
}

TEST_CASE("listener: a session that cannot be made costs one client, not the port") {
  const SilentLog silent;
  asio::io_context io{1};
  const auto guard = asio::make_work_guard(io);
  net::SessionList sessions;
  int made = 0;
  net::Listener listener(
      io, {asio::ip::address_v4::loopback(), 0},
      [&](net::Socket) -> std::shared_ptr<net::Session> {
        ++made;
        throw std::runtime_error("no");
      },
      sessions, {}, "");
  net::spawn(listener.run(), net::report);
  std::thread thread([&] { io.run(); });
  CHECK(Client(listener.port()).rest().empty());
  CHECK(Client(listener.port()).rest().empty());
  io.stop();
  thread.join();
  CHECK(made == 2);
  CHECK(sessions.size() == 0);
}

TEST_CASE("listener: a port that is taken is refused at once, with the reason") {
  Servers servers;
  asio::io_context io{1};
  net::SessionList sessions;
  const asio::ip::tcp::endpoint taken(asio::ip::address_v4::loopback(), servers.smtp_port);
  CHECK_THROWS_AS(net::Listener(io, taken, {}, sessions, {}, ""), std::system_error);
}
