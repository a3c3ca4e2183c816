// What servers that were killed leave behind, and what must not be taken for that.

#include "app/control_folder.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <set>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace sandpost::app {
namespace {

namespace fs = std::filesystem;

// A socket at that path; closed at the end, and then it refuses.
class LocalSocket {
 public:
  LocalSocket(const std::string& path, bool listens)
      : socket_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof(address.sun_path));
    path.copy(address.sun_path, path.size());
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    if (listens) REQUIRE(listen(socket_, 1) == 0);
  }
  ~LocalSocket() { close(socket_); }
  LocalSocket(const LocalSocket&) = delete;
  LocalSocket& operator=(const LocalSocket&) = delete;

 private:
  int socket_;
};

void age(const std::string& path, std::chrono::seconds by) {
  const timespec then{time(nullptr) - by.count(), 0};
  const std::array<timespec, 2> times{then, then};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0);
}

std::string make_one(const db::TemporaryFolder& parent, const std::string& name) {
  const std::string path = parent.file(name);
  REQUIRE(mkdir(path.c_str(), S_IRWXU) == 0);
  return path;
}

constexpr auto long_ago = 2 * control_folder_grace;

std::set<std::string> names_in(const db::TemporaryFolder& parent) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(parent.path()))
    names.insert(entry.path().filename());
  return names;
}

TEST_CASE("control folder: each server that was killed left one for ever") {
  const db::TemporaryFolder parent;
  const std::string dead = make_one(parent, "sandpost-aB3xyZ");
  { const LocalSocket socket(dead + "/control", true); }
  age(dead, long_ago);
  age(make_one(parent, "sandpost-empty1"), long_ago);
  sweep_control_folders(parent.path());
  CHECK(names_in(parent).empty());
}

TEST_CASE("control folder: one of a server that runs stays, however old it is") {
  const db::TemporaryFolder parent;
  const std::string name = make_one(parent, "sandpost-alive1");
  const LocalSocket socket(name + "/control", true);
  for (int i = 0; i < 5; ++i) {  // more than its queue takes
    age(name, std::chrono::hours{1000});
    sweep_control_folders(parent.path());
  }
  CHECK(fs::exists(name + "/control"));
}

TEST_CASE("control folder: one of a server that begins stays") {
  const db::TemporaryFolder parent;
  make_one(parent, "sandpost-young1");
  const LocalSocket socket(make_one(parent, "sandpost-young2") + "/control", false);
  sweep_control_folders(parent.path());
  CHECK(names_in(parent).size() == 2);
}

TEST_CASE("control folder: what only looks like one stays") {
  const db::TemporaryFolder parent;
  for (const char* name : {"sandpost-test-aBcDeF", "sandpost-abcde", "sandpost-abcdefg",
                           "sandpost-a.b.cd", "Sandpost-aBcDeF"}) {
    age(make_one(parent, name), long_ago);
  }
  const std::string open_to_others = make_one(parent, "sandpost-open01");
  REQUIRE(chmod(open_to_others.c_str(), 0755) == 0);
  age(open_to_others, long_ago);
  const std::string more = make_one(parent, "sandpost-more01");
  { const LocalSocket socket(more + "/control", true); }
  db::TemporaryFolder::write(more + "/thesis.txt", "all of it");
  age(more, long_ago);
  const std::string no_socket = make_one(parent, "sandpost-file01");
  db::TemporaryFolder::write(no_socket + "/control", "a file");
  age(no_socket, long_ago);
  db::TemporaryFolder::write(parent.file("sandpost-plain1"), "no folder");
  const auto before = names_in(parent);
  sweep_control_folders(parent.path());
  CHECK(names_in(parent) == before);
  CHECK(fs::exists(more + "/control"));
  CHECK(fs::exists(no_socket + "/control"));
}

TEST_CASE("control folder: no link is followed") {
  const db::TemporaryFolder parent;
  const db::TemporaryFolder elsewhere;
  const std::string target = make_one(elsewhere, "target");
  { const LocalSocket socket(target + "/control", true); }
  age(target, long_ago);
  fs::create_directory_symlink(target, parent.file("sandpost-link01"));
  const std::string within = make_one(parent, "sandpost-link02");
  fs::create_symlink(target + "/control", within + "/control");
  age(within, long_ago);
  sweep_control_folders(parent.path());
  CHECK(fs::exists(target + "/control"));
  CHECK(names_in(parent).size() == 2);
  CHECK(fs::is_symlink(within + "/control"));
}

}  // namespace
}  // namespace sandpost::app
