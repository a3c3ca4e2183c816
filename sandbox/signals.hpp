#pragma once
// The signals of an interactive program, read like any other input. Block them before the first
// thread starts, so that no other thread takes them.

namespace sandpost::sandbox {

class Signals {
 public:
  // Blocks SIGINT, SIGTERM, SIGHUP, SIGCONT and SIGWINCH; ignores SIGPIPE.
  Signals();
  ~Signals();  // unblocks them
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // To poll for reading.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  // The next signal that has come, or 0.
  [[nodiscard]] int take() const;

 private:
  int descriptor_;
};

}  // namespace sandpost::sandbox
