// `sandpost coach` and `sandpost events`: one process coaches, another one types.

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// `sandpost coach --no-input` with servers of its own, once they listen.
struct Coach {
  TemporaryFolder folder;
  Process process;
  unsigned short smtp = 0;
  unsigned short pop3 = 0;

  explicit Coach(const Words& more = {}, const Words& launcher = {})
      : process(
            with(launcher, command(with({"coach", "--no-input", "--smtp-port", "0", "--pop3-port",
                                         "0", "--delay", "100ms", "--port-file", folder.file("p")},
                                        more))),
            {"HOME=" + folder.path(), "TMPDIR=" + folder.path()}) {
    for (int i = 0; i < 6000 && !std::filesystem::exists(folder.file("p")); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    REQUIRE(std::sscanf(TemporaryFolder::read(folder.file("p")).c_str(),
                        R"({"smtp": %hu, "pop3": %hu)", &smtp, &pop3) == 2);
  }
};

void send_lab(unsigned short port, const std::string& name) {
  Dialogue smtp(port);
  CHECK(smtp.line().starts_with("220"));
  const std::string address_of = name + "@ntut.edu.tw";
  smtp.say("helo me");
  smtp.say("MAIL FROM:<" + address_of + ">");
  smtp.say("RCPT TO:<" + address_of + ">");
  smtp.say("DATA");
  smtp.send("Subject: x\r\n\r\nhello\r\n");
  CHECK(smtp.say(".").starts_with("250"));
  smtp.say("QUIT");
}

void fetch_lab(unsigned short port, const std::string& name, const std::string& password) {
  Dialogue pop3(port);
  pop3.line();
  pop3.say("user " + name);
  CHECK(pop3.say("pass " + password).starts_with("+OK"));
  pop3.say("LIST");
  pop3.lines_to_dot();
  CHECK(pop3.say("RETR 1").starts_with("+OK"));
  pop3.lines_to_dot();
  pop3.say("DELE 1");
  pop3.say("LIST");
  pop3.lines_to_dot();
  pop3.say("QUIT");
}

}  // namespace

TEST_CASE("coach: nohup is heeded, as by serve") {
  Coach coach({}, {"/bin/sh", "-c", "trap '' HUP; exec \"$0\" \"$@\""});
  coach.process.send_signal(SIGHUP);
  send_lab(coach.smtp, learner);
  coach.process.send_signal(SIGTERM);
  CHECK(coach.process.wait() == 128 + SIGTERM);
}

TEST_CASE("coach: telnet in another window passes the lesson, mistakes and all") {
  const std::string telnet = find_program("telnet");
  if (telnet.empty()) {
    std::cout << "skipped: telnet is not installed\n";
    return;
  }
  Coach coach;
  Terminal terminal;
  Process smtp(terminal, {telnet, "127.0.0.1", std::to_string(coach.smtp)});
  smtp.wait_for("220 ");
  for (const auto& [line, answer] : {std::pair{"HELLO me", "500 "},
                                     {"helo me", "250 "},
                                     {"MAIL FROM: <s9360511@ntut.edu.tw", "501 "},
                                     {"MAIL FROM: <s9360511@ntut.edu.tw>", "250 "},
                                     {"DATA", "503 "},
                                     {"RCPT TO: <s9360511@ntut.edu.tw>", "250 "},
                                     {"DATA", "354 "},
                                     {"hello\r\n.", "250 "},
                                     {"QUIT", "221 "}}) {
    smtp.write(std::string(line) + "\r");
    smtp.wait_for(answer);
  }
  coach.process.wait_for("step 8 is done");
  CHECK(contains(coach.process.output(), "C: HELLO me"));
  CHECK(occurrences(coach.process.output(), "\nNO ") >= 3);
  fetch_lab(coach.pop3, learner, "sandbox");
  CHECK(coach.process.wait() == 0);
  CHECK_FALSE(contains(coach.process.output(), "\x1b"));
  CHECK(contains(coach.process.output(), "C: pass ********"));
  CHECK_FALSE(std::filesystem::exists(coach.folder.file("p")));
}

