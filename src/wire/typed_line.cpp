#include "wire/typed_line.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "wire/odd_bytes.hpp"

namespace sandpost::wire {
namespace {

constexpr std::string_view pass = "PASS";

// What may follow them is a secret or as good as one.
constexpr std::array<std::string_view, 3> secret_verbs{"PASS", "AUTH", "APOP"};
constexpr std::array<std::string_view, 7> http_methods{"GET",    "HEAD",    "POST",   "PUT",
                                                       "DELETE", "OPTIONS", "CONNECT"};

// How much of `word` may be shown where what follows it is a secret.
std::optional<std::size_t> shown_of(std::string_view word, bool is_first) {
  if (!is_first) {
    return equals_ignoring_case(word, pass) ? std::optional{word.size()} : std::nullopt;
  }
  for (const std::string_view verb : secret_verbs) {
    if (starts_ignoring_case(word, verb)) return verb.size();  // also of PASSsecret
  }
  return is_slip_of(word, pass) ? std::optional{word.size()} : std::nullopt;
}

}  // namespace

bool is_slip_of(std::string_view word, std::string_view verb) {
  // A word far longer than a verb is one letter off nothing: no need to measure it.
  const bool one_off = word.size() <= verb.size() + 1 && edit_distance(word, verb) == 1;
  return one_off || (word.size() > verb.size() && starts_ignoring_case(word, verb));
}

std::string as_meant(std::string_view line) {
  const std::string typed = with_backspaces_applied(line);
  std::string out;
  for (std::string_view rest = typed; !rest.empty();) {
    const auto length = std::max<std::size_t>(utf8_length(rest), 1);
    const std::string_view character = rest.substr(0, length);
    rest.remove_prefix(length);
    if (character == "\r" || character == "\n" || character == "\t") {
      out += ' ';
    } else if (const auto odd = find_non_ascii(character)) {
      out += odd->meant.empty() ? character : std::string_view(odd->meant);
    } else if (!find_control(character)) {
      out += character;
    }
  }
  return out;
}

std::string masked(std::string_view line) {
  const std::string text = as_meant(line);
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = text.find_first_not_of(' ', at);
    if (begin == std::string::npos) break;
    const auto end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = std::string_view(text).substr(begin, end - begin);
    if (const auto shown = shown_of(word, text.find_first_not_of(' ') == begin)) {
      const std::string_view secret = std::string_view(text).substr(begin + *shown);
      if (secret.empty() || secret == " ") break;
      return text.substr(0, begin + *shown) + ' ' + std::string(asterisks);
    }
    at = end;
  }
  return std::string(line);
}

bool is_http_request(std::string_view line) {
  const auto end = line.find(' ');
  if (end == std::string_view::npos || line.find('/', end) == std::string_view::npos) return false;
  return std::any_of(http_methods.begin(), http_methods.end(), [&](std::string_view method) {
    return equals_ignoring_case(method, line.substr(0, end));
  });
}

}  // namespace sandpost::wire
