#pragma once
// Whether a report tells what the server's own record tells. Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sandbox/report.hpp"

namespace sandpost::sandbox {

// Sessions and deliveries of what report_json() wrote; nothing where it is not that.
[[nodiscard]] std::optional<Report> report_from_json(std::string_view octets);

struct Comparison {
  std::string text;  // a line for each session and queue number
  bool confirmed = false;
};

// `servers`: what the server's own records tell. A session is confirmed where one of them has the
// same client, start, and lines with their times; a number, where it was accepted at that time for
// that mailbox. A report that tells of nothing is not confirmed.
[[nodiscard]] Comparison compare(const Report& report, std::span<const Report> servers);

}  // namespace sandpost::sandbox
