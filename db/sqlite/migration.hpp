#pragma once
// From any older schema to the newest, one step after the other. The version is PRAGMA
// user_version.
//
// Threads: the store's. SQLite's errors leave as SQLite::Exception.

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <span>

#include "base/time.hpp"

namespace sandpost::db {

// Makes version i + 1 out of version i, where i is its place in the list. Runs in a transaction.
// `now` is for the step that creates the mailbox.
using MigrationStep = void (*)(SQLite::Database& database, Time now);

// Version 1 is the first. A new schema is one more entry, never a change of an old one.
[[nodiscard]] std::span<const MigrationStep> migration_steps();

// Runs the steps that are missing, each with its version number in one transaction: a failure
// leaves the version before it, whole.
void migrate(SQLite::Database& database, std::span<const MigrationStep> steps, Time now);

// PRAGMA user_version: 0 for a database in which no step has run.
[[nodiscard]] std::uint32_t schema_version(SQLite::Database& database);

}  // namespace sandpost::db