TEST_CASE("coach: ended by a signal it is 128 and the signal, and leaves no port file") {
  for (const int signal : {SIGINT, SIGTERM}) {
    Coach coach;
    coach.process.send_signal(signal);
    CHECK(coach.process.wait() == 128 + signal);
    CHECK_FALSE(std::filesystem::exists(coach.folder.file("p")));
  }
}

TEST_CASE("coach: two learners at once are told apart") {
  Coach coach({"--all", "--user", "amy:apple"});
  send_lab(coach.smtp, "amy");
  send_lab(coach.smtp, learner);
  coach.process.wait_for("amy OK step 8 is done");
  std::string said = coach.process.output();
  if (!contains(said, learner + " OK step 8 is done")) {
    coach.process.wait_for(learner + " OK step 8 is done");
  }
  fetch_lab(coach.pop3, "amy", "apple");
  coach.process.wait_for("amy OK step 14 is done");
  fetch_lab(coach.pop3, learner, "sandbox");
  CHECK(coach.process.wait() == 0);
}

TEST_CASE("coach --attach: follows servers that run elsewhere, and one learner of them") {
  Serve server({"--user", "amy:apple"});
  const Words words{"coach", "--no-input", "--attach", server.port_file(), "--learner", "Amy"};
  Process coach(command(words));
  coach.wait_for("[1/14]");
  send_lab(server.smtp(), learner);
  coach.wait_for("That window is s9360511's, not amy's");
  send_lab(server.smtp(), "amy");
  coach.wait_for("step 8 is done");
  fetch_lab(server.pop3(), "amy", "apple");
  CHECK(coach.wait() == 0);
}

TEST_CASE("coach --attach: when the servers are killed it says so, status 3") {
  Serve server;
  Process coach(command({"coach", "--no-input", "--attach", server.port_file()}));
  coach.wait_for("[1/14]");
  server.stop(SIGKILL);
  coach.wait_for("The servers have ended.");
  CHECK(coach.wait() == 3);
  // What they left behind is stale.
  REQUIRE(std::filesystem::exists(server.port_file()));
  for (const Words& again :
       {Words{"coach", "--attach", server.port_file()}, Words{"events", server.port_file()}}) {
    const Finished finished = run(again);
    CHECK(finished.status == 1);
    CHECK_MESSAGE(is_one_line(finished.errors), finished.errors);
    CHECK_MESSAGE(contains(finished.errors, "do not run any more"), finished.errors);
  }
}

TEST_CASE("coach --attach: no port file, and no such account, are one line") {
  CHECK(run({"coach", "--attach", "/no/such/file"}).status == 1);
  CHECK(run({"events"}).status == 2);
  Serve server;
  const Finished finished = run({"coach", "--attach", server.port_file(), "--learner", "nobody"});
  CHECK(finished.status == 1);
  CHECK_MESSAGE(contains(finished.errors, "no account 'nobody'"), finished.errors);
}

TEST_CASE("coach --attach: is not told a password that somebody chose") {
  Serve server({"--password", "hush-hush"});
  for (const bool knows : {false, true}) {
    Words words{"coach", "--no-input", "--attach", server.port_file()};
    if (knows) words = with(words, {"--password", "hush-hush"});
    Process coach(command(words));
    coach.wait_for("[1/14]");
    send_lab(server.smtp(), learner);
    coach.wait_for("[9/14]");
    coach.wait_for(knows ? "pass hush-hush" : "pass YOUR-PASSWORD");
    CHECK(contains(coach.output(), "hush-hush") == knows);
  }
}

TEST_CASE("events: prints what happens, a JSON object a line, until the servers end") {
  Serve server;
  Process events(command({"events", server.port_file()}));
  // Nothing says that it listens but the first event.
  for (int i = 0; i < 600 && !contains(events.output(), "smtp.connect"); ++i) {
    Dialogue smtp(server.smtp());
    smtp.line();
    events.wait_for_silence(std::chrono::milliseconds{50});
  }
  send_lab(server.smtp(), learner);
  events.wait_for("queue.delivered");
  CHECK(server.stop(SIGTERM) == 0);
  CHECK(events.wait() == 0);
  CHECK(events.output().starts_with("{\"time\":"));
  CHECK(contains(events.output(), "\"learner\":\"s9360511\",\"event\":\"smtp.mail\""));
}

}  // namespace sandpost::tests
