#include "app/control_client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace sandpost::app {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view version = "1";
constexpr std::string_view event_beginning = "{\"time\":";

}  // namespace

std::string control_path(const std::string& port_file) {
  std::error_code error;
  if (std::filesystem::is_directory(port_file, error)) {
    throw ControlError(fmt::format(
        "{} is a folder; give the port file in it, the one of sandpost serve --port-file",
        port_file));
  }
  std::ifstream file(port_file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    throw ControlError(fmt::format(
        "cannot read the port file {}; is it the one of sandpost serve --port-file, and does that "
        "still run?",
        port_file));
  }
  const auto object = wire::parse_json_object(text);
  std::string path = object ? wire::member(*object, "control") : std::string();
  if (path.empty()) {
    throw ControlError(fmt::format(
        "{} is no port file with a control socket in it; write it with sandpost serve --port-file",
        port_file));
  }
  return path;
}

ControlClient::ControlClient(const std::string& path, const std::string& name,
                             std::chrono::milliseconds patience)
    : name_(name), patience_(patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    throw ControlError(fmt::format("{}: its control socket has too long a path", name));
  }
  path.copy(address.sun_path, path.size());
  descriptor_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0 ||
      connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    const int error = errno;
    if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
    const bool stale = error == ENOENT || error == ECONNREFUSED;
    throw ControlError(
        stale ? fmt::format("{}: the servers that wrote it do not run any more; start them again",
                            name)
              : fmt::format("{}: cannot reach the servers: {}", name, std::strerror(error)));
  }
  try {
    const auto until = steady_clock::now() + patience_;
    auto line = next_line();
    while (!line && !ended_ && steady_clock::now() < until) {
      receive(until);
      line = next_line();
    }
    const auto hello = wire::parse_json_object(line.value_or(""));
    if (!hello || wire::member(*hello, "version") != version) {
      throw ControlError(
          fmt::format("{}: what answers there is no sandpost of this version: {}", name,
                      hello ? wire::member(*hello, "text") : std::string("it says no hello")));
    }
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

ControlClient::~ControlClient() {
  close(descriptor_);
}

bool ControlClient::receive(std::chrono::steady_clock::time_point until) {
  const auto left = ceil<milliseconds>(until - steady_clock::now());
  pollfd ready{descriptor_, POLLIN, 0};
  if (ended_ || poll(&ready, 1, std::max(0, static_cast<int>(left.count()))) <= 0) return false;
  std::array<char, 65536> buffer;
  const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (count <= 0) {
    ended_ = true;
    return false;
  }
  coming_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

// The next line that is no event; events are laid aside.
std::optional<std::string> ControlClient::next_line() {
  std::size_t begin = 0;
  std::optional<std::string> found;
  for (auto end = coming_.find('\n'); end != std::string::npos && !found;
       end = coming_.find('\n', begin)) {
    std::string line = coming_.substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with(event_beginning)) {
      events_.push_back(std::move(line));
    } else {
      found = std::move(line);
    }
  }
  coming_.erase(0, begin);
  return found;
}

// The server's last words, if these are.
void ControlClient::note_end(const wire::JsonObject& said) {
  const std::string kind = wire::member(said, "control");
  if (kind == "cut") why_cut_ = wire::member(said, "text");
  if (kind == "cut" || kind == "bye") ended_ = true;
}

std::vector<std::string> ControlClient::take() {
  // A flood must not keep the caller from everything else.
  constexpr int most_reads = 64;
  const auto now = steady_clock::now();
  for (int reads = 0; reads < most_reads && receive(now); ++reads) {
  }
  while (const auto line = next_line()) {
    const auto said = wire::parse_json_object(*line);
    if (said) note_end(*said);
  }
  return std::exchange(events_, {});
}

std::vector<wire::JsonObject> ControlClient::ask(std::string_view command) {
  const std::string line = std::string(command) + '\n';
  if (ended_ || send(descriptor_, line.data(), line.size(), MSG_NOSIGNAL) !=
                    static_cast<ssize_t>(line.size())) {
    throw ControlError(name_ + ": the servers have ended");
  }
  std::vector<wire::JsonObject> out;
  const auto until = steady_clock::now() + patience_;
  while (steady_clock::now() < until) {
    auto answer = next_line();
    if (!answer) {
      if (!receive(until) && ended_) break;
      continue;
    }
    auto object = wire::parse_json_object(*answer);
    if (!object) continue;
    const std::string kind = wire::member(*object, "control");
    if (kind == "error") throw ControlError(wire::member(*object, "text"));
    note_end(*object);
    out.push_back(std::move(*object));
    if (kind == "ok") return out;
    if (ended_) break;
  }
  throw ControlError(name_ + (std::exchange(ended_, true) ? ": the servers have ended"
                                                          : ": the servers do not answer"));
}

}  // namespace sandpost::app
