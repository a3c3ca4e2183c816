#include "mail/date.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace sandpost::mail {
namespace {

constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string date_text(ZonedTime when) {
  using namespace std::chrono;
  const auto local = when.time + when.offset;
  const auto midnight = floor<std::chrono::days>(local);
  const year_month_day date{midnight};
  const auto offset = std::abs(when.offset.count());
  return fmt::format("{}, {} {} {} {} {}{:02}{:02}", days.at(weekday{midnight}.c_encoding()),
                     static_cast<unsigned>(date.day()),
                     months.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), clock_text(when),
                     when.offset.count() < 0 ? '-' : '+', offset / 60, offset % 60);
}

}  // namespace sandpost::mail
