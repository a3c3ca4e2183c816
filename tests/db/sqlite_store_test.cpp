// What a mailbox in a file keeps: over a restart, kill -9 at any moment, and errors while it runs.

#include "db/sqlite/sqlite_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "db/sqlite/errors.hpp"
#include "db/sqlite/migration.hpp"
#include "tests/db/child_process.hpp"
#include "tests/db/samples.hpp"
#include "tests/support/temporary_folder.hpp"

namespace sandpost::db {
namespace {

using std::chrono::seconds;
using Numbers = std::vector<mail::QueueNumber>;

std::unique_ptr<Store> open(const std::string& path, Time now = noon, SqliteOptions options = {}) {
  return open_sqlite_file(path, now, options).value();
}

std::string content_of(mail::QueueNumber number) {
  return std::string(500, 'x') + std::to_string(number) + "\r\n";
}

TEST_CASE("mailbox: everything is there after a restart") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  std::vector<ScanEntry> before;
  {
    const auto store = open(path);
    REQUIRE(store->put_account("ada", "secret").has_value());
    commit(*store, {sample({"ada"}, noon, content_of(1)), sample({"ada"}, noon + seconds(9))});
    before = store->snapshot("ada", noon).value();
  }
  const auto store = open(path, noon + seconds(1000));
  const auto after = store->snapshot("ada", noon).value();
  REQUIRE(after.size() == 1);
  CHECK(after[0].unique_id == before[0].unique_id);
  CHECK(after[0].octets == before[0].octets);
  CHECK(store->message("ada", 1).value().content == content_of(1));
  CHECK(store->queue(noon).value().size() == 1);
  CHECK(store->verify("ada", "secret").value());
  CHECK_FALSE(store->verify("ada", "wrong").value());
}

TEST_CASE("mailbox: a number is never given twice, over a restart of an emptied mailbox") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  {
    const auto store = open(path);
    commit(*store, {sample({"ada"}), sample({"ada"}), sample({"ada"})});
    REQUIRE(store->remove("ada", Numbers{1, 2, 3}).value() == 3);
  }
  CHECK(commit_one(*open(path), sample({"ada"})) == 4);
}

TEST_CASE("mailbox: a message goes with its last delivery") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  const auto messages = [&] {
    return SQLite::Database(path).execAndGet("SELECT count(*) FROM message").getInt();
  };
  commit_one(*open(path), sample({"ada", "bob"}));
  CHECK(open(path)->remove("ada", Numbers{1}).value() == 1);
  CHECK(messages() == 1);
  CHECK(open(path)->remove("bob", Numbers{1}).value() == 1);
  CHECK(messages() == 0);
}

TEST_CASE("mailbox: the newest number is not given again once its message is deleted") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  for (mail::QueueNumber number = 1; number < 5; ++number) {
    CHECK(commit_one(*open(path), sample({"ada"})) == number);
    CHECK(open(path)->remove("ada", Numbers{number}).value() == 1);
  }
}

TEST_CASE("mailbox: deleting in the wrong maildrop deletes nothing") {
  const TemporaryFolder folder;
  const auto store = open(folder.file("mail.db"));
  commit_one(*store, sample({"ada"}));
  CHECK(store->remove("bob", Numbers{1}).value() == 0);
  CHECK(whole_content(*store, "ada", 1) == whole_content(*store, "ada", 1));
  CHECK(shown(*store, "ada", noon) == Numbers{1});
}

TEST_CASE("mailbox: the log is copied into the file when it is told to tidy up, or is overfull") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  const auto store = open(path);
  store->tidy_up();
  const auto empty = std::filesystem::file_size(path);
  const std::string large(content_piece, 'x');
  for (int i = 0; i < 30; ++i)
    commit_one(*store, sample({"ada"}, noon, large));
  CHECK(std::filesystem::file_size(path) == empty);
  store->tidy_up();
  const auto tidied = std::filesystem::file_size(path);
  CHECK(tidied > empty + 30 * content_piece);
  for (int i = 0; i < 150; ++i)
    commit_one(*store, sample({"ada"}, noon, large));
  CHECK(std::filesystem::file_size(path) > tidied);
}

TEST_CASE("mailbox: no password is in the file") {
  const TemporaryFolder folder;
  REQUIRE(open(folder.file("mail.db"))->put_account("ada", "correct horse").has_value());
  CHECK(folder.contents().at("mail.db").find("ada") != std::string::npos);
  CHECK(folder.contents().at("mail.db").find("correct horse") == std::string::npos);
}

