#pragma once
// Why servers cannot listen, told to the one who started them: which port, who has it, and the
// options that help. Any thread that speaks to the learner.

#include <string>
#include <system_error>
#include <vector>

namespace sandpost::app {

struct PortProblem {
  std::string option;  // that chose the port: "--smtp-port"
  unsigned short port = 0;
  std::error_code error;
};

// All of them, of which there must be one, in one line.
[[nodiscard]] std::string in_words(const std::vector<PortProblem>& problems,
                                   const std::string& host);

}  // namespace sandpost::app
