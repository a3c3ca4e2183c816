#pragma once
// The sandbox's clock: the one place from which time comes. Engines never see it; the server hands
// them what they need as an argument. All three are safe to read from any thread.

#include <atomic>
#include <chrono>

#include "base/time.hpp"

namespace sandpost {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual ZonedTime now() const = 0;
};

// The computer's time, in its own time zone.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] ZonedTime now() const override;
};

// Starts at a given time and then runs as a clock does (`--clock`).
class SandboxClock final : public Clock {
 public:
  explicit SandboxClock(ZonedTime start);
  [[nodiscard]] ZonedTime now() const override;

 private:
  ZonedTime start_;
  std::chrono::steady_clock::time_point begun_;
};

// Stands still until it is moved: for tests, and for a demo without pauses.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(ZonedTime start);
  [[nodiscard]] ZonedTime now() const override;
  void advance(std::chrono::milliseconds by);

 private:
  std::atomic<Time::rep> now_;
  std::chrono::minutes offset_;
};

}  // namespace sandpost
