// `sandpost serve` from outside: starting, stopping, and what it says when it cannot.

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

// Status 1, and one line on stderr that names the file.
void check_refused(const std::string& db, const std::string& named) {
  const Finished finished =
      run({"serve", "--smtp-port", "0", "--pop3-port", "0", "--delay", "0s", "--db", db});
  CHECK(finished.status == 1);
  CHECK_MESSAGE(is_one_line(finished.errors), finished.errors);
  CHECK_MESSAGE(contains(finished.errors, named), finished.errors);
}

void check_stops(int signal) {
  Serve server;
  REQUIRE(std::filesystem::exists(server.port_file()));
  CHECK(send_letter(server, "hello").starts_with("250 "));
  CHECK(server.stop(signal) == 0);
  CHECK(!std::filesystem::exists(server.port_file()));
  CHECK(!port_answers(server.smtp()));
  CHECK(!port_answers(server.pop3()));
  // The same ports can be had again at once, although connections were open a moment ago.
  Serve again(
      {"--smtp-port", std::to_string(server.smtp()), "--pop3-port", std::to_string(server.pop3())});
  CHECK(again.smtp() == server.smtp());
  CHECK(again.stop(SIGTERM) == 0);
}

// Both ports taken, by a program that is to be named, this one; of all that starts servers.
void check_both_named(const std::string& command_name) {
  const TakenPort smtp;
  const TakenPort pop3;
  const Finished finished =
      run({command_name, "--no-input", "--smtp-port", std::to_string(smtp.number()), "--pop3-port",
           std::to_string(pop3.number())});
  CHECK(finished.status == 5);
  CHECK_MESSAGE(is_one_line(finished.errors), finished.errors);
  for (const unsigned short port : {smtp.number(), pop3.number()}) {
    const std::string told = "127.0.0.1 port " + std::to_string(port) +
                             " is in use by sandpost_proces (process " + std::to_string(getpid()) +
                             ")";
    CHECK_MESSAGE(contains(finished.errors, told), finished.errors);
  }
  CHECK_MESSAGE(
      contains(finished.errors, "; end the other program, or add --smtp-port 0 --pop3-port 0\n"),
      finished.errors);
}

void check_port_in_use(const std::string& taken_option, const std::string& other_option) {
  const TakenPort taken;
  const TemporaryFolder folder;
  const std::string number = std::to_string(taken.number());
  const Finished finished = run({"serve", taken_option, number, other_option, "0", "--db",
                                 folder.file("mail.db"), "--port-file", folder.file("ports")});
  CHECK(finished.status == 5);
  CHECK_MESSAGE(is_one_line(finished.errors), finished.errors);
  CHECK_MESSAGE(contains(finished.errors, number), finished.errors);
  CHECK_MESSAGE(contains(finished.errors, taken_option), finished.errors);
  CHECK(folder.contents().empty());
}

}  // namespace

TEST_CASE("both ports in use: the second showed itself only once the first was changed") {
  for (const char* name : {"serve", "learn", "coach", "demo"})
    check_both_named(name);
}

TEST_CASE("serve: SIGTERM ends it with status 0, without a trace") {
  check_stops(SIGTERM);
}

TEST_CASE("serve: SIGINT ends it with status 0, without a trace") {
  check_stops(SIGINT);
}

TEST_CASE("serve: a client that is connected does not hold up the end") {
  Serve server;
  Dialogue smtp(server.smtp());
  smtp.line();
  Dialogue pop3(server.pop3());
  pop3.line();
  CHECK(server.stop(SIGTERM) == 0);
  CHECK(smtp.line().starts_with("421 "));
  CHECK(smtp.closed());
  CHECK(pop3.closed());
}

TEST_CASE("serve: a port in use is status 5, one line, and no mailbox file") {
  check_port_in_use("--smtp-port", "--pop3-port");
  check_port_in_use("--pop3-port", "--smtp-port");
}

TEST_CASE("serve: a port file that cannot be written is status 1") {
  const TemporaryFolder folder;
  const std::string path = folder.file("missing/ports");
  const Finished finished =
      run({"serve", "--smtp-port", "0", "--pop3-port", "0", "--port-file", path});
  CHECK(finished.status == 1);
  CHECK_MESSAGE(is_one_line(finished.errors), finished.errors);
  CHECK_MESSAGE(contains(finished.errors, path), finished.errors);
}

TEST_CASE("serve: what cannot be understood is status 2, and is said on stderr") {
  const Words ports{"--smtp-port", "0", "--pop3-port", "0"};
  for (const Words& wrong :
       {Words{"--no-such-option"}, Words{"--delay", "soon"}, Words{"--smtp-port", "70000"},
        Words{"--clock", "yesterday"}, Words{"--user", "nopassword"}, Words{"one-word-too-many"}}) {
    Words words{"serve"};
    words.insert(words.end(), ports.begin(), ports.end());
    words.insert(words.end(), wrong.begin(), wrong.end());
    const Finished finished = run(words);
    CHECK_MESSAGE(finished.status == 2, wrong[0]);
    CHECK_MESSAGE(is_one_line(finished.errors), finished.errors);
    CHECK(finished.output.empty());
  }
  CHECK(run({"no-such-command"}).status == 2);
}

TEST_CASE("serve: a mailbox in a folder that is missing is status 1") {
  const TemporaryFolder folder;
  check_refused(folder.file("missing/mail.db"), "missing");
  CHECK(folder.contents().empty());
}

TEST_CASE("serve: a mailbox that is a folder is status 1") {
  const TemporaryFolder folder;
  check_refused(folder.path(), folder.path());
  CHECK(folder.contents().empty());
}

TEST_CASE("serve: a text file is no mailbox, and stays what it is") {
  const TemporaryFolder folder;
  const std::string path = folder.file("letter.txt");
  TemporaryFolder::write(path, "Dear teacher,\nthis is not a mailbox.\n");
  const auto before = folder.contents();
  check_refused(path, path);
  CHECK(folder.contents() == before);
}

TEST_CASE("serve: a second sandpost does not get at the first one's mailbox") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  Serve first({"--db", path});
  CHECK(contains(send_letter(first, "one"), "number 1"));
  check_refused(path, path);
  CHECK(contains(send_letter(first, "two"), "number 2"));
  CHECK(letters(first).size() == 2);
}

TEST_CASE("help: a reader that wants no more of it, as head does, hears no complaint") {
  // bash waits until the reader is gone.
  Words words{find_program("bash"), "-c", "exec 3> >(exit); wait $!; \"$0\" \"$@\" >&3"};
  for (const std::string& word : command({"--help"}))
    words.push_back(word);
  Process shell(words);
  CHECK(shell.wait() == 1);
  CHECK(shell.errors().empty());
}

}  // namespace sandpost::tests
