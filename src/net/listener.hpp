#pragma once
// Accepts connections on one port and runs a session for each. Refuses politely beyond the limit,
// and pauses while the process has no descriptor left.

#include <asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "net/session.hpp"
#include "net/task.hpp"

namespace sandpost::net {

// The sessions that are alive. I/O thread only.
class SessionList {
 public:
  void add(const std::shared_ptr<Session>& session) { sessions_.insert(session); }
  void remove(const std::shared_ptr<Session>& session) { sessions_.erase(session); }
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  void check_deadlines();
  void stop_all(StopReason reason);

 private:
  std::unordered_set<std::shared_ptr<Session>> sessions_;
};

class Listener {
 public:
  using Factory = std::function<std::shared_ptr<Session>(Socket)>;

  // Binds and listens at once; throws std::system_error. `refusal` is written to a client that
  // comes when all connections are taken.
  Listener(asio::io_context& io, const asio::ip::tcp::endpoint& endpoint, Factory make_session,
           SessionList& sessions, std::size_t most_sessions, std::string refusal);

  [[nodiscard]] unsigned short port() const;
  // Runs until stop().
  [[nodiscard]] Task<void> run();
  void stop();

 private:
  void start(Socket socket);

  asio::io_context& io_;
  Acceptor acceptor_;
  Timer pause_;
  Factory make_session_;
  SessionList& sessions_;
  std::size_t most_sessions_;
  std::string refusal_;
};

// For co_spawn: an exception that a coroutine let out is logged, not lost.
void report(const std::exception_ptr& failure);

}  // namespace sandpost::net
