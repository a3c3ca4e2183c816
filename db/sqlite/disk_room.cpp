#include "db/sqlite/disk_room.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>

namespace sandpost::db {
namespace {

// Enough for the log of a large deletion; of a small disk no more than an eighth.
constexpr std::int64_t largest_reserve = 4 << 20;

}  // namespace

DiskRoom measure_room(SQLite::Database& database) {
  const auto number = [&](const char* pragma) { return database.execAndGet(pragma).getInt64(); };
  const std::string& path = database.getFilename();
  struct statvfs disk {};
  DiskRoom room;
  if (statvfs(path.c_str(), &disk) != 0) {
    room.total = room.free = std::numeric_limits<std::int64_t>::max() / 4;
    return room;
  }
  const auto block = static_cast<std::int64_t>(disk.f_frsize);
  room.total = static_cast<std::int64_t>(disk.f_blocks) * block;
  room.free = static_cast<std::int64_t>(disk.f_bavail) * block;
  const std::int64_t page = number("PRAGMA page_size");
  std::error_code error;
  const auto on_disk = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
  if (!error) room.due = std::max<std::int64_t>(0, number("PRAGMA page_count") * page - on_disk);
  room.spare = number("PRAGMA freelist_count") * page;
  return room;
}

bool has_room(const DiskRoom& room, std::int64_t octets) {
  const std::int64_t reserve = std::min(largest_reserve, room.total / 8);
  // What was deleted may be filled again with half the reserve: else it would never be.
  const bool refills = room.spare >= octets;
  const std::int64_t growth = refills ? reserve / 2 : octets - room.spare + reserve;
  return room.free >= room.due + octets + growth;
}

}  // namespace sandpost::db
