#include "sandbox/columns.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

// What never begins a row, and what never ends one, in Chinese and Japanese setting.
constexpr std::u32string_view closing =
    U"\u3001\u3002\uFF0C\uFF0E\uFF1A\uFF1B\uFF01\uFF1F\u300D"
    U"\u300F\uFF09\u3011\u300B\u3009\u3015\u2019\u201D\u2026"
    U"\u2014\u00B7\u30FB,.:;!?)]}%";
constexpr std::u32string_view opening =
    U"\u300C\u300E\uFF08\u3010\u300A\u3008\u3014\u2018\u201C"
    U"([{";

struct Character {
  std::string_view octets;
  char32_t code = 0;  // 0: not UTF-8
  std::size_t width = 0;
};

// Takes the first character off `text`, which must hold one.
Character take(std::string_view& text) {
  Character one;
  const std::size_t length = utf8_length(text);
  one.octets = text.substr(0, std::max<std::size_t>(length, 1));
  if (length == 0) {
    one.width = 1;
  } else {
    one.code = utf8_decode(one.octets);
    one.width = static_cast<std::size_t>(
        std::max(utf8proc_charwidth(static_cast<utf8proc_int32_t>(one.code)), 0));
  }
  text.remove_prefix(one.octets.size());
  return one;
}

bool is_in(std::u32string_view set, const Character& one) {
  return one.code != 0 && set.find(one.code) != std::u32string_view::npos;
}

bool is_between(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

// A letter or a digit as an input method makes it in its full-width mode.
bool is_full_width_letter(const Character& one) {
  return is_between(one.code, U'\uFF10', U'\uFF19') || is_between(one.code, U'\uFF21', U'\uFF3A') ||
         is_between(one.code, U'\uFF41', U'\uFF5A');
}

// Korean puts blanks between its words, unlike the other languages of wide characters.
bool is_hangul(const Character& one) {
  return is_between(one.code, U'\u1100', U'\u11FF') || is_between(one.code, U'\uAC00', U'\uD7AF');
}

bool can_part(const Character& before, const Character& after) {
  const bool beside_wide = before.width == 2 || after.width == 2;
  const bool one_word = is_full_width_letter(before) && is_full_width_letter(after);
  return beside_wide && !one_word && !is_in(closing, after) && !is_in(opening, before);
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty())
    sum += take(text).width;
  return sum;
}

std::vector<std::string_view> pieces(std::string_view word) {
  std::vector<std::string_view> out;
  std::string_view rest = word;
  std::size_t begin = 0;
  std::size_t address_end = 0;
  Character last;  // that has a width
  while (!rest.empty()) {
    const std::size_t at = word.size() - rest.size();
    const Character one = take(rest);
    if (one.width == 0) continue;
    if (at > begin && at >= address_end && can_part(last, one)) {
      out.push_back(word.substr(begin, at - begin));
      begin = at;
    }
    if (one.code == U'<') {
      const std::size_t right = word.find('>', at);
      if (right != std::string_view::npos) address_end = right + 1;
    }
    last = one;
  }
  if (begin < word.size()) out.push_back(word.substr(begin));
  return out;
}

bool joins_without_blank(std::string_view line, std::string_view next) {
  std::size_t at = line.size();
  const auto is_inside = [&] { return (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80; };
  do {
    if (at == 0 || next.empty()) return false;
    --at;
  } while (is_inside());
  std::string_view tail = line.substr(at);
  const Character before = take(tail);
  const Character after = take(next);
  const auto is_mark = [](const Character& one) {
    return one.width == 2 && (is_in(closing, one) || is_in(opening, one));
  };
  const bool both_wide = before.width == 2 && after.width == 2;
  return is_mark(before) || is_mark(after) ||
         (both_wide && !is_hangul(before) && !is_hangul(after));
}

std::vector<std::string> hanging_rows(std::string_view text, std::size_t width, std::size_t hang) {
  std::vector<std::string> rows(1);
  std::size_t used = 0;
  bool begins = true;  // nothing but blanks is in the row
  const auto end_row = [&] {
    rows.back().erase(rows.back().find_last_not_of(' ') + 1);
    rows.emplace_back(hang, ' ');
    used = hang;
    begins = true;
  };
  while (!text.empty()) {
    const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    std::string_view word = text.substr(blanks, text.find(' ', blanks) - blanks);
    text.remove_prefix(blanks + word.size());
    const auto parts = pieces(word);
    const std::size_t first = columns(parts.empty() ? word : parts.front());
    // What is longer than a row is broken anyway, and may begin where it stands.
    const bool fits_below = hang + first <= width || used + blanks >= width;
    if (!begins && used + blanks + first > width && fits_below) {
      end_row();
    } else if (!begins || rows.size() == 1) {
      rows.back().append(blanks, ' ');
      used += blanks;
    }
    for (std::string_view part : parts) {
      if (!begins && used + columns(part) > width && hang + columns(part) <= width) end_row();
      while (!part.empty()) {
        const Character one = take(part);
        if (!begins && used + one.width > width) end_row();
        rows.back() += one.octets;
        used += one.width;
        begins = false;
      }
    }
  }
  rows.back().erase(rows.back().find_last_not_of(' ') + 1);
  return rows;
}

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
    for (const std::string& word : split(std::exchange(paragraph, {}), ' '))
      add_word(word);
    end_row();
  };
  for (const std::string& line : split(text, '\n')) {
    if (line.empty() || line.starts_with("  ")) {
      end_paragraph();
      out.push_back(line);
      continue;
    }
    if (!paragraph.empty() && !joins_without_blank(paragraph, line)) paragraph += ' ';
    paragraph += line;
  }
  end_paragraph();
  return out;
}

std::vector<std::string> shell_rows(std::string_view text, std::size_t width, std::size_t hang) {
  constexpr std::string_view goes_on = " \\";
  if (columns(text) <= width) return {std::string(text)};
  auto rows = hanging_rows(text, width - goes_on.size(), hang);
  for (std::size_t i = 0; i + 1 < rows.size(); ++i)
    rows[i] += goes_on;
  return rows;
}

std::vector<std::string> cut_rows(std::string_view text, std::size_t width) {
  std::vector<std::string> rows(1);
  std::size_t used = 0;
  while (!text.empty()) {
    const Character one = take(text);
    if (used + one.width > width) {
      rows.emplace_back();
      used = 0;
    }
    rows.back() += one.octets;
    used += one.width;
  }
  return rows;
}

}  // namespace sandpost::sandbox
