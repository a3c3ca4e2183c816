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

constexpr std::array<MigrationStep, 2> all_steps{create_schema, add_pieces};

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
