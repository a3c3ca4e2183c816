#include "sandbox/masks.hpp"

#include <algorithm>
#include <cctype>

#include "base/base64.hpp"
#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::size_t shortest_secret = 4;

bool is_word_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x80 || std::isalnum(octet) != 0;
}

std::string replace_word(std::string_view text, std::string_view word, std::string_view by) {
  const std::string low_text = to_lower(text);
  const std::string low_word = to_lower(word);
  std::string out;
  std::size_t done = 0;
  for (auto at = low_text.find(low_word); at != std::string::npos;
       at = low_text.find(low_word, std::max(at + 1, done))) {
    const auto end = at + word.size();
    if (at > 0 && is_word_octet(text[at - 1])) continue;
    if (end < text.size() && is_word_octet(text[end])) continue;
    out += text.substr(done, at - done);
    out += by;
    done = end;
  }
  return out += text.substr(done);
}

}  // namespace

void Masks::add_secret(const std::string& secret) {
  if (secret.size() >= shortest_secret && !knows(secret)) add(secret, std::string(secret_mask));
}

void Masks::add(const std::string& word, const std::string& by) {
  masks_.emplace_back(word, by);
  masks_.emplace_back(base64_encode(word), by);
}

bool Masks::knows(std::string_view word) const {
  return std::any_of(masks_.begin(), masks_.end(),
                     [&](const auto& one) { return equals_ignoring_case(one.first, word); });
}

std::string Masks::apply(std::string_view text) const {
  std::string out(text);
  for (const auto& [word, by] : masks_)
    out = replace_word(out, word, by);
  return out;
}

}  // namespace sandpost::sandbox
