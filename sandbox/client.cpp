#include "sandbox/client.hpp"

#include <fmt/format.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/ip/address.hpp>
#include <asio/write.hpp>
#include <stdexcept>

namespace sandpost::sandbox {

LineClient::LineClient() : socket_(io_) {}

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

// A reply ends with the line that has a blank behind its code; those of POP3 that are counted here
// have one line.
void LineClient::count_replies(std::string_view bytes) {
  for (const char c : bytes) {
    if (c != '\n') {
      line_ += c;
      continue;
    }
    const bool more = line_.size() > 3 && line_[3] == '-';
    if (!more) ++replies_;
    line_.clear();
  }
}

bool LineClient::start_tls(int replies) {
  std::array<char, 4096> bytes;
  std::error_code error;
  socket_.non_blocking(false, error);
  while (!error && replies_ < replies)
    count_replies({bytes.data(), socket_.read_some(asio::buffer(bytes), error)});
  if (error) {
    close();
    return false;
  }
  try {
    tls_ = std::make_unique<ClientTls>(socket_.native_handle());
  } catch (const std::runtime_error&) {
    close();
  }
  return tls_ != nullptr;
}

bool LineClient::send(std::string_view line) {
  std::error_code error;
  socket_.non_blocking(false, error);
  const std::string bytes = std::string(line) + "\r\n";
  bool sent = false;
  if (tls_) {
    sent = tls_->write(bytes);
  } else {
    asio::write(socket_, asio::buffer(bytes), error);
    sent = !error;
  }
  if (!sent) close();
  return sent;
}

void LineClient::drain() {
  if (!connected()) return;
  std::array<char, 4096> bytes;
  std::error_code error;
  socket_.non_blocking(true, error);
  if (tls_) {
    if (!tls_->drain()) close();
    return;
  }
  while (!error)
    count_replies({bytes.data(), socket_.read_some(asio::buffer(bytes), error)});
  if (error != asio::error::would_block && error != asio::error::try_again) close();
}

void LineClient::close() {
  std::error_code ignored;
  tls_.reset();
  replies_ = 0;
  line_.clear();
  socket_.close(ignored);
}

int LineClient::descriptor() {
  return connected() ? socket_.native_handle() : -1;
}

}  // namespace sandpost::sandbox
