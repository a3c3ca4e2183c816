#pragma once
// A field of an event before anybody has asked for it: it owns nothing, so that telling what nobody
// listens to costs next to nothing. Lives within one full expression.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wire/event.hpp"

namespace sandpost::wire {

struct FieldRef {
  std::string_view name;  // a literal, as in Field
  std::variant<bool, std::int64_t, std::string_view> value;
};

// For Sink::emit().
[[nodiscard]] std::vector<Field> to_fields(std::initializer_list<FieldRef> fields);

}  // namespace sandpost::wire
