#include "tests/bench/load/run.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <string_view>
#include <system_error>

#include "tests/bench/load/script.hpp"
#include "tests/bench/load/stream.hpp"

namespace sandpost::load {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in address_of(const Options& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  if (inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1) {
    errno = EINVAL;
    fail("--host");
  }
  return address;
}

// Connected or connecting, without blocking. Its own addresses in 127/8 are taken in turn: each has
// some 28,000 ports, which closed connections hold for a minute.
int connect_to(const sockaddr_in& server, std::size_t number) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if ((ntohl(server.sin_addr.s_addr) >> 24U) == 127) {
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(0x7F000001U + static_cast<std::uint32_t>(number % 200));
    if (bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) fail("bind");
  }
  if (connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0 &&
      errno != EINPROGRESS) {
    const int reason = errno;
    close(fd);
    errno = reason;
    fail("connect");
  }
  return fd;
}

struct Awaited {
  Expected reply;
  bool ends_step = false;
  bool ends_unit = false;
  Clock::time_point begin;
};

struct Connection {
  Script script;
  Stream stream;
  bool opened = false;
  std::size_t at = 0;          // the next step, of the opening or of the loop
  std::size_t unanswered = 0;  // steps
  Clock::time_point unit_begin;
  std::deque<Awaited> awaited;
  std::string out;
  std::size_t written = 0;  // octets of out
  std::string in;
  std::size_t read = 0;      // octets of in that are done with
  std::size_t searched = 0;  // octets of in that hold no end of the body in work
  bool waits_to_write = false;
};

// The octets of the first reply in `in`, or 0 while it is not complete.
std::size_t reply_size(std::string_view in, Form form, std::size_t searched) {
  for (std::size_t line = 0;;) {
    const auto end = in.find('\n', line);
    if (end == std::string_view::npos) return 0;
    const std::size_t next = end + 1;
    if (form == Form::smtp_reply && next - line > 4 && in[line + 3] == '-') {
      line = next;
      continue;
    }
    if (form != Form::pop3_body || in.front() != '+') return next;
    const auto dot = in.find("\r\n.\r\n", std::max(end - 1, searched));
    return dot == std::string_view::npos ? 0 : dot + 5;
  }
}

