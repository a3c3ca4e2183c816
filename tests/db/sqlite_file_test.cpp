// Mailbox files that are not opened: what is refused, in which words, and that nothing is touched
// then.

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include "db/sqlite/schema.hpp"
#include "db/sqlite/sqlite_store.hpp"
#include "tests/db/child_process.hpp"
#include "tests/db/mailbox_file.hpp"
#include "tests/db/samples.hpp"
#include "tests/support/temporary_folder.hpp"

namespace sandpost::db {
namespace {

namespace fs = std::filesystem;

constexpr const char* in_use =
    "another sandpost, or another program, is using it; end that one or choose another --db";
constexpr const char* not_ours = "it is another program's SQLite database; choose another --db";

// The mailbox is refused with this reason, and its folder stays as it is, octet for octet.
void check_refused(const TemporaryFolder& folder, const std::string& path, const std::string& why) {
  const auto before = folder.contents();
  CHECK(refusal(path) == "cannot open the mailbox " + path + ": " + why);
  CHECK(folder.contents() == before);
}

void check_damaged(const TemporaryFolder& folder, const std::string& path) {
  const auto before = folder.contents();
  const std::string said = refusal(path);
  CAPTURE(said);
  CHECK(said.starts_with("cannot open the mailbox " + path + ": it is damaged ("));
  CHECK(said.ends_with("); put back a copy of it or choose another --db"));
  CHECK(said.find('\n') == std::string::npos);
  CHECK(folder.contents() == before);
}

// Another program begins a database with `sql`, writes on, and is killed before it commits: its
// rollback journal stands beside it.
void die_while_writing(const std::string& path, const std::string& sql) {
  ChildProcess child([&](ChildProcess&) {
    SQLite::Database other(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("PRAGMA cache_size = 1; PRAGMA cache_spill = 1;" + sql);
    other.exec(
        "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT i + 1 FROM n LIMIT 999)"
        " SELECT randomblob(900) FROM n");
    raise(SIGKILL);
  });
  child.wait();
  REQUIRE(fs::file_size(path + "-journal") > 0);
}

void patch(const std::string& path, std::size_t offset, const std::string& octets) {
  std::string content = TemporaryFolder::read(path);
  REQUIRE(offset + octets.size() <= content.size());
  TemporaryFolder::write(path, content.replace(offset, octets.size(), octets));
}

TEST_CASE("mailbox file: an empty name is refused") {
  CHECK(refusal("") == "cannot open the mailbox: its name is empty; give --db a file name");
}

TEST_CASE("mailbox file: a missing folder is refused") {
  const TemporaryFolder folder;
  check_refused(
      folder, folder.file("none/mail.db"),
      "the folder " + folder.file("none") + " does not exist; create it or choose another --db");
}

TEST_CASE("mailbox file: a file in the place of the folder is refused") {
  const TemporaryFolder folder;
  TemporaryFolder::write(folder.file("file"), "text");
  check_refused(folder, folder.file("file/mail.db"),
                folder.file("file") + " is not a folder; choose another --db");
}

TEST_CASE("mailbox file: a folder is refused") {
  const TemporaryFolder folder;
  check_refused(folder, folder.path(),
                "it is a folder; name a file in it, such as --db " + folder.file("mail.db"));
}

TEST_CASE("mailbox file: a pipe is refused, and not waited for") {
  const TemporaryFolder folder;
  REQUIRE(mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  check_refused(folder, folder.file("pipe"), "it is not an ordinary file; choose another --db");
}

TEST_CASE("mailbox file: a file of another kind is refused") {
  const TemporaryFolder folder;
  const std::string path = folder.file("notes.txt");
  for (const std::string& content :
       {std::string("x"), std::string("Dear diary\n"), std::string(10'000, '\0'),
        std::string(50'000, 'x'), std::string("SQLite format 2")}) {
    TemporaryFolder::write(path, content);
    check_refused(folder, path, "it is a file of another kind, not a mailbox; choose another --db");
  }
}

TEST_CASE("mailbox file: another program's database is refused, even with our tables") {
  const TemporaryFolder folder;
  const std::string path = folder.file("other.db");
  const int create = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
  {
    SQLite::Database other(path, create);
    other.exec(schema_sql);
    other.exec("PRAGMA user_version = 1; PRAGMA application_id = 0");
  }
  check_refused(folder, path, not_ours);
  SQLite::Database(path, create).exec("PRAGMA application_id = 1; PRAGMA journal_mode = WAL");
  check_refused(folder, path, not_ours);
}

TEST_CASE("mailbox file: another program's database is not rolled back") {
  const TemporaryFolder folder;
  const std::string path = folder.file("other.db");
  die_while_writing(path, "CREATE TABLE t (x); BEGIN");
  check_refused(folder, path, not_ours);
}

TEST_CASE("mailbox file: a creation that the power cut short begins again") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  die_while_writing(path, "BEGIN; CREATE TABLE t (x)");
  patch(path, 0, std::string(4096, '\0'));
  CHECK(refusal(path) == "opened");
  CHECK(folder.contents().size() == 1);
  CHECK(commit_one(*open_sqlite_file(path, noon).value(), sample({"ada"})) == 1);
}

TEST_CASE("mailbox file: another program's database whose start is lost is not taken over") {
  const TemporaryFolder folder;
  const std::string path = folder.file("other.db");
  die_while_writing(path, "CREATE TABLE t (x); BEGIN; PRAGMA user_version = 3");
  patch(path, 0, std::string(4096, '\0'));
  CHECK(refusal(path) == "cannot open the mailbox " + path + ": " + not_ours);
}

TEST_CASE("mailbox file: a newer schema is refused") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  patch(path, 60, std::string("\0\0\0\7", 4));
  check_refused(
      folder, path,
      "a newer sandpost wrote it (schema 7; this one knows 3); use the newer one or choose "
      "another --db");
}

TEST_CASE("mailbox file: a mailbox without a schema version is damaged") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  patch(path, 60, std::string(4, '\0'));
  check_damaged(folder, path);
}

TEST_CASE("mailbox file: one that is cut off anywhere is damaged") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  const std::string whole = TemporaryFolder::read(path);
  for (const std::size_t size : {std::size_t{50}, std::size_t{100}, std::size_t{4000}, page_size,
                                 whole.size() / 2, whole.size() - page_size, whole.size() - 1}) {
    CAPTURE(size);
    TemporaryFolder::write(path, whole.substr(0, size));
    check_damaged(folder, path);
  }
}

TEST_CASE("mailbox file: garbage inside is damage") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  const std::string whole = TemporaryFolder::read(path);
  const std::string garbage(3000, '\xa5');
  for (std::size_t page = 1; page < 8; ++page) {
    CAPTURE(page);
    TemporaryFolder::write(path, whole);
    patch(path, page * page_size, garbage);
    check_damaged(folder, path);
  }
  TemporaryFolder::write(path, whole);
  patch(path, 16, "\x11\x11");
  check_damaged(folder, path);
  TemporaryFolder::write(path, whole);
  patch(path, 100, garbage);
  check_damaged(folder, path);
}

TEST_CASE("mailbox file: above 64 MiB the file is not read through, but its length is checked") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  const auto small = fs::file_size(path);
  const auto make_garbage = [&] {
    patch(path, small / 2 / page_size * page_size, std::string(page_size, '\xa5'));
  };
  make_garbage();
  check_damaged(folder, path);

