#include "mail/delivery_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "mail/date.hpp"

namespace sandpost::mail {

namespace {

// The head is somebody else's: no line of it may end a part (RFC 2046 §5.1.1).
std::string boundary_for(std::string_view head, QueueNumber number) {
  std::string boundary;
  std::size_t tail = std::hash<std::string_view>{}(head);
  do {
    boundary = fmt::format("=_report_{}_{:x}", number, tail++);
  } while (head.find(boundary) != std::string_view::npos);
  return boundary;
}

}  // namespace

bool wants_success_report(const Envelope& envelope) {
  return !envelope.reverse_path.is_null() &&
         std::any_of(envelope.recipients.begin(), envelope.recipients.end(),
                     [](const Recipient& one) { return one.notify.success; });
}

std::string_view head_of(std::string_view content) {
  const auto head_end = content.find("\r\n\r\n");
  if (head_end != std::string_view::npos) return content.substr(0, head_end + 2);
  // All head, or the beginning of a very long one, which is cut at the end of a line.
  const auto line_end = content.rfind("\r\n");
  return line_end == std::string_view::npos ? "" : content.substr(0, line_end + 2);
}

// RFC 3462: text for people, fields for programs (RFC 3464 §2.1), then the message's head, whose
// type says so if it is not ASCII (RFC 6533 §4).
std::string success_report(const Envelope& envelope, const Trace& trace, QueueNumber number,
                           std::string_view head) {
  const std::string date = date_text(trace.accepted);
  const std::string boundary = boundary_for(head, number);
  std::string people;
  std::string fields = fmt::format("Reporting-MTA: dns; {}\r\n", trace.server_name);
  if (!envelope.envelope_id.empty()) {
    fields += fmt::format("Original-Envelope-Id: {}\r\n", envelope.envelope_id);
  }
  fields += fmt::format("Arrival-Date: {}\r\n", date);
  for (const Recipient& recipient : envelope.recipients) {
    if (!recipient.notify.success) continue;
    const std::string address = recipient.forward_path.to_text();
    people += fmt::format("  <{}>\r\n", address);
    fields += "\r\n";
    if (!recipient.original.empty()) {
      fields += fmt::format("Original-Recipient: {}\r\n", recipient.original);
    }
    fields += fmt::format("Final-Recipient: rfc822; {}\r\nAction: delivered\r\nStatus: 2.0.0\r\n",
                          address);
  }
  return fmt::format(
      "From: <postmaster@{0}>\r\nTo: <{1}>\r\nSubject: Your letter number {2} was delivered\r\n"
      "Date: {3}\r\nMessage-ID: <report.{2}@{0}>\r\nAuto-Submitted: auto-replied\r\n"
      "MIME-Version: 1.0\r\n{9}Content-Type: multipart/report; report-type=delivery-status;\r\n"
      "    boundary=\"{4}\"\r\n\r\n"
      "--{4}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
      "You asked to be told when your letter is delivered. It lies in the mailbox of\r\n{5}\r\n"
      "--{4}\r\nContent-Type: message/delivery-status\r\n\r\n{6}\r\n"
      "--{4}\r\nContent-Type: {7}\r\n\r\n{8}\r\n--{4}--\r\n",
      trace.server_name, envelope.reverse_path.to_text(), number, date, boundary, people, fields,
      is_ascii(head)  ? "text/rfc822-headers"
      : is_utf8(head) ? "message/global-headers\r\nContent-Transfer-Encoding: 8bit"
                      : "text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit",
      head, is_ascii(head) ? "" : "Content-Transfer-Encoding: 8bit\r\n");
}

}  // namespace sandpost::mail
