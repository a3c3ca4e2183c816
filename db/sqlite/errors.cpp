#include "db/sqlite/errors.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/text.hpp"

namespace sandpost::db {
namespace {

// Extended result codes carry the primary one in their low octet.
int primary_code(const SQLite::Exception& error) {
  return error.getErrorCode() & 0xff;
}

StoreErrorCode to_code(int sqlite_code) {
  switch (sqlite_code) {
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
      return StoreErrorCode::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreErrorCode::damaged;
    default:
      return StoreErrorCode::busy;
  }
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return visible(line);
}

}  // namespace

StoreError to_store_error(const SQLite::Exception& error) {
  return {to_code(primary_code(error)),
          fmt::format("SQLite error {}: {}", error.getErrorCode(), error.what())};
}

bool is_busy(const SQLite::Exception& error) {
  return primary_code(error) == SQLITE_BUSY || primary_code(error) == SQLITE_LOCKED;
}

std::string open_error(const std::string& path, std::string_view why, std::string_view remedy) {
  return fmt::format("cannot open the mailbox {}: {}; {}", visible(path), one_line(why), remedy);
}

std::string open_error(const std::string& path, const SQLite::Exception& error) {
  switch (primary_code(error)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return open_error(path, "another sandpost, or another program, is using it",
                        "end that one or choose another --db");
    case SQLITE_FULL:
      return open_error(path, "there is no room left", "make room or choose another --db");
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return open_error(path, "it cannot be written",
                        "change its permissions or choose another --db");
    // No statement of ours is wrong on a file that is as the schema made it.
    case SQLITE_ERROR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damaged_error(path, error.what());
    default:
      return open_error(path, fmt::format("SQLite says: {}", error.what()), "choose another --db");
  }
}

std::string damaged_error(const std::string& path, std::string_view finding) {
  return open_error(path, fmt::format("it is damaged ({})", finding),
                    "put back a copy of it or choose another --db");
}

}  // namespace sandpost::db
