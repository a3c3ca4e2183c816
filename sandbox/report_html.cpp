#include <fmt/format.h>

#include "sandbox/report_writers.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::string_view style = R"(
:root{color-scheme:light dark;--ink:#1d2026;--soft:#4d535e;--ground:#fff;--line:#c4c8cf;--mine:#0b4f9e}
@media (prefers-color-scheme:dark){:root{--ink:#e6e7ea;--soft:#b0b5bf;--ground:#16181d;--line:#454b56;--mine:#8ec2ff}}
body{margin:0 auto;max-width:60rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;break-after:avoid}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
thead{display:table-header-group}tr{break-inside:avoid}
.time{white-space:nowrap;color:var(--soft);font-variant-numeric:tabular-nums}
code{font-family:ui-monospace,'DejaVu Sans Mono',Consolas,monospace;font-size:.85rem;white-space:pre-wrap;unicode-bidi:isolate}
.client,.content{color:var(--mine);font-weight:bold}
.note{color:var(--soft)}
figure{margin:0 0 1rem}svg{max-width:100%;height:auto}
.answer{height:5rem;border-bottom:1px solid var(--line)}
@page{size:A4;margin:15mm}
@media print{:root{--ink:#000;--soft:#333;--ground:#fff;--line:#888;--mine:#003a80}body{max-width:none;padding:0;font-size:10.5pt}}
)";

std::string cell(std::string_view text) {
  return fmt::format("<td>{}</td>", markup_escape(text));
}

std::string code_cell(std::string_view text) {
  return fmt::format("<td><code dir=\"ltr\">{}</code></td>", markup_escape(text));
}

std::string time_cell(std::string_view text) {
  return fmt::format("<td class=\"time\">{}</td>", text);
}

std::string head_of(std::string_view first, std::string_view second, std::string_view third = {}) {
  return fmt::format(
      "<table><thead><tr><th scope=\"col\">{}</th><th "
      "scope=\"col\">{}</th>{}</tr></thead><tbody>\n",
      first, second, third.empty() ? "" : fmt::format("<th scope=\"col\">{}</th>", third));
}

constexpr std::string_view table_end = "</tbody></table>\n";

std::string facts(const Report& report) {
  std::string out = "<dl>\n";
  const auto fact = [&](std::string_view name, std::string_view value) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, markup_escape(value));
  };
  if (!report.anonymous) {
    fact("Name", report.name.empty() ? "____________________" : report.name);
    fact("ID", report.id.empty() ? "____________________" : report.id);
  }
  fact("Date", date_text(report.started));
  if (!report.lesson.empty()) {
    fact("Lesson", fmt::format("{}, version {}", report.lesson, report.version));
  }
  if (!report.delay.empty()) fact("Delivery delay", report.delay);
  fact("Result", result_text(report));
  for (const std::string& problem : report.problems)
    fact("Note", problem);
  return out + "</dl>\n";
}

std::string transcript(const ReportSession& session) {
  std::string out = fmt::format("<h2>Session {}: {} from {}{}</h2>\n<figure>{}</figure>\n",
                                session.number, session.protocol, markup_escape(session.client),
                                session.clean ? "" : ", not ended by QUIT", session_svg(session));
  out += head_of("Time", "Line", "What it means");
  for (const ReportLine& line : session.lines) {
    const std::string_view kind = line.side == Side::client    ? "client"
                                  : line.side == Side::content ? "content"
                                                               : "server";
    out += fmt::format(
        "<tr>{}<td class=\"{}\"><code dir=\"ltr\">{}{}</code></td>"
        "<td class=\"note\">{}</td></tr>\n",
        time_cell(exact_clock_text(line.when)), kind, markup_escape(mark_of(line.side)),
        markup_escape(line.text), markup_escape(line.note));
  }
  return out += table_end;
}

std::string mistakes(const Report& report) {
  std::string out = "<h2>What went wrong, and what it means</h2>\n";
  if (report.mistakes.empty()) return out + "<p>Nothing.</p>\n";
  out += head_of("Time", "Line and reply", "What it means");
  for (const ReportMistake& mistake : report.mistakes) {
    out += fmt::format(
        "<tr>{}<td><code dir=\"ltr\">{}</code><br><code dir=\"ltr\">{}</code></td>"
        "{}</tr>\n",
        time_cell(clock_text(mistake.when)), markup_escape(mistake.line),
        markup_escape(mistake.reply), cell(mistake.explanation));
  }
  return out += table_end;
}

std::string help(const Report& report) {
  std::string out = "<h2>Help that was asked for</h2>\n";
  if (report.help.empty()) return out + "<p>None.</p>\n";
  out += head_of("Time", "Word", "Step");
  for (const ReportHelp& one : report.help) {
    out += fmt::format("<tr>{}{}{}</tr>\n", time_cell(clock_text(one.when)),
                       code_cell(':' + one.kind), cell(one.step));
  }
  return out += table_end;
}

}  // namespace

std::string report_html(const Report& report) {
  const std::string title = markup_escape(report.title);
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n",
      title, style);
  out += facts(report);
  for (const ReportSession& session : report.sessions)
    out += transcript(session);
  out += "<h2>From the queue to the mailbox</h2>\n";
  if (report.deliveries.empty()) out += "<p>No letter was accepted.</p>\n";
  for (const ReportDelivery& delivery : report.deliveries)
    out += fmt::format("<p>{}</p>\n", markup_escape(delivery_text(delivery)));
  for (const ReportLetter& letter : report.letters) {
    out += fmt::format("<h2>Letter {}: who wrote which line of its head</h2>\n", letter.queue);
    out += head_of("Line", "Written by");
    for (const ReportLine& line : letter.lines)
      out += fmt::format("<tr>{}{}</tr>\n", code_cell(line.text), cell(line.note));
    out += table_end;
  }
  out += mistakes(report) + help(report);
  if (!report.questions.empty()) out += "<h2>Questions</h2>\n<ol>\n";
  for (const std::string& question : report.questions)
    out += fmt::format("<li>{}<div class=\"answer\"></div></li>\n", markup_escape(question));
  if (!report.questions.empty()) out += "</ol>\n";
  return out + "</body>\n</html>\n";
}

}  // namespace sandpost::sandbox
