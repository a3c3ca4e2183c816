#pragma once
// The connection to a mailbox: opened, checked, locked, set up and with the newest schema.
//
// Threads: a connection belongs to one thread at a time (NOMUTEX).

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "db/sqlite/sqlite_store.hpp"

namespace sandpost::db {

// The file at `path`, which is created if it does not exist. It stays locked against everybody else
// until the connection closes. The error is one line, ready to be shown; the file and its folder
// are then as they were.
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>, std::string> connect_to_file(
    const std::string& path, Time now, const SqliteOptions& options);

// A database without a file. Throws SQLite::Exception.
[[nodiscard]] std::unique_ptr<SQLite::Database> connect_to_memory(Time now,
                                                                  const SqliteOptions& options);

// Whether closing the connection moves what is in the -wal into the file and removes the -wal. A
// connection that found a -wal begins without: were it refused after all, nothing would be touched.
void checkpoint_on_close(SQLite::Database& database, bool enabled);

}  // namespace sandpost::db
