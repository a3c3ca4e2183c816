#include "pop3/command.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "base/text.hpp"
#include "wire/odd_bytes.hpp"

namespace sandpost::pop3 {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view pass = "PASS";

// What may follow them is a secret or as good as one.
constexpr std::array<std::string_view, 3> secret_verbs{"PASS", "AUTH", "APOP"};
// Without those that POP3 has as well: NOOP, QUIT, RSET.
constexpr std::array<std::string_view, 9> smtp_verbs{"HELO", "EHLO", "MAIL", "RCPT",    "DATA",
                                                     "VRFY", "EXPN", "BDAT", "STARTTLS"};
constexpr std::array<std::string_view, 8> absent_verbs{"APOP", "AUTH", "STLS", "UTF8",
                                                       "LANG", "XTND", "RPOP", "HELP"};
constexpr std::array<std::string_view, 7> http_methods{"GET",    "HEAD",    "POST",   "PUT",
                                                       "DELETE", "OPTIONS", "CONNECT"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view known) { return equals_ignoring_case(known, word); });
}

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

// command = keyword *(SP argument) CRLF
// keyword = 3*4printable, argument = 1*40printable (RFC 1939 §3)
Command split_command(std::string_view line, bool forgive_blanks) {
  const std::string_view separators = forgive_blanks ? blanks : blanks.substr(0, 1);
  if (forgive_blanks) line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  Command command;
  const auto end = std::min(line.find_first_of(separators), line.size());
  command.verb = line.substr(0, end);
  if (end == line.size()) return command;
  command.rest = line.substr(end + 1);
  std::string spaced = command.rest;
  if (forgive_blanks) std::replace(spaced.begin(), spaced.end(), '\t', ' ');
  command.arguments = split(spaced, ' ');
  if (forgive_blanks) {
    std::erase_if(command.arguments, [](const std::string& argument) { return argument.empty(); });
  }
  return command;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  constexpr auto greatest = std::numeric_limits<std::uint64_t>::max();
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (greatest - digit) / 10 ? greatest : value * 10 + digit;
  }
  return value;
}

bool is_slip_of(std::string_view word, std::string_view verb) {
  // A word far longer than a verb is one letter off nothing: no need to measure it.
  const bool one_off = word.size() <= verb.size() + 1 && edit_distance(word, verb) == 1;
  return one_off || (word.size() > verb.size() && starts_ignoring_case(word, verb));
}

std::string as_meant(std::string_view line) {
  const std::string typed = wire::with_backspaces_applied(line);
  std::string out;
  for (std::string_view rest = typed; !rest.empty();) {
    const auto length = std::max<std::size_t>(utf8_length(rest), 1);
    const std::string_view character = rest.substr(0, length);
    rest.remove_prefix(length);
    if (character == "\r" || character == "\n" || character == "\t") {
      out += ' ';
    } else if (const auto odd = wire::find_non_ascii(character)) {
      out += odd->meant.empty() ? character : std::string_view(odd->meant);
    } else if (!wire::find_control(character)) {
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

bool is_smtp_verb(std::string_view word) {
  return is_one_of(smtp_verbs, word);
}

bool is_absent_verb(std::string_view word) {
  return is_one_of(absent_verbs, word);
}

bool is_http(const Command& command) {
  return is_one_of(http_methods, command.verb) && command.rest.find('/') != std::string::npos;
}

}  // namespace sandpost::pop3
