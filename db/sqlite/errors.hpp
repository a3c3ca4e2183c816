#pragma once
// What SQLite reports, in the store's own words: a StoreError while a mailbox is open, one line for
// the person who started the program while it is being opened.
//
// Pure functions; any thread.

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <string_view>

#include "db/store.hpp"

namespace sandpost::db {

[[nodiscard]] StoreError to_store_error(const SQLite::Exception& error);

// Whether the error says that somebody else holds the file.
[[nodiscard]] bool is_busy(const SQLite::Exception& error);

// "cannot open the mailbox <path>: <why>; <remedy>", on one line whatever `path` and `why` hold.
[[nodiscard]] std::string open_error(const std::string& path, std::string_view why,
                                     std::string_view remedy);
[[nodiscard]] std::string open_error(const std::string& path, const SQLite::Exception& error);
// The file's content is not what a mailbox holds; `finding` says what is wrong.
[[nodiscard]] std::string damaged_error(const std::string& path, std::string_view finding);

}  // namespace sandpost::db
