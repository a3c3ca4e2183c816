// Mailbox files that are opened: under which names, how they are set up, and what is left of them.

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "db/sqlite/connection.hpp"
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

TEST_CASE("mailbox file: one of schema 1 keeps its letters, and takes large ones from now on") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  REQUIRE(commit_one(*open_sqlite_file(path, noon).value(), sample({"ada"})) == 1);
  {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    database.exec("DROP TABLE piece");
    database.exec("PRAGMA user_version = 1");
  }
  const auto store = open_sqlite_file(path, noon).value();
  CHECK(whole_content(*store, "ada", 1) == "Subject: hi\r\n\r\nHello.\r\n");
  const std::string large = std::string(2 * content_piece, 'x') + "\r\n";
  REQUIRE(commit_one(*store, sample({"ada"}, noon, large)) == 2);
  CHECK(whole_content(*store, "ada", 2) == large);
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
    CHECK(pragma("wal_autocheckpoint") == "200");
    CHECK(pragma("foreign_keys") == "1");
    CHECK(pragma("page_size") == "4096");
    CHECK(pragma("application_id") == std::to_string(0x73706F73));
    CHECK(pragma("user_version") == "2");
    CHECK_FALSE(fs::exists(path + "-shm"));
    CHECK_FALSE(fs::exists(path + "-journal"));
  };
  check();
  check();
}

}  // namespace
}  // namespace sandpost::db
