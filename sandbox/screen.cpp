#include "sandbox/screen.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/columns.hpp"

namespace sandpost::sandbox {
namespace {

constexpr int narrowest = 40;
constexpr int widest = 80;
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

bool begins_with_digit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// Whether a row does not end between the two: inside of "RFC 5321, 4.1.1.3" or of "RETR 1".
bool belongs_to(std::string_view before, std::string_view word) {
  constexpr std::array numbered{"RETR", "DELE", "LIST", "UIDL", "TOP", "TOP 1", "TOP 2"};
  constexpr std::array named{"HELO", "EHLO", "helo", "ehlo", "telnet", "nc", "nc -C"};
  const std::string_view last = before.substr(before.rfind(' ') + 1);
  const auto rfc = before.rfind("RFC ");
  const bool of_rfc =
      before.ends_with("RFC") || (rfc != std::string_view::npos && before.ends_with(',') &&
                                  before.find(' ', rfc + 4) == std::string_view::npos);
  const auto ends_before = [&](const char* command) { return before == command; };
  const bool of_number = std::any_of(numbered.begin(), numbered.end(), ends_before);
  if (begins_with_digit(word) && (of_rfc || of_number || last.find('.') == 3)) return true;
  if (before == "MAIL") return word.starts_with("FROM");
  if (before == "RCPT") return word.starts_with("TO");
  const bool of_name = std::any_of(named.begin(), named.end(), ends_before);
  return of_name && word.find('.') < word.size() - 1;
}

// What stays together on a row, if it fits. In a text, two blanks on both sides set something apart
// that is to be typed.
std::vector<std::string> words_of(std::string_view text) {
  constexpr std::size_t longest_apart = 36;
  const bool columned = text.find("   ") != std::string_view::npos;
  std::vector<std::string> out;
  std::size_t opened = 0;  // behind the blanks that set apart what follows; 0: there are none
  for (const std::string& word : split(text, ' ')) {
    const bool after_gap = out.empty() || out.back().empty();
    const bool begins = out.size() == 1 || (out.size() > 1 && out[out.size() - 2].empty());
    const bool of_digit = columned && !after_gap && begins && begins_with_digit(out.back()) &&
                          (out.back().size() == 1 || out.back()[1] == ' ');
    if (!word.empty() && !after_gap && (of_digit || belongs_to(out.back(), word))) {
      out.back() += ' ' + word;
      continue;
    }
    if (word.empty() && opened > 0 && !after_gap) {
      std::string apart = out[opened];
      for (std::size_t i = opened + 1; i < out.size(); ++i)
        apart += ' ' + out[i];
      if (columns(apart) <= longest_apart) {
        out.resize(opened);
        out.push_back(std::move(apart));
      }
      opened = 0;
    } else if (word.empty()) {
      opened = out.size() + 1;
    }
    out.push_back(word);
  }
  return out;
}

// A line that is to be copied: whole as far as possible. What wide gaps divide is several things,
// and they can stand below each other.
std::vector<std::string> kept_rows(const std::string& line, std::size_t width) {
  constexpr std::size_t indent = 2;
  if (columns(line) <= width) return {line};
  if (columns(line) <= width + indent) return {line.substr(indent)};
  std::vector<std::string> out{std::string(indent, ' ')};
  for (std::size_t at = indent; at < line.size();) {
    const std::size_t end = std::min(line.find("  ", at), line.size());
    const std::string thing = line.substr(at, end - at);
    at = std::min(line.find_first_not_of(' ', end), line.size());
    const bool first = out.back().size() == indent;
    if (!first && columns(out.back()) + 2 + columns(thing) > width) {
      out.emplace_back(indent, ' ');
      out.back() += thing;
    } else {
      out.back() += (first ? "" : "  ") + thing;
    }
  }
  return out;
}

// Fills rows with words. A line that begins with two blanks is kept as it is, an empty one divides
// paragraphs, and any other newline counts as a blank (in Chinese: as nothing).
std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> out;
  std::string row;
  const auto end_row = [&] {
    row.erase(row.find_last_not_of(' ') + 1);
    if (!row.empty()) out.push_back(std::exchange(row, {}));
  };
  const auto add_word = [&](std::string_view word) {
    std::string_view gap = row.empty() ? "" : " ";
    if (word.empty()) row += gap;
    for (const std::string_view piece : pieces(word)) {
      if (!row.empty() && columns(row) + gap.size() + columns(piece) > width) {
        end_row();
        gap = "";
      }
      row += gap;
      row += piece;
      gap = "";
    }
  };
  std::string paragraph;
  const auto end_paragraph = [&] {
    for (const std::string& together : words_of(std::exchange(paragraph, {}))) {
      const auto parts = pieces(together);
      const bool fits = std::all_of(parts.begin(), parts.end(),
                                    [&](std::string_view part) { return columns(part) <= width; });
      for (const std::string& word : fits ? std::vector{together} : split(together, ' '))
        add_word(word);
    }
    end_row();
  };
  for (const std::string& line : split(text, '\n')) {
    if (line.empty() || line.starts_with("  ")) {
      end_paragraph();
      for (std::string& kept : kept_rows(line, width))
        out.push_back(std::move(kept));
      continue;
    }
    if (!paragraph.empty() && !joins_without_blank(paragraph, line)) paragraph += ' ';
    paragraph += line;
  }
  end_paragraph();
  return out;
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
    for (std::string& row : wrap(note, width))
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
    for (const std::string& below : wrap(say("(the line above: {})", line.note), width - 5))
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
  std::vector<std::string> rows = wrap(line.text, width);
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

bool wants_color(const Config& config, bool terminal,
                 const std::function<std::string_view(const char*)>& variable) {
  if (config.color != Color::automatic) return config.color == Color::always;
  if (config.plain || !variable("NO_COLOR").empty()) return false;
  const std::string_view force = variable("FORCE_COLOR");
  if (!force.empty()) return force != "0";
  const std::string_view term = variable("TERM");
  return terminal && !term.empty() && term != "dumb";
}

Screen::Screen(const Config& config) : terminal_(isatty(STDOUT_FILENO) == 1) {
  layout_.color = wants_color(config, terminal_, [](const char* name) {
    const char* value = std::getenv(name);
    return std::string_view(value == nullptr ? "" : value);
  });
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

int screen_width() {
  int width = 0;
  winsize size{};
  const char* columns_set = std::getenv("COLUMNS");
  const std::string_view text(columns_set == nullptr ? "" : columns_set);
  std::from_chars(text.data(), text.data() + text.size(), width);
  const bool is_chosen = width > 0;
  if (!is_chosen && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  if (width <= 0) width = widest;
  return std::clamp(width, narrowest, widest);
}

void Screen::measure() {
  layout_.width = screen_width();
}

}  // namespace sandpost::sandbox
