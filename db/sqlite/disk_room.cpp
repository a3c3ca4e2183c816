#include "db/sqlite/disk_room.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>

namespace sandpost::db {
namespace {

// Enough for the log of a large deletion; of a small disk no more than an eighth.
constexpr std::int64_t largest_reserve = 4 << 20;

}  // namespace

DiskRoom measure_room(const std::string& path, const Pages& pages) {
  struct statvfs disk {};
  DiskRoom room;
  if (statvfs(path.c_str(), &disk) != 0) {
    room.total = room.free = std::numeric_limits<std::int64_t>::max() / 4;
    return room;
  }
  const auto block = static_cast<std::int64_t>(disk.f_frsize);
  room.total = static_cast<std::int64_t>(disk.f_blocks) * block;
  room.free = static_cast<std::int64_t>(disk.f_bavail) * block;
  std::error_code error;
  const auto on_disk = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
  if (!error) room.due = std::max<std::int64_t>(0, pages.count * pages.size - on_disk);
  room.spare = pages.free * pages.size;
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
