#include "db/sqlite/disk_room.hpp"

#include <doctest/doctest.h>

using namespace sandpost::db;

TEST_CASE("disk room: a letter must fit into log and file, and leave room for deletions") {
  const DiskRoom room{.total = 80'000, .free = 30'000};  // a reserve of 10,000
  CHECK(has_room(room, 10'000));
  CHECK_FALSE(has_room(room, 10'001));
}

TEST_CASE("disk room: what the log still owes the file is counted") {
  const DiskRoom room{.total = 80'000, .free = 30'000, .due = 5'000};
  CHECK(has_room(room, 7'500));
  CHECK_FALSE(has_room(room, 7'501));
}

TEST_CASE(
    "disk room: where letters were deleted others find room, on a disk that is all but full") {
  DiskRoom room{.total = 80'000, .free = 10'000};
  CHECK_FALSE(has_room(room, 5'000));
  room.spare = 5'000;
  CHECK(has_room(room, 5'000));
  CHECK_FALSE(has_room(room, 5'001));
}

TEST_CASE("disk room: on a large disk four mebibytes are kept") {
  DiskRoom room{.total = 1'000'000'000, .free = (4 << 20) + 200};
  CHECK(has_room(room, 100));
  CHECK_FALSE(has_room(room, 101));
}

TEST_CASE("disk room: a database in memory has as much as one likes") {
  CHECK(has_room(measure_room("", {.size = 4096, .count = 10, .free = 0}), 1'000'000'000));
}
