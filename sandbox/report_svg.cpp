#include <fmt/format.h>

#include <algorithm>

#include "base/language.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/report_writers.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::size_t columns_wide = 84;
constexpr int column = 8;  // pixels; a monospaced font of 13 px is a little narrower
constexpr int row = 18;
constexpr int margin = 14;
constexpr int bar = 28;

// Its own colours, also for the ground, so that it is read on any page.
constexpr std::string_view style =
    ".ground{fill:#fbfbf8;stroke:#8a8f98}.bar{fill:#e4e6ea}.t{font:13px "
    "ui-monospace,'DejaVu Sans Mono','Noto Sans Mono CJK TC',Menlo,Consolas,monospace;"
    "white-space:pre}"
    ".n{fill:#41464f}.c{fill:#0b4f9e;font-weight:bold}.d{fill:#1d6b2f}.s{fill:#22252b}"
    "@media (prefers-color-scheme:dark){.ground{fill:#16181d;stroke:#5a606b}.bar{fill:#2a2e36}"
    ".n{fill:#b9bec8}.c{fill:#8ec2ff}.d{fill:#94dba4}.s{fill:#e6e7ea}}"
    "@media print{.ground{fill:#fff;stroke:#555}.bar{fill:#eee}.n{fill:#333}.c{fill:#003a80}"
    ".d{fill:#14521f}.s{fill:#000}}";

char class_of(Side side) {
  switch (side) {
    case Side::client:
      return 'c';
    case Side::content:
      return 'd';
    case Side::server:
      return 's';
  }
  return 's';
}

struct Picture {
  std::string inside;
  int height = 0;
};

constexpr int picture_width = static_cast<int>(columns_wide) * column + 2 * margin;

Picture picture_of(const ReportSession& session) {
  Picture picture;
  int y = bar + row;
  for (const ReportLine& line : shown_lines(session)) {
    for (const std::string& text :
         cut_rows(std::string(mark_of(line.side)) + line.text, columns_wide)) {
      picture.inside +=
          fmt::format("<text class=\"t {}\" x=\"{}\" y=\"{}\" xml:space=\"preserve\">{}</text>\n",
                      class_of(line.side), margin, y, markup_escape(text));
      y += row;
    }
  }
  picture.height = y + margin / 2;
  const std::string title = say("{0} session {1}, {2}, {3}", session.protocol, session.number,
                                session.client, date_text(session.begun));
  picture.inside =
      fmt::format(
          "<title>{3}</title>\n<rect class=\"ground\" x=\"1\" y=\"1\" width=\"{0}\" "
          "height=\"{1}\" rx=\"8\"/>\n<rect class=\"bar\" x=\"2\" y=\"2\" width=\"{2}\" "
          "height=\"{4}\" rx=\"7\"/>\n"
          "<text class=\"t n\" x=\"{5}\" y=\"19\" xml:space=\"preserve\">{3}</text>\n",
          picture_width - 2, picture.height - 2, picture_width - 4, markup_escape(title), bar - 4,
          margin) +
      picture.inside;
  return picture;
}

std::string opening(int height) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" role=\"img\">\n<style>{2}</style>\n",
      picture_width, height, style);
}

}  // namespace

std::string markup_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string session_svg(const ReportSession& session) {
  const Picture picture = picture_of(session);
  return opening(picture.height) + picture.inside + "</svg>\n";
}

std::string report_svg(const Report& report) {
  std::string inside;
  int height = 0;
  for (const ReportSession& session : report.sessions) {
    const Picture picture = picture_of(session);
    inside += fmt::format("<g transform=\"translate(0 {})\">\n{}</g>\n", height, picture.inside);
    height += picture.height + margin;
  }
  return opening(std::max(height, 1)) + inside + "</svg>\n";
}

}  // namespace sandpost::sandbox
