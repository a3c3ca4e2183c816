// SMTP over real sockets: what the engine cannot know of.

#include "net/smtp_session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/net/client.hpp"
#include "tests/net/servers.hpp"

using namespace sandpost;
using namespace sandpost::tests;
using Mood = StoreControl::Mood;
using std::chrono::milliseconds;

namespace {

constexpr const char* queued_1 = "250 2.0.0 ok, queued as number 1";

// Until the server has read so many final dots and handed the letters to the store.
void wait_for_dots(Servers& servers, wire::Subscription& events, int dots) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (dots > 0) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    for (const wire::Event& event : events.take())
      dots -= event.name == wire::event::client_line && event.text("text") == "." ? 1 : 0;
  }
  servers.on_io([] {});
}

}  // namespace

TEST_CASE("smtp session: 250 comes when the store has the letter, not before") {
  Servers servers;
  const auto events = servers.bus.subscribe();
  servers.control.gate.close();
  Client client(servers.smtp_port);
  begin_letter(client);
  client.send("hello\r\n.\r\nNOOP\r\n");
  REQUIRE(servers.control.gate.wait_for_arrival());
  Client other(servers.smtp_port);  // the others are served meanwhile
  other.reply();
  CHECK(other.ask("NOOP") == "250 2.0.0 ok, nothing done");
  for (const wire::Event& event : events->take())
    CHECK(event.name != wire::event::smtp_message);
  servers.control.gate.open();
  CHECK(client.reply() == queued_1);
  CHECK(client.reply() == "250 2.0.0 ok, nothing done");
  CHECK(servers.maildrop("s9360511").size() == 1);
}

TEST_CASE("smtp session: after QUIT nothing is waited for") {
  Servers servers([](net::Host& host) { host.timeouts.linger = std::chrono::hours{1}; });
  Client client(servers.smtp_port);
  client.reply();
  CHECK(client.ask("QUIT").starts_with("221 "));
  REQUIRE(servers.check_deadlines_until([&] { return servers.sessions() == 0; }));
  CHECK(client.rest().empty());
}

TEST_CASE("smtp session: letters that wait for the store together are committed together") {
  Servers servers;
  const auto events = servers.bus.subscribe();
  servers.control.gate.close();
  std::vector<Client> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(servers.smtp_port);
    begin_letter(clients.back());
  }
  clients.front().send("hello\r\n.\r\n");
  REQUIRE(servers.control.gate.wait_for_arrival());
  for (std::size_t i = 1; i < clients.size(); ++i)
    clients[i].send("hello\r\n.\r\n");
  wait_for_dots(servers, *events, 10);
  servers.control.gate.open();
  std::set<std::string> replies;
  for (Client& client : clients)
    replies.insert(client.reply());
  CHECK(replies.size() == 10);
  CHECK(servers.control.batches_now() == std::vector<std::size_t>{1, 9});
  CHECK(servers.maildrop("s9360511").size() == 10);
}

TEST_CASE("smtp session: a store that fails gives 452 or 451, and the session goes on") {
  const SilentLog silent;
  Servers servers;
  Client client(servers.smtp_port);
  client.reply();
  const std::pair<Mood, std::string> moods[] = {{Mood::full, "452 4.3.1 "},
                                                {Mood::busy, "451 4.3.0 "},
                                                {Mood::throws, "451 4.3.0 "},
                                                {Mood::well, queued_1}};
  client.ask("HELO x");
  for (const auto& [mood, reply] : moods) {
    servers.control.commit = mood;
    client.ask("MAIL FROM:<>");
    client.ask("RCPT TO:<bob>");
    client.ask("DATA");
    CHECK(client.ask("hello\r\n.").starts_with(reply));
  }
  CHECK(servers.maildrop("bob").size() == 1);
  servers.on_io([&] { CHECK(servers.accepted.size() == 1); });
}

