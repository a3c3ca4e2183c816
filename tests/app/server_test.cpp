// The whole server, without the program around it: both ports, the mailbox, the events.

#include "app/server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/base64.hpp"
#include "tests/net/client.hpp"
#include "tests/net/fake_store.hpp"
#include "tests/support/faults.hpp"
#include "tests/support/temporary_folder.hpp"
#include "wire/vocabulary.hpp"

using namespace sandpost;
using namespace sandpost::tests;
using namespace sandpost::db;
using app::Server;
using app::StartError;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr ZonedTime start{Time{milliseconds{1'003'107'600'000}}, std::chrono::hours{8}};

Config config() {
  Config config;
  config.smtp_port = 0;
  config.pop3_port = 0;
  config.delay = {seconds{10}, seconds{10}};
  config.clock = start;
  return config;
}

struct Running {
  explicit Running(const Config& settings = config(), bool listens = true)
      : server(settings, clock) {
    if (listens) events = server.events().subscribe();
    server.start();
  }
  // Everything that was told, until this was; what was told before is in it as well.
  std::vector<wire::Event> events_until(std::string_view name) {
    const auto end = std::chrono::steady_clock::now() + seconds{30};
    std::vector<wire::Event> all;
    while (std::chrono::steady_clock::now() < end) {
      for (wire::Event& event : events->take())
        all.push_back(std::move(event));
      const bool told = std::any_of(all.begin(), all.end(),
                                    [&](const wire::Event& event) { return event.name == name; });
      if (told) return all;
    }
    FAIL("never told");
    return all;
  }
  std::string send_letter(const std::string& content, const std::string& to = "s9360511") {
    Client client(server.ports().smtp);
    begin_letter(client, to);
    const std::string reply = client.ask(content + ".");
    client.ask("QUIT");
    return reply;
  }

  ManualClock clock{start};
  Server server;
  std::shared_ptr<wire::Subscription> events;
};

// The kind of the StartError, and its line.
std::pair<StartError::Kind, std::string> start_fails(const Config& settings) {
  const ManualClock clock{start};
  Server server(settings, clock);
  try {
    server.start();
  } catch (const StartError& error) {
    return {error.kind(), error.what()};
  }
  FAIL("it started");
  return {};
}

