#include "base/spool.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "support/temporary_folder.hpp"

using namespace sandpost;

namespace {

std::string all_of(const Spool& spool, std::size_t piece = 7) {
  std::string all;
  std::string buffer;
  while (all.size() < spool.size())
    all += spool.read(all.size(), piece, buffer);
  return all;
}

}  // namespace

TEST_CASE("spool: what is appended is read back, from memory and from a file") {
  db::TemporaryFolder folder;
  for (const std::size_t in_memory : {0U, 5U, 26U, 1000U}) {
    CAPTURE(in_memory);
    Spool spool({in_memory, folder.path()});
    CHECK(spool.size() == 0);
    for (const char* part : {"abcde", "", "fghijklmnopqrs", "t", "uvwxyz"})
      spool.append(part);
    CHECK_FALSE(spool.error());
    CHECK(spool.size() == 26);
    CHECK(spool.in_memory() == (in_memory >= 26));
    CHECK(all_of(spool) == "abcdefghijklmnopqrstuvwxyz");
    std::string buffer;
    CHECK(spool.read(24, 100, buffer) == "yz");
    CHECK(spool.read(26, 100, buffer).empty());
    CHECK(folder.contents().empty());  // the file has no name
  }
}

TEST_CASE("spool: a copy outlives the one it was made from") {
  db::TemporaryFolder folder;
  Spool copy;
  {
    Spool spool({2, folder.path()});
    spool.append("octets");
    copy = spool;
  }
  CHECK(all_of(copy) == "octets");
}

TEST_CASE("spool: a text that is there already") {
  const Spool spool(std::string("text"));
  CHECK(spool.in_memory());
  CHECK(all_of(spool) == "text");
}

TEST_CASE("spool: without a folder to write in it says so, and takes no more") {
  Spool spool({3, "/nowhere/at/all"});
  spool.append("abc");
  CHECK_FALSE(spool.error());
  spool.append("d");
  CHECK(spool.error() == std::errc::no_such_file_or_directory);
  const std::error_code first = spool.error();
  spool.append("e");
  CHECK(spool.error() == first);
}

TEST_CASE("spool: without a folder for temporary files it says so, and throws nothing") {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TMPDIR", "/nowhere/at/all", 1);
  Spool spool({.in_memory = 1});
  CHECK_NOTHROW(spool.append("octets"));
  CHECK(spool.error());
  if (before == nullptr)
    unsetenv("TMPDIR");
  else
    setenv("TMPDIR", kept.c_str(), 1);
}

TEST_CASE("spool: what is forgotten costs no room, and the rest stays") {
  db::TemporaryFolder folder;
  Spool spool({.in_memory = 0, .folder = folder.path()});
  spool.append(std::string(8192, 'a'));
  spool.append(std::string(8192, 'b'));
  spool.forget(0, 8192);
  std::string buffer;
  CHECK(spool.read(8192, 8192, buffer) == std::string(8192, 'b'));
  CHECK(spool.size() == 16'384);
}

TEST_CASE("spool: a file that has lost octets is an input/output error, not a success") {
  db::TemporaryFolder folder;
  Spool spool({.in_memory = 0, .folder = folder.path()});
  spool.append("octets");
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (target.starts_with(folder.path())) REQUIRE(truncate(entry.path().c_str(), 2) == 0);
  }
  std::string buffer;
  errno = 0;
  try {
    (void)spool.read(0, 6, buffer);
    FAIL("it was read");
  } catch (const std::system_error& error) {
    CHECK(error.code() == std::errc::io_error);
  }
}
