// What an acknowledged letter is worth when the program dies.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr int killed = 128 + SIGKILL;

// The letter's lines, by its name: of any size from a line to beyond what stays in memory.
std::vector<std::string> lines_of(const std::string& name) {
  std::mt19937 random(static_cast<unsigned>(std::hash<std::string>{}(name)));
  const auto count = random() % 8 == 0 ? random() % 4000 : random() % 40;
  std::vector<std::string> lines{"Subject: " + name, ""};
  for (std::size_t i = 0; i < count; ++i)
    lines.push_back(name + std::string(random() % 70, static_cast<char>('a' + i % 26)));
  return lines;
}

std::string content_of(const std::string& name) {
  std::string content;
  for (const std::string& line : lines_of(name))
    content += line + "\r\n";
  return content;
}

// Sends letters in one session, until the connection breaks. acknowledged: those with a 250.
class Sender {
 public:
  Sender(unsigned short port, const std::string& name, std::atomic<int>& count)
      : thread_([this, port, name, &count] { run(port, name, count); }) {}
  const std::vector<std::string>& acknowledged() {
    if (thread_.joinable()) thread_.join();
    return acknowledged_;
  }
  ~Sender() {
    if (thread_.joinable()) thread_.join();
  }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

 private:
  void run(unsigned short port, const std::string& name, std::atomic<int>& count) {
    try {
      Dialogue smtp(port);
      smtp.line();
      smtp.say("helo ntut.edu.tw");
      for (int i = 0; i < 1000; ++i) {
        const std::string letter = name + "." + std::to_string(i);
        smtp.send("MAIL FROM:<" + address + ">\r\nRCPT TO:<" + address + ">\r\nDATA\r\n");
        for (int reply = 0; reply < 3; ++reply)
          smtp.line();
        smtp.send(content_of(letter) + ".\r\n");
        if (!smtp.line().starts_with("250 ")) return;
        acknowledged_.push_back(letter);
        ++count;
      }
    } catch (const std::exception&) {  // the server was killed
    }
  }

  std::vector<std::string> acknowledged_;
  std::thread thread_;
};

// What the maildrop holds: how often each letter is there. Checks that each is as it was sent.
class Maildrop {
 public:
  explicit Maildrop(const Serve& server) : pop3_(server.pop3()) {
    pop3_.line();
    pop3_.say("user " + learner);
    REQUIRE(pop3_.say("pass sandbox").starts_with("+OK"));
    pop3_.say("LIST");
    count_ = pop3_.lines_to_dot().size();
    for (std::size_t i = 1; i <= count_; ++i) {
      pop3_.say("RETR " + std::to_string(i));
      std::vector<std::string> lines = pop3_.lines_to_dot();
      const auto subject = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
        return line.starts_with("Subject: ");
      });
      REQUIRE(subject != lines.end());
      const std::string name = subject->substr(9);
      lines.erase(lines.begin(), subject);
      CHECK(lines == lines_of(name));
      ++letters[name];
    }
  }

  // Marks all, says QUIT, and does not wait for the answer.
  void delete_all() {
    std::string commands;
    for (std::size_t i = 1; i <= count_; ++i)
      commands += "DELE " + std::to_string(i) + "\r\n";
    pop3_.send(commands);
    for (std::size_t i = 1; i <= count_; ++i)
      pop3_.line();
    pop3_.send("QUIT\r\n");
  }
  [[nodiscard]] bool deleted() { return pop3_.line().starts_with("+OK"); }

  std::map<std::string, int> letters;

 private:
  Dialogue pop3_;
  std::size_t count_ = 0;
};

int rounds() {
  const char* wanted = std::getenv("CRASH_ROUNDS");
  return wanted == nullptr ? 200 : std::atoi(wanted);
}

}  // namespace

