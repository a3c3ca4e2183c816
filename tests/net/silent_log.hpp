#pragma once
// For tests in which things break on purpose.

#include "base/log.hpp"

namespace sandpost::tests {

// As long as it lives nothing is logged.
class SilentLog {
 public:
  SilentLog() { log::set_level(log::Level::quiet); }
  ~SilentLog() { log::set_level(log::Level::error); }
  SilentLog(const SilentLog&) = delete;
  SilentLog& operator=(const SilentLog&) = delete;
};

}  // namespace sandpost::tests
