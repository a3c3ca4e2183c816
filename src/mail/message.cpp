#include "mail/message.hpp"

#include <fmt/format.h>

#include "mail/content_scan.hpp"
#include "mail/date.hpp"

namespace sandpost::mail {

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
  const std::string_view first = content.substr(0, content.find("\r\n"));
  if (!first.empty() && !is_header_line(first)) lines += "\r\n";
  return lines;
}

}  // namespace sandpost::mail
