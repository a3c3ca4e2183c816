// Many connections and large letters at once: what they cost, and that they cost nobody else.

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

// A figure of /proc/PID/status, in KiB.
long memory_of(Process& process, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
  for (std::string word; status >> word;) {
    long figure = 0;
    if (word == name + ":" && status >> figure) return figure;
  }
  throw Stuck("no " + name);
}

void begin_letter(Dialogue& smtp) {
  smtp.line();
  smtp.say("helo ntut.edu.tw");
  smtp.say("MAIL FROM:<" + address + ">");
  smtp.say("RCPT TO:<" + address + ">");
  REQUIRE(smtp.say("DATA").starts_with("354"));
}

// How many connections this process may open itself.
std::size_t descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

TEST_CASE("memory: a hundred sessions with large letters need little of it, with or without --db") {
  constexpr int sessions = 100;
  constexpr int pieces = 64;  // of 64 KiB: 4 MiB a letter, 400 MiB in all
  const std::string piece = [] {
    std::string lines;
    while (lines.size() < 65'536)
      lines += std::string(62, 'w') + "\r\n";
    return lines;
  }();
  for (const bool on_disk : {true, false}) {
    CAPTURE(on_disk);
    const TemporaryFolder folder;
    Serve server(on_disk ? Words{"--db", folder.file("mail.db")} : Words{});
    std::vector<std::unique_ptr<Dialogue>> all;
    for (int i = 0; i < sessions; ++i) {
      all.push_back(std::make_unique<Dialogue>(server.smtp()));
      begin_letter(*all.back());
    }
    for (int i = 0; i < pieces; ++i) {
      for (const auto& smtp : all)
        smtp->send(piece);
    }
    for (int i = 0; i < 5; ++i)
      CHECK(all[static_cast<std::size_t>(i)]->say(".").starts_with("250 "));
    // 100 sessions of a piece each, the program itself, the mailbox's cache.
    CHECK(memory_of(server.process(), "VmHWM") < 96 * 1024);

    Dialogue pop3(server.pop3());
    pop3.line();
    pop3.say("user " + learner);
    pop3.say("pass sandbox");
    for (int i = 1; i <= 5; ++i) {
      CHECK(pop3.say("RETR " + std::to_string(i)).starts_with("+OK"));
      const std::vector<std::string> letter = pop3.lines_to_dot();
      CHECK(letter.size() > pieces * 1024);
      CHECK(letter.back() == std::string(62, 'w'));
    }
    CHECK(memory_of(server.process(), "VmHWM") < 96 * 1024);
    CHECK(server.stop(SIGTERM) == 0);
  }
}

TEST_CASE("connections: five thousand idle ones do not disturb the one that works") {
  constexpr std::size_t idle = 5000;
  if (descriptors() < idle + 100) {
    MESSAGE("skipped: this machine grants too few descriptors for it");
    return;
  }
  Serve server;
  std::vector<std::unique_ptr<Dialogue>> all;
  for (std::size_t i = 0; i < idle; ++i) {
    all.push_back(std::make_unique<Dialogue>(i % 2 == 0 ? server.smtp() : server.pop3()));
  }
  CHECK(all.front()->line().starts_with("220 "));
  CHECK(all.back()->line().starts_with("+OK "));
  for (int i = 0; i < 20; ++i)
    CHECK(send_letter(server, "hello").starts_with("250 "));
  CHECK(letters(server).size() == 20);
  CHECK(all[idle / 2]->line().starts_with("220 "));
  CHECK(server.stop(SIGTERM) == 0);
}

}  // namespace sandpost::tests
