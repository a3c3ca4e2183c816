// `sandpost learn`, and the report of it.

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

const std::string lab_lines =
    "helo ntut.edu.tw\nMAIL FROM: <s9360511@ntut.edu.tw>\nRCPT TO: <s9360511@ntut.edu.tw>\nDATA\n"
    "Subject: x\n\nhello\n.\nQUIT\nuser s9360511\npass sandbox\nLIST\nRETR 1\nDELE 1\nLIST\nQUIT\n";

constexpr const char* small_lesson = R"(format = 1
id = "mine"
version = 1
title = "Mine"
lang = "en"
minutes = 5
intro = "Hello."
end = "That is all."
[report]
title = "My own report"
[[question]]
ask = "Why {pass}?"
answer = ["because"]
[[step]]
id = "slip"
title = "A slip"
say = "Type anything."
rfc = ["5321 4.2.4"]
type = [":connect smtp", "hello"]
pass = { event = "smtp.error", code = "5xx" }
hint = ["hello"]
why = "So."
[[step]]
id = "helo"
title = "HELO"
say = "Say HELO."
rfc = ["5321 4.1.1.1"]
type = "helo me"
pass = { event = "smtp.helo" }
hint = ["helo me"]
why = "So."
[[step.mistake]]
cause = "unknown_verb"
example = "frobnicate"
say = "Only this step says so."
)";

struct Ports {
  unsigned short smtp = 0;
  unsigned short pop3 = 0;
};

