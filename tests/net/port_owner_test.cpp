#include "net/port_owner.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

namespace sandpost::net {

TEST_CASE("port owner: a program of one's own that listens is found, and nobody where none does") {
  asio::io_context io;
  for (const auto& address : {"127.0.0.1", "::1"}) {
    asio::ip::tcp::acceptor acceptor(io);
    std::error_code error;
    const asio::ip::tcp::endpoint any(asio::ip::make_address(address), 0);
    acceptor.open(any.protocol(), error);
    if (!error) acceptor.bind(any, error);
    if (error) continue;  // there is no IPv6
    const unsigned short port = acceptor.local_endpoint().port();
    CHECK_FALSE(port_owner(port));  // only bound
    acceptor.listen();
    const auto owner = port_owner(port);
    REQUIRE(owner);
    CHECK(owner->process == getpid());
    CHECK_FALSE(owner->name.empty());
  }
}

}  // namespace sandpost::net
