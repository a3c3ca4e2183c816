#include "net/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/redirect_error.hpp>
#include <asio/write.hpp>
#include <exception>
#include <utility>

#include "base/log.hpp"

namespace sandpost::net {

Session::Session(Socket socket, Host& host, bool encrypted)
    : socket_(std::move(socket)),
      host_(host),
      number_(++host.sessions_begun),
      encrypted_(encrypted) {
  std::error_code error;
  const auto remote = socket_.remote_endpoint(error);
  if (!error) {
    client_address_ = remote.address().to_string();
    client_ = fmt::format("{}:{}", client_address_, remote.port());
  }
  socket_.non_blocking(true, error);
}

Task<void> Session::run() {
  try {
    bool ready = true;
    if (encrypted_) ready = co_await start_tls(host_.timeouts.smtp);
    if (ready) co_await talk();
    co_await linger();
  } catch (const std::exception& failure) {
    log::error(fmt::format("session {} with {} ended: {}", number_, client_, failure.what()));
  }
  std::error_code ignored;
  socket_.close(ignored);
}

void Session::stop(StopReason reason) {
  if (stop_reason_ == StopReason::none) stop_reason_ = reason;
  std::error_code ignored;
  if (waiting_ == Waiting::client) socket_.cancel(ignored);
  if (waiting_ == Waiting::pause) pause_->cancel();
  // A client that does not read gets no good-bye.
  if (waiting_ == Waiting::writing && reason == StopReason::timeout) socket_.close(ignored);
}

void Session::check_deadline(SteadyTime now) {
  if (now >= deadline_) stop(StopReason::timeout);
}

void Session::emit(std::string_view name, std::vector<wire::Field> fields) {
  if (learner_.empty()) learner_ = learner_of(name, fields);
  wire::Event event;
  event.when = host_.clock.now();
  event.session = number_;
  event.client = client_;
  event.learner = learner_;
  event.name = name;
  event.fields = std::move(fields);
  host_.bus.publish(event);
}

std::string Session::local_address() const {
  std::error_code error;
  const auto local = socket_.local_endpoint(error);
  return error ? std::string() : local.address().to_string();
}

std::int64_t Session::local_port() const {
  std::error_code error;
  return socket_.local_endpoint(error).port();  // 0 after an error
}

bool Session::has_unread() const {
  std::error_code error;
  return socket_.available(error) > 0 && !error;
}

// The socket is watched all the time, so that waiting costs no system call; but what has come is
// then read before this session's turn, so it cannot be into the buffer that all sessions share.
// Only the few octets that most commands have are read into the session's own; what is beyond them
// follows here.
Task<std::string_view> Session::read(std::chrono::milliseconds patience, bool mid_line) {
  renew_deadline(patience, mid_line);
  if (tls_) {
    const std::string_view bytes = co_await read_encrypted();
    unrewarded_ += bytes.size();
    co_return bytes;
  }
  if (stop_reason_ != StopReason::none) co_return std::string_view{};
  std::error_code error;
  waiting_ = Waiting::client;
  std::size_t octets = co_await socket_.async_read_some(asio::buffer(first_octets_),
                                                        asio::redirect_error(use_task, error));
  waiting_ = Waiting::nothing;
  std::vector<char>& buffer = host_.read_buffer;
  std::copy_n(first_octets_.begin(), octets, buffer.begin());
  drained_ = octets < first_octets_.size();
  if (!drained_) {
    octets += socket_.read_some(asio::buffer(buffer) + octets, error);
    drained_ = octets < buffer.size();
  }
  unrewarded_ += octets;
  co_return std::string_view(buffer.data(), octets);
}

Task<std::string_view> Session::read_encrypted() {
  if (stop_reason_ != StopReason::none) co_return std::string_view{};
  waiting_ = Waiting::client;
  const std::string_view bytes = co_await tls_->read();
  waiting_ = Waiting::nothing;
  co_return bytes;
}

Task<bool> Session::start_tls(std::chrono::milliseconds patience) {
  set_deadline(patience);
  tls_ = std::make_unique<TlsStream>(socket_, host_.tls);
  waiting_ = Waiting::client;
  const bool done = co_await tls_->handshake();
  waiting_ = Waiting::nothing;
  if (!done) tls_.reset();
  co_return done;
}

void Session::say(std::string bytes) {
  if (unsent_.empty())
    unsent_ = std::move(bytes);
  else
    unsent_ += bytes;
}

// Mostly the socket takes everything at once; only then is nothing to be waited for.
Task<bool> Session::flush() {
  if (unsent_.empty()) co_return true;
  const std::string bytes = std::exchange(unsent_, {});
  if (tls_) {
    set_deadline(host_.timeouts.write);
    waiting_ = Waiting::writing;
    const bool done = co_await tls_->write(bytes);
    waiting_ = Waiting::nothing;
    co_return done;
  }
  std::error_code error;
  const std::size_t written = socket_.write_some(asio::buffer(bytes), error);
  if (!error && written == bytes.size()) co_return true;
  if (error && error != asio::error::would_block && error != asio::error::try_again)
    co_return false;
  set_deadline(host_.timeouts.write);
  waiting_ = Waiting::writing;
  co_await asio::async_write(socket_, asio::buffer(bytes) + written,
                             asio::redirect_error(use_task, error));
  waiting_ = Waiting::nothing;
  co_return !error;
}

Task<bool> Session::write(std::string bytes) {
  say(std::move(bytes));
  return flush();
}

Task<void> Session::pause(std::chrono::milliseconds time) {
  if (stop_reason_ != StopReason::none) co_return;
  deadline_ = SteadyTime::max();  // the next read() sets it anew
  Timer timer(socket_.get_executor(), time);
  pause_ = &timer;
  waiting_ = Waiting::pause;
  std::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(use_task, ignored));
  waiting_ = Waiting::nothing;
  pause_ = nullptr;
}

// Closing with unread bytes in the socket would reset the connection, and the client might never
// see the last reply: so our side ends first, and what still comes is thrown away for a moment.
Task<void> Session::linger() {
  std::error_code error;
  if (tls_) {
    set_deadline(host_.timeouts.linger);
    waiting_ = Waiting::writing;
    co_await tls_->shut_down();
    waiting_ = Waiting::nothing;
    tls_.reset();
  }
  if (parted_ && drained_) co_return;
  socket_.shutdown(Socket::shutdown_send, error);
  if (stop_reason_ == StopReason::shutdown) co_return;
  stop_reason_ = StopReason::none;
  const auto end = std::chrono::steady_clock::now() + host_.timeouts.linger;
  while (!error) {
    using std::chrono::milliseconds;
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= milliseconds{0}) break;
    const auto bytes = co_await read(std::chrono::ceil<milliseconds>(left), false);
    if (bytes.empty()) break;
  }
}

void Session::renew_deadline(std::chrono::milliseconds patience, bool mid_line) {
  constexpr std::size_t good_piece = 1024;
  if (!mid_line || unrewarded_ >= good_piece || deadline_ == SteadyTime::max())
    set_deadline(patience);
}

void Session::set_deadline(std::chrono::milliseconds patience) {
  unrewarded_ = 0;
  deadline_ = std::chrono::steady_clock::now() + patience;
}

}  // namespace sandpost::net
