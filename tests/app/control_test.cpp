// The control socket: who may use it, what it tells, what it takes, and that no reader holds a
// server up.

#include "app/control.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "app/control_client.hpp"
#include "app/server.hpp"
#include "tests/net/client.hpp"
#include "tests/net/fake_store.hpp"
#include "tests/support/temporary_folder.hpp"
#include "wire/vocabulary.hpp"

using namespace sandpost;
using app::ControlClient;
using app::ControlError;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

Config config() {
  Config config;
  config.smtp_port = 0;
  config.pop3_port = 0;
  config.control = true;
  config.delay = {seconds{600}, seconds{600}};
  return config;
}

struct Running {
  SystemClock clock;
  app::Server server;
  explicit Running(const Config& settings = config()) : server(settings, clock) { server.start(); }
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

// The lines of events until one holds that text.
std::vector<std::string> lines_until(ControlClient& client, const std::string& text) {
  std::vector<std::string> all;
  for (const auto end = steady_clock::now() + seconds{30}; steady_clock::now() < end;) {
    for (std::string& line : client.take())
      all.push_back(std::move(line));
    for (const std::string& line : all) {
      if (line.find(text) != std::string::npos) return all;
    }
    std::this_thread::yield();
  }
  FAIL("never told: " << text);
  return all;
}

std::string refusal(ControlClient& client, const std::string& command) {
  try {
    client.ask(command);
  } catch (const ControlError& error) {
    return error.what();
  }
  return "accepted";
}

// While it lives, the process gets no descriptor more.
class NoDescriptorLeft {
 public:
  NoDescriptorLeft() {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const int lowest_free = dup(STDIN_FILENO);
    REQUIRE(lowest_free >= 0);
    close(lowest_free);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(lowest_free);
    REQUIRE(setrlimit(RLIMIT_NOFILE, &now) == 0);
  }
  ~NoDescriptorLeft() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptorLeft(const NoDescriptorLeft&) = delete;
  NoDescriptorLeft& operator=(const NoDescriptorLeft&) = delete;

 private:
  rlimit before_{};
};

wire::Event big_event() {
  wire::Event event;
  event.session = 1;
  event.name = wire::event::client_line;
  event.fields = {{"text", std::string(2000, 'x')}, {"data", true}};
  return event;
}

}  // namespace

TEST_CASE("control: the socket is its owner's alone, and goes with the server") {
  std::filesystem::path path;
  {
    const Running running;
    path = running.server.control();
    CHECK(mode_of(path) == 0600);
    CHECK(mode_of(path.parent_path()) == 0700);
  }
  CHECK_FALSE(std::filesystem::exists(path.parent_path()));
}

TEST_CASE("control: without a port file there is no socket") {
  Config settings = config();
  settings.control = false;
  const Running running(settings);
  CHECK(running.server.control().empty());
}

TEST_CASE("control: tells the events that to_json writes, to who has asked for them") {
  Running running;
  ControlClient silent(running.server.control(), "test");
  ControlClient client(running.server.control(), "test");
  client.ask("events");
  tests::Client smtp(running.server.ports().smtp);
  const auto lines = lines_until(client, "wire.server");
  CHECK(lines[0].find("\"event\":\"smtp.connect\"") != std::string::npos);
  CHECK(wire::event_from_json(lines[0], {}));
  CHECK(silent.take().empty());
  running.server.stop();
  lines_until(client, "smtp.close");  // also what happens at the end
  for (const auto end = steady_clock::now() + seconds{30};
       !client.ended() && steady_clock::now() < end;) {
    (void)client.take();
  }
  CHECK(client.ended());
  CHECK(client.why_cut().empty());
}

TEST_CASE("control: faults are added and taken away while the servers run") {
  Running running;
  ControlClient client(running.server.control(), "test");
  client.ask("fault noop:451");
  tests::Client smtp(running.server.ports().smtp);
  smtp.line();
  CHECK(smtp.ask("NOOP").starts_with("451"));
  client.ask("fault clear");
  CHECK(smtp.ask("NOOP").starts_with("250"));
  client.ask(R"({"command":"fault","rule":"noop:421"})");
  CHECK(smtp.ask("NOOP").starts_with("421"));
  CHECK(refusal(client, "fault noop:999").find("'999'") != std::string::npos);
}

