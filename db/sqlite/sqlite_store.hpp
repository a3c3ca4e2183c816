#pragma once
// The mailbox in SQLite: in a file that outlives the program and survives kill -9, or in memory.
//
// Threads: a store may be opened on one thread and used on another, one at a time. Its unique-ids
// are made of the time at which the mailbox was created (db/unique_id.hpp), hence `now`: give the
// computer's own time, since a sandbox clock starts at the same moment for every mailbox.

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "db/store.hpp"

namespace sandpost::db {

struct SqliteOptions {
  // The mailbox grows no further than this many pages of 4096 octets; 0: as far as the disk goes.
  int most_pages = 0;
};

// Opens the file at `path`, literally: it is never a URI and never ":memory:". A missing or empty
// file becomes a new mailbox. Nobody else can open it, not even to read, until the store is
// destroyed. Files of up to 64 MiB are checked for damage throughout, larger ones at their start
// only.
//
// The error is one line: what, why, and what to do. The file is then as it was, and no new file
// stands beside it.
[[nodiscard]] Result<std::unique_ptr<Store>, std::string> open_sqlite_file(
    const std::string& path, Time now, const SqliteOptions& options = {});

// A throw-away mailbox: no file, no waiting for a disk.
[[nodiscard]] Result<std::unique_ptr<Store>, std::string> open_sqlite_memory(
    Time now, const SqliteOptions& options = {});

}  // namespace sandpost::db
