#include "db/sqlite/connection.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <system_error>

#include "base/log.hpp"
#include "db/sqlite/errors.hpp"
#include "db/sqlite/file_check.hpp"
#include "db/sqlite/log_check.hpp"
#include "db/sqlite/migration.hpp"

namespace sandpost::db {
namespace {

// Reading a file of this size takes less than half a second; a larger one gets the cheap checks
// only.
constexpr std::int64_t largest_full_check = 64 << 20;

// Several usual messages fit in a page, and a large one takes few: each page that a commit writes
// costs two calls for the log and two more to copy it into the file.
constexpr const char* set_page_size = "PRAGMA page_size = 16384";

// In KiB, where negative. SQLite's 2 MiB hold no maildrop of large letters: each page would be read
// from the file again for each client.
constexpr const char* set_cache = "PRAGMA cache_size = -32768";

constexpr const char* lock_exclusively = "PRAGMA locking_mode = EXCLUSIVE";

constexpr int read_write = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

// SQLite counts its memory under a mutex at each allocation, and nobody asks for the sum. It has no
// effect where SQLite is in use already.
void stop_counting_memory() {
  static const int status = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(status);
}

void set_common(SQLite::Database& database, const SqliteOptions& options) {
  database.exec("PRAGMA foreign_keys = ON");
  // Overwriting what is deleted would need room in the log just when there is none.
  database.exec("PRAGMA secure_delete = OFF");
  database.exec(set_page_size);
  if (options.most_pages > 0) {
    database.exec(fmt::format("PRAGMA max_page_count = {}", options.most_pages));
  }
}

std::int64_t pragma_number(SQLite::Database& database, const char* pragma) {
  return database.execAndGet(pragma).getInt64();
}

bool is_blank(SQLite::Database& database) {
  return schema_version(database) == 0 &&
         database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() == 0;
}

// Whether the file ends before its last page. What is still in the -wal is not in the file.
bool is_cut_off(const MailboxFile& file, std::int64_t database_size) {
  std::error_code error;
  const auto wal_size = std::filesystem::file_size(file.path + "-wal", error);
  if (!error && wal_size > 0) return false;
  const auto file_size = std::filesystem::file_size(file.path, error);
  return !error && static_cast<std::int64_t>(file_size) < database_size;
}

// The checks that need the lock: nobody writes meanwhile. Empty if all is well.
std::string check_content(SQLite::Database& database, const std::string& shown_path,
                          const MailboxFile& file) {
  if (pragma_number(database, "PRAGMA application_id") != application_id) {
    return open_error(shown_path, "it is another program's SQLite database", "choose another --db");
  }
  if (schema_version(database) == 0) return damaged_error(shown_path, "it has no schema version");
  const std::int64_t size =
      pragma_number(database, "PRAGMA page_count") * pragma_number(database, "PRAGMA page_size");
  if (is_cut_off(file, size)) return damaged_error(shown_path, "it is cut off");
  if (size > largest_full_check) return {};
  const std::string finding = database.execAndGet("PRAGMA quick_check(1)").getString();
  return finding == "ok" ? std::string() : damaged_error(shown_path, finding);
}

// Empty if the mailbox is ready, else why it is not.
std::string prepare_file(SQLite::Database& database, const std::string& shown_path,
                         const MailboxFile& file, Time now, const SqliteOptions& options) {
  if (sqlite3_db_readonly(database.getHandle(), "main") != 0) {
    return open_error(shown_path, "it can only be read",
                      "change its permissions or choose another --db");
  }
  // Before the first access in WAL mode, which many a pragma is already: SQLite then needs no -shm
  // file, and nobody else gets in.
  if (file.wal_mode) database.exec(lock_exclusively);
  set_common(database, options);
  database.exec("PRAGMA synchronous = FULL");
  database.exec(set_cache);
  // A new mailbox gets its schema under the rollback journal, so that the file itself says from its
  // first moment whose it is. The same read rolls back what an interrupted creation has left.
  if (!file.wal_mode && is_blank(database)) migrate(database, migration_steps(), now);

  database.exec(lock_exclusively);
  {
    SQLite::Transaction lock(database, SQLite::TransactionBehavior::EXCLUSIVE);
    std::string refusal = check_content(database, shown_path, file);
    if (!refusal.empty()) return refusal;
    lock.commit();
  }
  if (log_lost_commits(file.path + "-wal")) {
    log::error(
        fmt::format("the mailbox {} lost letters: its log is damaged, and what was stored "
                    "behind that place cannot be read; check the disk",
                    shown_path));
  }
  const std::string mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode != "wal") {
    return open_error(shown_path, "its file system cannot hold a write-ahead log",
                      "choose another --db");
  }
  migrate(database, migration_steps(), now);
  return {};
}

// For its owner alone: in it are letters, and what passwords can be guessed from. SQLite would make
// it for all whom the umask lets; its log and journal take the file's own mode. Where this fails,
// SQLite fails as well, and says why. False: somebody else was quicker, or it failed.
bool create_private(const std::string& path) {
  const int made = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  return made >= 0 && close(made) == 0;
}

// The caller holds the lock: nobody else can have begun to fill the file.
void discard_if_empty(const std::string& path) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) == 0 && !error) std::filesystem::remove(path, error);
}

}  // namespace

Result<std::unique_ptr<SQLite::Database>, std::string> connect_to_file(
    const std::string& path, Time now, const SqliteOptions& options) {
  stop_counting_memory();
  const auto known_version = static_cast<std::uint32_t>(migration_steps().size());
  const auto file = check_file(path, known_version);
  if (!file) return Failure<std::string>(file.error());

  const bool created = !file->exists && create_private(file->path);
  std::unique_ptr<SQLite::Database> database;
  try {
    const int flags = file->exists ? read_write : read_write | SQLITE_OPEN_CREATE;
    database = std::make_unique<SQLite::Database>(file->path, flags);
    // Without a -wal there is nothing to keep, and closing removes the empty one that reading
    // makes.
    checkpoint_on_close(*database, !file->has_wal);
    const std::string refusal = prepare_file(*database, path, *file, now, options);
    if (!refusal.empty()) return Failure<std::string>(refusal);
    return database;
  } catch (const SQLite::Exception& error) {
    if ((database || created) && !file->exists && !is_busy(error)) discard_if_empty(file->path);
    return Failure<std::string>(open_error(path, error));
  }
}

std::unique_ptr<SQLite::Database> connect_to_memory(Time now, const SqliteOptions& options) {
  auto database = std::make_unique<SQLite::Database>(":memory:", read_write | SQLITE_OPEN_CREATE);
  set_common(*database, options);
  // Nothing of it is ever on a disk.
  database->exec("PRAGMA synchronous = OFF");
  migrate(*database, migration_steps(), now);
  return database;
}

void checkpoint_on_close(SQLite::Database& database, bool enabled) {
  sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, enabled ? 0 : 1,
                    nullptr);
}

}  // namespace sandpost::db