  fs::remove(path);
  const std::string big = make_mailbox(folder);
  SQLite::Database(big, SQLite::OPEN_READWRITE)
      .exec(
          "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;"
          "CREATE TABLE ballast (octets); INSERT INTO ballast VALUES (zeroblob(64 << 20));"
          "DROP TABLE ballast; PRAGMA journal_mode = WAL");
  REQUIRE(fs::file_size(big) > (64U << 20U));
  make_garbage();
  CHECK(refusal(big) == "opened");
  fs::resize_file(big, fs::file_size(big) - 1);
  CHECK(refusal(big).find("it is damaged (it is cut off)") != std::string::npos);
}

TEST_CASE("mailbox file: a missing table is damage") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("DROP TABLE account");
  check_damaged(folder, path);
}

TEST_CASE("mailbox file: a damaged mailbox keeps what its killed program left beside it") {
  const TemporaryFolder folder;
  const std::string path = make_killed_mailbox(folder);
  patch(path, fs::file_size(path) / 2 / page_size * page_size, std::string(page_size, '\xa5'));
  check_damaged(folder, path);
}

TEST_CASE("mailbox file: nothing is touched behind a symbolic link either") {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  const std::string path = make_killed_mailbox(folder);
  patch(path, fs::file_size(path) / 2 / page_size * page_size, std::string(page_size, '\xa5'));
  fs::create_symlink(path, elsewhere.file("link"));
  const auto before = folder.contents();
  CHECK(refusal(elsewhere.file("link")).find("it is damaged") != std::string::npos);
  CHECK(folder.contents() == before);
}

