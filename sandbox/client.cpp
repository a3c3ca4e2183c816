#include "sandbox/client.hpp"

#include <fmt/format.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/ip/address.hpp>
#include <asio/write.hpp>

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

bool LineClient::send(std::string_view line) {
  std::error_code error;
  socket_.non_blocking(false, error);
  asio::write(socket_, asio::buffer(std::string(line) + "\r\n"), error);
  if (error) close();
  return !error;
}

void LineClient::drain() {
  if (!connected()) return;
  std::array<char, 4096> bytes;
  std::error_code error;
  socket_.non_blocking(true, error);
  while (!error)
    socket_.read_some(asio::buffer(bytes), error);
  if (error != asio::error::would_block && error != asio::error::try_again) close();
}

void LineClient::close() {
  std::error_code ignored;
  socket_.close(ignored);
}

int LineClient::descriptor() {
  return connected() ? socket_.native_handle() : -1;
}

}  // namespace sandpost::sandbox
