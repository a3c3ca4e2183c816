#include <fmt/format.h>

#include <algorithm>

#include "base/language.hpp"
#include "sandbox/duration.hpp"
#include "sandbox/report_writers.hpp"

namespace sandpost::sandbox {
namespace {

// CommonMark §4.5: a block ends at a fence that is at least as long as the one that opened it.
std::string fence_for(const ReportSession& session) {
  std::size_t longest = 2;
  for (const ReportLine& line : shown_lines(session)) {
    std::size_t run = 0;
    for (const char c : line.text + ' ' + line.note) {
      run = c == '`' ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  }
  return std::string(longest + 1, '`');
}

}  // namespace

// CommonMark §2.4: a backslash before ASCII punctuation makes it only itself. Some signs mean
// something anywhere, of them ~ | $ in common dialects; others only where a line begins, as list
// marks and headings do (§4.2, §5.2).
std::string markdown_escape(std::string_view text) {
  constexpr std::string_view anywhere = "\\`*_[]<>&~|$";
  constexpr std::string_view at_front = "-+=#";
  std::string out;
  bool digits = true;  // and nothing else so far
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool number_mark = digits && i > 0 && (c == '.' || c == ')');
    if (anywhere.find(c) != std::string_view::npos || number_mark ||
        (i == 0 && at_front.find(c) != std::string_view::npos)) {
      out += '\\';
    }
    out += c;
    digits = digits && c >= '0' && c <= '9';
  }
  return out;
}

std::string report_markdown(const Report& report) {
  const auto& safe = markdown_escape;
  std::string out = fmt::format("# {}\n\n", safe(report.title));
  const auto heading = [&](const std::string& text) { out += "\n## " + text + "\n\n"; };
  const auto fact = [&](const std::string& name, std::string_view value) {
    out += "- " + say("{0}: {1}", name, value) + '\n';
  };
  if (!report.anonymous) {
    fact(tr("Name"), safe(report.name));
    fact(tr("ID"), safe(report.id));
  }
  fact(tr("Date"), safe(date_text(report.started)));
  if (!report.lesson.empty()) {
    fact(tr("Lesson"), say("{0}, version {1}", safe(report.lesson), report.version));
  }
  if (!report.delay.empty()) fact(tr("Delivery delay"), safe(duration_text(report.delay)));
  fact(tr("Result"), result_text(report));
  for (const std::string& problem : report.problems)
    fact(tr("Note"), safe(problem));
  for (const ReportSession& session : report.sessions) {
    const std::string fence = fence_for(session);
    out += fmt::format("\n## {}\n\n{}text\n", session_text(session, safe(session.client)), fence);
    for (const ReportLine& line : shown_lines(session)) {
      out += fmt::format("{}  {}{}\n", exact_clock_text(line.when), mark_of(line.side), line.text);
      if (!line.note.empty()) out += fmt::format("                  {}\n", line.note);
    }
    out += fence + '\n';
  }
  heading(tr("From the queue to the mailbox"));
  for (const ReportDelivery& delivery : report.deliveries)
    out += fmt::format("- {}\n", safe(delivery_text(delivery)));
  if (report.deliveries.empty()) out += tr("No letter was accepted.") + '\n';
  for (const ReportLetter& letter : report.letters) {
    heading(say("Letter {}: who wrote which line of its head", letter.queue));
    out += fmt::format("| {} | {} |\n|---|---|\n", tr("line"), tr("written by"));
    for (const ReportLine& line : letter.lines)
      out += fmt::format("| {} | {} |\n", safe(line.text), safe(line.note));
  }
  heading(tr("What went wrong, and what it means"));
  if (report.mistakes.empty()) out += tr("Nothing.") + '\n';
  if (!report.mistakes.empty()) {
    out += fmt::format("| {} | {} | {} | {} |\n|---|---|---|---|\n", tr("time"), tr("line"),
                       tr("reply"), tr("meaning"));
  }
  for (const ReportMistake& mistake : report.mistakes) {
    out += fmt::format("| {} | {} | {} | {} |\n", clock_text(mistake.when), safe(mistake.line),
                       safe(mistake.reply), safe(mistake.explanation));
  }
  heading(tr("Help that was asked for"));
  if (report.help.empty()) out += tr("None.") + '\n';
  for (const ReportHelp& help : report.help) {
    out += fmt::format("- {}: {}\n", clock_text(help.when),
                       say("{0} in step {1}", safe(':' + help.kind), safe(help.title)));
  }
  if (!report.questions.empty()) heading(tr("Questions"));
  for (std::size_t i = 0; i < report.questions.size(); ++i) {
    const ReportQuestion& question = report.questions[i];
    const std::string number = fmt::format("{}. ", i + 1);
    out += number + safe(question.ask) + "\n\n";
    if (!question.when) continue;
    // Below the number it belongs to the item of the list (CommonMark §5.2).
    const std::string below(number.size(), ' ');
    out += below + answer_text(safe(question.answer)) + "\n\n";
    out += below + verdict_text(question, safe(question.expected)) + "\n\n";
  }
  return out;
}

}  // namespace sandpost::sandbox
