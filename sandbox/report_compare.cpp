#include "sandbox/report_compare.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandpost::sandbox {
namespace {

bool same_line(const ReportLine& a, const ReportLine& b) {
  return a.when.time == b.when.time && a.side == b.side && a.text == b.text;
}

bool same_session(const ReportSession& a, const ReportSession& b) {
  return a.number == b.number && a.client == b.client && a.protocol == b.protocol &&
         a.begun.time == b.begun.time &&
         std::equal(a.lines.begin(), a.lines.end(), b.lines.begin(), b.lines.end(), same_line);
}

bool same_delivery(const ReportDelivery& a, const ReportDelivery& b) {
  return a.queue == b.queue && a.mailbox == b.mailbox && a.session == b.session &&
         a.accepted.time == b.accepted.time;
}

}  // namespace

Comparison compare(const Report& report, std::span<const Report> servers) {
  Comparison out;
  bool all = !report.sessions.empty() || !report.deliveries.empty();
  const auto tell = [&](const std::string& what, bool confirmed) {
    out.text += fmt::format("{}: {}\n", what, confirmed ? "confirmed" : "NOT confirmed");
    all = all && confirmed;
  };
  for (const ReportSession& session : report.sessions) {
    tell(fmt::format("session {}, {}", session.number, session.protocol),
         std::any_of(servers.begin(), servers.end(), [&](const Report& server) {
           return std::any_of(server.sessions.begin(), server.sessions.end(),
                              [&](const auto& other) { return same_session(session, other); });
         }));
  }
  for (const ReportDelivery& one : report.deliveries) {
    tell(fmt::format("queue number {} for {}", one.queue, printable(one.mailbox)),
         std::any_of(servers.begin(), servers.end(), [&](const Report& server) {
           return std::any_of(server.deliveries.begin(), server.deliveries.end(),
                              [&](const auto& other) { return same_delivery(one, other); });
         }));
  }
  if (report.sessions.empty() && report.deliveries.empty()) out.text = "nothing to confirm\n";
  out.confirmed = all;
  return out;
}

}  // namespace sandpost::sandbox
