#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/language.hpp"
#include "sandbox/report_writers.hpp"
#include "wire/json.hpp"

namespace sandpost::sandbox {

std::string report_cast(const Report& report) {
  const Time begin =
      report.sessions.empty() ? report.started.time : report.sessions.front().begun.time;
  std::string out = fmt::format(
      R"({{"version":2,"width":84,"height":24,"timestamp":{},"idle_time_limit":2,"title":{}}})",
      std::chrono::floor<std::chrono::seconds>(begin).time_since_epoch().count(),
      wire::json_text(report.title));
  out += '\n';
  double last = 0;
  const auto show = [&](Time when, const std::string& text) {
    // Times of a recording never go back, and those of sessions that overlap would.
    last = std::max(last, std::chrono::duration<double>(when - begin).count());
    out += fmt::format("[{:.3f},\"o\",{}]\n", last, wire::json_text(text + "\r\n"));
  };
  for (const ReportSession& session : report.sessions) {
    show(session.begun.time, say("-- {0} session {1}", session.protocol, session.number));
    for (const ReportLine& line : shown_lines(session))
      show(line.when.time, std::string(mark_of(line.side)) + line.text);
  }
  return out;
}

}  // namespace sandpost::sandbox