TEST_CASE("smtp session: what is handed to the store, and announced as accepted") {
  Servers servers([](net::Host& host) { host.delay = {milliseconds{5000}, milliseconds{5000}}; });
  Client client(servers.smtp_port);
  client.reply();
  client.ask("EHLO [127.0.0.1]");
  for (const char* said : {"MAIL FROM:<ann@client.example>", "RCPT TO:<s9360511>", "RCPT TO:<BOB>",
                           "RCPT TO:<postmaster>", "RCPT TO:<bob@NTUT.edu.tw>", "DATA"})
    client.ask(said);
  CHECK(client.ask("Subject: x\r\n\r\n..\r\n.") == queued_1);
  servers.on_io([&] {
    REQUIRE(servers.accepted.size() == 1);
    const auto& [number, message] = servers.accepted.front();
    CHECK(number == 1);
    CHECK(message.maildrops == std::vector<std::string>{"bob", "s9360511"});
    CHECK(message.trace.accepted.time == servers_start.time);
    CHECK(message.deliver_at == servers_start.time + milliseconds{5000});
  });
  REQUIRE(servers.maildrop("bob").size() == 1);
  REQUIRE(servers.maildrop("s9360511").size() == 1);
  Client reader(servers.pop3_port);
  reader.line();
  servers.clock.advance(milliseconds{5000});
  reader.send("USER bob\r\nPASS sandbox\r\nRETR 1\r\n");
  for (int i = 0; i < 3; ++i)
    CHECK(reader.line().starts_with("+OK "));
  CHECK(reader.body() ==
        "Return-Path: <ann@client.example>\r\n"
        "Received: from [127.0.0.1] ([127.0.0.1])\r\n"
        "    by mail.ntut.edu.tw with ESMTP id 1;\r\n"
        "    Mon, 15 Oct 2001 09:00:00 +0800\r\n"
        "Subject: x\r\n"
        "\r\n"
        "..\r\n"
        ".\r\n");
}

TEST_CASE("smtp session: the delay is drawn from its range for each letter") {
  Servers servers([](net::Host& host) { host.delay = {milliseconds{1000}, milliseconds{1004}}; });
  Client client(servers.smtp_port);
  client.reply();
  client.ask("HELO x");
  for (int i = 0; i < 100; ++i)
    client.ask("MAIL FROM:<>\r\nRCPT TO:<bob>\r\nDATA\r\n.");
  for (int i = 0; i < 300; ++i)
    client.reply();
  std::set<milliseconds::rep> delays;
  servers.on_io([&] {
    for (const auto& [number, message] : servers.accepted)
      delays.insert((message.deliver_at - servers_start.time).count());
  });
  CHECK(delays == std::set<milliseconds::rep>{1000, 1001, 1002, 1003, 1004});
}

TEST_CASE("smtp session: who is silent too long is told so, in DATA too, and nothing is stored") {
  for (const bool in_data : {false, true}) {
    Servers servers(
        [](net::Host& host) { host.timeouts.smtp = host.timeouts.linger = milliseconds{1}; });
    const auto events = servers.bus.subscribe();
    Client client(servers.smtp_port);
    begin_letter(client);
    client.send(in_data ? "half a let" : ".\r\n");
    if (!in_data) CHECK(client.reply() == queued_1);
    servers.on_io([] {});
    // The client stays where it is: the server closes all the same.
    REQUIRE(servers.check_deadlines_until([&] { return servers.sessions() == 0; }));
    CHECK(client.rest() ==
          "421 4.4.2 mail.ntut.edu.tw nothing came for too long, closing the connection\r\n");
    CHECK(servers.maildrop("s9360511").size() == (in_data ? 0 : 1));
    for (const wire::Event& event : events->take()) {
      if (event.name != wire::event::smtp_close) continue;
      CHECK_FALSE(event.flag("clean"));
      CHECK(event.flag("lost_message") == in_data);
    }
  }
}

TEST_CASE("smtp session: a byte now and then earns no new patience") {
  Servers servers([](net::Host& host) {
    host.timeouts.smtp = milliseconds{100};
    host.timeouts.linger = milliseconds{1};
  });
  Client client(servers.smtp_port);
  begin_letter(client);
  // An octet of the same line every few milliseconds: it would go on until no more are left.
  std::size_t left = 500;
  auto next = std::chrono::steady_clock::now();
  REQUIRE(servers.check_deadlines_until([&] {
    const auto now = std::chrono::steady_clock::now();
    if (left > 0 && now >= next) {
      left -= client.send_some("x");
      next = now + milliseconds{10};
    }
    return servers.sessions() == 0;
  }));
  CHECK(left > 0);
  CHECK(servers.maildrop("s9360511").empty());
}

TEST_CASE("smtp session: who waits for a slow store is not told to have been silent") {
  Servers servers([](net::Host& host) { host.timeouts.smtp = milliseconds{300}; });
  servers.control.gate.close();
  Client client(servers.smtp_port);
  begin_letter(client);
  client.send(".\r\n");
  REQUIRE(servers.control.gate.wait_for_arrival());
  const auto late = std::chrono::steady_clock::now() + milliseconds{400};
  REQUIRE(servers.check_deadlines_until([&] { return std::chrono::steady_clock::now() > late; }));
  servers.control.gate.open();
  CHECK(client.reply() == queued_1);
  CHECK(client.ask("NOOP") == "250 2.0.0 ok, nothing done");
}

