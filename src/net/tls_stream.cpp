#include "net/tls_stream.hpp"

#include <array>
#include <asio/buffer.hpp>
#include <asio/redirect_error.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/write.hpp>

namespace sandpost::net {

class TlsStream::Impl {
 public:
  Impl(Socket& socket, asio::ssl::context& context) : stream(socket, context) {}

  asio::ssl::stream<Socket&> stream;
  std::array<char, 16'384> buffer;  // one TLS record
};

TlsStream::TlsStream(Socket& socket, TlsContext& context)
    : impl_(std::make_unique<Impl>(socket, context.get())) {}

TlsStream::~TlsStream() = default;

Task<bool> TlsStream::handshake() {
  std::error_code error;
  co_await impl_->stream.async_handshake(asio::ssl::stream_base::server,
                                         asio::redirect_error(use_task, error));
  co_return !error;
}

Task<std::string_view> TlsStream::read() {
  std::error_code error;
  const std::size_t octets = co_await impl_->stream.async_read_some(
      asio::buffer(impl_->buffer), asio::redirect_error(use_task, error));
  co_return std::string_view(impl_->buffer.data(), error ? 0 : octets);
}

Task<bool> TlsStream::write(std::string_view bytes) {
  std::error_code error;
  co_await asio::async_write(impl_->stream, asio::buffer(bytes.data(), bytes.size()),
                             asio::redirect_error(use_task, error));
  co_return !error;
}

Task<void> TlsStream::shut_down() {
  std::error_code ignored;
  co_await impl_->stream.async_shutdown(asio::redirect_error(use_task, ignored));
}

std::string TlsStream::version() const {
  return describe(impl_->stream.native_handle()).version;
}

std::string TlsStream::cipher() const {
  return describe(impl_->stream.native_handle()).cipher;
}

}  // namespace sandpost::net
