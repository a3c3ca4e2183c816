#include <fmt/format.h>

#include <algorithm>

#include "base/language.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/duration.hpp"
#include "sandbox/report_writers.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::size_t usual_width = 79;
constexpr std::size_t usual_column = 16;  // behind the time

}  // namespace

std::string report_txt(const Report& report) {
  return report_txt(report, usual_width);
}

std::string report_txt(const Report& report, std::size_t width) {
  const std::size_t line_column = width < narrow_page ? 4 : usual_column;
  std::string out;
  // All of it, in as many rows as it takes; the further ones begin with so many blanks.
  const auto add = [&](std::string_view text, std::size_t hang) {
    for (const std::string& row : hanging_rows(text, width, hang))
      out += row + '\n';
  };
  const auto heading = [&](std::string_view text) {
    out += '\n';
    add(text, 2);
    out += '\n';
  };
  add(report.title, 2);
  out += std::string(std::min<std::size_t>(width, 72), '=') + "\n\n";
  const auto fact = [&](const std::string& name, std::string_view value, std::size_t hang) {
    add(say("{0}: {1}", name, value), hang);
  };
  if (!report.anonymous) {
    add(say("{0}: {1}", tr("Name"), report.name.empty() ? "____________" : report.name) + "   " +
            say("{0}: {1}", tr("ID"), report.id.empty() ? "____________" : report.id),
        6);
  }
  fact(tr("Date"), date_text(report.started), 6);
  if (!report.lesson.empty()) {
    fact(tr("Lesson"), say("{0}, version {1}", report.lesson, report.version), 8);
  }
  if (!report.delay.empty()) fact(tr("Delivery delay"), duration_text(report.delay), 2);
  fact(tr("Result"), result_text(report), 8);
  for (const std::string& problem : report.problems)
    fact(tr("Note"), problem, 6);
  for (const ReportSession& session : report.sessions) {
    heading(session_text(session, session.client));
    for (const ReportLine& line : shown_lines(session)) {
      add(fmt::format("  {}  {}{}", exact_clock_text(line.when), mark_of(line.side), line.text),
          line_column + 3);
      if (!line.note.empty()) add(std::string(line_column + 4, ' ') + line.note, line_column + 4);
    }
  }
  heading(tr("From the queue to the mailbox"));
  for (const ReportDelivery& delivery : report.deliveries)
    add("  " + delivery_text(delivery), 4);
  if (report.deliveries.empty()) add("  " + tr("no letter was accepted"), 4);
  for (const ReportLetter& letter : report.letters) {
    heading(say("Letter {}: who wrote which line of its head", letter.queue));
    for (const ReportLine& line : letter.lines) {
      add("  " + line.text, 4);
      add("      <- " + line.note, 9);
    }
  }
  heading(tr("What went wrong, and what it means"));
  for (const ReportMistake& mistake : report.mistakes) {
    add(fmt::format("  {}  {}", clock_text(mistake.when), mistake.line), 12);
    if (!mistake.reply.empty()) add(std::string(12, ' ') + mistake.reply, 12);
    add(std::string(12, ' ') + mistake.explanation, 12);
  }
  if (report.mistakes.empty()) add("  " + tr("nothing"), 4);
  heading(tr("Help that was asked for"));
  for (const ReportHelp& help : report.help)
    add("  " + clock_text(help.when) + "  " + say("{0} in step {1}", ':' + help.kind, help.title),
        12);
  if (report.help.empty()) add("  " + tr("none"), 4);
  if (!report.questions.empty()) heading(tr("Questions"));
  for (std::size_t i = 0; i < report.questions.size(); ++i) {
    const ReportQuestion& question = report.questions[i];
    add(fmt::format("  {}. {}", i + 1, question.ask), 5);
    if (question.when) {
      add("     " + answer_text(question.answer), 7);
      add("     " + verdict_text(question, question.expected), 7);
      out += '\n';
    } else {
      out += fmt::format("\n     {}\n\n", std::string(std::min<std::size_t>(width - 5, 60), '_'));
    }
  }
  return out;
}

}  // namespace sandpost::sandbox
