#pragma once
// What the commands of the control socket do; docs/events.md lists them.

#include <string>
#include <string_view>

#include "app/config.hpp"
#include "base/clock.hpp"

namespace sandpost::app {

class Server;

// JSON lines, each with its newline. The last is {"control":"ok"...} or {"control":"error",
// "text":...}. A command is a word and what belongs to it, or the same as a JSON object:
// `fault rcpt:451` and {"command":"fault","rule":"rcpt:451"}.
[[nodiscard]] std::string answer_command(std::string_view command, Server& server,
                                         const Config& config, const Clock& clock);

}  // namespace sandpost::app
