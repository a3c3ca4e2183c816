#include "sandbox/lesson.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

// "2xx" is every reply code that begins with 2.
bool is_code_class(std::string_view text, std::int64_t code) {
  return text.size() == 3 && text.substr(1) == "xx" && text[0] >= '1' && text[0] <= '5' &&
         code / 100 == text[0] - '0';
}

bool equal(const wire::Value& wanted, const wire::Value& found, const Variables& variables) {
  if (const auto* text = std::get_if<std::string>(&wanted)) {
    const std::string value = expand(*text, variables);
    if (const auto* number = std::get_if<std::int64_t>(&found)) {
      return is_code_class(value, *number) || value == std::to_string(*number);
    }
    const auto* other = std::get_if<std::string>(&found);
    return other != nullptr && equals_ignoring_case(value, *other);
  }
  return wanted == found;
}

bool holds(const Condition& condition, const wire::Event& event, const Variables& variables) {
  const wire::Value* found = event.find(condition.field);
  if (found == nullptr) return false;
  if (condition.min || condition.max) {
    const auto* number = std::get_if<std::int64_t>(found);
    if (number == nullptr) return false;
    if (condition.min && *number < *condition.min) return false;
    if (condition.max && *number > *condition.max) return false;
  }
  return condition.one_of.empty() ||
         std::any_of(condition.one_of.begin(), condition.one_of.end(),
                     [&](const wire::Value& wanted) { return equal(wanted, *found, variables); });
}

}  // namespace

std::string expand(std::string_view text, const Variables& variables) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    const auto found = close == std::string_view::npos
                           ? variables.end()
                           : variables.find(text.substr(open + 1, close - open - 1));
    if (found == variables.end()) {
      out += '{';
      text.remove_prefix(open + 1);
    } else {
      out += found->second;
      text.remove_prefix(close + 1);
    }
  }
  return out;
}

bool matches(const Matcher& matcher, const wire::Event& event, const Variables& variables,
             std::optional<std::uint64_t> session) {
  if (!matcher.any.empty()) {
    return std::any_of(matcher.any.begin(), matcher.any.end(),
                       [&](const Matcher& one) { return matches(one, event, variables, session); });
  }
  if (matcher.event != event.name) return false;
  if (matcher.same_session && session && *session != event.session) return false;
  return std::all_of(
      matcher.conditions.begin(), matcher.conditions.end(),
      [&](const Condition& condition) { return holds(condition, event, variables); });
}

const Condition* unmet(const Matcher& matcher, const wire::Event& event,
                       const Variables& variables) {
  if (!matcher.any.empty()) {
    for (const Matcher& one : matcher.any) {
      if (const Condition* found = unmet(one, event, variables)) return found;
    }
    return nullptr;
  }
  if (matcher.event != event.name) return nullptr;
  const Condition* first = nullptr;
  for (const Condition& one : matcher.conditions) {
    if (holds(one, event, variables)) continue;
    const bool text =
        !one.one_of.empty() && std::holds_alternative<std::string>(one.one_of.front());
    if (text) return &one;
    if (first == nullptr) first = &one;
  }
  return first;
}

}  // namespace sandpost::sandbox
