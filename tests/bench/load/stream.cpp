#include "tests/bench/load/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <stdexcept>

namespace sandpost::load {
namespace {

// What recv or send would have answered.
ssize_t as_of_socket(ssl_st* ssl, int answer) {
  if (answer > 0) return answer;
  const int reason = SSL_get_error(ssl, answer);
  ERR_clear_error();
  if (reason == SSL_ERROR_ZERO_RETURN) return 0;
  if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE)
    errno = EAGAIN;
  else if (reason != SSL_ERROR_SYSCALL || errno == 0)
    errno = EPROTO;
  return -1;
}

int at_once(std::size_t octets) {
  return static_cast<int>(std::min<std::size_t>(octets, std::numeric_limits<int>::max()));
}

}  // namespace

Tls::Tls() : context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr) throw std::runtime_error("no TLS");
  SSL_CTX_set_verify(context_, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

Tls::~Tls() {
  SSL_CTX_free(context_);
}

ssl_st* Tls::new_connection(int fd) const {
  ssl_st* const ssl = SSL_new(context_);
  if (ssl == nullptr || SSL_set_fd(ssl, fd) != 1) throw std::runtime_error("no TLS");
  SSL_set_connect_state(ssl);
  return ssl;
}

void Stream::open(int fd, const Tls* tls) {
  close();
  fd_ = fd;
  if (tls != nullptr) ssl_ = tls->new_connection(fd);
}

void Stream::close() {
  SSL_free(ssl_);
  ssl_ = nullptr;
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Stream::begin_handshake() {
  if (ssl_ == nullptr || SSL_is_init_finished(ssl_) == 1) return;
  SSL_do_handshake(ssl_);  // what is wrong, the next read tells
  ERR_clear_error();
}

ssize_t Stream::read(char* to, std::size_t octets) {
  if (ssl_ == nullptr) return ::recv(fd_, to, octets, 0);
  errno = 0;
  return as_of_socket(ssl_, SSL_read(ssl_, to, at_once(octets)));
}

ssize_t Stream::write(std::string_view octets) {
  if (ssl_ == nullptr) return ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
  errno = 0;
  return as_of_socket(ssl_, SSL_write(ssl_, octets.data(), at_once(octets.size())));
}

bool Stream::has_more() const {
  return ssl_ != nullptr && SSL_pending(ssl_) > 0;
}

}  // namespace sandpost::load
