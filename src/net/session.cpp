#include "net/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/redirect_error.hpp>
#include <asio/write.hpp>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "net/session_list.hpp"

namespace sandpost::net {

Session::Session(Socket socket, Host& host, bool encrypted)
    : socket_(std::move(socket)),
      host_(host),
      number_(++host.sessions_begun),
      encrypted_(encrypted) {
  std::error_code error;
  const auto remote = socket_.remote_endpoint(error);
  if (!error) {
    const std::string address = remote.address().to_string();
    address_length_ = address.size();
    client_ = fmt::format("{}:{}", address, remote.port());
  }
  socket_.non_blocking(true, error);
}

void Session::begin(SessionList& sessions) {
  sessions_ = &sessions;
  sessions.add(shared_from_this());
  take_turn(shared_from_this(), {});
}

// `bytes`: what the client has said in its own turn; nothing at the beginning.
Detached Session::take_turn(std::shared_ptr<Session> self, std::string_view bytes) {
  try {
    bool open = true;
    if (!greeted_) {
      open = co_await first_words();
    } else if (!ended_) {
      open = co_await answer(bytes);
    }
    while (open && !ended_ && tls_) {
      bytes = co_await read_encrypted();
      if (!ended_) open = co_await answer(bytes);
    }
    if (open && !ended_ && stop_reason_ == StopReason::none) co_return await_client();
    if (greeted_) co_await say_good_bye(open);
    co_await linger();
  } catch (const std::exception& failure) {
    log::error(fmt::format("session {} with {} ended: {}", number_, client_, failure.what()));
  }
  std::error_code ignored;
  socket_.close(ignored);
  sessions_->remove(self);
}

Task<bool> Session::first_words() {
  if (encrypted_) {
    const bool ready = co_await start_tls();
    if (!ready) co_return false;
  }
  greeted_ = true;
  co_return co_await greet();
}

// The socket is watched all the time, so that waiting costs no system call; but what has come is
// then read before this session's turn, so it cannot be into the buffer that all sessions share.
// Only the few octets that most commands have are read into the session's own; what is beyond them
// follows in received().
void Session::await_client() {
  renew_deadline();
  waiting_ = Waiting::client;
  socket_.async_read_some(asio::buffer(first_octets_),
                          [self = shared_from_this()](const std::error_code&, std::size_t octets) {
                            self->waiting_ = Waiting::nothing;
                            self->take_turn(self, self->received(octets));
                          });
}

std::string_view Session::received(std::size_t octets) {
  std::vector<char>& buffer = host_.read_buffer;
  std::copy_n(first_octets_.begin(), octets, buffer.begin());
  drained_ = octets < first_octets_.size();
  if (!drained_) {
    std::error_code error;
    octets += socket_.read_some(asio::buffer(buffer) + octets, error);
    drained_ = octets < buffer.size();
  }
  unrewarded_ += octets;
  ended_ = octets == 0;
  return {buffer.data(), octets};
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
  if (waiting_ != Waiting::nothing && now >= deadline_) stop(StopReason::timeout);
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

Task<std::string_view> Session::read_encrypted() {
  renew_deadline();
  std::string_view bytes;
  if (stop_reason_ == StopReason::none) {
    waiting_ = Waiting::client;
    bytes = co_await tls_->read();
    waiting_ = Waiting::nothing;
  }
  unrewarded_ += bytes.size();
  ended_ = bytes.empty();
  co_return bytes;
}

Task<bool> Session::start_tls() {
  set_deadline(host_.timeouts.handshake);
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
    // A server that stops says good-bye, and waits for no answer to it.
    waiting_ = stop_reason_ == StopReason::shutdown ? Waiting::client : Waiting::writing;
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
    set_deadline(std::chrono::ceil<milliseconds>(left));
    waiting_ = Waiting::client;
    const std::size_t octets = co_await socket_.async_read_some(
        asio::buffer(first_octets_), asio::redirect_error(use_task, error));
    waiting_ = Waiting::nothing;
    if (received(octets).empty() || stop_reason_ != StopReason::none) break;
  }
}

void Session::renew_deadline() {
  constexpr std::size_t good_piece = 1024;
  if (!mid_line() || unrewarded_ >= good_piece || deadline_ == SteadyTime::max())
    set_deadline(patience());
}

void Session::set_deadline(std::chrono::milliseconds patience) {
  unrewarded_ = 0;
  deadline_ = std::chrono::steady_clock::now() + patience;
}

}  // namespace sandpost::net
