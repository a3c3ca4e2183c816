#include "net/port_owner.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

namespace sandpost::net {
namespace {

namespace fs = std::filesystem;

// proc(5), /proc/net/tcp: "0: 0100007F:09DD 00000000:0000 0A 0:0 0:0 0 UID 0 INODE ...", in
// hexadecimal up to the state, which is 0A for LISTEN.
void add_listeners(const char* table, unsigned short port, std::set<std::string>& sockets) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // the heading
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
        timeout >> inode;
    const auto colon = local.rfind(':');
    if (!words || state != "0A" || colon == std::string::npos) continue;
    unsigned int found = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), found, 16);
    if (found == port) sockets.insert("socket:[" + inode + ']');
  }
}

bool holds_one_of(const fs::path& process, const std::set<std::string>& sockets) {
  std::error_code error;
  for (fs::directory_iterator at(process / "fd", error), end; !error && at != end;
       at.increment(error)) {
    std::error_code unreadable;
    if (sockets.contains(fs::read_symlink(at->path(), unreadable).string())) return true;
  }
  return false;
}

}  // namespace

std::optional<PortOwner> port_owner(unsigned short port) {
  std::set<std::string> sockets;
  add_listeners("/proc/net/tcp", port, sockets);
  add_listeners("/proc/net/tcp6", port, sockets);
  if (sockets.empty()) return std::nullopt;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    pid_t process = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), process);
    if (read.ec != std::errc() || !holds_one_of(at->path(), sockets)) continue;
    PortOwner owner{{}, process};
    std::ifstream file(at->path() / "comm");
    std::getline(file, owner.name);
    if (!owner.name.empty()) return owner;
  }
  return std::nullopt;
}

}  // namespace sandpost::net
