#include "base/base64.hpp"

#include <cstdint>

namespace sandpost {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char padding = '=';

// Four characters hold 24 bits.
constexpr std::size_t group = 4;

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * group);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<std::uint8_t>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      text += alphabet[(bits >> held) & 0x3FU];
    }
  }
  if (held > 0) text += alphabet[(bits << (6 - held)) & 0x3FU];
  while (text.size() % group != 0)
    text += padding;
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % group != 0) return std::nullopt;
  // In the last group only, and there one or two.
  for (int i = 0; i < 2 && text.ends_with(padding); ++i)
    text.remove_suffix(1);

  std::string bytes;
  bytes.reserve(text.size() / group * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>((bits >> held) & 0xFFU);
  }
  // What padding leaves over is zero (RFC 4648 §3.5).
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace sandpost
