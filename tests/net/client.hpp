#pragma once
// A mail client on a real socket, for tests: blocking, and every wait has an end. What it cannot
// wait for any longer it throws.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sandpost::tests {

// Far longer than anything here takes, so that only what never comes is given up.
inline constexpr std::chrono::seconds client_patience{30};

class Client {
 public:
  explicit Client(unsigned short port) : Client() { connect(port); }
  // Has its descriptor, but no connection yet.
  Client() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) throw std::runtime_error("no socket");
  }
  ~Client() { close(); }
  Client(Client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void connect(unsigned short port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, generic(&address), sizeof address) != 0) {
      throw std::runtime_error("not connected");
    }
  }

  // This end, as the server sees it: "127.0.0.1:40312".
  [[nodiscard]] std::string name() const {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(socket_, generic(&address), &length);
    return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      wait(POLLOUT);
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN) throw std::runtime_error("the connection is lost");
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // As much as goes without waiting; returns how much that was.
  std::size_t send_some(std::string_view bytes) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }

  // The next line, without CRLF.
  std::string line() {
    for (;;) {
      const auto end = received_.find("\r\n");
      if (end != std::string::npos) {
        std::string found = received_.substr(0, end);
        received_.erase(0, end + 2);
        return found;
      }
      if (!receive()) throw std::runtime_error("closed instead of a line: " + received_);
    }
  }
  // A whole SMTP reply; returns its last line.
  std::string reply() {
    for (;;) {
      std::string found = line();
      if (found.size() < 4 || found[3] != '-') return found;
    }
  }
  // A multi-line POP3 reply behind its status line, with the final dot.
  std::string body() {
    std::string all;
    for (;;) {
      const std::string found = line();
      all += found + "\r\n";
      if (found == ".") return all;
    }
  }
  // Says a line and returns the reply to it.
  std::string ask(std::string_view said) {
    send(std::string(said) + "\r\n");
    return reply();
  }
  // All that comes until the server closes; a reset is an end as well.
  std::string rest() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }

  // No more bytes from this side, as `nc -N` does at the end of its input.
  void half_close() { shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  // Closes with a RST, as a crashed program does.
  void reset() {
    const linger at_once{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  // How much the kernel may keep for this end; to be called before connect().
  void receive_little() {
    const int octets = 4096;
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
  }

 private:
  static sockaddr* generic(sockaddr_in* address) { return reinterpret_cast<sockaddr*>(address); }

  void wait(short events) const {
    pollfd waiting{socket_, events, 0};
    const auto patience = std::chrono::milliseconds{client_patience};
    if (poll(&waiting, 1, static_cast<int>(patience.count())) != 1) {
      throw std::runtime_error("waited too long; so far: " + received_);
    }
  }
  // False at the end.
  bool receive() {
    wait(POLLIN);
    std::array<char, 65'536> buffer{};
    const auto octets = recv(socket_, buffer.data(), buffer.size(), 0);
    if (octets <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(octets));
    return true;
  }

  int socket_;
  std::string received_;
};

// A session in which the letter may begin.
inline void begin_letter(Client& client, const std::string& to = "s9360511") {
  client.reply();
  client.ask("HELO client.example");
  client.ask("MAIL FROM:<ann@client.example>");
  client.ask("RCPT TO:<" + to + ">");
  client.ask("DATA");
}

}  // namespace sandpost::tests
