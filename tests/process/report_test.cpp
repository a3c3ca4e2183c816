// `sandpost learn`, and the report of it.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

const std::string lab_lines =
    "helo ntut.edu.tw\nMAIL FROM: <s9360511@ntut.edu.tw>\nRCPT TO: <s9360511@ntut.edu.tw>\nDATA\n"
    "Subject: x\n\nhello\n.\nQUIT\nuser s9360511\npass sandbox\nLIST\nRETR 1\nDELE 1\nLIST\nQUIT\n";

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
  const Finished again = run({"report", "--state-dir", state, "-o", json});
  CHECK(again.status == 1);
  CHECK_MESSAGE(contains(again.errors, "--force"), again.errors);
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
