#include "app/control.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "app/control_folder.hpp"
#include "app/server.hpp"
#include "base/text.hpp"
#include "wire/json.hpp"

namespace sandpost::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view greeting = "{\"control\":\"hello\",\"version\":1}\n";
constexpr std::string_view goodbye = "{\"control\":\"bye\"}\n";
constexpr std::string_view cut =
    "{\"control\":\"cut\",\"text\":\"you read too slowly: events are lost, connect again\"}\n";
constexpr std::string_view too_many =
    "{\"control\":\"error\",\"text\":\"too many are connected\"}\n";
constexpr std::string_view too_long = "{\"control\":\"error\",\"text\":\"the line is too long\"}\n";
constexpr std::string_view stopping = "{\"control\":\"error\",\"text\":\"the server stops\"}\n";
constexpr std::string_view agreed = "{\"control\":\"ok\"}\n";

constexpr int pause_of_accepting = 100;  // ms

// What the readers get to take the last lines.
constexpr milliseconds farewell{500};

[[noreturn]] void fail(const std::string& what) {
  throw StartError(StartError::Kind::other, fmt::format("cannot make the control socket: {}: {}",
                                                        what, std::strerror(errno)));
}

}  // namespace

Control::Control(wire::Bus& bus, Answer answer) : bus_(bus), answer_(std::move(answer)) {
  try {
    open_socket();
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0) fail("eventfd");
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    remove_socket();
    throw;
  }
}

Control::~Control() {
  finish();
}

void Control::open_socket() {
  path_ = make_control_folder() + "/" + control_name;
  socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) fail("socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
  // The folder keeps others out until the mode is set.
  if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      chmod(path_.c_str(), S_IRUSR | S_IWUSR) != 0 || listen(socket_, SOMAXCONN) != 0) {
    fail(path_);
  }
}

void Control::remove_socket() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
  if (wake_ >= 0) close(std::exchange(wake_, -1));
  if (path_.empty()) return;
  const std::filesystem::path path(path_);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  std::filesystem::remove(path.parent_path(), ignored);
}

void Control::refuse_commands() {
  const std::lock_guard lock(commands_);
  refuses_ = true;
}

void Control::finish() {
  if (!thread_.joinable()) return;
  refuse_commands();
  ends_ = true;
  static_cast<void>(eventfd_write(wake_, 1));
  thread_.join();
  remove_socket();
}

void Control::run() {
  std::vector<pollfd> polled;
  while (!ends_) {
    const bool room = clients_.size() < 2 * most_clients && !cannot_accept_;
    polled = {{wake_, POLLIN, 0},
              {room ? socket_ : -1, POLLIN, 0},
              {events_ ? events_->descriptor() : -1, POLLIN, 0}};
    for (const Client& client : clients_) {
      const int wanted = (client.reads ? POLLIN : 0) | (client.waiting.empty() ? 0 : POLLOUT);
      polled.push_back({client.descriptor, static_cast<short>(wanted), 0});
    }
    const int longest = cannot_accept_ ? pause_of_accepting : -1;
    if (poll(polled.data(), polled.size(), longest) < 0 && errno != EINTR) return;
    cannot_accept_ = false;
    auto ready = polled.begin() + 3;
    for (Client& client : clients_) {
      const int revents = (ready++)->revents;
      if ((revents & (POLLIN | POLLHUP)) != 0 && client.reads) {
        read_from(client);
      } else if ((revents & (POLLHUP | POLLERR)) != 0) {
        client.waiting.clear();
        client.ends = true;
      }
      if ((revents & POLLOUT) != 0) write_to(client);
    }
    if (polled[1].revents != 0) accept_client();
    hand_on_events();
    drop_the_gone();
  }
  say_goodbye();
}

void Control::accept_client() {
  const int descriptor = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor < 0) {
    cannot_accept_ = true;  // most likely no descriptor is left
    return;
  }
  Client& client = clients_.emplace_back();
  client.descriptor = descriptor;
  client.ends = clients_.size() > most_clients;
  client.reads = !client.ends;
  queue_up(client, client.ends ? too_many : greeting);
}

