#pragma once
// The octets of one connection, with or without TLS from the start. Owns the socket.

#include <sys/types.h>

#include <cstddef>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace sandpost::load {

// A client's context, for all its connections: any certificate will do, and no session is resumed,
// so that each connection costs a whole handshake.
class Tls {
 public:
  Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;
  ~Tls();

  [[nodiscard]] ssl_st* new_connection(int fd) const;

 private:
  ssl_ctx_st* context_;
};

// read and write answer as recv and send do on a socket that does not block: -1 and EAGAIN in
// errno, or another reason; read: 0 at the end.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { close(); }

  // `tls` may be null and must outlive the connection.
  void open(int fd, const Tls* tls);
  void close();

  [[nodiscard]] int fd() const { return fd_; }
  // The server speaks first, but in TLS the client does: to be called once it is connected.
  void begin_handshake();
  [[nodiscard]] ssize_t read(char* to, std::size_t octets);
  [[nodiscard]] ssize_t write(std::string_view octets);
  // Whether read has more although the socket may have nothing.
  [[nodiscard]] bool has_more() const;

 private:
  int fd_ = -1;
  ssl_st* ssl_ = nullptr;
};

}  // namespace sandpost::load
