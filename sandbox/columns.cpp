#include "sandbox/columns.hpp"

#include <utf8proc.h>

#include <algorithm>

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
  Character last;  // that has a width
  while (!rest.empty()) {
    const std::size_t at = word.size() - rest.size();
    const Character one = take(rest);
    if (one.width == 0) continue;
    const bool beside_wide = one.width == 2 || last.width == 2;
    if (at > begin && beside_wide && !is_in(closing, one) && !is_in(opening, last)) {
      out.push_back(word.substr(begin, at - begin));
      begin = at;
    }
    last = one;
  }
  if (begin < word.size()) out.push_back(word.substr(begin));
  return out;
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
    if (!begins && used + blanks + columns(word) > width) {
      end_row();
    } else if (!begins || rows.size() == 1) {
      rows.back().append(blanks, ' ');
      used += blanks;
    }
    while (!word.empty()) {
      const Character one = take(word);
      if (!begins && used + one.width > width) end_row();
      rows.back() += one.octets;
      used += one.width;
      begins = false;
    }
  }
  rows.back().erase(rows.back().find_last_not_of(' ') + 1);
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
