#include "sandbox/screen.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/prose.hpp"

namespace sandpost::sandbox {
namespace {

constexpr int narrowest = 40;
constexpr int usual_width = 80;
constexpr int widest_page = 120;
constexpr int text_width = 75;             // a role word, and 72 columns that people read well
constexpr std::size_t letter_column = 50;  // where the note beside a line of the letter begins

std::string_view color_of(Role role) {
  switch (role) {
    case Role::client:
    case Role::content:
      return "\x1b[1m";
    case Role::server:
      return "\x1b[36m";
    case Role::ask:
      return "\x1b[35m";
    case Role::ok:
      return "\x1b[32m";
    case Role::no:
      return "\x1b[31m";
    case Role::title:
      return "\x1b[1m";
    case Role::tutor:
    case Role::plain:
      return "";
  }
  return "";
}

std::string paint(std::string_view text, Role role, bool color) {
  const std::string_view code = color ? color_of(role) : "";
  if (code.empty() || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", code, text);
}

// The note at the right edge of the last row, or on rows of its own where it does not fit.
void add_note(std::vector<std::string>& rows, const std::string& note, std::size_t width) {
  if (rows.empty()) rows.emplace_back();
  const std::size_t used = columns(rows.back());
  if (width < 57 || used + 2 + columns(note) > width) {
    for (std::string& row : filled_rows(note, width))
      rows.push_back(std::move(row));
  } else {
    rows.back() += std::string(width - used - columns(note), ' ') + note;
  }
}

// What was said stays one row, however long: a terminal wraps it, and a copy of it stays whole.
std::string said(const Line& line, const Layout& layout) {
  std::string row = fmt::format("{}{}", word_of(line.role), line.text);
  row.erase(row.find_last_not_of(' ') + 1);
  std::string out = paint(row, line.role, layout.color);
  const std::size_t used = columns(row);
  const auto width = static_cast<std::size_t>(layout.width);
  if (!line.note.empty() && std::max(used + 1, letter_column) + 2 + columns(line.note) <= width) {
    out += std::string(letter_column > used ? letter_column - used : 1, ' ') + "| " + line.note;
  } else if (!line.note.empty() && line.note != tr("yours")) {
    for (const std::string& below : filled_rows(say("(the line above: {})", line.note), width - 5))
      out += "\n--   " + below;
  }
  return out + '\n';
}

std::string in_rows(std::string_view text, int width, std::size_t hang) {
  std::string out;
  for (const std::string& row : hanging_rows(text, static_cast<std::size_t>(width), hang))
    out += row + '\n';
  return out;
}

// The same, narrower, with the mark in front of each row.
std::string marked(Line line, Layout layout) {
  const std::string name = std::exchange(line.mark, {});
  const std::string mark = name + ' ';
  layout.width = std::max(layout.width - static_cast<int>(columns(mark)), narrowest / 2);
  std::string out;
  std::string rows = lay_out(line, layout);
  rows.pop_back();
  for (const std::string& row : split(rows, '\n'))
    out += (row.empty() ? name : mark + row) + '\n';
  return out;
}

}  // namespace

std::string_view word_of(Role role) {
  switch (role) {
    case Role::client:
      return "C: ";
    case Role::content:
      return "D> ";
    case Role::server:
      return "S: ";
    case Role::tutor:
      return "-- ";
    case Role::ask:
      return "?? ";
    case Role::ok:
      return "OK ";
    case Role::no:
      return "NO ";
    case Role::title:
    case Role::plain:
      return "";
  }
  return "";
}

std::string lay_out(const Line& line, const Layout& layout) {
  if (!line.mark.empty()) return marked(line, layout);
  if (line.role == Role::client || line.role == Role::content || line.role == Role::server) {
    return said(line, layout);
  }
  if (line.role == Role::plain && line.hang == 0) return line.text + '\n';
  if (line.role == Role::plain) return in_rows(line.text, layout.width, line.hang);
  const std::string_view word = word_of(line.role);
  const auto width = static_cast<std::size_t>(std::min(layout.width, text_width)) - word.size();
  std::vector<std::string> rows = filled_rows(line.text, width);
  if (!line.note.empty()) add_note(rows, line.note, width);
  std::string out;
  for (const std::string& row : rows) {
    const bool all = line.role == Role::title;
    out += all ? paint(row, line.role, layout.color)
               : paint(trim(word), line.role, layout.color) + (row.empty() ? "" : " ") + row;
    out += '\n';
  }
  return out;
}

bool wants_color(const Config& config, bool terminal, const Environment& environment) {
  const auto variable = [&](const char* name) { return environment(name).value_or(""); };
  if (config.color != Color::automatic) return config.color == Color::always;
  if (config.plain || !variable("NO_COLOR").empty()) return false;
  const std::string force = variable("FORCE_COLOR");
  if (!force.empty()) return force != "0";
  const std::string term = variable("TERM");
  return terminal && !term.empty() && term != "dumb";
}

Screen::Screen(const Config& config) : terminal_(isatty(STDOUT_FILENO) == 1) {
  layout_.color = wants_color(config, terminal_, process_environment);
  measure();
}

void Screen::print(const Line& line) {
  write(lay_out(line, layout_));
}

void Screen::print(const Lines& lines) {
  for (const Line& line : lines)
    print(line);
}

void Screen::write(const std::string& bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size() ||
      std::fflush(stdout) != 0) {
    failed_ = true;
  }
}

int screen_width(int most) {
  int width = 0;
  winsize size{};
  const std::string text = process_environment("COLUMNS").value_or("");
  std::from_chars(text.data(), text.data() + text.size(), width);
  const bool is_chosen = width > 0;
  if (!is_chosen && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  if (width <= 0) width = usual_width;
  return std::clamp(width, narrowest, most);
}

std::size_t page_width() {
  return static_cast<std::size_t>(screen_width(widest_page));
}

void Screen::measure() {
  layout_.width = screen_width();
}

}  // namespace sandpost::sandbox