TEST_CASE("smtp session: deadlines that lie ahead end nobody") {
  Servers servers;
  Client client(servers.smtp_port);
  client.reply();
  int looks = 0;
  REQUIRE(servers.check_deadlines_until([&] { return ++looks > 100; }));
  CHECK(client.ask("NOOP") == "250 2.0.0 ok, nothing done");
}

TEST_CASE("smtp session: half-closed by the client, it still answers all that was sent") {
  Servers servers;
  Client client(servers.smtp_port);
  client.send("helo x\nmail from:<>\nrcpt to:<bob>\ndata\nhello\n.\nnoop\nno end of line");
  client.half_close();
  const std::string all = client.rest();
  CHECK(
      all.ends_with("\r\n354 go ahead, end with a dot on a line of its own\r\n"
                    "250 2.0.0 ok, queued as number 1\r\n250 2.0.0 ok, nothing done\r\n"));
  CHECK(servers.no_session_left());
  CHECK(servers.maildrop("bob").size() == 1);
}

TEST_CASE("smtp session: a letter cut off by a reset or a half-close is not stored") {
  for (const bool reset : {false, true}) {
    Servers servers;
    Client client(servers.smtp_port);
    begin_letter(client);
    client.send("half a letter\r\n.\r");
    if (reset)
      client.reset();
    else
      client.half_close();
    CHECK(servers.no_session_left());
    CHECK(servers.maildrop("s9360511").empty());
  }
}

TEST_CASE("smtp session: gone while the store works, its letter is stored all the same") {
  Servers servers;
  servers.control.gate.close();
  Client client(servers.smtp_port);
  begin_letter(client);
  client.send("hello\r\n.\r\n");
  REQUIRE(servers.control.gate.wait_for_arrival());
  client.reset();
  servers.control.gate.open();
  CHECK(servers.no_session_left());
  CHECK(servers.maildrop("s9360511").size() == 1);
}

