#pragma once
// Mailbox files for tests: made, left behind by a killed program, and opened to hear what is said.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "db/sqlite/sqlite_store.hpp"
#include "tests/db/child_process.hpp"
#include "tests/db/samples.hpp"
#include "tests/support/temporary_folder.hpp"

namespace sandpost::db {

// Octets of a page of a new mailbox.
inline constexpr std::size_t page_size = 16384;

// Why the file cannot be opened, or "opened"; it is closed again.
inline std::string refusal(const std::string& path) {
  const auto store = open_sqlite_file(path, noon);
  return store ? "opened" : store.error();
}

// A closed mailbox with messages in it.
inline std::string make_mailbox(const TemporaryFolder& folder,
                                const std::string& name = "mail.db") {
  const std::string path = folder.file(name);
  const auto store = open_sqlite_file(path, noon).value();
  REQUIRE(store->put_account("ada", "secret").has_value());
  REQUIRE(commit(*store, std::vector<Submission>(200, sample({"ada", "bob"}))).size() == 200);
  return path;
}

// A mailbox whose program was killed: a -wal stands beside it.
inline std::string make_killed_mailbox(const TemporaryFolder& folder) {
  const std::string path = make_mailbox(folder);
  ChildProcess child([&](ChildProcess&) {
    const auto store = open_sqlite_file(path, noon).value();
    commit_one(*store, sample({"ada"}));
    raise(SIGKILL);
  });
  child.wait();
  REQUIRE(std::filesystem::file_size(path + "-wal") > 0);
  return path;
}

}  // namespace sandpost::db
