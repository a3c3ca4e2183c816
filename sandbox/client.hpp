#pragma once
// The built-in line client: a TCP connection that types lines, as telnet does. What comes back is
// read and thrown away, for what was said shows in the events. Blocking; one thread.

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "sandbox/client_tls.hpp"

namespace sandpost::sandbox {

class LineClient {
 public:
  LineClient();

  // Throws std::system_error if nobody listens there.
  void connect(const std::string& host, unsigned short port);
  [[nodiscard]] bool connected() const { return socket_.is_open(); }
  // This end, as the server sees it: "127.0.0.1:40312".
  [[nodiscard]] const std::string& name() const { return name_; }

  // Encrypts the connection from here on, once the server has given so many replies since the
  // connection began, the greeting among them, and expects it. Waits for the last of them: its
  // event may be here before its bytes. False if that failed, and then the connection is lost.
  bool start_tls(int replies);

  // The line and CRLF. False if the connection is lost.
  bool send(std::string_view line);
  // Reads what has come, without waiting; closes when the server has.
  void drain();
  // Ends the connection without a word.
  void close();
  // To poll for reading; -1 without a connection.
  [[nodiscard]] int descriptor();

 private:
  void count_replies(std::string_view bytes);

  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  std::string name_;
  std::unique_ptr<ClientTls> tls_;
  int replies_ = 0;  // before TLS
  std::string line_;
};

}  // namespace sandpost::sandbox
