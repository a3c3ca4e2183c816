#include "net/listener.hpp"

#include <fmt/format.h>

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace sandpost::net {

void SessionList::add(const std::shared_ptr<Session>& session) {
  if (sessions_.insert(session).second) ++by_address_[session->client_address()];
}

void SessionList::remove(const std::shared_ptr<Session>& session) {
  if (sessions_.erase(session) == 0) return;
  const auto address = by_address_.find(session->client_address());
  if (--address->second == 0) by_address_.erase(address);
}

std::size_t SessionList::count_from(const std::string& address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? 0 : found->second;
}

void SessionList::check_deadlines() {
  const auto now = std::chrono::steady_clock::now();
  for (const auto& session : sessions_)
    session->check_deadline(now);
}

void SessionList::stop_all(StopReason reason) {
  for (const auto& session : sessions_)
    session->stop(reason);
}

Listener::Listener(asio::io_context& io, const asio::ip::tcp::endpoint& endpoint,
                   Factory make_session, SessionList& sessions, const ConnectionLimits& limits,
                   std::string refusal)
    : io_(io),
      acceptor_(io.get_executor()),
      pause_(io.get_executor()),
      make_session_(std::move(make_session)),
      sessions_(sessions),
      limits_(limits),
      refusal_(std::move(refusal)) {
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(Acceptor::reuse_address(true));
  acceptor_.set_option(asio::ip::tcp::no_delay(true));  // Linux: for what it accepts, too
  acceptor_.bind(endpoint);
  acceptor_.listen();
}

unsigned short Listener::port() const {
  return acceptor_.local_endpoint().port();
}

Task<void> Listener::run() {
  log::Trouble trouble;
  while (acceptor_.is_open()) {
    Socket socket(io_.get_executor());
    std::error_code error;
    co_await acceptor_.async_accept(socket, asio::redirect_error(use_task, error));
    if (!error) {
      trouble.is_over();
      start(std::move(socket));
    } else if (acceptor_.is_open()) {
      // Most likely no descriptor is left. Said once, and tried again until it is over.
      trouble.tell(fmt::format("cannot accept a connection now: {}", error.message()));
      pause_.expires_after(std::chrono::milliseconds{100});
      co_await pause_.async_wait(asio::redirect_error(use_task, error));
    }
  }
}

void Listener::start(Socket socket) {
  if (!has_room_for(socket)) {
    std::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(refusal_), ignored);
    return;
  }
  std::shared_ptr<Session> session;
  try {
    session = make_session_(std::move(socket));
    sessions_.add(session);
    asio::co_spawn(io_, session->run(), [this, session](const std::exception_ptr& failure) {
      sessions_.remove(session);
      report(failure);
    });
  } catch (...) {
    if (session) sessions_.remove(session);
    report(std::current_exception());  // one client is lost; the others still come in
  }
}

bool Listener::has_room_for(const Socket& socket) const {
  if (sessions_.size() >= limits_.in_all) return false;
  std::error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error || (limits_.spares_loopback && address.is_loopback())) return true;
  return sessions_.count_from(address.to_string()) < limits_.per_address;
}

void Listener::stop() {
  std::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void report(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    log::error(fmt::format("unexpected: {}", exception.what()));
  }
}

}  // namespace sandpost::net
