#pragma once
// A POP3 command line in its parts, what a mistyped word was meant to be, and the line as others
// may see it. Only the form of a line is judged here; what it does is the engine's.

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

// Whether `word` is a slip of the finger for `verb`: one letter off, or something glued to it
// (RETR1, USER:bob, DELETE).
[[nodiscard]] bool is_slip_of(std::string_view word, std::string_view verb);

// The line as it was probably meant: backspaces applied, full-width letters and blanks as ASCII,
// other control bytes left out.
[[nodiscard]] std::string as_meant(std::string_view line);

// What stands where a secret was. Always as long, whatever the secret.
inline constexpr std::string_view asterisks = "********";

// The line for events and echoes: what follows PASS, a mistyped PASS, AUTH or APOP is masked, the
// verb stays as typed. A line without a secret comes back as it is.
[[nodiscard]] std::string masked(std::string_view line);

// Verbs that belong to others: SMTP's, and POP3's that this server does not have.
[[nodiscard]] bool is_smtp_verb(std::string_view word);
[[nodiscard]] bool is_absent_verb(std::string_view word);

// The first line of a web browser's request: a method and a path.
[[nodiscard]] bool is_http(const Command& command);

}  // namespace sandpost::pop3
