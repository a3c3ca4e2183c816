#include "sandbox/report_compare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/language.hpp"

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
    out.text += say("{0}: {1}", what, confirmed ? tr("confirmed") : tr("NOT confirmed")) + '\n';
    all = all && confirmed;
  };
  for (const ReportSession& session : report.sessions) {
    tell(say("session {0}, {1}", session.number, session.protocol),
         std::any_of(servers.begin(), servers.end(), [&](const Report& server) {
           return std::any_of(server.sessions.begin(), server.sessions.end(),
                              [&](const auto& other) { return same_session(session, other); });
         }));
  }
  for (const ReportDelivery& one : report.deliveries) {
    tell(say("queue number {0} for {1}", one.queue, printable(one.mailbox)),
         std::any_of(servers.begin(), servers.end(), [&](const Report& server) {
           return std::any_of(server.deliveries.begin(), server.deliveries.end(),
                              [&](const auto& other) { return same_delivery(one, other); });
         }));
  }
  if (report.sessions.empty() && report.deliveries.empty())
    out.text = tr("nothing to confirm") + '\n';
  out.confirmed = all;
  return out;
}

}  // namespace sandpost::sandbox
