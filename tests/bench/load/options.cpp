#include "tests/bench/load/options.hpp"

#include <stdexcept>
#include <string_view>

namespace sandpost::load {
namespace {

Work work_from(std::string_view name) {
  if (name == "smtp") return Work::smtp;
  if (name == "retr") return Work::retr;
  if (name == "sessions") return Work::sessions;
  if (name == "ping") return Work::ping;
  if (name == "idle") return Work::idle;
  if (name == "sink") return Work::sink;
  throw std::invalid_argument("unknown work: " + std::string(name));
}

}  // namespace

std::string usage() {
  return "usage: sandpost_load smtp|retr|sessions|ping|idle --port N [--host ADDRESS] [--tls]\n"
         "         [--connections N] [--count N | --seconds S]\n"
         "  smtp:  --rcpt ADDRESS [--size OCTETS] [--pipeline N] [--connection-each]\n"
         "  POP3:  [--user u%] [--password pw] [--messages N] [--pipeline N]\n"
         "       sandpost_load sink [--size OCTETS]\n"
         "Prints one JSON object. `idle` prints `ready` and holds the connections until stdin "
         "ends. `sink` is a server and prints its two ports.\n";
}

Options parse_options(int argc, char** argv) {
  if (argc < 2) throw std::invalid_argument("no work named");
  Options options;
  options.work = work_from(argv[1]);
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--connection-each") {
      options.connection_each = true;
      continue;
    }
    if (name == "--tls") {
      options.tls = true;
      continue;
    }
    if (++i == argc) throw std::invalid_argument("no value for " + std::string(name));
    const std::string value = argv[i];
    if (name == "--host")
      options.host = value;
    else if (name == "--port")
      options.port = static_cast<std::uint16_t>(std::stoul(value));
    else if (name == "--connections")
      options.connections = std::stoul(value);
    else if (name == "--size")
      options.size = std::stoul(value);
    else if (name == "--count")
      options.count = std::stoul(value);
    else if (name == "--seconds")
      options.seconds = std::stod(value);
    else if (name == "--pipeline")
      options.pipeline = std::stoul(value);
    else if (name == "--rcpt")
      options.rcpt = value;
    else if (name == "--user")
      options.user = value;
    else if (name == "--password")
      options.password = value;
    else if (name == "--messages")
      options.messages = std::stoul(value);
    else
      throw std::invalid_argument("unknown option " + std::string(name));
  }
  if (options.work == Work::sink) return options;
  if (options.port == 0) throw std::invalid_argument("--port is missing");
  if (options.connections == 0 || options.messages == 0 || options.pipeline == 0)
    throw std::invalid_argument("a number is 0");
  if (options.work == Work::smtp && options.rcpt.empty())
    throw std::invalid_argument("--rcpt is missing");
  if (options.work != Work::idle && options.count == 0 && options.seconds <= 0)
    throw std::invalid_argument("one of --count and --seconds is needed");
  return options;
}

}  // namespace sandpost::load
