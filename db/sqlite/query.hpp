#pragma once
// One use of a prepared statement: binds at the beginning, resets at the end, whatever happens in
// between. A statement that is left un-reset would keep its snapshot and hold up the checkpoint.
//
// Nothing is copied when binding: the values must live as long as the Query. Threads: its store's.

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace sandpost::db {

// A string's octets, to be bound as BLOB.
[[nodiscard]] inline std::span<const std::uint8_t> as_blob(std::string_view octets) {
  return {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()};
}

class Query {
 public:
  // Binds `values` to ?1, ?2 ...: std::string as TEXT, a span of octets as BLOB, Time as
  // milliseconds.
  template <class... Values>
  explicit Query(SQLite::Statement& statement, const Values&... values) : statement_(statement) {
    int index = 0;
    (bind(++index, values), ...);
  }
  ~Query() { statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Steps to the next row; false after the last.
  [[nodiscard]] bool row() { return statement_.executeStep(); }
  // Runs a statement without rows; returns how many rows it changed.
  std::size_t run() { return static_cast<std::size_t>(statement_.exec()); }

  // Columns of the current row, from 0.
  [[nodiscard]] std::int64_t integer(int column) const {
    return statement_.getColumn(column).getInt64();
  }
  [[nodiscard]] std::string text(int column) const {
    return statement_.getColumn(column).getString();
  }
  [[nodiscard]] Time time(int column) const {
    return Time(std::chrono::milliseconds(integer(column)));
  }

 private:
  void bind(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind(int index, Time value) {
    statement_.bind(index, std::int64_t{value.time_since_epoch().count()});
  }
  void bind(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
  void bind(int index, std::span<const std::uint8_t> value) {
    statement_.bindNoCopy(index, static_cast<const void*>(value.data()), size_of(value.size()));
  }

  static int size_of(std::size_t octets) {
    if (octets <= std::size_t{std::numeric_limits<int>::max()}) return static_cast<int>(octets);
    throw SQLite::Exception("a value of more than 2 GiB", SQLITE_TOOBIG);
  }

  SQLite::Statement& statement_;
};

}  // namespace sandpost::db
