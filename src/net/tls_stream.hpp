#pragma once
// TLS over a session's socket. Reads and writes as the session does without it, so that the session
// needs no other code than a choice between the two. I/O thread only.

#include <memory>
#include <string>
#include <string_view>

#include "net/task.hpp"
#include "net/tls.hpp"

namespace sandpost::net {

class TlsStream {
 public:
  // Both must outlive it. Makes the context's certificate if this is its first use, and throws
  // std::runtime_error if that cannot be done.
  TlsStream(Socket& socket, TlsContext& context);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // False if the client did not manage it.
  [[nodiscard]] Task<bool> handshake();
  // What came, valid until the next read; empty: nothing more will.
  [[nodiscard]] Task<std::string_view> read();
  // All of it, or false.
  [[nodiscard]] Task<bool> write(std::string_view bytes);
  // Says good-bye, and waits for the client's.
  [[nodiscard]] Task<void> shut_down();

  [[nodiscard]] std::string version() const;  // "TLSv1.3"
  [[nodiscard]] std::string cipher() const;   // "TLS_AES_256_GCM_SHA384"

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sandpost::net
