#pragma once
// The date-time of RFC 5322 §3.3, as trace lines carry it.

#include <string>

#include "base/time.hpp"

namespace sandpost::mail {

// "Mon, 23 Nov 2026 14:03:22 +0800"
[[nodiscard]] std::string date_text(ZonedTime when);

}  // namespace sandpost::mail