// CRASH_ROUNDS=5000 makes it run as long as you like.
TEST_CASE("kill -9 in the middle of everything: each acknowledged letter is there once, as sent") {
  const TemporaryFolder folder;
  const Words options{"--db", folder.file("mail.db")};
  std::minstd_rand random(1);
  std::set<std::string> owed;   // acknowledged, and not deleted
  std::set<std::string> going;  // their deletion was asked for, and nobody said what became of it
  std::size_t acknowledged = 0;
  std::size_t quits = 0;
  for (int round = 0; round < rounds(); ++round) {
    CAPTURE(round);
    Serve server(options);
    Maildrop maildrop(server);
    const auto there = [&](const std::string& name) { return maildrop.letters.contains(name); };
    for (const auto& [name, times] : maildrop.letters)
      CHECK_MESSAGE(times == 1, name);
    for (const std::string& name : owed)
      CHECK_MESSAGE(there(name), name);
    const auto left = std::count_if(going.begin(), going.end(), there);
    CHECK((left == 0 || left == static_cast<std::ptrdiff_t>(going.size())));
    owed.clear();
    going.clear();

    for (const auto& [name, times] : maildrop.letters)
      going.insert(name);
    maildrop.delete_all();
    if (round % 3 != 0) {  // else the crash may come before, during or after the deletion
      CHECK(maildrop.deleted());
      going.clear();
    }
    std::atomic<int> count = 0;
    {
      std::vector<std::unique_ptr<Sender>> senders;
      for (int i = 0; i < 4; ++i) {
        senders.push_back(std::make_unique<Sender>(
            server.smtp(), std::to_string(round) + "." + std::to_string(i), count));
      }
      const int enough = static_cast<int>(random() % 25);
      const auto end = SteadyClock::now() + patience;
      while (count < enough && SteadyClock::now() < end)
        std::this_thread::yield();
      CHECK(server.stop(SIGKILL) == killed);
      for (const auto& sender : senders)
        owed.insert(sender->acknowledged().begin(), sender->acknowledged().end());
    }
    acknowledged += owed.size();
    if (!going.empty()) ++quits;
  }
  CHECK(acknowledged > static_cast<std::size_t>(rounds()));
  MESSAGE(rounds() << " kills, " << acknowledged << " letters acknowledged, " << quits
                   << " of the kills around a QUIT with deletions");
}

TEST_CASE("kill -9: a letter that was acknowledged is there") {
  const TemporaryFolder folder;
  const Words options{"--db", folder.file("mail.db")};
  {
    Serve server(options);
    CHECK(send_letter(server, "before the crash").starts_with("250 "));
    CHECK(server.stop(SIGKILL) == killed);
  }
  Serve server(options);
  const auto found = letters(server);
  REQUIRE(found.size() == 1);
  CHECK(found[0].back() == "before the crash");
}

TEST_CASE("kill -9: a letter that waits goes on waiting, and the queue numbers go on") {
  const TemporaryFolder folder;
  const Words options{"--db", folder.file("mail.db"), "--delay", "1h"};
  {
    Serve server(options);
    CHECK(contains(send_letter(server, "one"), "number 1"));
    CHECK(server.stop(SIGKILL) == killed);
  }
  Serve server(options);
  CHECK(letters(server).empty());
  CHECK(contains(send_letter(server, "two"), "number 2"));
  CHECK(letters(server).empty());
}

TEST_CASE("kill -9: a letter comes when it was due, whatever the delay is now") {
  const TemporaryFolder folder;
  const std::string db = folder.file("mail.db");
  const auto begin = SteadyClock::now();
  {
    Serve server({"--db", db, "--delay", "1500ms"});
    CHECK(send_letter(server, "in time").starts_with("250 "));
    CHECK(server.stop(SIGKILL) == killed);
  }
  Serve server({"--db", db, "--delay", "1h"});
  while (letters(server).empty()) {
    REQUIRE(SteadyClock::now() < begin + patience);
    std::this_thread::sleep_for(milliseconds{20});
  }
  CHECK(SteadyClock::now() - begin >= milliseconds{1500});
}

TEST_CASE("kill -9: a deletion without QUIT has not happened") {
  const TemporaryFolder folder;
  const Words options{"--db", folder.file("mail.db")};
  {
    Serve server(options);
    CHECK(send_letter(server, "keep me").starts_with("250 "));
    Dialogue pop3(server.pop3());
    pop3.line();
    pop3.say("user " + learner);
    pop3.say("pass sandbox");
    CHECK(pop3.say("DELE 1").starts_with("+OK"));
    CHECK(server.stop(SIGKILL) == killed);
  }
  Serve server(options);
  CHECK(letters(server).size() == 1);
}

}  // namespace sandpost::tests
