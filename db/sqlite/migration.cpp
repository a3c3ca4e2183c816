#include "db/sqlite/migration.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

#include "db/sqlite/schema.hpp"

namespace sandpost::db {
namespace {

void create_schema(SQLite::Database& database, Time now) {
  database.exec(schema_sql);
  SQLite::Statement insert(database, "INSERT INTO mailbox (only_row, created_at) VALUES (1, ?1)");
  insert.bind(1, std::int64_t{now.time_since_epoch().count()});
  insert.exec();
}

// Version 2: what of a content is more than its first piece (content_piece in db/store.hpp), each
// piece under the offset of its first octet.
void add_pieces(SQLite::Database& database, Time /*now*/) {
  database.exec(
      "CREATE TABLE piece ("
      "  number INTEGER NOT NULL REFERENCES message (number) ON DELETE CASCADE,"
      "  offset INTEGER NOT NULL,"
      "  octets BLOB    NOT NULL,"
      "  PRIMARY KEY (number, offset)"
      ") STRICT");
}

// Version 3: a commit writes as few pages as it can. The highest number stands in the mailbox's
// row, and is written only when deleting would lose it; AUTOINCREMENT wrote it for every message.
// Of a message in one maildrop nothing says that it is the only one; and what is still to come is
// rarely asked for, so that no index lists it.
//
// The messages stay where they are: AUTOINCREMENT is but a word in the table's text, and changes
// nothing in its rows (sqlite.org/lang_altertable.html, section 7).
void write_fewer_pages(SQLite::Database& database, Time /*now*/) {
  database.exec(
      "ALTER TABLE mailbox ADD COLUMN last_number INTEGER NOT NULL DEFAULT 0;"
      "UPDATE mailbox SET last_number ="
      "  coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'message'), 0);"
      "CREATE TABLE delivery_of_version_3 ("
      "  maildrop   TEXT    NOT NULL,"
      "  number     INTEGER NOT NULL,"
      "  deliver_at INTEGER NOT NULL,"
      "  octets     INTEGER NOT NULL,"
      "  shared     INTEGER NOT NULL,"  // 1: other maildrops have got the message, too
      "  PRIMARY KEY (maildrop, number)"
      ") STRICT, WITHOUT ROWID;"
      "INSERT INTO delivery_of_version_3 (maildrop, number, deliver_at, octets, shared)"
      "  SELECT maildrop, number, deliver_at, octets, 1 FROM delivery ORDER BY maildrop, number;"
      "DROP TABLE delivery;"
      "ALTER TABLE delivery_of_version_3 RENAME TO delivery;"
      // Tells whether a message's last delivery is gone.
      "CREATE INDEX delivery_shared ON delivery (number) WHERE shared;"
      "PRAGMA writable_schema = ON;"
      "UPDATE sqlite_schema SET sql = replace(sql, ' AUTOINCREMENT', '')"
      "  WHERE type = 'table' AND name = 'message'");
  const std::int64_t cookie = database.execAndGet("PRAGMA schema_version").getInt64();
  database.exec(
      fmt::format("PRAGMA schema_version = {}; PRAGMA writable_schema = OFF", cookie + 1));
}

constexpr std::array<MigrationStep, 3> all_steps{create_schema, add_pieces, write_fewer_pages};

}  // namespace

std::span<const MigrationStep> migration_steps() {
  return all_steps;
}

void migrate(SQLite::Database& database, std::span<const MigrationStep> steps, Time now) {
  for (;;) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::EXCLUSIVE);
    const std::size_t version = schema_version(database);
    if (version >= steps.size()) return;
    steps[version](database, now);
    // A pragma takes no bound parameters.
    database.exec(fmt::format("PRAGMA user_version = {}", version + 1));
    transaction.commit();
  }
}

std::uint32_t schema_version(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getUInt();
}

}  // namespace sandpost::db
