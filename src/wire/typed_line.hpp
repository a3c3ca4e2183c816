#pragma once
// What a typed command line shows in both protocols alike: the secret in it, the verb that a
// mistyped word was meant to be, a web browser at the wrong door.

#include <string>
#include <string_view>

namespace sandpost::wire {

// Whether `word` is a slip of the finger for `verb`: one letter off, or something glued to it
// (RETR1, USER:bob, DELETE).
[[nodiscard]] bool is_slip_of(std::string_view word, std::string_view verb);

// The line as it was probably meant: backspaces applied, full-width letters and blanks as ASCII,
// arrow keys and other control bytes left out.
[[nodiscard]] std::string as_meant(std::string_view line);

// What stands where a secret was. Always as long, whatever the secret.
inline constexpr std::string_view asterisks = "********";

// The line for events and echoes: what follows PASS, AUTH, APOP or a slip of one of them is masked,
// the verb stays as typed; what was rubbed out with backspaces is left out if it was a secret. A
// line without a secret comes back as it is.
[[nodiscard]] std::string masked(std::string_view line);

// The first line of a web browser's request: a method, then a path.
[[nodiscard]] bool is_http_request(std::string_view line);

}  // namespace sandpost::wire
