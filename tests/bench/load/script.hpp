#pragma once
// What one connection says, and which replies it waits for.

#include <cstddef>
#include <string>
#include <vector>

#include "tests/bench/load/options.hpp"

namespace sandpost::load {

enum class Form {
  smtp_reply,  // RFC 5321 §4.2: lines with `-` behind the code go on
  pop3_line,   // RFC 1939 §3
  pop3_body,   // +OK and all to the final dot, or -ERR
};

struct Expected {
  Form form = Form::smtp_reply;
  char first = '2';  // of the reply; another one is an error
};

// One write; the next one is held back until the replies are there, unless the script pipelines.
struct Step {
  std::string bytes;  // can be empty: only a reply is awaited
  std::vector<Expected> replies;
  bool begins_unit = false;
  bool ends_unit = false;
};

struct Script {
  std::vector<Step> opening;  // once for each connection
  std::vector<Step> loop;     // again and again
  std::size_t window = 1;     // steps of the loop that may be unanswered at a time
  bool closes = false;        // the connection ends with the loop, and another one begins
};

// `connection`: its number, from 0.
[[nodiscard]] Script script_for(const Options& options, std::size_t connection);

// A message of that many octets (at least its header's 72), with the final dot behind it.
[[nodiscard]] std::string message(std::size_t octets);

}  // namespace sandpost::load
