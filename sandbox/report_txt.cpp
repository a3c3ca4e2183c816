#include <fmt/format.h>

#include "sandbox/report_writers.hpp"

namespace sandpost::sandbox {

std::string report_txt(const Report& report) {
  std::string out = report.title + '\n' + std::string(72, '=') + "\n\n";
  if (!report.anonymous) {
    out += fmt::format("Name: {}   ID: {}\n", report.name.empty() ? "____________" : report.name,
                       report.id.empty() ? "____________" : report.id);
  }
  out += fmt::format("Date: {}\n", date_text(report.started));
  if (!report.lesson.empty()) {
    out += fmt::format("Lesson: {}, version {}\n", report.lesson, report.version);
  }
  if (!report.delay.empty()) out += fmt::format("Delivery delay: {}\n", report.delay);
  out += fmt::format("Result: {}\n", result_text(report));
  for (const std::string& problem : report.problems)
    out += fmt::format("Note: {}\n", problem);
  const auto heading = [&](std::string_view text) { out += fmt::format("\n{}\n\n", text); };
  for (const ReportSession& session : report.sessions) {
    heading(fmt::format("Session {}: {} from {}{}", session.number, session.protocol,
                        session.client, session.clean ? "" : ", not ended by QUIT"));
    for (const ReportLine& line : session.lines) {
      out +=
          fmt::format("  {}  {}{}\n", exact_clock_text(line.when), mark_of(line.side), line.text);
      if (!line.note.empty()) out += fmt::format("                    {}\n", line.note);
    }
  }
  heading("From the queue to the mailbox");
  for (const ReportDelivery& delivery : report.deliveries)
    out += fmt::format("  {}\n", delivery_text(delivery));
  if (report.deliveries.empty()) out += "  no letter was accepted\n";
  for (const ReportLetter& letter : report.letters) {
    heading(fmt::format("Letter {}: who wrote which line of its head", letter.queue));
    for (const ReportLine& line : letter.lines)
      out += fmt::format("  {}\n      <- {}\n", line.text, line.note);
  }
  heading("What went wrong, and what it means");
  for (const ReportMistake& mistake : report.mistakes) {
    out += fmt::format("  {}  {}\n", clock_text(mistake.when), mistake.line);
    if (!mistake.reply.empty()) out += fmt::format("            {}\n", mistake.reply);
    out += fmt::format("            {}\n", mistake.explanation);
  }
  if (report.mistakes.empty()) out += "  nothing\n";
  heading("Help that was asked for");
  for (const ReportHelp& help : report.help)
    out += fmt::format("  {}  :{} in step {}\n", clock_text(help.when), help.kind, help.step);
  if (report.help.empty()) out += "  none\n";
  if (!report.questions.empty()) heading("Questions");
  for (std::size_t i = 0; i < report.questions.size(); ++i)
    out += fmt::format("  {}. {}\n\n     {}\n\n", i + 1, report.questions[i], std::string(60, '_'));
  return out;
}

}  // namespace sandpost::sandbox
