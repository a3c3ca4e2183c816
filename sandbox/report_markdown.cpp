#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sandbox/report_writers.hpp"

namespace sandpost::sandbox {
namespace {

// CommonMark §4.5: a block ends at a fence that is at least as long as the one that opened it.
std::string fence_for(const ReportSession& session) {
  std::size_t longest = 2;
  for (const ReportLine& line : session.lines) {
    std::size_t run = 0;
    for (const char c : line.text + ' ' + line.note) {
      run = c == '`' ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  }
  return std::string(longest + 1, '`');
}

}  // namespace

// CommonMark §2.4: any ASCII punctuation may have a backslash before it, and then is only itself.
std::string markdown_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::ispunct(static_cast<unsigned char>(c)) != 0) out += '\\';
    out += c;
  }
  return out;
}

std::string report_markdown(const Report& report) {
  const auto& safe = markdown_escape;
  std::string out = fmt::format("# {}\n\n", safe(report.title));
  if (!report.anonymous) {
    out += fmt::format("- Name: {}\n- ID: {}\n", safe(report.name), safe(report.id));
  }
  out += fmt::format("- Date: {}\n", safe(date_text(report.started)));
  if (!report.lesson.empty()) {
    out += fmt::format("- Lesson: {}, version {}\n", safe(report.lesson), report.version);
  }
  if (!report.delay.empty()) out += fmt::format("- Delivery delay: {}\n", safe(report.delay));
  out += fmt::format("- Result: {}\n", result_text(report));
  for (const std::string& problem : report.problems)
    out += fmt::format("- Note: {}\n", safe(problem));
  for (const ReportSession& session : report.sessions) {
    const std::string fence = fence_for(session);
    out +=
        fmt::format("\n## Session {}: {} from {}{}\n\n{}text\n", session.number, session.protocol,
                    safe(session.client), session.clean ? "" : ", not ended by QUIT", fence);
    for (const ReportLine& line : session.lines) {
      out += fmt::format("{}  {}{}\n", exact_clock_text(line.when), mark_of(line.side), line.text);
      if (!line.note.empty()) out += fmt::format("                  {}\n", line.note);
    }
    out += fence + '\n';
  }
  out += "\n## From the queue to the mailbox\n\n";
  for (const ReportDelivery& delivery : report.deliveries)
    out += fmt::format("- {}\n", safe(delivery_text(delivery)));
  if (report.deliveries.empty()) out += "No letter was accepted.\n";
  for (const ReportLetter& letter : report.letters) {
    out += fmt::format("\n## Letter {}: who wrote which line of its head\n\n", letter.queue);
    out += "| line | written by |\n|---|---|\n";
    for (const ReportLine& line : letter.lines)
      out += fmt::format("| {} | {} |\n", safe(line.text), safe(line.note));
  }
  out += "\n## What went wrong, and what it means\n\n";
  if (report.mistakes.empty()) out += "Nothing.\n";
  if (!report.mistakes.empty()) out += "| time | line | reply | meaning |\n|---|---|---|---|\n";
  for (const ReportMistake& mistake : report.mistakes) {
    out += fmt::format("| {} | {} | {} | {} |\n", clock_text(mistake.when), safe(mistake.line),
                       safe(mistake.reply), safe(mistake.explanation));
  }
  out += "\n## Help that was asked for\n\n";
  if (report.help.empty()) out += "None.\n";
  for (const ReportHelp& help : report.help) {
    out += fmt::format("- {}: {} in step {}\n", clock_text(help.when), safe(':' + help.kind),
                       safe(help.step));
  }
  if (!report.questions.empty()) out += "\n## Questions\n\n";
  for (std::size_t i = 0; i < report.questions.size(); ++i)
    out += fmt::format("{}. {}\n\n", i + 1, safe(report.questions[i]));
  return out;
}

}  // namespace sandpost::sandbox
