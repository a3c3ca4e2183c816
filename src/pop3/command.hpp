#pragma once
// A POP3 command line in its parts. Only the form of a line is judged here; what it does is the
// engine's.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandpost::pop3 {

struct Command {
  std::string verb;                    // as typed; empty where the line begins with no word
  std::string rest;                    // behind the verb and one blank, octet for octet
  std::vector<std::string> arguments;  // `rest` cut at its blanks
};

// `forgive_blanks`: those before the verb, doubled ones and those at the end do not count, and a
// tab is a blank. Without it each of them leaves an empty verb or an empty argument behind.
[[nodiscard]] Command split_command(std::string_view line, bool forgive_blanks);

// Decimal digits and nothing else; leading zeros are fine. What is too big for the type becomes its
// greatest value: far beyond any message-number or number of lines.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

// Verbs that belong to others: SMTP's, and POP3's that this server does not have.
[[nodiscard]] bool is_smtp_verb(std::string_view word);
[[nodiscard]] bool is_absent_verb(std::string_view word);

}  // namespace sandpost::pop3