void Control::read_from(Client& client) {
  std::array<char, 16384> buffer;
  const ssize_t count = recv(client.descriptor, buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    // Who listens may have no more to say, as behind a shell's pipe.
    client.reads = false;
    if (count < 0 || !client.listens) client.ends = true;
    return;
  }
  client.coming.append(buffer.data(), static_cast<std::size_t>(count));
  for (auto end = client.coming.find('\n'); end != std::string::npos && !client.ends;
       end = client.coming.find('\n')) {
    const std::string command = client.coming.substr(0, end);
    client.coming.erase(0, end + 1);
    obey(client, trim(command.ends_with('\r') ? std::string_view(command).substr(0, end - 1)
                                              : std::string_view(command)));
  }
  if (client.coming.size() > longest_command) {
    queue_up(client, too_long);
    client.reads = false;
    client.ends = true;
  }
}

void Control::obey(Client& client, std::string_view command) {
  if (command.empty()) return;
  const std::lock_guard lock(commands_);
  if (refuses_) return queue_up(client, stopping);
  try {
    if (command != "events") return queue_up(client, answer_(command));
    hand_on_events();  // what happened before is not for this reader
    if (!events_) events_ = bus_.subscribe();
    client.listens = true;
    queue_up(client, agreed);
  } catch (const std::exception& failure) {  // most likely no descriptor is left
    queue_up(client, fmt::format("{{\"control\":\"error\",\"text\":{}}}\n",
                                 wire::json_text(visible(failure.what()))));
  }
}

void Control::hand_on_events() {
  if (!events_) return;
  std::string lines;
  for (const wire::Event& event : events_->take())
    lines += wire::to_json(event) + '\n';
  const bool lost = events_->dropped() > 0;
  bool heard = false;
  for (Client& client : clients_) {
    if (!client.listens || client.ends) continue;
    queue_up(client, lines);
    if (lost) cut_off(client);
    heard = heard || !client.ends;
  }
  if (!heard) events_.reset();
}

void Control::queue_up(Client& client, std::string_view lines) {
  client.waiting += lines;
  write_to(client);
  if (client.waiting.size() > most_waiting) cut_off(client);
}

// The line that is half written is kept, so that the last word stands on a line of its own.
void Control::cut_off(Client& client) {
  const std::size_t whole = client.waiting.find('\n');
  client.waiting.resize(whole == std::string::npos ? 0 : whole + 1);
  client.waiting.shrink_to_fit();
  client.waiting += cut;
  client.reads = client.listens = false;
  client.ends = true;
}

void Control::write_to(Client& client) {
  while (!client.waiting.empty()) {
    const ssize_t count =
        send(client.descriptor, client.waiting.data(), client.waiting.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      client.waiting.clear();
      client.ends = true;
      return;
    }
    client.waiting.erase(0, static_cast<std::size_t>(count));
  }
}

void Control::drop_the_gone() {
  std::erase_if(clients_, [](const Client& client) {
    const bool gone = client.ends && client.waiting.empty();
    if (gone) close(client.descriptor);
    return gone;
  });
}

void Control::say_goodbye() {
  hand_on_events();
  for (Client& client : clients_) {
    if (!client.ends) queue_up(client, goodbye);
    client.ends = true;
  }
  const auto until = steady_clock::now() + farewell;
  for (drop_the_gone(); !clients_.empty() && steady_clock::now() < until; drop_the_gone()) {
    std::vector<pollfd> polled;
    for (const Client& client : clients_)
      polled.push_back({client.descriptor, POLLOUT, 0});
    if (poll(polled.data(), polled.size(), 50) <= 0) continue;
    for (Client& client : clients_)
      write_to(client);
  }
  for (const Client& client : clients_)
    close(client.descriptor);
  clients_.clear();
}

}  // namespace sandpost::app