TEST_CASE("mailbox: an unchanged password is not written again") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  REQUIRE(open(path)->put_account("ada", "secret").has_value());
  const auto store = open(path);
  REQUIRE(store->put_account("ada", "secret").has_value());
  CHECK(std::filesystem::file_size(path + "-wal") == 0);
  REQUIRE(store->put_account("ada", "changed").has_value());
  CHECK(std::filesystem::file_size(path + "-wal") > 0);
}

TEST_CASE("mailbox: what was committed survives kill -9") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  constexpr int rounds = 20;
  for (mail::QueueNumber round = 1; round <= rounds; ++round) {
    CAPTURE(round);
    ChildProcess child([&](ChildProcess& self) {
      const auto store = open(path);
      const auto number = commit_one(*store, sample({"ada"}, noon, content_of(round)));
      self.say(std::to_string(number));
      raise(SIGKILL);
    });
    REQUIRE(child.hear() == std::to_string(round));
    child.wait();
    CHECK(open(path)->message("ada", round).value().content == content_of(round));
  }
  CHECK(shown(*open(path), "ada", noon).size() == rounds);
}

TEST_CASE("mailbox: killed amid a stream of commits, it has every acknowledged message") {
  constexpr int most = 20'000;
  for (int heard = 1; heard <= 301; heard += 50) {
    const TemporaryFolder folder;
    const std::string path = folder.file("mail.db");
    ChildProcess child([&](ChildProcess& self) {
      const auto store = open(path);
      for (mail::QueueNumber i = 1; i <= most; ++i) {
        self.say(std::to_string(commit_one(*store, sample({"ada"}, noon, content_of(i)))));
      }
    });
    std::string last;
    for (int i = 0; i < heard; ++i)
      last = child.hear();
    child.stop();
    for (std::string line = child.hear(); !line.empty(); line = child.hear())
      last = line;
    const mail::QueueNumber acknowledged = std::stoll(last);

    const auto store = open(path);
    const Numbers there = shown(*store, "ada", noon);
    // One more may be there: committed, and killed before it could say so.
    const auto count = static_cast<mail::QueueNumber>(there.size());
    CHECK(count >= acknowledged);
    CHECK(count <= acknowledged + 1);
    CHECK(there.back() == count);
    for (const mail::QueueNumber number : there) {
      REQUIRE(store->message("ada", number).value().content == content_of(number));
    }
    CHECK(commit_one(*store, sample({"ada"})) == count + 1);
  }
}

TEST_CASE("mailbox: killed at any moment of its creation, it can be opened") {
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    const TemporaryFolder folder;
    const std::string path = folder.file("mail.db");
    ChildProcess child([&](ChildProcess& self) {
      self.say("begin");
      const auto store = open_sqlite_file(path, noon);
      self.hear();
    });
    REQUIRE(child.hear() == "begin");
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(round * 150);
    while (std::chrono::steady_clock::now() < end) {
    }
    child.stop();
    const auto store = open_sqlite_file(path, noon);
    REQUIRE_MESSAGE(store.has_value(), store.error());
    CHECK(commit_one(**store, sample({"ada"})) == 1);
  }
}

TEST_CASE("mailbox: when full it says so, stores none of a batch, and works again with room") {
  const TemporaryFolder folder;
  const auto store = open(folder.file("mail.db"), noon, SqliteOptions{60});
  const std::string octets = std::string(20'000, 'x') + "\r\n";
  const Submission large = sample({"ada"}, noon, octets);
  mail::QueueNumber last = 0;
  StoreResult<Numbers> result = store->commit(std::vector<Submission>{large});
  for (; result && last < 100; result = store->commit(std::vector<Submission>{large})) {
    last = result->front();
  }
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == StoreErrorCode::full);
  REQUIRE(last > 2);

  REQUIRE(store->remove("ada", Numbers{1}).value() == 1);
  const std::vector<Submission> batch = {sample({"ada"}), large, large};
  const auto refused = store->commit(batch);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == StoreErrorCode::full);
  CHECK(shown(*store, "ada", noon).back() == last);

  CHECK(commit_one(*store, large) == last + 1);
  CHECK(whole_content(*store, "ada", last + 1) == octets);
}

