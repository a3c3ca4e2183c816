#include "wire/odd_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace sandpost::wire {
namespace {

constexpr char backspace = 0x08;
constexpr char escape = 0x1B;
constexpr char del = 0x7F;

bool is_control(char c) {
  return static_cast<std::uint8_t>(c) < 0x20 || c == del;
}

bool is_continuation(char c) {
  return (static_cast<std::uint8_t>(c) & 0xC0U) == 0x80U;
}

// In characters, which is what a person counts.
std::size_t column_of(std::string_view line, std::size_t octet) {
  const auto before = line.substr(0, octet);
  return octet + 1 -
         static_cast<std::size_t>(std::count_if(before.begin(), before.end(), is_continuation));
}

Oddity describe(char32_t code_point) {
  Oddity oddity;
  oddity.shown = fmt::format("U+{:04X}", static_cast<std::uint32_t>(code_point));
  if (code_point >= 0xFF01 && code_point <= 0xFF5E) {
    oddity.cause = Cause::full_width;
    oddity.meant = static_cast<char>(code_point - 0xFF01 + '!');
  } else if (code_point == 0x3000) {
    oddity.cause = Cause::full_width;
    oddity.meant = " ";
  } else if (code_point == 0x3002) {
    oddity.cause = Cause::full_width;
    oddity.meant = ".";
  } else if (code_point >= 0x2018 && code_point <= 0x201D) {
    oddity.cause = Cause::smart_quote;
    oddity.meant = code_point <= 0x201B ? "'" : "\"";
  } else if (code_point == 0x00A0) {
    oddity.cause = Cause::nbsp;
    oddity.meant = " ";
  } else {
    oddity.cause = Cause::non_ascii;
  }
  return oddity;
}

}  // namespace

bool is_plain(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < del; });
}

std::optional<Oddity> find_control(std::string_view line) {
  const auto* found = std::find_if(line.begin(), line.end(), is_control);
  if (found == line.end()) return std::nullopt;
  Oddity oddity;
  oddity.cause = *found == escape ? Cause::escape_bytes : Cause::control_bytes;
  oddity.column = column_of(line, static_cast<std::size_t>(found - line.begin()));
  oddity.shown = visible(std::string_view(found, 1));
  return oddity;
}

std::optional<Oddity> find_non_ascii(std::string_view line) {
  const auto* found = std::find_if(line.begin(), line.end(),
                                   [](char c) { return static_cast<std::uint8_t>(c) >= 0x80; });
  if (found == line.end()) return std::nullopt;
  const auto at = static_cast<std::size_t>(found - line.begin());
  Oddity oddity;
  if (utf8_length(line.substr(at)) > 0) {
    oddity = describe(utf8_decode(line.substr(at)));
  } else {
    oddity.cause = Cause::non_ascii;
    oddity.shown = visible(line.substr(at, 1));
  }
  oddity.column = column_of(line, at);
  return oddity;
}

std::string with_backspaces_applied(std::string_view line) {
  std::string out;
  for (const char c : line) {
    if (c != backspace && c != del) {
      out += c;
      continue;
    }
    if (out.empty()) continue;
    std::size_t start = out.size() - 1;
    while (start > 0 && is_continuation(out[start]))
      --start;
    // Of what is not UTF-8 one octet goes, not all that looks like the rest of a character.
    const std::size_t length = out.size() - start;
    out.resize(utf8_length(std::string_view(out).substr(start)) == length ? start : out.size() - 1);
  }
  return out;
}

}  // namespace sandpost::wire
