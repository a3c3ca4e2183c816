#pragma once
// The built-in line client: a TCP connection that types lines, as telnet does. What comes back is
// read and thrown away, for what was said shows in the events. It can go on encrypted, as openssl
// s_client does. Blocking; one thread.

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace sandpost::sandbox {

class LineClient {
 public:
  LineClient();
  ~LineClient();

  // Throws std::system_error if nobody listens there.
  void connect(const std::string& host, unsigned short port);
  [[nodiscard]] bool connected() const { return socket_.is_open(); }
  // This end, as the server sees it: "127.0.0.1:40312".
  [[nodiscard]] const std::string& name() const { return name_; }

  // Encrypts the connection: behind that line of the server's, or from the start if it is empty.
  // Whose certificate it is, is not asked. False if the connection is lost.
  bool start_tls(std::string_view after);

  // The line and CRLF. False if the connection is lost.
  bool send(std::string_view line);
  // Reads what has come, without waiting; closes when the server has.
  void drain();
  // Ends the connection without a word.
  void close();
  // To poll for reading; -1 without a connection.
  [[nodiscard]] int descriptor();

 private:
  struct Tls;

  // Keeps the last line that has come.
  void note(std::string_view bytes);
  [[nodiscard]] bool read_up_to(std::string_view line);

  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  std::unique_ptr<Tls> tls_;  // null: in the clear
  std::string name_;
  std::string coming_;  // a line without its end yet
  std::string last_;    // the last whole one, without CR LF
};

}  // namespace sandpost::sandbox
