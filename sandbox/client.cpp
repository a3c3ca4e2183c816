#include "sandbox/client.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/ip/address.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/write.hpp>
#include <utility>

namespace sandpost::sandbox {
namespace {

constexpr int longest_read_ms = 5000;
constexpr std::size_t longest_line = 4096;

}  // namespace

struct LineClient::Tls {
  explicit Tls(asio::ip::tcp::socket& socket)
      : context(asio::ssl::context::tls_client), stream(socket, context) {}

  asio::ssl::context context;
  asio::ssl::stream<asio::ip::tcp::socket&> stream;
};

LineClient::LineClient() : socket_(io_) {}

LineClient::~LineClient() = default;

void LineClient::connect(const std::string& host, unsigned short port) {
  close();
  // A server that listens on every address is reached on the loopback.
  auto address = asio::ip::make_address(host);
  if (address.is_unspecified()) {
    if (address.is_v4()) {
      address = asio::ip::address_v4::loopback();
    } else {
      address = asio::ip::address_v6::loopback();
    }
  }
  socket_.connect({address, port});
  socket_.set_option(asio::ip::tcp::no_delay(true));
  const auto local = socket_.local_endpoint();
  name_ = fmt::format("{}:{}", local.address().to_string(), local.port());
}

bool LineClient::send(std::string_view line) {
  std::error_code error;
  socket_.non_blocking(false, error);
  const std::string bytes = std::string(line) + "\r\n";
  if (tls_) {
    asio::write(tls_->stream, asio::buffer(bytes), error);
  } else {
    asio::write(socket_, asio::buffer(bytes), error);
  }
  if (error) close();
  return !error;
}

void LineClient::drain() {
  if (!connected()) return;
  std::array<char, 4096> bytes;
  std::error_code error;
  socket_.non_blocking(true, error);
  while (!error) {
    const std::size_t got = tls_ ? tls_->stream.read_some(asio::buffer(bytes), error)
                                 : socket_.read_some(asio::buffer(bytes), error);
    note({bytes.data(), got});
  }
  if (error != asio::error::would_block && error != asio::error::try_again) close();
}

bool LineClient::start_tls(std::string_view after) {
  std::error_code error;
  socket_.non_blocking(false, error);
  if (!read_up_to(after)) error = asio::error::timed_out;
  if (!error) {
    tls_ = std::make_unique<Tls>(socket_);
    tls_->stream.handshake(asio::ssl::stream_base::client, error);
  }
  if (error) close();
  return !error;
}

// Octet by octet: what comes behind the line belongs to TLS.
bool LineClient::read_up_to(std::string_view line) {
  std::error_code error;
  while (last_ != line) {
    pollfd ready{socket_.native_handle(), POLLIN, 0};
    if (poll(&ready, 1, longest_read_ms) != 1) return false;
    char octet = 0;
    if (socket_.read_some(asio::buffer(&octet, 1), error) != 1) return false;
    note({&octet, 1});
  }
  return true;
}

void LineClient::note(std::string_view bytes) {
  for (const char byte : bytes) {
    if (byte == '\n') {
      last_ = std::exchange(coming_, {});
    } else if (byte != '\r' && coming_.size() < longest_line) {
      coming_ += byte;
    }
  }
}

void LineClient::close() {
  tls_.reset();
  coming_.clear();
  last_.clear();
  std::error_code ignored;
  socket_.close(ignored);
}

int LineClient::descriptor() {
  return connected() ? socket_.native_handle() : -1;
}

}  // namespace sandpost::sandbox
