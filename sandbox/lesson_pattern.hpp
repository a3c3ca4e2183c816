#pragma once
// Reads a lesson's `pass`. Part of sandbox/lesson_file.hpp.

#include <toml++/toml.h>

#include <map>
#include <string>

#include "sandbox/pattern.hpp"

namespace sandpost::sandbox {

// Throws LessonProblem.
[[nodiscard]] Matcher pattern_of(const toml::table& table);

// Variable to field, each of an event that `pass` waits for.
[[nodiscard]] std::map<std::string, std::string> bindings_of(const toml::table& table,
                                                             const Matcher& pass);

}  // namespace sandpost::sandbox
