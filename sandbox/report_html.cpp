#include <fmt/format.h>

#include <initializer_list>

#include "base/language.hpp"
#include "sandbox/duration.hpp"
#include "sandbox/report_writers.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::string_view style = R"(
:root{color-scheme:light dark;--ink:#1d2026;--soft:#4d535e;--ground:#fff;--line:#c4c8cf;--mine:#0b4f9e}
@media (prefers-color-scheme:dark){:root{--ink:#e6e7ea;--soft:#b0b5bf;--ground:#16181d;--line:#454b56;--mine:#8ec2ff}}
body{margin:0 auto;max-width:60rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;break-after:avoid}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;table-layout:fixed;width:100%;font-size:.9rem}
th.time{width:6.5rem}th:last-child{width:34%}.explained th:last-child{width:50%}
th,td{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
thead{display:table-header-group}tr{break-inside:avoid}
.time{white-space:nowrap;color:var(--soft);font-variant-numeric:tabular-nums}
code{font-family:ui-monospace,'DejaVu Sans Mono',Consolas,monospace;font-size:.85rem;white-space:pre-wrap;unicode-bidi:isolate}
.client,.content{color:var(--mine);font-weight:bold}
.note{color:var(--soft)}
figure{margin:0 0 1rem}svg{max-width:100%;height:auto}
li{margin-bottom:.75rem}li p{margin:.25rem 0;overflow-wrap:anywhere}
.answer{height:5rem;border-bottom:1px solid var(--line)}
@page{size:A4;margin:15mm}
@media print{:root{--ink:#000;--soft:#333;--ground:#fff;--line:#888;--mine:#003a80}body{max-width:none;padding:0;font-size:10.5pt}}
)";

std::string heading(std::string_view text) {
  return fmt::format("<h2>{}</h2>\n", markup_escape(text));
}

std::string paragraph(std::string_view text) {
  return fmt::format("<p>{}</p>\n", markup_escape(text));
}

std::string cell(std::string_view text) {
  return fmt::format("<td>{}</td>", markup_escape(text));
}

std::string code_cell(std::string_view text) {
  return fmt::format("<td><code dir=\"ltr\">{}</code></td>", markup_escape(text));
}

std::string time_cell(std::string_view text) {
  return fmt::format("<td class=\"time\">{}</td>", text);
}

// `kind`: the table's class, or empty.
std::string head_of(std::initializer_list<std::string> columns, std::string_view kind = "") {
  std::string out = kind.empty() ? "<table>" : fmt::format("<table class=\"{}\">", kind);
  out += "<thead><tr>";
  for (const std::string& column : columns) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", column == tr("Time") ? " class=\"time\"" : "",
                       markup_escape(column));
  }
  return out + "</tr></thead><tbody>\n";
}

constexpr std::string_view table_end = "</tbody></table>\n";

std::string facts(const Report& report) {
  std::string out = "<dl>\n";
  const auto fact = [&](std::string_view name, std::string_view value) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", markup_escape(name), markup_escape(value));
  };
  if (!report.anonymous) {
    fact(tr("Name"), report.name.empty() ? "____________________" : report.name);
    fact(tr("ID"), report.id.empty() ? "____________________" : report.id);
  }
  fact(tr("Date"), date_text(report.started));
  if (!report.lesson.empty()) {
    fact(tr("Lesson"), say("{0}, version {1}", report.lesson, report.version));
  }
  if (!report.delay.empty()) fact(tr("Delivery delay"), duration_text(report.delay));
  fact(tr("Result"), result_text(report));
  for (const std::string& problem : report.problems)
    fact(tr("Note"), problem);
  return out + "</dl>\n";
}

std::string transcript(const ReportSession& session) {
  std::string out = heading(session_text(session, session.client)) +
                    fmt::format("<figure>{}</figure>\n", session_svg(session));
  out += head_of({tr("Time"), tr("Line"), tr("What it means")});
  for (const ReportLine& line : shown_lines(session)) {
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
  std::string out = heading(tr("What went wrong, and what it means"));
  if (report.mistakes.empty()) return out + paragraph(tr("Nothing."));
  out += head_of({tr("Time"), tr("Line and reply"), tr("What it means")}, "explained");
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
  std::string out = heading(tr("Help that was asked for"));
  if (report.help.empty()) return out + paragraph(tr("None."));
  out += head_of({tr("Time"), tr("Word"), tr("Step")});
  for (const ReportHelp& one : report.help) {
    out += fmt::format("<tr>{}{}{}</tr>\n", time_cell(clock_text(one.when)),
                       code_cell(':' + one.kind), cell(one.title));
  }
  return out += table_end;
}

// What was answered, or room for it.
std::string answer(const ReportQuestion& question) {
  if (!question.when) return "<div class=\"answer\"></div>";
  return paragraph(answer_text(question.answer)) +
         paragraph(verdict_text(question, question.expected));
}

}  // namespace

std::string report_html(const Report& report) {
  const std::string title = markup_escape(report.title);
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{2}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n",
      title, style, language_tag());
  out += facts(report);
  for (const ReportSession& session : report.sessions)
    out += transcript(session);
  out += heading(tr("From the queue to the mailbox"));
  if (report.deliveries.empty()) out += paragraph(tr("No letter was accepted."));
  for (const ReportDelivery& delivery : report.deliveries)
    out += paragraph(delivery_text(delivery));
  for (const ReportLetter& letter : report.letters) {
    out += heading(say("Letter {}: who wrote which line of its head", letter.queue));
    out += head_of({tr("Line"), tr("Written by")});
    for (const ReportLine& line : letter.lines)
      out += fmt::format("<tr>{}{}</tr>\n", code_cell(line.text), cell(line.note));
    out += table_end;
  }
  out += mistakes(report) + help(report);
  if (!report.questions.empty()) out += heading(tr("Questions")) + "<ol>\n";
  for (const ReportQuestion& question : report.questions)
    out += fmt::format("<li>{}{}</li>\n", markup_escape(question.ask), answer(question));
  if (!report.questions.empty()) out += "</ol>\n";
  return out + "</body>\n</html>\n";
}

}  // namespace sandpost::sandbox
