// Mailbox files that are opened: under which names, how they are set up, and what is left of them.

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "db/sqlite/connection.hpp"
#include "db/sqlite/schema.hpp"
#include "db/sqlite/sqlite_store.hpp"
#include "tests/db/child_process.hpp"
#include "tests/db/mailbox_file.hpp"
#include "tests/db/samples.hpp"
#include "tests/support/temporary_folder.hpp"

namespace sandpost::db {
namespace {

namespace fs = std::filesystem;

TEST_CASE("mailbox file: a killed mailbox is one file again when it is closed") {
  const TemporaryFolder folder;
  const std::string path = make_killed_mailbox(folder);
  CHECK(refusal(path) == "opened");
  CHECK(folder.contents().size() == 1);
}

TEST_CASE("mailbox file: letters and password hashes were there for everybody to read") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  const mode_t usual = umask(022);
  {
    const auto store = open_sqlite_file(path, noon).value();
    commit_one(*store, sample({"ada"}));
    umask(usual);
    const auto for_owner = fs::perms::owner_read | fs::perms::owner_write;
    CHECK(fs::status(path).permissions() == for_owner);
    CHECK(fs::status(path + "-wal").permissions() == for_owner);
  }
  // Whoever has opened it to others had a reason.
  const auto for_group = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read;
  fs::permissions(path, for_group);
  CHECK(refusal(path) == "opened");
  CHECK(fs::status(path).permissions() == for_group);
}

TEST_CASE("mailbox file: an empty file becomes a mailbox") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  TemporaryFolder::write(path, "");
  CHECK(refusal(path) == "opened");
  CHECK(TemporaryFolder::read(path).substr(68, 4) == "spos");
}

TEST_CASE("mailbox file: a closed mailbox is one file") {
  const TemporaryFolder folder;
  make_mailbox(folder);
  CHECK(folder.contents().size() == 1);
}

// A mailbox as schema 1 or 2 had it: letter 1 for ada and bob, letter 2 for ada; 3 and 4 are
// deleted.
std::string make_old_mailbox(const TemporaryFolder& folder, int version) {
  const std::string path = folder.file("mail.db");
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(schema_sql);
  database.exec(
      "INSERT INTO mailbox VALUES (1, 1000);"
      "INSERT INTO message (accepted_at, reverse_path, trace, content) VALUES"
      " (0, 'x@y', x'5431', x'6F6E65'), (0, 'x@y', x'5432', x'74776F'),"
      " (0, '', x'', x''), (0, '', x'', x'');"
      "DELETE FROM message WHERE number > 2;"
      "INSERT INTO delivery VALUES ('ada', 1, 0, 5), ('bob', 1, 0, 5), ('ada', 2, 9, 5);");
  if (version == 2) {
    database.exec(
        "CREATE TABLE piece ("
        "  number INTEGER NOT NULL REFERENCES message (number) ON DELETE CASCADE,"
        "  offset INTEGER NOT NULL,"
        "  octets BLOB    NOT NULL,"
        "  PRIMARY KEY (number, offset)"
        ") STRICT;"
        "INSERT INTO piece VALUES (1, 3, x'206D6F7265'); UPDATE delivery SET octets = 10 WHERE "
        "number = "
        "1");
  }
  database.exec("PRAGMA user_version = " + std::to_string(version));
  return path;
}

TEST_CASE(
    "mailbox file: one of an older schema keeps its letters, and takes large ones from now on") {
  for (const int version : {1, 2}) {
    CAPTURE(version);
    const TemporaryFolder folder;
    const std::string path = make_old_mailbox(folder, version);
    for (int opened = 0; opened < 2; ++opened) {
      const auto store = open_sqlite_file(path, noon).value();
      CHECK(whole_content(*store, "ada", 1) == (version == 2 ? "one more" : "one"));
      CHECK(whole_content(*store, "bob", 1) == (version == 2 ? "one more" : "one"));
      CHECK(store->message("ada", 2).value().trace == "T2");
      CHECK(store->snapshot("ada", Time(std::chrono::milliseconds{8}))->size() == 1);
      CHECK(store->queue(Time(std::chrono::milliseconds{8}))->size() == 1);
    }
    const auto store = open_sqlite_file(path, noon).value();
    const std::string large = std::string(2 * content_piece, 'x') + "\r\n";
    REQUIRE(commit_one(*store, sample({"ada"}, noon, large)) == 5);
    CHECK(whole_content(*store, "ada", 5) == large);
    CHECK(store->remove("ada", std::vector<mail::QueueNumber>{1, 2, 5}).value() == 3);
    CHECK(whole_content(*store, "bob", 1) == (version == 2 ? "one more" : "one"));
    CHECK(store->content(2, 0).error().code == StoreErrorCode::gone);
    CHECK(commit_one(*store, sample({"ada"})) == 6);
  }
}

TEST_CASE("mailbox file: every name is taken literally") {
  for (const std::string name :
       {"two words.db", "what?.db", "a#b", "50%41.db", "\xc3\xa4\xe9\xba\xa6.db", "file:x.db",
        "file:x?mode=memory", ":memory:", "file::memory:", "-v", "'\"", "?vfs=none&immutable=1"}) {
    CAPTURE(name);
    const TemporaryFolder folder;
    CHECK(commit_one(*open_sqlite_file(folder.file(name), noon).value(), sample({"ada"})) == 1);
    ChildProcess child([&](ChildProcess& self) {
      if (chdir(folder.path().c_str()) != 0) return;
      const auto store = open_sqlite_file(name, noon).value();
      self.say(std::to_string(commit_one(*store, sample({"ada"}))));
    });
    CHECK(child.hear() == "2");
    child.wait();
    const auto files = folder.contents();
    CHECK(files.contains(name));
    CHECK(TemporaryFolder::read(folder.file(name)).substr(68, 4) == "spos");
  }
}

TEST_CASE("mailbox file: a symbolic link is followed") {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  fs::create_symlink(elsewhere.file("mail.db"), folder.file("link"));
  CHECK(commit_one(*open_sqlite_file(folder.file("link"), noon).value(), sample({"ada"})) == 1);
  CHECK(commit_one(*open_sqlite_file(elsewhere.file("mail.db"), noon).value(), sample({"ada"})) ==
        2);
  CHECK(fs::is_symlink(folder.file("link")));
  CHECK(folder.contents().size() == 1);
  fs::create_symlink("loop", folder.file("loop"));
  CHECK(refusal(folder.file("loop")) ==
        "cannot open the mailbox " + folder.file("loop") +
            ": Too many levels of symbolic links; choose another --db");
}

TEST_CASE("mailbox file: commits wait for the disk, and nobody else gets in") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  const auto check = [&] {
    const auto connection = connect_to_file(path, noon, {}).value();
    const auto pragma = [&](const std::string& name) {
      return connection->execAndGet("PRAGMA " + name).getString();
    };
    CHECK(pragma("journal_mode") == "wal");
    CHECK(pragma("synchronous") == "2");
    CHECK(pragma("locking_mode") == "exclusive");
    CHECK(pragma("foreign_keys") == "1");
    CHECK(pragma("page_size") == std::to_string(page_size));
    CHECK(pragma("application_id") == std::to_string(0x73706F73));
    CHECK(pragma("user_version") == "3");
    CHECK_FALSE(fs::exists(path + "-shm"));
    CHECK_FALSE(fs::exists(path + "-journal"));
  };
  check();
  check();
}

}  // namespace
}  // namespace sandpost::db
