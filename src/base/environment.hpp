#pragma once
// The environment's variables, and a way to hand in others in a test.

#include <functional>
#include <optional>
#include <string>

namespace sandpost {

// The variable's value; empty if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The process's own environment. Not while another thread changes it.
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);

}  // namespace sandpost
