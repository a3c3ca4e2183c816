#pragma once
// The other end of the control socket: for a program on the same computer that watches the servers,
// or tells them what to do. One thread; no wait is longer than some seconds.

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "wire/json.hpp"

namespace sandpost::app {

// It cannot be reached, or has gone; what() is one line that says what to do.
class ControlError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The path of the socket that a port file names. Throws ControlError.
[[nodiscard]] std::string control_path(const std::string& port_file);

class ControlClient {
 public:
  // Connects, and reads the greeting. `name`: what the user calls it, for messages. `patience`: how
  // long an answer may take. Throws ControlError.
  ControlClient(const std::string& path, const std::string& name,
                std::chrono::milliseconds patience = std::chrono::seconds{10});
  ~ControlClient();
  ControlClient(const ControlClient&) = delete;
  ControlClient& operator=(const ControlClient&) = delete;

  // To poll for reading; but take() first, for something may be here already.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  // The lines of events that have come; never waits.
  [[nodiscard]] std::vector<std::string> take();
  // Nothing will come any more.
  [[nodiscard]] bool ended() const { return ended_; }
  // Why, where the server has cut this reader off; else empty.
  [[nodiscard]] const std::string& why_cut() const { return why_cut_; }

  // Gives a command and waits for the answer; its last line is the "ok". Throws ControlError, where
  // the answer is an error with the server's words. Where none comes in time it has ended: a late
  // one would be taken for the next command's.
  std::vector<wire::JsonObject> ask(std::string_view command);

 private:
  bool receive(std::chrono::steady_clock::time_point until);
  std::optional<std::string> next_line();
  void note_end(const wire::JsonObject& said);

  std::string name_;
  std::chrono::milliseconds patience_;
  int descriptor_ = -1;
  std::string coming_;
  std::vector<std::string> events_;
  std::string why_cut_;
  bool ended_ = false;
};

}  // namespace sandpost::app