TEST_CASE("mailbox: a write that fails is reported, and the next one works") {
  const TemporaryFolder folder;
  const auto store = open(folder.file("mail.db"));
  REQUIRE(commit_one(*store, sample({"ada"})) == 1);
  rlimit usual{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &usual) == 0);
  const rlimit small{std::filesystem::file_size(folder.file("mail.db-wal")), usual.rlim_max};
  const auto usual_handler = signal(SIGXFSZ, SIG_IGN);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto result = store->commit(std::vector<Submission>{sample({"ada"})});
  REQUIRE(setrlimit(RLIMIT_FSIZE, &usual) == 0);
  signal(SIGXFSZ, usual_handler);

  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == StoreErrorCode::busy);
  CHECK(commit_one(*store, sample({"ada"})) == 2);
  CHECK(shown(*store, "ada", noon) == Numbers{1, 2});
}

TEST_CASE("mailbox: an account that makes no sense is damage") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  REQUIRE(open(path)->put_account("ada", "secret").has_value());
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("UPDATE account SET salt = x'00'");
  CHECK(open(path)->verify("ada", "secret").error().code == StoreErrorCode::damaged);
}

TEST_CASE("mailbox: SQLite's codes become the store's") {
  const auto code = [](int sqlite_code) {
    return to_store_error(SQLite::Exception("", sqlite_code)).code;
  };
  CHECK(code(SQLITE_FULL) == StoreErrorCode::full);
  CHECK(code(SQLITE_TOOBIG) == StoreErrorCode::full);
  CHECK(code(SQLITE_CORRUPT) == StoreErrorCode::damaged);
  CHECK(code(SQLITE_CORRUPT_INDEX) == StoreErrorCode::damaged);
  CHECK(code(SQLITE_NOTADB) == StoreErrorCode::damaged);
  CHECK(code(SQLITE_IOERR_FSYNC) == StoreErrorCode::busy);
  CHECK(code(SQLITE_NOMEM) == StoreErrorCode::busy);
}

void make_table(SQLite::Database& database, Time) {
  database.exec("CREATE TABLE first (x)");
}
void make_second(SQLite::Database& database, Time) {
  database.exec("CREATE TABLE second (x)");
}
void fail_halfway(SQLite::Database& database, Time) {
  database.exec("CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)");
}

TEST_CASE("migration: only the missing steps run") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  const std::vector<MigrationStep> steps = {make_table, make_second};
  migrate(database, std::span(steps).first(1), noon);
  CHECK(schema_version(database) == 1);
  CHECK_FALSE(database.tableExists("second"));
  migrate(database, steps, noon);
  migrate(database, steps, noon);
  CHECK(schema_version(database) == 2);
  CHECK(database.tableExists("second"));
}

TEST_CASE("migration: a step that fails leaves the version before it, whole") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  const std::vector<MigrationStep> steps = {make_table, fail_halfway, make_second};
  CHECK_THROWS_AS(migrate(database, steps, noon), SQLite::Exception);
  CHECK(schema_version(database) == 1);
  CHECK(database.tableExists("first"));
  CHECK_FALSE(database.tableExists("half"));
}

TEST_CASE("mailbox: a large content goes with its message, to the last piece") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  const std::string large = std::string(5 * content_piece, 'x') + "\r\n";
  {
    const auto store = open(path);
    REQUIRE(commit_one(*store, sample({"ada", "ben"}, noon, large)) == 1);
    REQUIRE(store->remove("ada", Numbers{1}).value() == 1);
  }
  const auto store = open(path);
  CHECK(whole_content(*store, "ben", 1) == large);
  REQUIRE(store->remove("ben", Numbers{1}).value() == 1);
  CHECK(store->content(1, content_piece).error().code == StoreErrorCode::gone);
}

TEST_CASE("mailbox: a letter that came through a file is stored octet for octet") {
  const TemporaryFolder folder;
  const auto store = open(folder.file("mail.db"));
  std::string large;
  for (int i = 0; large.size() < 3 * content_piece; ++i)
    large += "line " + std::to_string(i) + "\r\n";
  Submission submission = sample({"ada"});
  submission.content = Spool({1000, folder.path()});
  for (std::size_t at = 0; at < large.size(); at += 10'007)
    submission.content.append(large.substr(at, 10'007));
  REQUIRE_FALSE(submission.content.in_memory());
  REQUIRE(commit_one(*store, submission) == 1);
  CHECK(whole_content(*store, "ada", 1) == large);
}

}  // namespace
}  // namespace sandpost::db
