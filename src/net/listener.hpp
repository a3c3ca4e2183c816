#pragma once
// Accepts connections on one port and runs a session for each. Refuses politely beyond the limit,
// and pauses while the process has no descriptor left.

#include <asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "net/session_list.hpp"
#include "net/task.hpp"

namespace sandpost::net {

struct ConnectionLimits {
  std::size_t in_all = 20'000;  // a class of a thousand, each with a few windows, and room to spare
  std::size_t per_address = 1000;  // a class behind one router; a single host cannot take all
  bool spares_loopback = true;     // this machine's own clients count in all only
};

class Listener {
 public:
  using Factory = std::function<std::shared_ptr<Session>(Socket)>;

  // Binds and listens at once; throws std::system_error. `refusal` is written to a client that
  // comes when all connections are taken.
  Listener(asio::io_context& io, const asio::ip::tcp::endpoint& endpoint, Factory make_session,
           SessionList& sessions, const ConnectionLimits& limits, std::string refusal);

  [[nodiscard]] unsigned short port() const;
  // Runs until stop().
  [[nodiscard]] Task<void> run();
  void stop();

 private:
  void start(Socket socket);
  [[nodiscard]] bool has_room_for(const Socket& socket) const;

  asio::io_context& io_;
  Acceptor acceptor_;
  Timer pause_;
  Factory make_session_;
  SessionList& sessions_;
  ConnectionLimits limits_;
  std::string refusal_;
};

// For spawn(): an exception that a coroutine let out is logged, not lost.
void report(const std::exception_ptr& failure);

}  // namespace sandpost::net
