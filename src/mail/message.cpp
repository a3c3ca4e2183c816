#include "mail/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "mail/date.hpp"

namespace sandpost::mail {
namespace {

constexpr std::string_view subject_field = "Subject:";

std::string_view take_line(std::string_view& content) {
  const auto end = content.find("\r\n");
  const std::string_view line = content.substr(0, end);
  content.remove_prefix(end == std::string_view::npos ? content.size() : end + 2);
  return line;
}

}  // namespace

std::string trace_lines(const Address& reverse_path, const Trace& trace, QueueNumber number) {
  return fmt::format(
      "Return-Path: <{}>\r\n"
      "Received: from {} ({})\r\n"
      "    by {} with {} id {};\r\n"
      "    {}\r\n",
      reverse_path.to_text(), trace.helo_name, address_literal(trace.client_address),
      trace.server_name, trace.protocol, number, date_text(trace.accepted));
}

std::string trace_above(std::string_view content, const Address& reverse_path, const Trace& trace,
                        QueueNumber number) {
  std::string lines = trace_lines(reverse_path, trace, number);
  std::string_view rest = content;
  const std::string_view first = take_line(rest);
  if (!first.empty() && !is_header_line(first)) lines += "\r\n";
  return lines;
}

ContentSummary summarise(std::string_view content) {
  ContentSummary summary;
  summary.eight_bit = std::any_of(content.begin(), content.end(),
                                  [](char c) { return static_cast<std::uint8_t>(c) >= 0x80; });
  bool in_head = true;
  bool in_subject = false;
  while (!content.empty()) {
    const std::string_view line = take_line(content);
    const bool folded = line.starts_with(' ') || line.starts_with('\t');
    if (in_head && line.empty()) {
      summary.has_blank_line = true;
      in_head = false;
    } else if (in_head && (is_header_line(line) || (folded && summary.head_lines > 0))) {
      ++summary.head_lines;
      const bool subject = starts_ignoring_case(line, subject_field);
      if (subject) summary.subject = trim(line.substr(subject_field.size()));
      if (folded && in_subject) summary.subject += ' ' + std::string(trim(line));
      in_subject = subject || (folded && in_subject);
    } else {
      in_head = false;
      ++summary.body_lines;
    }
  }
  return summary;
}

std::size_t received_lines(std::string_view content) {
  std::size_t count = 0;
  while (!content.empty()) {
    const std::string_view line = take_line(content);
    if (line.empty()) break;
    if (starts_ignoring_case(line, "Received:")) ++count;
  }
  return count;
}

// field-name = 1*%d33-57 / %d59-126, then ":" (RFC 5322 §3.6.8)
bool is_header_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace sandpost::mail