TEST_CASE("control: what a coach asks, and no password among the answers") {
  Config settings = config();
  settings.password = "hush-hush";
  settings.users = {{"amy", "hush-too"}};
  Running running(settings);
  ControlClient client(running.server.control(), "test");
  const auto info = client.ask("info").back();
  CHECK(wire::member(info, "smtp") == std::to_string(running.server.ports().smtp));
  CHECK(wire::member(info, "learner") == "s9360511");
  CHECK(wire::member(info, "domain") == "ntut.edu.tw");
  CHECK(wire::member(info, "accounts") == "\ns9360511\namy");
  CHECK(wire::member(info, "usual_password") == "false");
  CHECK(wire::member(info, "delay") == "10m");
  for (const auto& [name, value] : info)
    CHECK(value.find("hush") == std::string::npos);

  client.ask(R"({"command":"lay","account":"amy","sender":"a@b.org","content":"hi\r\n"})");
  CHECK(wire::member(client.ask("count amy").back(), "letters") == "1");
  CHECK(client.ask("queue").size() == 1);  // the verdict alone
  CHECK(wire::member(client.ask("now").back(), "delivered") == "0");
  CHECK(refusal(client, "dance").find("'dance' is no command") == 0);
}

TEST_CASE("control: of a letter that was laid in without line ends LIST told less than RETR sent") {
  Running running;
  ControlClient client(running.server.control(), "test");
  for (const char* content : {"x", R"(a\nb\n)", R"(a\rb)", R"(a\r\n\nb\n\r)"}) {
    client.ask(fmt::format(R"({{"command":"lay","account":"S9360511","content":"{}"}})", content));
  }
  CHECK(wire::member(client.ask("count s9360511").back(), "letters") == "4");
  tests::Client pop3(running.server.ports().pop3);
  pop3.send("USER s9360511\r\nPASS sandbox\r\n");
  for (int i = 0; i < 3; ++i)
    pop3.line();
  for (const std::string number : {"1", "2", "3", "4"}) {
    CAPTURE(number);
    const std::string listed = pop3.ask("LIST " + number);
    CHECK(pop3.ask("RETR " + number).starts_with("+OK"));
    std::size_t octets = 0;
    std::string line;
    for (line = pop3.line(); line != "."; line = pop3.line()) {
      CHECK(line.find_first_of("\r\n") == std::string::npos);
      octets += line.size() + 2;
    }
    CHECK(listed == "+OK " + number + " " + std::to_string(octets));
  }
}

TEST_CASE(
    "control: a letter for nobody was laid in all the same, and nobody's letters were counted") {
  Config settings = config();
  settings.users = {{"amy", "secret"}};
  Running running(settings);
  ControlClient client(running.server.control(), "test");
  const std::string choice = ": name one of s9360511, amy";
  CHECK(refusal(client, R"({"command":"lay"})") == "the account is missing" + choice);
  const std::string nobody = "there is no account 'nobody' here" + choice;
  CHECK(refusal(client, R"({"command":"lay","account":"nobody","content":"x"})") == nobody);
  CHECK(refusal(client, "count nobody") == nobody);
  CHECK(refusal(client, "count") == "the account is missing" + choice);
}

TEST_CASE("control: a reader that does not read is cut off with a word, and nobody waits for it") {
  wire::Bus bus;
  app::Control control(bus, [](std::string_view) { return "{\"control\":\"ok\"}\n"; });
  ControlClient sleeper(control.path(), "test");
  sleeper.ask("events");
  ControlClient other(control.path(), "test");
  const wire::Event event = big_event();
  const auto end = steady_clock::now() + seconds{30};
  int rounds = 0;
  for (; bus.wanted() && rounds < 20; ++rounds) {
    const auto before = steady_clock::now();
    for (int i = 0; i < 1000; ++i)
      bus.publish(event);
    CHECK(steady_clock::now() - before < seconds{5});
    // Answered behind the events, so that the bus's own bound is never met.
    other.ask("one");
    other.ask("two");
  }
  // 2 kB each: what may wait, what the system holds, and not much more.
  CHECK(rounds <= 6);
  while (!sleeper.ended() && steady_clock::now() < end)
    (void)sleeper.take();
  CHECK(sleeper.why_cut().find("too slowly") != std::string::npos);
}

