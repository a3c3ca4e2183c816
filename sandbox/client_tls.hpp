#pragma once
// TLS over the built-in client's socket. It trusts whoever answers: the server runs in this
// program and makes its own certificate. Blocking; one thread.

#include <memory>
#include <string_view>

namespace sandpost::sandbox {

class ClientTls {
 public:
  // Makes the handshake on this connected, blocking socket, which stays the caller's. Throws
  // std::runtime_error if the server did not manage it.
  explicit ClientTls(int socket);
  ~ClientTls();
  ClientTls(const ClientTls&) = delete;
  ClientTls& operator=(const ClientTls&) = delete;

  // All of it, or false; the socket blocks.
  [[nodiscard]] bool write(std::string_view bytes);
  // Reads what has come and throws it away; the socket does not block. False if the connection is
  // over.
  [[nodiscard]] bool drain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sandpost::sandbox
