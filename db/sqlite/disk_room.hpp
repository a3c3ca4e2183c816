#pragma once
// Whether the disk has room for a commit, and some left over. A deletion makes room in the mailbox,
// but needs some itself, in the write-ahead log: on a disk that letters had filled to the last
// octet nothing could ever be deleted.

#include <cstdint>
#include <string>

namespace sandpost::db {

// In octets.
struct DiskRoom {
  std::int64_t total = 0;  // of the file system
  std::int64_t free = 0;   // of that, for this user
  std::int64_t due = 0;    // that the mailbox file will grow by once the log is copied into it
  std::int64_t spare = 0;  // free within the mailbox file
};

// What the mailbox knows of itself.
struct Pages {
  std::int64_t size = 0;  // octets of one
  std::int64_t count = 0;
  std::int64_t free = 0;
};

// For a database in memory: as much room as one likes.
[[nodiscard]] DiskRoom measure_room(const std::string& path, const Pages& pages);

// `octets`: what the commit adds to the log, and what the file does not have spare, to the file.
[[nodiscard]] bool has_room(const DiskRoom& room, std::int64_t octets);

}  // namespace sandpost::db
