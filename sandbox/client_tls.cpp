#include "sandbox/client_tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

namespace sandpost::sandbox {

struct ClientTls::Impl {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()),
                                                            SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> tls{nullptr, SSL_free};
};

ClientTls::ClientTls(int socket) : impl_(std::make_unique<Impl>()) {
  if (!impl_->context) throw std::runtime_error("no memory for TLS");
  impl_->tls.reset(SSL_new(impl_->context.get()));
  ERR_clear_error();
  const bool done =
      impl_->tls && SSL_set_fd(impl_->tls.get(), socket) == 1 && SSL_connect(impl_->tls.get()) == 1;
  if (!done) throw std::runtime_error("the TLS handshake failed");
}

ClientTls::~ClientTls() = default;

bool ClientTls::write(std::string_view bytes) {
  ERR_clear_error();
  return SSL_write(impl_->tls.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

bool ClientTls::drain() {
  std::array<char, 4096> bytes;
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(impl_->tls.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (got > 0) continue;
    const int why = SSL_get_error(impl_->tls.get(), got);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
  }
}

}  // namespace sandpost::sandbox