// Of a port file that somebody is about to write.
Ports ports_in(const std::string& file) {
  for (int i = 0; i < 6000 && !std::filesystem::exists(file); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  Ports ports;
  REQUIRE(std::sscanf(TemporaryFolder::read(file).c_str(), R"({"smtp": %hu, "pop3": %hu)",
                      &ports.smtp, &ports.pop3) == 2);
  return ports;
}

// The lab with one slip, and a letter that has the password in it.
void play_lab(unsigned short smtp_port, unsigned short pop3_port, const std::string& name,
              const std::string& password) {
  Dialogue smtp(smtp_port);
  smtp.line();
  smtp.say("hello me");
  smtp.say("helo me");
  smtp.say("MAIL FROM:<" + name + "@ntut.edu.tw>");
  smtp.say("RCPT TO:<" + name + "@ntut.edu.tw>");
  smtp.say("DATA");
  smtp.send("Subject: " + password + "\r\n\r\nmy password is " + password + "\r\n");
  CHECK(smtp.say(".").starts_with("250"));
  smtp.say("QUIT");
  Dialogue pop3(pop3_port);
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

TEST_CASE("report: the lab, in every format, confirmed by its own record") {
  const TemporaryFolder folder;
  const std::string state = folder.file("state");
  REQUIRE(run({"learn", "--no-input", "--smtp-port", "0", "--pop3-port", "0", "--delay", "0s",
               "--state-dir", state},
              lab_lines)
              .status == 0);
  for (const std::string format : {"md", "html", "txt", "json", "cast", "svg"}) {
    const Finished finished = run({"report", "--state-dir", state, "--format", format});
    CHECK_MESSAGE(finished.status == 0, finished.errors);
    CHECK_MESSAGE(contains(finished.output, "RETR 1"), finished.output);
    CHECK_FALSE(contains(finished.output, "pass sandbox"));
  }
  const std::string json = folder.file("lab.json");
  REQUIRE(run({"report", "--state-dir", state, "--format", "json", "-o", json}).status == 0);
  CHECK(run({"report", json, "--compare", state + "/records"}).status == 0);
  CHECK(run({"report", "ntut-2001", "--state-dir", state}).status == 0);
  const Finished other = run({"report", "queue", "--state-dir", state});
  CHECK(other.status == 1);
  CHECK_MESSAGE(contains(other.errors, "none of a lesson of that name"), other.errors);
  const Finished again = run({"report", "--state-dir", state, "-o", json});
  CHECK(again.status == 1);
  CHECK_MESSAGE(contains(again.errors, "--force"), again.errors);
}

TEST_CASE("report: after a coached lesson there was no record to make one from") {
  const TemporaryFolder folder;
  const std::string state = folder.file("state");
  Process coach(command({"coach", "--no-input", "--smtp-port", "0", "--pop3-port", "0", "--delay",
                         "0s", "--port-file", folder.file("p"), "--state-dir", state, "--all",
                         "--user", "amy:hushhush"}),
                {"HOME=" + folder.path()});
  const auto [smtp, pop3] = ports_in(folder.file("p"));
  play_lab(smtp, pop3, "amy", "hushhush");
  play_lab(smtp, pop3, learner, "sandbox");
  REQUIRE(coach.wait() == 0);
  for (const std::string& who : {std::string("amy"), learner}) {
    const Finished told = run({"report", "--state-dir", state, "--learner", who});
    CHECK_MESSAGE(told.status == 0, told.errors);
    CHECK_MESSAGE(contains(told.output, "14 of 14 steps, 1 slip, 0 words"), told.output);
    CHECK(contains(told.output, "RCPT TO:<" + who + "@"));
    CHECK(occurrences(told.output, "## Session") == 2);
  }
  // It stood in the letter.
  for (const auto& file : std::filesystem::directory_iterator(state + "/records"))
    CHECK_FALSE(contains(TemporaryFolder::read(file.path()), "hushhush"));
  CHECK(run({"report", "--state-dir", state, "--learner", "ben"}).status == 1);
  const Finished list = run({"lessons", "--state-dir", state, "--as", "amy@ntut.edu.tw"});
  CHECK_MESSAGE(contains(list.output, "min  done 20"), list.output);
}

TEST_CASE("report: of a class in one record, one learner") {
  const TemporaryFolder folder;
  const std::string records = folder.file("records");
  Serve server({"--record", records, "--user", "amy:hushhush"});
  play_lab(server.smtp(), server.pop3(), "amy", "hushhush");
  play_lab(server.smtp(), server.pop3(), learner, "sandbox");
  CHECK(server.stop(15) == 0);
  const std::string record = std::filesystem::directory_iterator(records)->path();
  const Finished all = run({"report", record});
  CHECK(occurrences(all.output, "## Session") == 4);
  const Finished amy = run({"report", record, "--learner", "Amy"});
  CHECK(occurrences(amy.output, "## Session") == 2);
  CHECK(contains(amy.output, "number 1 for amy"));
  CHECK_FALSE(contains(amy.output, "number 2"));
  CHECK_FALSE(contains(amy.output, "hushhush"));
  CHECK(run({"report", record, "--learner", "ben"}).status == 1);
}

TEST_CASE("report: of a lesson from a file did not know the lesson") {
  const TemporaryFolder folder;
  const std::string file = folder.file("mine.toml");
  TemporaryFolder::write(file, small_lesson);
  const std::string state = folder.file("state");
  REQUIRE(run({"learn", file, "--no-input", "--smtp-port", "0", "--pop3-port", "0", "--state-dir",
               state},
              "hello\nfrobnicate\nhelo me\n")
              .status == 0);
  std::filesystem::remove(file);
  const Finished told = run({"report", "--state-dir", state, "--format", "txt"});
  CHECK_MESSAGE(told.status == 0, told.errors);
  CHECK(contains(told.output, "My own report"));
  // The first refusal was what the step asked for; the lesson has words for the second.
  CHECK_MESSAGE(contains(told.output, "2 of 2 steps, 1 slip, "), told.output);
  CHECK(contains(told.output, "Only this step says so."));
}

// The small lesson, played to its question by the built-in client.
constexpr const char* small_solution = "hello\nhelo me\nQUIT\n";

TEST_CASE("report: a wrong try before the end of input was in no record, nor in the progress") {
  const TemporaryFolder folder;
  const std::string file = folder.file("mine.toml");
  TemporaryFolder::write(file, small_lesson);
  const std::string state = folder.file("state");
  Terminal terminal;
  Process process{terminal,
                  command({"learn", file, "--plain", "--smtp-port", "0", "--pop3-port", "0",
                           "--state-dir", state}),
                  {"HOME=" + folder.path()}};
  process.wait_for("connect: ");
  process.write(small_solution);
  process.wait_for("Your answer, or Enter: ");
  process.write("for sandbox reasons\n");
  process.wait_for("Your answer, or Enter: ");
  process.write("\x04");
  CHECK(process.wait() == 0);
  const Finished told = run({"report", "--state-dir", state, "--format", "txt"});
  CHECK_MESSAGE(contains(told.output,
                         "     Answer: for ******** reasons\n"
                         "     That is not right. A good answer: because\n"),
                told.output);
  for (const auto& one : std::filesystem::directory_iterator(state + "/records")) {
    const std::string record = TemporaryFolder::read(one.path());
    CHECK_MESSAGE(contains(record, R"("ask":"Why ********?","answer":"for ******** reasons")"),
                  record);
  }
  const std::string progress = TemporaryFolder::read(state + "/progress/" + address + "/mine.json");
  CHECK_MESSAGE(contains(progress, "for sandbox reasons"), progress);
}

TEST_CASE("coach: a coached learner was not asked the lesson's question") {
  const TemporaryFolder folder;
  const std::string file = folder.file("mine.toml");
  TemporaryFolder::write(file, small_lesson);
  const std::string state = folder.file("state");
  Terminal terminal;
  Process process{terminal,
                  command({"coach", file, "--plain", "--smtp-port", "0", "--pop3-port", "0",
                           "--state-dir", state, "--port-file", folder.file("p")}),
                  {"HOME=" + folder.path()}};
  Dialogue smtp(ports_in(folder.file("p")).smtp);
  smtp.line();
  smtp.say("hello");
  smtp.say("helo me");
  process.wait_for("Your answer, or Enter: ");
  process.write("because\n");
  process.wait_for("That is it.");
  process.wait_for("Enter to leave: ");
  process.write("\n");
  CHECK(process.wait() == 0);
  const Finished told = run({"report", "--state-dir", state, "--format", "txt"});
  CHECK_MESSAGE(contains(told.output, "     Answer: because\n     That is right.\n"), told.output);
}

TEST_CASE("report: a record that is missing, or a folder that is, is one line and status 1") {
  const TemporaryFolder folder;
  const Finished missing = run({"report", folder.file("none")});
  CHECK(missing.status == 1);
  CHECK_MESSAGE(is_one_line(missing.errors), missing.errors);
  CHECK(run({"report", "--state-dir", folder.path()}).status == 1);
}

TEST_CASE("serve --record: every session is written, for the owner alone") {
  const TemporaryFolder folder;
  const std::string records = folder.file("records");
  Serve server({"--record", records});
  CHECK(send_letter(server, "hello").starts_with("250 "));
  CHECK(server.stop(15) == 0);
  const auto file = std::filesystem::directory_iterator(records)->path();
  using std::filesystem::perms;
  CHECK((std::filesystem::status(file).permissions() & (perms::group_all | perms::others_all)) ==
        perms::none);
  const std::string record = TemporaryFolder::read(file);
  CHECK(contains(record, "\"event\":\"queue.accepted\""));
  CHECK(contains(record, "\"event\":\"smtp.close\""));
}

}  // namespace sandpost::tests
