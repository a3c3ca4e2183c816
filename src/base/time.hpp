#pragma once
// Points in time, and the two spellings in which a user writes them: "10s", "5s..30s" (durations)
// and "2001-10-15T09:00:00+08:00" (RFC 3339). Not for mail dates: those are in mail/date.hpp.

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sandpost {

// Milliseconds since 1970-01-01T00:00Z: what the mailbox stores and the events carry.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// A point in time together with the offset from UTC in which it is to be shown.
struct ZonedTime {
  Time time;
  std::chrono::minutes offset{0};
};

// The delivery delay: fixed where both ends are equal, else drawn evenly for each message.
struct DelayRange {
  std::chrono::milliseconds shortest{0};
  std::chrono::milliseconds longest{0};

  friend bool operator==(const DelayRange&, const DelayRange&) = default;
};

// The longest delay that can be asked for. A month is far beyond any lesson, and keeps sums in
// range.
inline constexpr std::chrono::hours longest_delay{24 * 31};

// A whole number and a unit, ms s m h: "0s", "250ms", "10m". The error says what is expected.
[[nodiscard]] Result<std::chrono::milliseconds, std::string> parse_duration(std::string_view text);

// A duration, or two joined by "..", the shorter first.
[[nodiscard]] Result<DelayRange, std::string> parse_delay_range(std::string_view text);

// RFC 3339 §5.6 date-time with its offset ("Z" or "+08:00"); fractions of a second to the
// millisecond.
[[nodiscard]] Result<ZonedTime, std::string> parse_rfc3339(std::string_view text);

// The inverse of parse_duration in the largest unit that is exact: 90000 ms is "90s".
[[nodiscard]] std::string to_text(std::chrono::milliseconds duration);
[[nodiscard]] std::string to_text(const DelayRange& delay);

// "2026-11-23T06:03:22Z", the fraction dropped.
[[nodiscard]] std::string rfc3339_text(Time when);

// "14:03:22" at the given offset.
[[nodiscard]] std::string clock_text(ZonedTime when);

}  // namespace sandpost
