#pragma once
// The signals that a program waits for, read like any other input. Block them before the first
// thread starts, so that no other thread takes them.

#include <csignal>
#include <initializer_list>

namespace sandpost {

class Signals {
 public:
  // Blocks these; but SIGHUP not where it is ignored, for so nohup has it. Throws
  // std::system_error.
  explicit Signals(std::initializer_list<int> signals);
  ~Signals();  // unblocks them; one that nobody has taken is lost
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // To poll for reading.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  // The next signal that has come, or 0.
  [[nodiscard]] int take() const;

 private:
  sigset_t set_{};
  int descriptor_ = -1;
};

}  // namespace sandpost
