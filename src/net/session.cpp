#include "net/session.hpp"

#include <fmt/format.h>

#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/write.hpp>
#include <exception>
#include <utility>

#include "base/log.hpp"

namespace sandpost::net {
namespace {

// A client that is always quicker than this server never makes its session wait. After so many
// reads and writes in a row it gives way to the other sessions all the same.
constexpr int most_turns = 4;

}  // namespace

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
  const auto local = socket_.local_endpoint(error);
  if (!error) {
    local_address_ = local.address().to_string();
    local_port_ = local.port();
  }
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
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

bool Session::has_unread() const {
  std::error_code error;
  return socket_.available(error) > 0 && !error;
}

// Reads into the one buffer all sessions share, so that an idle session owns no memory to read
// into. A read that did not fill it has emptied the socket: trying again before there is more would
// be in vain.
Task<std::string_view> Session::read(std::chrono::milliseconds patience, bool mid_line) {
  if (++turns_ >= most_turns) co_await give_way();
  renew_deadline(patience, mid_line);
  if (tls_) {
    const std::string_view bytes = co_await read_encrypted();
    unrewarded_ += bytes.size();
    co_return bytes;
  }
  while (stop_reason_ == StopReason::none) {
    std::error_code error;
    if (!drained_) {
      const std::size_t octets = socket_.read_some(asio::buffer(host_.read_buffer), error);
      drained_ = octets < host_.read_buffer.size();
      unrewarded_ += octets;
      if (!error) co_return std::string_view(host_.read_buffer.data(), octets);
      if (error != asio::error::would_block && error != asio::error::try_again) break;
    }
    waiting_ = Waiting::client;
    co_await socket_.async_wait(Socket::wait_read, asio::redirect_error(use_task, error));
    waiting_ = Waiting::nothing;
    drained_ = false;
    turns_ = 0;
  }
  co_return std::string_view{};
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
  if (++turns_ >= most_turns) co_await give_way();
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
  turns_ = 0;
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
  turns_ = 0;
}

Task<void> Session::give_way() {
  turns_ = 0;
  co_await asio::post(socket_.get_executor(), use_task);
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
