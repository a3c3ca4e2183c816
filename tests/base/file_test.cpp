#include "base/file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace sandpost::tests {
namespace {

namespace fs = std::filesystem;
using db::TemporaryFolder;

void make_old(const std::string& path) {
  TemporaryFolder::write(path, "half a te");
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours{1});
}

}  // namespace

TEST_CASE("file: what a killed writer had left beside the file stayed there for ever") {
  const TemporaryFolder folder;
  make_old(folder.file("lesson.json.0123abcd.tmp"));
  make_old(folder.file("lesson.json.bak"));
  make_old(folder.file("lesson.json.0123abcd.tmp2"));
  make_old(folder.file("other.json.0123abcd.tmp"));
  TemporaryFolder::write(folder.file("lesson.json.89abcdef.tmp"), "somebody writes this now");
  CHECK_FALSE(replace_file(folder.file("lesson.json"), "text", 0600));
  CHECK(TemporaryFolder::read(folder.file("lesson.json")) == "text");
  CHECK_FALSE(fs::exists(folder.file("lesson.json.0123abcd.tmp")));
  CHECK(folder.contents().size() == 5);
}

TEST_CASE("file: is replaced with the mode that was asked for, less the umask") {
  const TemporaryFolder folder;
  const mode_t before = umask(027);
  CHECK_FALSE(replace_file(folder.file("all"), "a", 0666));
  CHECK_FALSE(replace_file(folder.file("mine"), "b", 0600));
  umask(before);
  using fs::perms;
  CHECK(fs::status(folder.file("all")).permissions() ==
        (perms::owner_read | perms::owner_write | perms::group_read));
  CHECK(fs::status(folder.file("mine")).permissions() == (perms::owner_read | perms::owner_write));
}

TEST_CASE("file: where it cannot be written, the error says why and nothing is left") {
  const TemporaryFolder folder;
  CHECK(replace_file(folder.file("no/file"), "a", 0600) == std::errc::no_such_file_or_directory);
  fs::create_directory(folder.file("folder"));
  CHECK(replace_file(folder.file("folder"), "a", 0600) == std::errc::is_a_directory);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("file: a folder is made with those above it, for its owner alone") {
  const TemporaryFolder folder;
  CHECK_FALSE(make_folder(folder.file("a/b//c/")));
  CHECK_FALSE(make_folder(folder.file("a/b/c")));
  CHECK(fs::status(folder.file("a/b")).permissions() == fs::perms::owner_all);
  TemporaryFolder::write(folder.file("plain"), "");
  CHECK(make_folder(folder.file("plain/a")) == std::errc::not_a_directory);
  CHECK(make_folder("") == std::errc::no_such_file_or_directory);
}

TEST_CASE("file: octets are written where they belong") {
  const TemporaryFolder folder;
  const int file = open(folder.file("f").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  CHECK_FALSE(write_all(file, "abcdef"));
  CHECK_FALSE(write_all_at(file, "XY", 2));
  CHECK_FALSE(write_all(file, "g"));
  close(file);
  CHECK(TemporaryFolder::read(folder.file("f")) == "abXYefg");
  CHECK(write_all(file, "x") == std::errc::bad_file_descriptor);
  CHECK_FALSE(write_all(file, ""));
}

}  // namespace sandpost::tests
