#pragma once
// What the load generator is asked for. Its client is written apart from the servers: a mistake
// that both sides shared would measure nothing.

#include <cstddef>
#include <cstdint>
#include <string>

namespace sandpost::load {

enum class Work {
  smtp,      // a unit is a message
  retr,      // a unit is a message fetched
  sessions,  // a unit is a connection: USER, PASS, STAT, QUIT
  ping,      // SMTP; a unit is a NOOP
  idle,      // connections that only wait for the end of stdin; no unit
  sink,      // the server of sink.hpp
};

struct Options {
  Work work = Work::smtp;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::size_t connections = 1;   // at a time
  std::size_t size = 1024;       // octets of a message, without the final dot
  std::size_t count = 0;         // units in all; 0: as many as `seconds` allow
  double seconds = 0;            // 0: until `count` is reached
  std::size_t pipeline = 1;      // RETR: commands on their way; SMTP: 1, or more for PIPELINING
  bool connection_each = false;  // SMTP: a new connection for each message
  bool tls = false;              // from the start of each connection
  std::string rcpt;              // SMTP
  std::string user = "u%";       // POP3; % becomes the number of the connection, from 0
  std::string password = "pw";   // POP3
  std::size_t messages = 1;      // POP3: how many the maildrop has; they are fetched in turn
};

// Throws std::invalid_argument with a text for the user.
[[nodiscard]] Options parse_options(int argc, char** argv);
[[nodiscard]] std::string usage();

}  // namespace sandpost::load
