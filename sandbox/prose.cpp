#include "sandbox/prose.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "sandbox/columns.hpp"

namespace sandpost::sandbox {
namespace {

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

}  // namespace

std::vector<std::string> filled_rows(std::string_view text, std::size_t width) {
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

}  // namespace sandpost::sandbox
