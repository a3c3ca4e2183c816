#include "app/control_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

#include "app/server.hpp"

namespace sandpost::app {
namespace {

constexpr std::string_view beginning = "sandpost-";
constexpr std::string_view pattern_end = "XXXXXX";  // which mkdtemp replaces

// A start is not to become slow, whatever lies there.
constexpr std::size_t most_swept = 64;

// linux/magic.h: ext2 to ext4, tmpfs, XFS, Btrfs, overlayfs.
constexpr std::array<std::uint32_t, 5> local_file_systems{0xEF53, 0x01021994, 0x58465342,
                                                          0x9123683E, 0x794C7630};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

bool is_local(int folder) {
  struct statfs found {};
  const auto& known = local_file_systems;
  return fstatfs(folder, &found) == 0 &&
         std::find(known.begin(), known.end(), static_cast<std::uint32_t>(found.f_type)) !=
             known.end();
}

bool is_name_of_one(std::string_view name) {
  const auto is_of_mkdtemp = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (!name.starts_with(beginning)) return false;
  name.remove_prefix(beginning.size());
  return name.size() == pattern_end.size() && std::all_of(name.begin(), name.end(), is_of_mkdtemp);
}

// The names in the folder but for "." and "..".
std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  const int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(own < 0 ? nullptr : fdopendir(own), closedir);
  if (!listing) {
    if (own >= 0) close(own);
    return {"unreadable"};
  }
  while (const dirent* entry = readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

// Whether the folder is one of ours, and nobody has touched it for a while.
bool is_abandoned(int folder) {
  struct stat found {};
  if (fstat(folder, &found) != 0 || found.st_uid != geteuid()) return false;
  return (found.st_mode & 07777U) == S_IRWXU &&
         time(nullptr) - found.st_mtim.tv_sec > control_folder_grace.count();
}

// A server that runs, and even one that is stopped, does not refuse: its queue takes the
// connection, or is full.
bool refuses_connections(int folder) {
  struct stat found {};
  if (fstatat(folder, control_name, &found, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISSOCK(found.st_mode)) {
    return false;
  }
  // By way of the descriptor: the folder that was looked at, whatever its name stands for by now.
  const std::string path = fmt::format("/proc/self/fd/{}/{}", folder, control_name);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const Descriptor client(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return client.number() >= 0 &&
         connect(client.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
             0 &&
         errno == ECONNREFUSED;
}

void sweep_one(int parent, const std::string& name) {
  const Descriptor folder(
      openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder.number() < 0 || !is_abandoned(folder.number())) return;
  const auto names = names_in(folder.number());
  if (!names.empty()) {
    if (names != std::vector<std::string>{control_name}) return;
    if (!refuses_connections(folder.number())) return;
    if (unlinkat(folder.number(), control_name, 0) != 0) return;
  }
  unlinkat(parent, name.c_str(), AT_REMOVEDIR);
}

}  // namespace

void sweep_control_folders(const std::string& parent) {
  const Descriptor folder(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0 || !is_local(folder.number())) return;
  std::size_t looked_at = 0;
  for (const std::string& name : names_in(folder.number())) {
    if (!is_name_of_one(name)) continue;
    if (++looked_at > most_swept) return;
    sweep_one(folder.number(), name);
  }
}

std::string make_control_folder() {
  constexpr std::size_t longest = 80;  // a socket's path is short: 107 octets
  std::error_code error;
  std::string parent = std::filesystem::temp_directory_path(error).string();
  if (error || parent.size() > longest) parent = "/tmp";
  sweep_control_folders(parent);
  std::string name = fmt::format("{}/{}{}", parent, beginning, pattern_end);
  if (mkdtemp(name.data()) == nullptr) {
    throw StartError(StartError::Kind::other, fmt::format("cannot make the control socket: {}: {}",
                                                          name, std::strerror(errno)));
  }
  return name;
}

}  // namespace sandpost::app
