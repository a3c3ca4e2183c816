#pragma once
// A server that does as little as one can: it answers, and forgets. What the load generator reaches
// against it, no server can surpass on this machine. One thread; no TLS.

#include "tests/bench/load/options.hpp"

namespace sandpost::load {

// Listens on two free ports of 127.0.0.1, prints their numbers, SMTP's first, and serves until it
// is killed. Each SMTP command gets 250, each message too; each POP3 command +OK, and RETR a
// message of `options.size` octets. Throws std::system_error where the machine refuses.
void serve_sink(const Options& options);

}  // namespace sandpost::load
