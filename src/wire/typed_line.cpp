#include "wire/typed_line.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "wire/odd_bytes.hpp"

namespace sandpost::wire {
namespace {

constexpr char escape = 0x1B;

// What may follow them is a secret or as good as one.
constexpr std::array<std::string_view, 3> secret_verbs{"PASS", "AUTH", "APOP"};
constexpr std::array<std::string_view, 7> http_methods{"GET",    "HEAD",    "POST",   "PUT",
                                                       "DELETE", "OPTIONS", "CONNECT"};

// How much of `word` may be shown where what follows it is a secret.
std::optional<std::size_t> shown_of(std::string_view word, bool is_first) {
  for (const std::string_view verb : secret_verbs) {
    if (equals_ignoring_case(word, verb)) return word.size();
    if (!is_first) continue;
    if (starts_ignoring_case(word, verb)) return verb.size();  // also of PASSsecret
    if (is_slip_of(word, verb)) return word.size();
  }
  return std::nullopt;
}

// How many octets at the start of `text` are one key of the keyboard, arrows and the like: ESC with
// what belongs to it (ECMA-48 §5.4: CSI, parameters, a final octet). 0 where none begins.
std::size_t key_length(std::string_view text) {
  if (!text.starts_with(escape)) return 0;
  if (text.size() < 3 || (text[1] != '[' && text[1] != 'O')) return 1;
  const auto end = text.find_first_not_of("0123456789;", 2);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// The readings of a line differ only in what they do with backspaces.
std::string without_odd_bytes(std::string_view typed) {
  std::string out;
  for (std::string_view rest = typed; !rest.empty();) {
    if (const auto key = key_length(rest)) {
      rest.remove_prefix(key);
      continue;
    }
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

// Where the secret of `text` begins; npos if there is none.
std::size_t secret_of(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  for (auto begin = first; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    if (const auto shown = shown_of(text.substr(begin, end - begin), begin == first)) {
      const std::string_view secret = text.substr(begin + *shown);
      return secret.empty() || secret == " " ? std::string_view::npos : begin + *shown;
    }
    begin = text.find_first_not_of(' ', end);
  }
  return std::string_view::npos;
}

}  // namespace

bool is_slip_of(std::string_view word, std::string_view verb) {
  // A word far longer than a verb is one letter off nothing: no need to measure it.
  const bool one_off = word.size() <= verb.size() + 1 && edit_distance(word, verb) == 1;
  return one_off || (word.size() > verb.size() && starts_ignoring_case(word, verb));
}

std::string as_meant(std::string_view line) {
  return without_odd_bytes(with_backspaces_applied(line));
}

std::string masked(std::string_view line) {
  const std::string text = as_meant(line);
  const auto secret = secret_of(text);
  if (secret != std::string::npos) {
    return text.substr(0, secret) + ' ' + std::string(asterisks);
  }
  // A secret that was typed and rubbed out again is in the line still.
  const bool rubbed_out = secret_of(without_odd_bytes(line)) != std::string::npos;
  return rubbed_out ? text : std::string(line);
}

bool is_http_request(std::string_view line) {
  const auto end = line.find(' ');
  if (end == std::string_view::npos || line.find('/', end) == std::string_view::npos) return false;
  return std::any_of(http_methods.begin(), http_methods.end(), [&](std::string_view method) {
    return equals_ignoring_case(method, line.substr(0, end));
  });
}

}  // namespace sandpost::wire
