#include "base/clock.hpp"

#include <ctime>

namespace sandpost {

using std::chrono::milliseconds;

ZonedTime SystemClock::now() const {
  const auto time = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  localtime_r(&seconds, &local);
  return {time, std::chrono::minutes{local.tm_gmtoff / 60}};
}

SandboxClock::SandboxClock(ZonedTime start)
    : start_(start), begun_(std::chrono::steady_clock::now()) {}

ZonedTime SandboxClock::now() const {
  const auto passed = std::chrono::steady_clock::now() - begun_;
  return {start_.time + std::chrono::floor<milliseconds>(passed), start_.offset};
}

ManualClock::ManualClock(ZonedTime start)
    : now_(start.time.time_since_epoch().count()), offset_(start.offset) {}

ZonedTime ManualClock::now() const {
  return {Time{milliseconds{now_.load()}}, offset_};
}

void ManualClock::advance(milliseconds by) {
  now_ += by.count();
}

}  // namespace sandpost