bool listens(unsigned short port) {
  try {
    Client client(port);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

TEST_CASE("server: the lab over TCP, as the sheet has it") {
  Config settings = config();
  settings.repeatable = true;
  Running running(settings);
  Client smtp(running.server.ports().smtp);
  CHECK(smtp.reply() == "220 mail.ntut.edu.tw ESMTP sandpost ready");
  CHECK(smtp.ask("helo ntut.edu.tw") == "250 mail.ntut.edu.tw hello ntut.edu.tw [127.0.0.1]");
  CHECK(smtp.ask("MAIL FROM: <s9360511@ntut.edu.tw>") == "250 2.1.0 sender ok");
  CHECK(smtp.ask("RCPT TO: <s9360511@ntut.edu.tw>") == "250 2.1.5 recipient ok");
  CHECK(smtp.ask("DATA") == "354 go ahead, end with a dot on a line of its own");
  CHECK(smtp.ask("This is a test.\r\n.") == "250 2.0.0 ok, queued as number 1");
  CHECK(smtp.ask("QUIT") == "221 2.0.0 mail.ntut.edu.tw closing the connection");
  CHECK(smtp.rest().empty());

  running.clock.advance(seconds{10});
  Client pop3(running.server.ports().pop3);
  const std::string letter =
      "Return-Path: <s9360511@ntut.edu.tw>\r\n"
      "Received: from ntut.edu.tw ([127.0.0.1])\r\n"
      "    by mail.ntut.edu.tw with SMTP id 1;\r\n"
      "    Mon, 15 Oct 2001 09:00:00 +0800\r\n"
      "\r\n"
      "This is a test.\r\n";
  const std::string size = std::to_string(letter.size());
  pop3.send("user s9360511\r\npass sandbox\r\nLIST\r\nRETR 1\r\nDELE 1\r\nLIST\r\nQUIT\r\n");
  CHECK(pop3.rest() ==
        "+OK mail.ntut.edu.tw sandpost POP3 ready <2.1003107610000@mail.ntut.edu.tw>\r\n"
        "+OK now the password\r\n"
        "+OK maildrop locked, 1 message (" +
            size +
            " octets)\r\n"
            "+OK 1 message (" +
            size + " octets)\r\n1 " + size +
            "\r\n.\r\n"
            "+OK " +
            size + " octets\r\n" + letter +
            ".\r\n"
            "+OK message 1 marked, QUIT will delete it\r\n"
            "+OK 0 messages (0 octets)\r\n.\r\n+OK bye, 1 message deleted\r\n");
  CHECK(running.server.mailbox_count("s9360511") == 0);
}

TEST_CASE("server: starts on free ports, stops, and frees them; twice stopped is stopped") {
  Running running;
  const app::Ports ports = running.server.ports();
  CHECK(ports.smtp != 0);
  CHECK(ports.pop3 != 0);
  CHECK(ports.smtp != ports.pop3);
  CHECK(listens(ports.smtp));
  CHECK(listens(ports.pop3));
  running.server.stop();
  CHECK_FALSE(listens(ports.smtp));
  CHECK_FALSE(listens(ports.pop3));
  running.server.stop();
  // The same ports at once again.
  Config again = config();
  again.smtp_port = ports.smtp;
  again.pop3_port = ports.pop3;
  const Running second(again);
  CHECK(listens(ports.smtp));
}

TEST_CASE("server: one that was never started can be stopped and destroyed") {
  const ManualClock clock{start};
  Server server(config(), clock);
  server.stop();
}

TEST_CASE("server: fifty clients at once get fifty numbers, and all letters are there") {
  Running running;
  constexpr int clients = 50;
  constexpr int letters = 4;
  std::vector<std::vector<std::string>> replies(clients);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      Client client(running.server.ports().smtp);
      client.reply();
      client.ask("HELO x");
      for (int n = 0; n < letters; ++n) {
        client.send("MAIL FROM:<>\r\nRCPT TO:<s9360511>\r\nDATA\r\n");
        for (int reply = 0; reply < 3; ++reply)
          client.reply();
        replies[i].push_back(client.ask("hello " + std::to_string(i) + "\r\n."));
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  std::set<std::string> numbers;
  for (const auto& of_one : replies) {
    for (const std::string& reply : of_one) {
      CHECK(reply.starts_with("250 2.0.0 ok, queued as number "));
      numbers.insert(reply);
    }
  }
  CHECK(numbers.size() == clients * letters);
  CHECK(numbers.contains("250 2.0.0 ok, queued as number 200"));
  CHECK(running.server.queue().size() == clients * letters);
  running.clock.advance(seconds{10});
  CHECK(running.server.mailbox_count("s9360511") == clients * letters);
}

TEST_CASE("server: a letter is not to be seen before its time, and told when it has come") {
  Running running;
  CHECK(running.send_letter("hello\r\n") == "250 2.0.0 ok, queued as number 1");
  const auto waiting = running.server.queue();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting.front().number == 1);
  CHECK(waiting.front().maildrop == "s9360511");
  CHECK(waiting.front().reverse_path == "ann@client.example");
  CHECK(waiting.front().accepted == start.time);
  CHECK(waiting.front().due == start.time + seconds{10});
  CHECK(running.server.mailbox_count("s9360511") == 0);

  running.clock.advance(milliseconds{9'999});
  running.server.clock_moved();
  CHECK(running.server.mailbox_count("s9360511") == 0);
  // A later event shows that nothing was told in between.
  running.send_letter("second\r\n", "postmaster");
  for (const wire::Event& event : running.events_until(wire::event::smtp_quit))
    CHECK(event.name != wire::event::queue_delivered);

  running.clock.advance(milliseconds{1});
  running.server.clock_moved();
  CHECK(running.server.mailbox_count("s9360511") == 1);
  const auto events = running.events_until(wire::event::queue_delivered);
  const wire::Event& delivered = events.back();
  CHECK(delivered.name == wire::event::queue_delivered);
  CHECK(delivered.number("queue") == 1);
  CHECK(delivered.text("mailbox") == "s9360511");
  CHECK(delivered.number("waited") == 10'000);
  CHECK(delivered.learner == "s9360511");
  CHECK(delivered.session == 0);
  CHECK(running.server.queue().size() == 1);
}

TEST_CASE("server: who listens from after the 250 on is told of the delivery, too") {
  Running running(config(), false);
  running.send_letter("hello\r\n");
  CHECK_FALSE(running.server.events().wanted());
  running.events = running.server.events().subscribe();
  running.clock.advance(seconds{10});
  running.server.clock_moved();
  const auto events = running.events_until(wire::event::queue_delivered);
  CHECK(events.back().number("queue") == 1);
  CHECK(events.back().number("waited") == 10'000);
}

TEST_CASE("server: letters that waited when their mailbox was closed are told when delivered") {
  const TemporaryFolder folder;
  Config settings = config();
  settings.db = folder.file("mail.db");
  {
    Running running(settings, false);
    running.send_letter("one\r\n");
    running.send_letter("two\r\n");
  }
  Running again(settings);
  again.clock.advance(seconds{10});
  again.server.clock_moved();
  std::vector<std::int64_t> told;
  while (told.size() < 2) {
    for (const wire::Event& event : again.events_until(wire::event::queue_delivered)) {
      if (event.name == wire::event::queue_delivered) told.push_back(event.number("queue"));
    }
  }
  CHECK(told == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("server: a session opened before the delivery keeps its snapshot") {
  Running running;
  running.send_letter("hello\r\n");
  Client early(running.server.ports().pop3);
  early.line();
  early.send("USER s9360511\r\nPASS sandbox\r\n");
  early.line();
  CHECK(early.line() == "+OK maildrop locked, 0 messages (0 octets)");
  running.clock.advance(seconds{10});
  early.send("STAT\r\nQUIT\r\n");
  CHECK(early.line() == "+OK 0 0");
  early.rest();
  CHECK(running.server.mailbox_count("s9360511") == 1);
}

TEST_CASE("server: deliver_now() delivers all that waits, tells it, and says how much it was") {
  Config settings = config();
  settings.users = {{"bob", "secret"}};
  Running running(settings);
  CHECK(running.server.deliver_now() == 0);
  running.send_letter("one\r\n");
  running.send_letter("two\r\n", "bob");
  CHECK(running.server.deliver_now() == 2);
  CHECK(running.server.queue().empty());
  CHECK(running.server.mailbox_count("s9360511") == 1);
  CHECK(running.server.mailbox_count("bob") == 1);
  CHECK(running.server.deliver_now() == 0);
  std::set<std::string> told;
  while (told.size() < 2) {
    for (const wire::Event& event : running.events_until(wire::event::queue_delivered)) {
      if (event.name == wire::event::queue_delivered) told.insert(event.text("mailbox"));
    }
  }
  CHECK(told == std::set<std::string>{"bob", "s9360511"});
  // Told once: when their time would have come nothing more is said.
  running.clock.advance(seconds{20});
  running.server.clock_moved();
  running.send_letter("three\r\n");
  for (const wire::Event& event : running.events_until(wire::event::smtp_quit))
    CHECK(event.name != wire::event::queue_delivered);
}

TEST_CASE("server: a store that fails is not taken for an empty mailbox") {
  StoreControl control;
  const ManualClock clock{start};
  Server server(config(), clock, std::make_unique<FakeStore>(control));
  server.start();
  CHECK(server.queue().empty());
  control.read = control.commit = StoreControl::Mood::busy;
  CHECK_THROWS_WITH_AS((void)server.queue(), "the mailbox fails: busy", app::MailboxError);
  CHECK_THROWS_AS((void)server.mailbox_count("s9360511"), app::MailboxError);
  CHECK_THROWS_AS(server.deliver_now(), app::MailboxError);
  CHECK_FALSE(server.lay_in("s9360511", "", "lost\r\n"));
}

TEST_CASE("server: without a delay a letter is there as soon as its 250 is") {
  Config settings = config();
  settings.delay = {};
  Running running(settings);
  running.send_letter("hello\r\n");
  CHECK(running.server.mailbox_count("s9360511") == 1);
  std::string order;
  for (const wire::Event& event : running.events_until(wire::event::queue_delivered)) {
    if (event.name.starts_with("queue.")) order += std::string(event.name) + ' ';
  }
  CHECK(order == "queue.accepted queue.delivered ");
}

TEST_CASE(
    "server: each account has its maildrop and its password, postmaster's mail is the first's") {
  Config settings = config();
  settings.users = {{"bob", "it has: colons"}};
  settings.delay = {};
  Running running(settings);
  running.send_letter("to bob\r\n", "BOB@ntut.edu.tw");
  running.send_letter("to postmaster\r\n", "postmaster");
  CHECK(running.server.mailbox_count("bob") == 1);
  CHECK(running.server.mailbox_count("s9360511") == 1);
  Client client(running.server.ports().pop3);
  client.send("USER bob\r\nPASS it has: colons\r\nSTAT\r\nQUIT\r\n");
  CHECK(client.rest().find("+OK maildrop locked, 1 message ") != std::string::npos);
}

TEST_CASE("server: the events of two sessions are told apart, and each finds its learner") {
  Running running;
  Client smtp(running.server.ports().smtp);
  begin_letter(smtp);
  Client pop3(running.server.ports().pop3);
  pop3.send("USER s9360511\r\nPASS sandbox\r\nQUIT\r\n");
  pop3.rest();
  smtp.ask("hello\r\n.");
  smtp.ask("QUIT");
  std::string learner_of_message;
  for (const wire::Event& event : running.events_until(wire::event::smtp_quit)) {
    CAPTURE(event.name);
    const wire::EventForm* form = wire::find_event(event.name);
    REQUIRE(form != nullptr);
    for (const wire::Field& field : event.fields)
      CHECK(wire::has_field(*form, field.name));
    if (event.name.starts_with("smtp.")) CHECK(event.session == 1);
    if (event.name.starts_with("pop3.")) CHECK(event.session == 2);
    if (event.session == 1) CHECK(event.client == smtp.name());
    if (event.name == wire::event::smtp_message) learner_of_message = event.learner;
    if (event.name == wire::event::pop3_auth) CHECK(event.learner == "s9360511");
  }
  CHECK(learner_of_message == "s9360511");
}

TEST_CASE("server: stop() took two seconds if a client with TLS said nothing") {
  Config encrypted = config();
  encrypted.smtps_port = 0;
  const ManualClock clock{start};
  Server server(encrypted, clock);
  server.start();
  asio::io_context io;
  asio::ssl::context context(asio::ssl::context::tls_client);
  asio::ssl::stream<asio::ip::tcp::socket> client(io, context);
  client.next_layer().connect({asio::ip::address_v4::loopback(), server.ports().smtps});
  client.handshake(asio::ssl::stream_base::client);
  const auto begin = std::chrono::steady_clock::now();
  server.stop();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{1});
}

TEST_CASE("server: stop() with idle sessions is quick, and each is told good-bye") {
  Running running;
  std::vector<Client> smtp;
  std::vector<Client> pop3;
  for (int i = 0; i < 20; ++i) {
    smtp.emplace_back(running.server.ports().smtp);
    smtp.back().reply();
    pop3.emplace_back(running.server.ports().pop3);
    pop3.back().line();
  }
  const auto before = std::chrono::steady_clock::now();
  running.server.stop();
  CHECK(std::chrono::steady_clock::now() - before < seconds{4});
  for (Client& client : smtp)
    CHECK(client.rest() ==
          "421 4.3.2 mail.ntut.edu.tw is being stopped, closing the connection\r\n");
  for (Client& client : pop3)
    CHECK(client.rest().empty());
}

TEST_CASE("server: a letter cut off by stop() is not stored, one with its 250 is") {
  const TemporaryFolder folder;
  Config settings = config();
  settings.db = folder.file("mail.db");
  {
    Running running(settings);
    CHECK(running.send_letter("whole\r\n") == "250 2.0.0 ok, queued as number 1");
    Client client(running.server.ports().smtp);
    begin_letter(client);
    client.send("half a letter\r\n");
    running.events_until(wire::event::smtp_line);
    running.server.stop();
    CHECK(client.rest() ==
          "421 4.3.2 mail.ntut.edu.tw is being stopped, closing the connection\r\n");
  }
  Running again(settings);
  REQUIRE(again.server.queue().size() == 1);
  CHECK(again.server.queue().front().due == start.time + seconds{10});
  CHECK(again.send_letter("next\r\n") == "250 2.0.0 ok, queued as number 2");
}

TEST_CASE("server: a client that does not read delays stop() no longer than its cap") {
  Config settings = config();
  settings.delay = {};
  Running running(settings);
  std::string content;
  while (content.size() < 20'000'000)
    content += std::string(998, 'w') + "\r\n";
  running.send_letter(content);
  Client stuck;
  stuck.receive_little();
  stuck.connect(running.server.ports().pop3);
  stuck.line();
  stuck.send("USER s9360511\r\nPASS sandbox\r\nRETR 1\r\n");
  stuck.line();
  stuck.line();
  CHECK(stuck.line().starts_with("+OK "));
  const auto before = std::chrono::steady_clock::now();
  running.server.stop();
  CHECK(std::chrono::steady_clock::now() - before < seconds{20});
}

TEST_CASE("server: a port in use is named with its option, and no mailbox is left behind") {
  const TemporaryFolder folder;
  Running running;
  Config settings = config();
  settings.db = folder.file("mail.db");
  settings.port_file = folder.file("ports");
  for (const bool smtp : {true, false}) {
    settings.smtp_port = smtp ? running.server.ports().smtp : 0;
    settings.pop3_port = smtp ? 0 : running.server.ports().pop3;
    const auto [kind, line] = start_fails(settings);
    CHECK(kind == StartError::Kind::port);
    CHECK(line.find(std::to_string(smtp ? settings.smtp_port : settings.pop3_port)) !=
          std::string::npos);
    CHECK(line.find(smtp ? "--smtp-port" : "--pop3-port") != std::string::npos);
    CHECK(line.find("in use") != std::string::npos);
    CHECK(line.find('\n') == std::string::npos);
    CHECK(folder.contents().empty());
  }
  // One port for both is a port in use, too.
  settings.smtp_port = settings.pop3_port = [] {
    const Running other;
    return other.server.ports().smtp;
  }();
  const auto [kind, line] = start_fails(settings);
  CHECK(kind == StartError::Kind::port);
  CHECK_MESSAGE(line.find("--smtp-port and --pop3-port name the same port") == 0, line);
}

TEST_CASE("server: a host that is no address, or not of this computer, is refused in one line") {
  Config settings = config();
  settings.host = "localhost";
  auto [kind, line] = start_fails(settings);
  CHECK(kind == StartError::Kind::other);
  CHECK(line.find("--host localhost") != std::string::npos);
  settings.host = "192.0.2.1";  // RFC 5737: nobody's
  std::tie(kind, line) = start_fails(settings);
  CHECK(kind == StartError::Kind::port);
  CHECK(line == "this computer has no address 192.0.2.1; choose another --host");
}

TEST_CASE("server: a mailbox that cannot be opened frees the ports again") {
  const TemporaryFolder folder;
  Config settings = config();
  settings.db = folder.path();  // a folder is no mailbox
  {
    Running running;
    settings.smtp_port = running.server.ports().smtp;
    settings.pop3_port = running.server.ports().pop3;
  }
  CHECK(start_fails(settings).first == StartError::Kind::mailbox);
  settings.db.clear();
  const Running running(settings);
  CHECK(listens(settings.smtp_port));
}

TEST_CASE("server: the port file names both ports, is whole at once, and goes with the server") {
  const TemporaryFolder folder;
  Config settings = config();
  settings.port_file = folder.file("ports.json");
  {
    Running running(settings);
    const app::Ports ports = running.server.ports();
    const std::map<std::string, std::string> files = folder.contents();
    REQUIRE(files.size() == 1);  // and nothing temporary beside it
    CHECK(files.at("ports.json") == "{\"smtp\": " + std::to_string(ports.smtp) +
                                        ", \"pop3\": " + std::to_string(ports.pop3) +
                                        ", \"pid\": " + std::to_string(getpid()) +
                                        ", \"control\": \"" + running.server.control() + "\"}\n");
    running.server.stop();
    CHECK(folder.contents().empty());
  }
  // A file that another server has put there since stays.
  {
    Running running(settings);
    TemporaryFolder::write(settings.port_file, "another's\n");
  }
  CHECK(folder.contents().at("ports.json") == "another's\n");
  // An old one is replaced.
  const Running running(settings);
  CHECK(folder.contents().at("ports.json").starts_with("{\"smtp\": "));
}

TEST_CASE("server: a port file that cannot be written stops the start, in one line") {
  const TemporaryFolder folder;
  for (const std::string& path : {folder.file("no/such/folder/ports"), folder.path()}) {
    Config settings = config();
    settings.port_file = path;
    const auto [kind, line] = start_fails(settings);
    CHECK(kind == StartError::Kind::other);
    CHECK(line.find(path) != std::string::npos);
    CHECK(line.find("--port-file") != std::string::npos);
    CHECK(line.find('\n') == std::string::npos);
  }
  CHECK(folder.contents().empty());
}

TEST_CASE("server: when the second port is in use the first is free again at once") {
  const Running other;
  Config settings = config();
  {
    Running running;
    settings.smtp_port = running.server.ports().smtp;
  }
  settings.pop3_port = other.server.ports().pop3;
  const ManualClock clock{start};
  Server server(settings, clock);
  CHECK_THROWS_AS(server.start(), StartError);
  CHECK_FALSE(listens(settings.smtp_port));
}

TEST_CASE("server: a start that fails in an unexpected way leaves no thread and no port behind") {
  const TemporaryFolder folder;
  Config settings = config();
  {
    Running running;
    settings.smtp_port = running.server.ports().smtp;
    settings.pop3_port = running.server.ports().pop3;
  }
  settings.port_file = folder.file(std::string(300, 'x'));  // no file system has such names
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  };
  const auto before = threads();
  const ManualClock clock{start};
  Server server(settings, clock);
  CHECK_THROWS_AS(server.start(), StartError);
  CHECK(threads() == before);
  CHECK_FALSE(listens(settings.smtp_port));
  CHECK_FALSE(listens(settings.pop3_port));
}

TEST_CASE("server: a small mailbox is full until letters are deleted, whatever keeps it") {
  const TemporaryFolder folder;
  for (const std::string& file : {std::string(), folder.file("mail.db")}) {
    CAPTURE(file);
    Config settings = config();
    settings.db = file;
    settings.users = {{"bob", "sandbox"}};
    settings.faults = {fault("quota:1k")};
    Running running(settings);
    const std::string half = std::string(500, 'x') + "\r\n";
    const std::string full = "452 4.2.2 the mailbox is full, try again later: an injected fault, ";
    CHECK(running.send_letter(half).starts_with("250 "));
    // What still waits for its delivery counts, and a mailbox that does not overflow is not full.
    CHECK(running.send_letter(half) == full + "quota:1k");
    CHECK(running.send_letter(half, "bob").starts_with("250 "));
    // The servers' own lines on top make it one too many.
    CHECK(running.send_letter(std::string(300, 'x') + "\r\n").starts_with("250 "));
    running.clock.advance(seconds{10});
    Client smtp(running.server.ports().smtp);
    smtp.reply();
    smtp.ask("HELO x");
    smtp.ask("MAIL FROM:<>");
    CHECK(smtp.ask("RCPT TO:<s9360511>") == full + "quota:1k");
    CHECK(smtp.ask("RCPT TO:<bob>").starts_with("250 "));
    Client pop3(running.server.ports().pop3);
    pop3.send("USER s9360511\r\nPASS sandbox\r\nDELE 1\r\nQUIT\r\n");
    pop3.rest();
    CHECK(smtp.ask("RCPT TO:<s9360511>").starts_with("250 "));
    int told = 0;
    for (const wire::Event& event : running.events->take())
      told += event.name == wire::event::fault && event.text("rule") == "quota:1k" ? 1 : 0;
    CHECK(told == 2);
  }
}

TEST_CASE("server: a letter to several is refused if one of their mailboxes would overflow") {
  Config settings = config();
  settings.users = {{"bob", "sandbox"}};
  settings.faults = {fault("quota:1k")};
  Running running(settings);
  const std::string half = std::string(500, 'x') + "\r\n";
  CHECK(running.send_letter(half, "bob").starts_with("250 "));
  Client client(running.server.ports().smtp);
  client.reply();
  client.ask("HELO x");
  client.ask("MAIL FROM:<>");
  client.ask("RCPT TO:<s9360511>");
  client.ask("RCPT TO:<bob>");
  client.ask("DATA");
  CHECK(client.ask(half + ".").starts_with("452 4.2.2 "));
  CHECK(running.server.queue().size() == 1);
}

TEST_CASE("server: faults come and go while it runs") {
  Running running;
  Client client(running.server.ports().smtp);
  client.reply();
  CHECK(client.ask("NOOP").starts_with("250 "));
  running.server.set_faults({fault("noop:451")});
  CHECK(client.ask("NOOP").starts_with("451 "));
  running.server.add_fault(fault("rset:550"));
  CHECK(client.ask("NOOP").starts_with("451 "));
  CHECK(client.ask("RSET").starts_with("550 "));
  running.server.clear_faults();
  CHECK(client.ask("NOOP").starts_with("250 "));
  CHECK(client.ask("RSET").starts_with("250 "));
}

// The timestamp of the greeting, and the first unique-id, of a new server.
std::pair<std::string, std::string> marks_of_run(Config settings) {
  settings.delay = {};
  Running running(settings);
  running.send_letter("a letter\r\n");
  Client pop3(running.server.ports().pop3);
  pop3.send("USER s9360511\r\nPASS sandbox\r\nUIDL 1\r\nQUIT\r\n");
  const std::string said = pop3.rest();
  const auto at = said.find("+OK 1 ");
  REQUIRE(at != std::string::npos);
  return {said.substr(0, said.find("\r\n")), said.substr(at, said.find("\r\n", at) - at)};
}

TEST_CASE("server: with --clock two runs gave the same APOP timestamp, and a digest opened both") {
  CHECK(marks_of_run(config()).first != marks_of_run(config()).first);
}

TEST_CASE("server: with --clock two mailboxes gave different letters the same unique-id") {
  CHECK(marks_of_run(config()).second != marks_of_run(config()).second);
  const TemporaryFolder folder;
  Config one = config();
  one.db = folder.file("one.db");
  Config other = config();
  other.db = folder.file("other.db");
  CHECK(marks_of_run(one).second != marks_of_run(other).second);
}

TEST_CASE("server: a play that is to come again has the same marks again") {
  Config settings = config();
  settings.repeatable = true;
  CHECK(marks_of_run(settings) == marks_of_run(settings));
}

TEST_CASE("server: with --clock the same faults strike in every run") {
  std::set<std::string> runs;
  for (int run = 0; run < 2; ++run) {
    Config settings = config();
    settings.faults = {fault("noop:451:0.5")};
    Running running(settings);
    Client client(running.server.ports().smtp);
    client.reply();
    std::string codes;
    for (int i = 0; i < 40; ++i)
      codes += client.ask("NOOP").substr(0, 1);
    CHECK(codes.find('2') != std::string::npos);
    CHECK(codes.find('4') != std::string::npos);
    runs.insert(codes);
  }
  CHECK(runs.size() == 1);
}

TEST_CASE("server: a password in another Unicode form of the same letters was refused") {
  Config settings = config();
  settings.password = "\xE2\x85\xA8 \xC3\xA9";  // the sign for IX, a blank, e with acute
  Running running(settings);
  for (const std::string& typed :
       {settings.password, std::string("IX \xC3\xA9"), std::string("IX e\xCC\x81")}) {
    CAPTURE(typed);
    Client pop3(running.server.ports().pop3);
    pop3.line();
    pop3.send("USER s9360511\r\nPASS " + typed + "\r\n");
    pop3.line();
    CHECK(pop3.line().starts_with("+OK "));
    Client smtp(running.server.ports().smtp);
    smtp.reply();
    smtp.ask("EHLO x");
    const std::string plain = std::string("\0s9360511\0", 10) + typed;
    CHECK(smtp.ask("AUTH PLAIN " + base64_encode(plain)).starts_with("235 "));
  }
  Client wrong(running.server.ports().pop3);
  wrong.line();
  wrong.send("USER s9360511\r\nPASS ix \xC3\xA9\r\n");
  wrong.line();
  CHECK(wrong.line().starts_with("-ERR [AUTH] "));
}
