#include "pop3/command.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "base/text.hpp"

namespace sandpost::pop3 {
namespace {

constexpr std::string_view blanks = " \t";

// Without those that POP3 has as well: NOOP, QUIT, RSET.
constexpr std::array<std::string_view, 9> smtp_verbs{"HELO", "EHLO", "MAIL", "RCPT",    "DATA",
                                                     "VRFY", "EXPN", "BDAT", "STARTTLS"};
constexpr std::array<std::string_view, 3> absent_verbs{"XTND", "RPOP", "HELP"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view known) { return equals_ignoring_case(known, word); });
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

bool is_smtp_verb(std::string_view word) {
  return is_one_of(smtp_verbs, word);
}

bool is_absent_verb(std::string_view word) {
  return is_one_of(absent_verbs, word);
}

}  // namespace sandpost::pop3
