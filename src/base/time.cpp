#include "base/time.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace sandpost {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array units{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}};

std::string duration_expected(std::string_view text) {
  return fmt::format("'{}' is not a time: write a number and a unit (ms, s, m, h), such as 10s",
                     text);
}

// A number of exactly `digits` decimal digits at `text`'s start, which is taken off.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  int value = 0;
  if (text.size() < digits || text.front() == '-') return std::nullopt;  // from_chars takes "-0"
  const auto* end = text.data() + digits;
  auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || at != end) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// time-secfrac: "." 1*DIGIT; digits beyond the third are dropped.
std::optional<milliseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return milliseconds{0};
  int value = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 3) value = value * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (int i = digits; i < 3; ++i)
    value *= 10;
  return milliseconds{value};
}

// time-offset: "Z" / ("+" / "-") time-hour ":" time-minute
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return std::chrono::minutes{0};
  const bool west = take(text, '-');
  if (!west && !take(text, '+')) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset{*hours * 60 + *minutes};
  return west ? -offset : offset;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  using namespace std::chrono;
  const auto y = take_number(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

// partial-time without the fraction. A leap second counts as the first of the next minute.
std::optional<std::chrono::seconds> take_time_of_day(std::string_view& text) {
  const auto h = take_number(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || *m > 59 || !take(text, ':')) return std::nullopt;
  const auto s = take_number(text, 2);
  if (!s || *s > 60) return std::nullopt;
  return std::chrono::hours{*h} + std::chrono::minutes{*m} + std::chrono::seconds{*s};
}

}  // namespace

Result<milliseconds, std::string> parse_duration(std::string_view text) {
  std::int64_t value = 0;
  auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || text.starts_with('-')) {
    return Failure<std::string>{duration_expected(text)};
  }
  const std::string_view unit = text.substr(static_cast<std::size_t>(at - text.data()));
  for (const Unit& known : units) {
    if (unit != known.name) continue;
    if (value > milliseconds{longest_delay}.count() / known.milliseconds) {
      return Failure<std::string>{
          fmt::format("'{}' is too long: {} hours at most", text, longest_delay.count())};
    }
    return milliseconds{value * known.milliseconds};
  }
  return Failure<std::string>{duration_expected(text)};
}

Result<DelayRange, std::string> parse_delay_range(std::string_view text) {
  const auto dots = text.find("..");
  const auto shortest = parse_duration(text.substr(0, dots));
  if (!shortest) return Failure<std::string>{shortest.error()};
  if (dots == std::string_view::npos) return DelayRange{*shortest, *shortest};
  const auto longest = parse_duration(text.substr(dots + 2));
  if (!longest) return Failure<std::string>{longest.error()};
  if (*longest < *shortest) {
    return Failure<std::string>{
        fmt::format("'{}' is the wrong way round: write the shorter time first", text)};
  }
  return DelayRange{*shortest, *longest};
}

Result<ZonedTime, std::string> parse_rfc3339(std::string_view text) {
  std::string_view rest = text;
  const Failure<std::string> failure{
      fmt::format("'{}' is not a time of RFC 3339: write it like 2001-10-15T09:00:00+08:00", text)};
  const auto date = take_date(rest);
  if (!date || !(take(rest, 'T') || take(rest, 't') || take(rest, ' '))) return failure;
  const auto time_of_day = take_time_of_day(rest);
  if (!time_of_day) return failure;
  const auto fraction = take_fraction(rest);
  if (!fraction) return failure;
  const auto offset = take_offset(rest);
  if (!offset || !rest.empty()) return failure;
  return ZonedTime{Time{*date} + *time_of_day + *fraction - *offset, *offset};
}

std::string to_text(milliseconds duration) {
  if (duration.count() == 0) return "0s";
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    if (duration.count() % unit->milliseconds == 0) {
      return fmt::format("{}{}", duration.count() / unit->milliseconds, unit->name);
    }
  }
  return fmt::format("{}ms", duration.count());
}

std::string to_text(const DelayRange& delay) {
  if (delay.shortest == delay.longest) return to_text(delay.shortest);
  return fmt::format("{}..{}", to_text(delay.shortest), to_text(delay.longest));
}

std::string rfc3339_text(Time when) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(when)};
  return fmt::format("{:04}-{:02}-{:02}T{}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock_text({when}));
}

std::string clock_text(ZonedTime when) {
  const auto local = when.time + when.offset;
  const std::chrono::hh_mm_ss time{local - std::chrono::floor<std::chrono::days>(local)};
  return fmt::format("{:02}:{:02}:{:02}", time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

}  // namespace sandpost
