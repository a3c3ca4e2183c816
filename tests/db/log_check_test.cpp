// Logs as crashes leave them, and logs that were damaged.

#include "db/sqlite/log_check.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "tests/db/mailbox_file.hpp"

namespace sandpost::db {
namespace {

constexpr std::size_t frame_size = 24 + page_size;

// The path of a killed mailbox's log: `letters` commits, of one or more frames each, behind what
// was copied into the file and is now written over.
std::string make_log(const TemporaryFolder& folder, int letters) {
  const std::string path = make_mailbox(folder);
  ChildProcess child([&](ChildProcess&) {
    const auto store = open_sqlite_file(path, noon).value();
    for (int i = 0; i < letters; ++i)
      commit_one(*store, sample({"ada"}));
    raise(SIGKILL);
  });
  child.wait();
  return path + "-wal";
}

// The log's octets with `length` of them turned over.
std::string damaged(std::string log, std::size_t at, std::size_t length) {
  for (std::size_t i = at; i < std::min(at + length, log.size()); ++i)
    log[i] = static_cast<char>(~log[i]);
  return log;
}

bool lost(const TemporaryFolder& folder, const std::string& log) {
  const std::string path = folder.file("log");
  TemporaryFolder::write(path, log);
  return log_lost_commits(path);
}

TEST_CASE("mailbox log: damage in its middle lost letters without a word") {
  const TemporaryFolder folder;
  const std::string log = TemporaryFolder::read(make_log(folder, 30));
  REQUIRE(log.size() > 30 * frame_size);
  CHECK_FALSE(lost(folder, log));
  CHECK(lost(folder, damaged(log, log.size() / 2, 50)));
  CHECK(lost(folder, damaged(log, 32 + 24 + 5, 1)));               // the first page
  CHECK(lost(folder, damaged(log, 32 + 3 * frame_size + 16, 8)));  // a frame's sum
}

TEST_CASE("mailbox log: what a crash leaves is no damage") {
  const TemporaryFolder folder;
  const std::string log = TemporaryFolder::read(make_log(folder, 30));
  const std::size_t frames = (log.size() - 32) / frame_size;
  for (const std::size_t cut : {log.size() - 1, log.size() - page_size, log.size() - frame_size,
                                log.size() / 2, std::size_t{33}, std::size_t{10}, std::size_t{0}}) {
    CAPTURE(cut);
    CHECK_FALSE(lost(folder, log.substr(0, cut)));
  }
  // The last transaction is not synced yet: any of its frames can be missing.
  CHECK_FALSE(lost(folder, damaged(log, 32 + (frames - 1) * frame_size, frame_size)));
  CHECK_FALSE(lost(folder, damaged(log, log.size() - 100, 50)));
  // Frames of the generation before, whose salts are others, behind the end.
  std::string older = log.substr(32);
  for (std::size_t at = 8; at < older.size(); at += frame_size)
    older[at + 3] = static_cast<char>(older[at + 3] - 1);
  CHECK_FALSE(lost(folder, log + older));
  // The log's own header tells nothing when it is damaged.
  CHECK_FALSE(lost(folder, damaged(log, 9, 1)));
  CHECK_FALSE(log_lost_commits(folder.file("none")));
}

TEST_CASE("mailbox log: what was rolled back and partly written over is no damage") {
  const TemporaryFolder folder;
  const std::string log = TemporaryFolder::read(make_log(folder, 3));
  // Frames of the same generation, none of which ends a transaction.
  std::string frame = log.substr(32, frame_size);
  frame.replace(4, 4, 4, '\0');
  CHECK_FALSE(lost(folder, log + frame + frame + frame));
}

}  // namespace
}  // namespace sandpost::db
