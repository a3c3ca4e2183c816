#pragma once
// Whether a mailbox's log (-wal) lost what had been committed. SQLite takes the first frame that is
// wrong for the log's end, as it must: after a crash it is. So damage in the middle of the log goes
// without a word, and everything behind it too.
//
// Reads the file and never writes. Threads: no state of its own, any thread; nobody may write to
// the log meanwhile.

#include <string>

namespace sandpost::db {

// True if a wrong frame is followed by the end of a transaction and something behind that, all of
// the log's own generation. A transaction is synced before the next one is written, so no crash
// leaves that, whatever order the disk keeps; only damage does. False as well if the last
// transaction alone is damaged, which looks as if it had been cut short, or the log's own header.
[[nodiscard]] bool log_lost_commits(const std::string& log_path);

}  // namespace sandpost::db