TEST_CASE("smtp session: while the store works nothing is read, however much is sent") {
  Servers servers;
  servers.control.gate.close();
  Client client(servers.smtp_port);
  begin_letter(client);
  client.send("hello\r\n.\r\n");
  REQUIRE(servers.control.gate.wait_for_arrival());
  // What the kernel keeps on both sides has an end; the server would swallow it without one.
  std::string flood;
  while (flood.size() < 60'000)
    flood += "NOOP " + std::string(993, 'x') + "\r\n";
  constexpr std::size_t far_too_much = 64U << 20U;
  std::size_t sent = 0;
  std::size_t refused = 0;
  while (refused < 1000 && sent < far_too_much) {
    const std::size_t some = client.send_some(flood);
    sent += some;
    refused = some == 0 ? refused + 1 : 0;
    servers.on_io([] {});
    if (some > 0 && some < flood.size()) break;  // the line that was cut off is cut off for good
  }
  CHECK(sent < far_too_much);
  servers.control.gate.open();
  client.half_close();
  const std::string replies = client.rest();
  CHECK(replies.starts_with(queued_1));
  CHECK(replies.ends_with("250 2.0.0 ok, nothing done\r\n"));
}

TEST_CASE("smtp session: who sends faster than the server reads does not keep it from the others") {
  Servers servers;
  // Somebody listens, and so each of its short lines costs more to read than to send.
  const auto events = servers.bus.subscribe(1);
  Client fast(servers.smtp_port);
  begin_letter(fast);
  std::string lines;
  while (lines.size() < 1'000'000)
    lines += "w\r\n";
  std::atomic<bool> enough{false};
  std::atomic<int> sent{0};
  std::thread flood([&] {
    for (; !enough; ++sent)
      fast.send(lines);
  });
  while (sent < 10)  // more than the sockets hold: the server is at it
    std::this_thread::yield();
  for (int i = 0; i < 20; ++i) {
    Client client(servers.smtp_port);
    CHECK(client.reply().starts_with("220 "));
  }
  enough = true;
  flood.join();
  const std::string end = fast.ask("\r\n.");
  CHECK((end.starts_with("552 ") || end == queued_1));
}

TEST_CASE("smtp session: the good-bye arrives even if the client went on talking") {
  Servers servers;
  Client client(servers.smtp_port);
  client.reply();
  client.send("QUIT\r\n" + std::string(200'000, 'x'));
  CHECK(client.rest() == "221 2.0.0 mail.ntut.edu.tw closing the connection\r\n");
  client.close();
  CHECK(servers.no_session_left());
}

TEST_CASE("smtp session: after its good-bye it waits for the client to leave, but not for ever") {
  Servers servers([](net::Host& host) { host.timeouts.linger = milliseconds{1}; });
  Client client(servers.smtp_port);
  client.reply();
  CHECK(client.ask("QUIT").starts_with("221 "));
  REQUIRE(servers.check_deadlines_until([&] { return servers.sessions() == 0; }));
}

TEST_CASE("smtp session: stopped while the store works, it says 250 and then 421") {
  Servers servers;
  servers.control.gate.close();
  Client client(servers.smtp_port);
  begin_letter(client);
  client.send("hello\r\n.\r\n");
  REQUIRE(servers.control.gate.wait_for_arrival());
  servers.stop_sessions();
  servers.control.gate.open();
  CHECK(client.rest() == std::string(queued_1) +
                             "\r\n421 4.3.2 mail.ntut.edu.tw is being stopped, closing the "
                             "connection\r\n");
  CHECK(servers.maildrop("s9360511").size() == 1);
}

TEST_CASE("smtp session: stopped in the middle of a letter, it says 421 and stores nothing") {
  Servers servers;
  const auto events = servers.bus.subscribe();
  Client client(servers.smtp_port);
  begin_letter(client);
  client.send("half a letter\r\n");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  for (bool came = false; !came && std::chrono::steady_clock::now() < end;) {
    for (const wire::Event& event : events->take())
      came = came || event.name == wire::event::smtp_line;
  }
  servers.stop_sessions();
  CHECK(client.rest() == "421 4.3.2 mail.ntut.edu.tw is being stopped, closing the connection\r\n");
  CHECK(servers.no_session_left());
  CHECK(servers.maildrop("s9360511").empty());
}

TEST_CASE("smtp session: events carry the session's number, the client's name and the learner") {
  Servers servers;
  const auto events = servers.bus.subscribe();
  std::vector<Client> clients;
  for (const char* from : {"<s9360511@NTUT.edu.tw>", "<bob>", "<ann@client.example>"}) {
    clients.emplace_back(servers.smtp_port);
    Client& client = clients.back();
    client.reply();
    client.ask("HELO x");
    client.ask("MAIL FROM:" + std::string(from));
  }
  clients[2].ask("RCPT TO:<BOB@ntut.edu.tw>");
  const std::string learners[] = {"s9360511", "bob", "bob"};
  std::vector<std::string> last(3);
  std::size_t connects = 0;
  for (const wire::Event& event : events->take()) {
    REQUIRE(event.session >= 1);
    REQUIRE(event.session <= 3);
    const std::size_t index = event.session - 1;
    CHECK(event.client == clients[index].name());
    CHECK(event.when.time == servers_start.time);
    if (event.name == wire::event::smtp_connect) {
      ++connects;
      CHECK(event.number("port") == servers.smtp_port);
    }
    if (event.name == wire::event::smtp_helo) CHECK(event.learner.empty());
    last[index] = event.learner;
  }
  CHECK(connects == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(last[i] == learners[i]);
}

TEST_CASE("smtp session: a stored letter is told as a message, answered, and then as waiting") {
  Servers servers([](net::Host& host) { host.delay = {milliseconds{7}, milliseconds{7}}; });
  Client client(servers.smtp_port);
  begin_letter(client, "bob");
  const auto events = servers.bus.subscribe();
  CHECK(client.ask("hello\r\n.") == queued_1);
  servers.on_io([] {});
  std::vector<std::string> names;
  wire::Event waiting;
  for (const wire::Event& event : events->take()) {
    names.emplace_back(event.name);
    if (event.name == wire::event::queue_accepted) waiting = event;
  }
  CHECK(names == std::vector<std::string>{"wire.client", "smtp.line", "wire.client", "smtp.message",
                                          "wire.server", "queue.accepted"});
  CHECK(waiting.number("queue") == 1);
  CHECK(waiting.text("mailbox") == "bob");
  CHECK(waiting.number("size") == 7);
  CHECK(waiting.number("due") == servers_start.time.time_since_epoch().count() + 7);
}

TEST_CASE("smtp session: who talks before the greeting could be read is told so, and served") {
  Servers servers;
  const auto events = servers.bus.subscribe();
  const auto early_notes = [&] {
    int count = 0;
    for (const wire::Event& event : events->take()) {
      const bool note = event.name == wire::event::smtp_note;
      count += note && event.text("cause") == "early_talk" ? 1 : 0;
    }
    return count;
  };
  Client hasty(servers.smtp_port);
  hasty.send("HELO x\r\nNOOP\r\n");
  CHECK(hasty.reply().starts_with("220"));
  CHECK(hasty.reply().starts_with("250"));
  CHECK(hasty.reply() == "250 2.0.0 ok, nothing done");
  CHECK(early_notes() == 1);

  // One line can be an answer to the greeting, but not if it came before.
  std::optional<Client> first;
  servers.on_io([&] {  // which accepts nobody meanwhile
    first.emplace(servers.smtp_port);
    first->send("NOOP\r\n");
  });
  CHECK(first->reply().starts_with("220"));
  CHECK(first->reply() == "250 2.0.0 ok, nothing done");
  CHECK(early_notes() == 1);

  Client pasted(servers.smtp_port);  // no line of two at once waited for a reply
  pasted.reply();
  pasted.send("HELO x\r\nNOOP\r\n");
  pasted.reply();
  pasted.reply();
  CHECK(early_notes() == 1);

  Client patient(servers.smtp_port);
  patient.reply();
  patient.ask("EHLO x");
  patient.send("NOOP\r\nNOOP\r\n");  // PIPELINING was offered
  patient.reply();
  patient.reply();
  CHECK(early_notes() == 0);
}

TEST_CASE("smtp session: HOLDUNTIL names the same time however long the session lasts") {
  Servers servers;
  Client client(servers.smtp_port);
  client.reply();
  client.ask("EHLO x");
  const std::string latest = "MAIL FROM:<> HOLDUNTIL=2001-11-15T09:01:00+08:00";
  CHECK(client.ask(latest).starts_with("501 "));
  servers.clock.advance(milliseconds{60'000});
  CHECK(client.ask(latest).starts_with("250 "));
  client.ask("RSET");
  client.ask("MAIL FROM:<> HOLDUNTIL=2001-10-15T09:05:00+08:00");
  client.ask("RCPT TO:<bob>");
  servers.clock.advance(milliseconds{60'000});
  client.ask("DATA");
  CHECK(client.ask(".") == queued_1);
  client.ask("MAIL FROM:<> HOLDUNTIL=2001-10-15T09:00:00+08:00");  // has passed
  client.ask("RCPT TO:<bob>");
  client.ask("DATA");
  client.ask(".");
  servers.on_io([&] {
    REQUIRE(servers.accepted.size() == 2);
    CHECK(servers.accepted[0].second.deliver_at == servers_start.time + milliseconds{300'000});
    CHECK(servers.accepted[1].second.deliver_at == servers_start.time + milliseconds{120'000});
  });
}

TEST_CASE("smtp session: a sender who asked for it is told of the delivery, with the head only") {
  Servers servers;
  Client client(servers.smtp_port);
  client.reply();
  client.ask("EHLO x");
  client.ask("MAIL FROM:<s9360511@ntut.edu.tw> RET=FULL ENVID=QQ1");
  client.ask("RCPT TO:<bob@ntut.edu.tw> NOTIFY=SUCCESS ORCPT=rfc822;Bob@old.example");
  client.ask("DATA");
  CHECK(client.ask("Subject: hello\r\n\r\nsecret\r\n.") == queued_1);
  // The next letter is committed behind the report; its sender is of another domain.
  for (const char* said :
       {"MAIL FROM:<ann@client.example>", "RCPT TO:<bob> NOTIFY=SUCCESS", "DATA"})
    client.ask(said);
  client.ask(".");
  CHECK(servers.maildrop("bob").size() == 2);
  REQUIRE(servers.maildrop("s9360511").size() == 1);
  Client reader(servers.pop3_port);
  reader.line();
  reader.send("USER s9360511\r\nPASS sandbox\r\nRETR 1\r\n");
  for (int i = 0; i < 3; ++i)
    CHECK(reader.line().starts_with("+OK "));
  const std::string report = reader.body();
  CHECK(report.starts_with("Return-Path: <>\r\n"));
  for (const char* part :
       {"Original-Envelope-Id: QQ1\r\n", "Original-Recipient: rfc822;Bob@old.example\r\n",
        "Final-Recipient: rfc822; bob@ntut.edu.tw\r\nAction: delivered\r\n",
        "Content-Type: text/rfc822-headers\r\n\r\nSubject: hello\r\n"}) {
    CAPTURE(part);
    CHECK(report.find(part) != std::string::npos);
  }
  CHECK(report.find("secret") == std::string::npos);
}

// docs/performance.md says where it goes. What only some sessions need is made when they need it.
TEST_CASE("smtp session: one that waits for its client takes less than a KiB") {
  CHECK(sizeof(net::SmtpSession) < 1024);
}