class Run {
 public:
  explicit Run(const Options& options) : options_(options), server_(address_of(options)) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) fail("epoll_create1");
    if (options.tls) tls_ = std::make_unique<Tls>();
    result_.latencies.reserve(1U << 20U);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() { close(epoll_); }

  Result go() {
    for (std::size_t i = 0; i < options_.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>());
      connections_.back()->script = script_for(options_, i);
      opening_ += connections_.back()->script.opening.empty() ? 0 : 1;
    }
    begin_ = Clock::now();
    for (const auto& connection : connections_)
      open(*connection);
    std::array<epoll_event, 256> events{};
    while (!over()) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      if (count < 0 && errno != EINTR) fail("epoll_wait");
      for (int i = 0; i < count && !over(); ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        auto& connection = *static_cast<Connection*>(event.data.ptr);
        if (connection.waits_to_write && (event.events & EPOLLOUT) != 0) write(connection);
        if ((event.events & ~static_cast<unsigned>(EPOLLOUT)) != 0) read(connection);
      }
      if (opening_ > 0 && Clock::now() - begin_ > std::chrono::seconds(60)) {
        error("the connections could not be opened within a minute");
        break;
      }
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    std::sort(result_.latencies.begin(), result_.latencies.end());
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool over() const {
    if (result_.errors > 100) return true;
    if (opening_ > 0) return false;
    if (options_.count > 0 && result_.units >= options_.count) return true;
    return options_.seconds > 0 &&
           Clock::now() - begin_ > std::chrono::duration<double>(options_.seconds);
  }

  void error(const std::string& what) {
    if (result_.errors++ == 0) result_.first_error = what;
  }

  void open(Connection& connection) {
    connection.stream.open(connect_to(server_, number_++), tls_.get());
    connection.opened = connection.script.opening.empty();
    connection.at = 0;
    connection.unanswered = 0;
    connection.awaited.clear();
    connection.out.clear();
    connection.in.clear();
    connection.written = connection.read = connection.searched = 0;
    connection.waits_to_write = tls_ != nullptr;
    epoll_event event{};
    event.events = EPOLLIN | (tls_ ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    event.data.ptr = &connection;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.stream.fd(), &event) != 0) fail("epoll_ctl");
    send_more(connection);
  }

  void reopen(Connection& connection) {
    connection.stream.close();
    open(connection);
  }

  // As many steps as the window allows.
  void send_more(Connection& connection) {
    const Script& script = connection.script;
    const std::vector<Step>& steps = connection.opened ? script.loop : script.opening;
    const std::size_t window = connection.opened ? script.window : 1;
    while (connection.unanswered < window && connection.at < steps.size()) {
      const Step& step = steps[connection.at++];
      ++connection.unanswered;
      if (step.begins_unit) connection.unit_begin = Clock::now();
      for (std::size_t i = 0; i < step.replies.size(); ++i) {
        const bool last = i + 1 == step.replies.size();
        connection.awaited.push_back(
            {step.replies[i], last, last && step.ends_unit, connection.unit_begin});
      }
      connection.out += step.bytes;
      if (connection.opened && !script.closes && connection.at == steps.size()) connection.at = 0;
    }
    if (!connection.out.empty() && !connection.waits_to_write) write(connection);
  }

  void write(Connection& connection) {
    connection.stream.begin_handshake();
    while (connection.written < connection.out.size()) {
      const ssize_t count =
          connection.stream.write(std::string_view(connection.out).substr(connection.written));
      if (count < 0) {
        if (errno == EAGAIN) return wait_to_write(connection, true);
        return;  // what is wrong, the next read tells
      }
      connection.written += static_cast<std::size_t>(count);
      result_.sent += static_cast<std::uint64_t>(count);
    }
    connection.out.clear();
    connection.written = 0;
    wait_to_write(connection, false);
  }

  void wait_to_write(Connection& connection, bool on) {
    if (connection.waits_to_write == on) return;
    connection.waits_to_write = on;
    epoll_event event{};
    event.events = EPOLLIN | (on ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    event.data.ptr = &connection;
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.stream.fd(), &event) != 0) fail("epoll_ctl");
  }

  // All that is there for now. Returns its octets; 0: the end; -1: errno tells.
  ssize_t receive(Connection& connection) {
    ssize_t all = 0;
    do {
      const ssize_t count = connection.stream.read(buffer_.data(), buffer_.size());
      if (count <= 0) return all > 0 ? all : count;
      connection.in.append(buffer_.data(), static_cast<std::size_t>(count));
      all += count;
    } while (connection.stream.has_more());
    return all;
  }

  void read(Connection& connection) {
    const ssize_t count = receive(connection);
    if (count <= 0) {
      if (count < 0 && errno == EAGAIN) return;
      error(count == 0 ? "the server hung up" : std::strerror(errno));
      return reopen(connection);
    }
    result_.received += static_cast<std::uint64_t>(count);
    while (!connection.awaited.empty()) {
      const std::string_view rest = std::string_view(connection.in).substr(connection.read);
      const Awaited awaited = connection.awaited.front();
      const std::size_t size = reply_size(rest, awaited.reply.form, connection.searched);
      if (size == 0) {
        connection.searched = rest.size() < 4 ? 0 : rest.size() - 4;
        break;
      }
      connection.searched = 0;
      if (rest.front() != awaited.reply.first) {
        error(std::string(rest.substr(0, size)));
        return reopen(connection);
      }
      connection.read += size;
      connection.awaited.pop_front();
      if (awaited.ends_step) --connection.unanswered;
      if (awaited.ends_unit && !count_unit(connection, awaited)) return;
    }
    connection.in.erase(0, connection.read);
    connection.read = 0;
    if (!connection.opened && connection.awaited.empty() &&
        connection.at == connection.script.opening.size()) {
      connection.opened = true;
      connection.at = 0;
      if (opening_ == 0) return send_more(connection);  // one that broke and came back
      // All begin together, so that opening is no part of what is measured.
      if (--opening_ == 0) {
        begin_ = Clock::now();
        for (const auto& other : connections_)
          send_more(*other);
      }
      return;
    }
    if (opening_ == 0 || !connection.opened) send_more(connection);
  }

  // False if the connection is another one now.
  bool count_unit(Connection& connection, const Awaited& awaited) {
    const auto now = Clock::now();
    ++result_.units;
    result_.latencies.push_back(static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - awaited.begin).count()));
    if (!connection.script.closes) return true;
    if (!over()) reopen(connection);
    return false;
  }

  const Options& options_;
  sockaddr_in server_;
  int epoll_ = -1;
  std::unique_ptr<Tls> tls_;  // outlives the connections
  std::vector<std::unique_ptr<Connection>> connections_;
  std::size_t opening_ = 0;  // connections whose opening is not over
  std::size_t number_ = 0;
  Clock::time_point begin_;
  Result result_;
  std::array<char, 256U << 10U> buffer_{};
};

}  // namespace

Result run(const Options& options) {
  const auto running = std::make_unique<Run>(options);
  return running->go();
}

void hold_idle(const Options& options) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const sockaddr_in server = address_of(options);
  std::vector<int> all;
  for (std::size_t i = 0; i < options.connections; ++i) {
    const int fd = connect_to(server, i);
    fcntl(fd, F_SETFL, 0);
    std::array<char, 512> line{};
    if (recv(fd, line.data(), line.size(), 0) <= 0) fail("no greeting");
    all.push_back(fd);
  }
  std::puts("ready");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  for (const int fd : all)
    close(fd);
}

std::string to_json(const Result& result) {
  const auto percentile = [&](double part) -> std::uint32_t {
    if (result.latencies.empty()) return 0;
    const auto last = static_cast<double>(result.latencies.size() - 1);
    return result.latencies[static_cast<std::size_t>(last * part)];
  };
  const auto per_second = [&](double amount) {
    return result.seconds > 0 ? amount / result.seconds : 0;
  };
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(),
                R"({"units": %zu, "errors": %zu, "seconds": %.6f, "rate": %.1f, )"
                R"("bytes_per_s": %.0f, "p50_us": %u, "p99_us": %u, "p999_us": %u, )"
                R"("first_error": ")",
                result.units, result.errors, result.seconds,
                per_second(static_cast<double>(result.units)),
                per_second(static_cast<double>(result.sent + result.received)), percentile(0.5),
                percentile(0.99), percentile(0.999));
  std::string json = text.data();
  for (const char c : result.first_error) {
    if (c >= ' ' && c != '"' && c != '\\') json += c;
  }
  return json + "\"}";
}

}  // namespace sandpost::load
