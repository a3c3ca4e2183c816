#pragma once
// The one table of options and the one of commands, from which come the parsing, the names of the
// environment variables and the help.

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/invocation.hpp"

namespace sandpost::cli {

struct Option {
  enum class Kind { flag, value, list };

  std::string_view name;        // "--smtp-port"
  std::string_view value_name;  // "N"; empty for a flag
  std::string_view meaning;     // for the help
  // Checks the text and puts it into the invocation; for a list, one more. The error says why not.
  Result<void, std::string> (*put)(Invocation& invocation, std::string_view text);
  // The default as one would write it; null where there is none to show.
  std::string (*shown_default)(const Config& defaults) = nullptr;
  Kind kind = Kind::value;
};

[[nodiscard]] std::span<const Option> options();
[[nodiscard]] const Option* find_option(std::string_view name);  // null: there is none

// "--smtp-port" has the twin "SANDPOST_SMTP_PORT".
[[nodiscard]] std::string variable_name(const Option& option);

struct CommandForm {
  Command command;
  std::string_view name;
  std::string_view operand;  // "[LESSON]", or empty
  std::string_view meaning;
};

[[nodiscard]] std::span<const CommandForm> commands();
[[nodiscard]] const CommandForm* find_command(std::string_view name);  // null: there is none

}  // namespace sandpost::cli