TEST_CASE("control: servers that have no descriptor left do not end when somebody wants events") {
  wire::Bus bus;
  app::Control control(bus, [](std::string_view) { return "{\"control\":\"ok\"}\n"; });
  ControlClient client(control.path(), "test");
  {
    const NoDescriptorLeft scarcity;
    CHECK(refusal(client, "events").find("Too many open files") != std::string::npos);
    CHECK(refusal(client, "other") == "accepted");
  }
  bus.publish(big_event());
  CHECK(client.take().empty());
  client.ask("events");
  CHECK(bus.wanted());
}

TEST_CASE("control: a command that throws ends neither the servers nor the connection") {
  wire::Bus bus;
  app::Control control(bus, [](std::string_view command) {
    if (command == "bad") throw std::runtime_error("the store has \"broken\"");
    return "{\"control\":\"ok\"}\n";
  });
  ControlClient client(control.path(), "test");
  CHECK(refusal(client, "bad") == "the store has \"broken\"");
  CHECK(refusal(client, "good") == "accepted");
}

TEST_CASE("control: now, queue and count of a store that fails are not ok") {
  tests::StoreControl store;
  const SystemClock clock;
  app::Server server(config(), clock, std::make_unique<tests::FakeStore>(store));
  server.start();
  ControlClient client(server.control(), "test");
  store.read = store.commit = tests::StoreControl::Mood::busy;
  for (const char* command : {"now", "queue", "count s9360511"}) {
    CAPTURE(command);
    CHECK(refusal(client, command) == "the mailbox fails: busy");
  }
  store.read = store.commit = tests::StoreControl::Mood::well;
  CHECK(refusal(client, "now") == "accepted");
}

TEST_CASE("control: an answer that comes too late is not taken for the next command's") {
  wire::Bus bus;
  std::promise<void> late;
  app::Control control(bus, [&, waits = late.get_future().share()](std::string_view command) {
    if (command == "slow") waits.wait();
    return "{\"control\":\"ok\",\"to\":\"" + std::string(command) + "\"}\n";
  });
  ControlClient client(control.path(), "test", std::chrono::milliseconds{300});
  CHECK(wire::member(client.ask("quick").back(), "to") == "quick");
  CHECK(refusal(client, "slow") == "test: the servers do not answer");
  late.set_value();
  CHECK(refusal(client, "quick") == "test: the servers have ended");
  CHECK(client.ended());
}

TEST_CASE("control: a line without an end, and too many readers, are refused") {
  wire::Bus bus;
  app::Control control(bus, [](std::string_view) { return "{\"control\":\"ok\"}\n"; });
  {
    ControlClient client(control.path(), "test");
    CHECK(refusal(client, std::string(app::Control::longest_command + 100'000, 'x')) != "accepted");
  }
  std::vector<std::unique_ptr<ControlClient>> clients;
  std::string problem;
  for (std::size_t i = 0; i <= app::Control::most_clients && problem.empty(); ++i) {
    try {
      clients.push_back(std::make_unique<ControlClient>(control.path(), "test"));
    } catch (const ControlError& error) {
      problem = error.what();
    }
  }
  CHECK(problem.find("too many") != std::string::npos);
  CHECK(clients.size() + 1 >= app::Control::most_clients);
}

TEST_CASE("control: a folder in the place of the port file was said to be an underflow") {
  const db::TemporaryFolder folder;
  try {
    (void)app::control_path(folder.path());
    FAIL("it is no file");
  } catch (const ControlError& error) {
    CHECK(error.what() == folder.path() +
                              " is a folder; give the port file in it, the one of "
                              "sandpost serve --port-file");
  }
}

TEST_CASE("control: a port file that is missing, no port file, or stale") {
  const db::TemporaryFolder folder;
  const auto problem = [&](const std::string& content) {
    db::TemporaryFolder::write(folder.file("p"), content);
    try {
      ControlClient client(app::control_path(folder.file("p")), folder.file("p"));
    } catch (const ControlError& error) {
      return std::string(error.what());
    }
    return std::string("reached");
  };
  CHECK(problem("nonsense").find("is no port file") != std::string::npos);
  CHECK(problem(R"({"smtp": 1, "pop3": 2, "pid": 3})").find("is no port file") !=
        std::string::npos);
  CHECK(problem("{\"control\": \"" + folder.file("gone") + "\"}").find("do not run any more") !=
        std::string::npos);
  CHECK_THROWS_AS((void)app::control_path(folder.file("none")), ControlError);
}