TEST_CASE("mailbox file: a newer mailbox keeps what its killed program left beside it") {
  const TemporaryFolder folder;
  const std::string path = make_killed_mailbox(folder);
  patch(path, 60, std::string("\0\0\0\7", 4));
  const auto before = folder.contents();
  CHECK(refusal(path).find("a newer sandpost wrote it") != std::string::npos);
  CHECK(folder.contents() == before);
}

TEST_CASE("mailbox file: one that may not be written is refused") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  const auto before = folder.contents();
  REQUIRE(chmod(folder.path().c_str(), 0777) == 0);
  for (const mode_t mode : {0444U, 0222U, 0U}) {
    REQUIRE(chmod(path.c_str(), mode) == 0);
    CHECK(as_ordinary_user([&] { return refusal(path); }) ==
          "cannot open the mailbox " + path +
              ": you may not read and write it; change its permissions or choose another --db");
  }
  REQUIRE(chmod(path.c_str(), 0600) == 0);
  CHECK(folder.contents() == before);
}

TEST_CASE("mailbox file: a folder in which nothing may be written is refused") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  const auto before = folder.contents();
  REQUIRE(chmod(path.c_str(), 0666) == 0);
  REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
  for (const std::string& name : {path, folder.file("new.db")}) {
    CHECK(as_ordinary_user([&] { return refusal(name); }) ==
          "cannot open the mailbox " + name + ": you may not write in the folder " + folder.path() +
              "; change its permissions or choose another --db");
  }
  REQUIRE(chmod(folder.path().c_str(), 0700) == 0);
  CHECK(folder.contents() == before);
}

TEST_CASE("mailbox file: one that another process has open is refused") {
  const TemporaryFolder folder;
  const std::string path = make_mailbox(folder);
  ChildProcess child([&](ChildProcess& self) {
    const auto store = open_sqlite_file(path, noon).value();
    self.say("open");
    self.hear();
  });
  REQUIRE(child.hear() == "open");
  check_refused(folder, path, in_use);
  child.stop();
  CHECK(refusal(path) == "opened");
}

TEST_CASE("mailbox file: a second open in one process is refused and unlocks nothing") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  ChildProcess other([&](ChildProcess& self) {
    self.hear();
    self.say(refusal(path));
  });
  const auto store = open_sqlite_file(path, noon).value();
  CHECK(refusal(path) == "cannot open the mailbox " + path + ": " + in_use);
  other.say("now you");
  CHECK(other.hear() == "cannot open the mailbox " + path + ": " + in_use);
  CHECK(commit_one(*store, sample({"ada"})) == 1);
}

TEST_CASE("mailbox file: a failed creation leaves no file") {
  const TemporaryFolder folder;
  const std::string path = folder.file("mail.db");
  const auto store = open_sqlite_file(path, noon, SqliteOptions{2});
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error() == "cannot open the mailbox " + path +
                             ": there is no room left; make room or choose another --db");
  CHECK(folder.contents().empty());
}

TEST_CASE("mailbox file: an error is one line whatever the name holds") {
  const TemporaryFolder folder;
  const std::string said = refusal(folder.file("a\nb\x1b[1m/mail.db"));
  CHECK(said.find('\n') == std::string::npos);
  CHECK(said.find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace sandpost::db
