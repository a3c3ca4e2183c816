#pragma once
// What can be told of a mailbox file before SQLite opens it: whether it may be opened at all, and
// whether it is one of ours. Opening comes later because it can change a file: SQLite rolls back or
// checkpoints whatever it finds beside it.
//
// Reads a little of the file and never writes. Threads: no state of its own, any thread.

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace sandpost::db {

// "spos", at offset 68 of the file; the same number stands in db/schema.sql.
inline constexpr std::uint32_t application_id = 0x73706F73;

struct MailboxFile {
  std::string path;       // for SQLite: symbolic links followed, and never read as a URI
  bool exists = false;    // a file that does not, or that is blank, is to become a mailbox
  bool wal_mode = false;  // what its header says
  bool has_wal = false;   // a -wal file stands beside it: it was not closed the last time
};

// Everything that speaks against opening `path` is an error: one line, ready to be shown.
// `known_version` is the newest schema that this program knows.
[[nodiscard]] Result<MailboxFile, std::string> check_file(const std::string& path,
                                                          std::uint32_t known_version);

}  // namespace sandpost::db
