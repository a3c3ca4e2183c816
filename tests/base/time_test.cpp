#include "base/time.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/clock.hpp"

using namespace sandpost;
using namespace std::chrono_literals;

TEST_CASE("time: durations as users write them") {
  const struct {
    std::string text;
    std::chrono::milliseconds value;
    std::string written;
  } table[] = {{"0s", 0ms, "0s"},      {"0ms", 0ms, "0s"},    {"250ms", 250ms, "250ms"},
               {"10s", 10s, "10s"},    {"90s", 90s, "90s"},   {"60s", 60s, "1m"},
               {"1000ms", 1s, "1s"},   {"10m", 10min, "10m"}, {"1h", 1h, "1h"},
               {"744h", 744h, "744h"}, {"007s", 7s, "7s"},    {"61m", 61min, "61m"}};
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto parsed = parse_duration(row.text);
    REQUIRE(parsed);
    CHECK(*parsed == row.value);
    CHECK(to_text(*parsed) == row.written);
  }
}

TEST_CASE("time: what is no duration is refused with a word on how to write one") {
  for (const char* text :
       {"", "s", "10", "10 s", " 10s", "10s ", "-1s", "-0s", "+1s", "1.5s", "1d", "10S", "745h",
        "99999999999999999999s", "9223372036854775807h", "0x10s", "1s2s"}) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().find(text) != std::string::npos);
  }
}

TEST_CASE("time: delay ranges") {
  CHECK(parse_delay_range("10s") == DelayRange{10s, 10s});
  CHECK(parse_delay_range("5s..30s") == DelayRange{5s, 30s});
  CHECK(parse_delay_range("500ms..1m") == DelayRange{500ms, 1min});
  CHECK(parse_delay_range("5s..5s") == DelayRange{5s, 5s});
  for (const char* text :
       {"", "..", "5s..", "..5s", "30s..5s", "5s...30s", "5..30s", "5s..6s..7s", "5s-30s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_delay_range(text));
  }
  CHECK(to_text(DelayRange{5s, 30s}) == "5s..30s");
  CHECK(to_text(DelayRange{10s, 10s}) == "10s");
}

TEST_CASE("time: RFC 3339 date-times") {
  const struct {
    std::string text;
    std::int64_t milliseconds;
    int minutes;
  } table[] = {{"1970-01-01T00:00:00Z", 0, 0},
               {"2001-10-15T09:00:00+08:00", 1'003'107'600'000, 480},
               {"2001-10-15t01:00:00z", 1'003'107'600'000, 0},
               {"2001-10-15 01:00:00.5Z", 1'003'107'600'500, 0},
               {"2001-10-15T01:00:00.123999Z", 1'003'107'600'123, 0},
               {"2001-10-14T21:30:00-03:30", 1'003'107'600'000, -210},
               {"2000-02-29T00:00:00Z", 951'782'400'000, 0},
               {"2016-12-31T23:59:60Z", 1'483'228'800'000, 0},
               {"1969-12-31T23:59:59.999Z", -1, 0}};
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto parsed = parse_rfc3339(row.text);
    REQUIRE(parsed);
    CHECK(parsed->time.time_since_epoch().count() == row.milliseconds);
    CHECK(parsed->offset.count() == row.minutes);
  }
}

TEST_CASE("time: what is no RFC 3339 date-time is refused") {
  for (const char* text :
       {"", "2001-10-15", "2001-10-15T09:00:00", "2001-10-15T09:00Z", "2001-13-01T00:00:00Z",
        "2001-02-29T00:00:00Z", "2001-00-10T00:00:00Z", "2001-10-32T00:00:00Z",
        "2001-10-15T24:00:00Z", "2001-10-15T23:60:00Z", "2001-10-15T23:00:61Z",
        "2001-10-15T09:00:00+24:00", "2001-10-15T09:00:00+0800", "2001-10-15T09:00:00.Z",
        "2001-10-15T09:00:00Zx", "2001-10-15T-0:00:00Z", "2001--1-15T09:00:00Z",
        "2001-10-15T09:00:00+-1:00", "01-10-15T09:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("time: the clock's face at an offset, also before 1970") {
  CHECK(clock_text({Time{0ms}, 8h}) == "08:00:00");
  CHECK(clock_text({Time{0ms}, -1min}) == "23:59:00");
  CHECK(clock_text({Time{-1ms}, 0min}) == "23:59:59");
  CHECK(clock_text({Time{1'003'107'600'999ms}, 480min}) == "09:00:00");
}

TEST_CASE("time: a manual clock stands still until it is moved") {
  ManualClock clock({Time{1000ms}, 60min});
  CHECK(clock.now().time == Time{1000ms});
  clock.advance(250ms);
  CHECK(clock.now().time == Time{1250ms});
  CHECK(clock.now().offset == 60min);
}

TEST_CASE("time: a sandbox clock begins where it is told and goes on") {
  const SandboxClock clock({Time{1000ms}, 60min});
  const auto first = clock.now();
  CHECK(first.time >= Time{1000ms});
  CHECK(first.time < Time{61'000ms});
  CHECK(clock.now().time >= first.time);
}
