#pragma once
// Plays a script on many connections from one thread, and counts.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/load/options.hpp"

namespace sandpost::load {

struct Result {
  std::size_t units = 0;
  std::size_t errors = 0;  // wrong replies, connections that broke or could not be made
  std::string first_error;
  std::uint64_t sent = 0;                // octets
  std::uint64_t received = 0;            // octets
  double seconds = 0;                    // while units were counted; openings are over by then
  std::vector<std::uint32_t> latencies;  // microseconds, one for each unit; sorted
};

// Throws std::system_error where the machine refuses.
[[nodiscard]] Result run(const Options& options);

// Opens the connections, waits for a first line on each, prints `ready`, waits for the end of
// stdin.
void hold_idle(const Options& options);

[[nodiscard]] std::string to_json(const Result& result);

}  // namespace sandpost::load
