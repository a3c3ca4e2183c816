#include "tests/bench/load/sink.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>

#include "tests/bench/load/script.hpp"

namespace sandpost::load {
namespace {

constexpr std::string_view end_of_data = "\r\n.\r\n";

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Peer {
  bool is_pop3 = false;
  std::string in;
  bool in_data = false;
  bool ends = false;
};

class Sink {
 public:
  explicit Sink(const Options& options) : letter_("+OK\r\n" + message(options.size)) {}

  // The replies to all that is complete in `peer.in`.
  std::string answer(Peer& peer) const {
    std::string replies;
    for (;;) {
      const auto end = peer.in.find(peer.in_data ? end_of_data : "\r\n");
      if (end == std::string::npos) break;
      if (peer.in_data) {
        peer.in_data = false;
        replies += "250 ok\r\n";
        peer.in.erase(0, end + end_of_data.size());
      } else {
        replies += reply_to(std::string_view(peer.in).substr(0, end), peer);
        peer.in.erase(0, end + 2);
      }
    }
    // Of a message, only what may be the beginning of its end is kept.
    if (peer.in_data && peer.in.size() >= end_of_data.size())
      peer.in.erase(0, peer.in.size() - (end_of_data.size() - 1));
    return replies;
  }

 private:
  [[nodiscard]] std::string_view reply_to(std::string_view line, Peer& peer) const {
    peer.ends = line == "QUIT";
    if (peer.is_pop3) return line.starts_with("RETR") ? std::string_view(letter_) : "+OK\r\n";
    peer.in_data = line == "DATA";
    return peer.in_data ? "354 go on\r\n" : "250 ok\r\n";
  }

  std::string letter_;
};

int listen_somewhere(std::uint16_t& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, plain, size) != 0 || listen(fd, SOMAXCONN) != 0) fail("listen");
  if (getsockname(fd, plain, &size) != 0) fail("getsockname");
  port = ntohs(address.sin_port);
  return fd;
}

void watch(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

// The client reads whatever it waits for, so waiting for it to read cannot last. False: it is gone.
bool say(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

void serve_sink(const Options& options) {
  const Sink sink(options);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("epoll_create1");
  std::uint16_t smtp_port = 0;
  std::uint16_t pop3_port = 0;
  const int smtp = listen_somewhere(smtp_port);
  const int pop3 = listen_somewhere(pop3_port);
  watch(epoll, smtp);
  watch(epoll, pop3);
  std::printf("%d %d\n", smtp_port, pop3_port);
  std::fflush(stdout);
  std::unordered_map<int, Peer> peers;
  const auto buffer = std::make_unique<std::array<char, 256U << 10U>>();
  std::array<epoll_event, 256> events{};
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == smtp || fd == pop3) {
        const int accepted = accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted < 0) continue;
        const int on = 1;
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, accepted);
        peers[accepted].is_pop3 = fd == pop3;
        say(accepted, fd == pop3 ? "+OK\r\n" : "220 sink\r\n");
        continue;
      }
      Peer& peer = peers[fd];
      const ssize_t got = recv(fd, buffer->data(), buffer->size(), MSG_DONTWAIT);
      if (got < 0 && errno == EAGAIN) continue;
      if (got > 0) peer.in.append(buffer->data(), static_cast<std::size_t>(got));
      if (got <= 0 || !say(fd, sink.answer(peer)) || peer.ends) {
        peers.erase(fd);
        close(fd);
      }
    }
  }
}

}  // namespace sandpost::load
