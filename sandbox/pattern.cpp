#include "sandbox/pattern.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

// "2xx" is every reply code that begins with 2.
bool is_code_class(std::string_view text, std::int64_t code) {
  return text.size() == 3 && text.substr(1) == "xx" && text[0] >= '1' && text[0] <= '5' &&
         code / 100 == text[0] - '0';
}

bool equal(const wire::Value& wanted, const wire::Value& found, bool exact,
           const Variables& variables) {
  if (const auto* text = std::get_if<std::string>(&wanted)) {
    const std::string value = expand(*text, variables);
    if (const auto* number = std::get_if<std::int64_t>(&found)) {
      return is_code_class(value, *number) || value == std::to_string(*number);
    }
    const auto* other = std::get_if<std::string>(&found);
    if (other == nullptr) return false;
    return exact ? value == *other : equals_ignoring_case(value, *other);
  }
  return wanted == found;
}

bool in_range(const Condition& condition, const wire::Value& value) {
  if (!condition.min && !condition.max) return true;
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr) return false;
  return (!condition.min || *number >= *condition.min) &&
         (!condition.max || *number <= *condition.max);
}

bool contains(const Condition& condition, const wire::Value& value, const Variables& variables) {
  if (condition.has.empty()) return true;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  const std::string wanted = expand(condition.has, variables);
  return condition.exact ? text->find(wanted) != std::string::npos
                         : to_lower(*text).find(to_lower(wanted)) != std::string::npos;
}

bool field_holds(const Condition& condition, const wire::Event& event, const Variables& variables) {
  const wire::Value* found = event.find(condition.field);
  return found != nullptr && holds(condition, *found, variables);
}

void collect_parts(const Matcher& matcher, std::vector<const Matcher*>& out) {
  if (matcher.any.empty() && matcher.all.empty()) return out.push_back(&matcher);
  for (const Matcher& part : matcher.any)
    collect_parts(part, out);
  for (const Matcher& part : matcher.all)
    collect_parts(part, out);
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

bool holds(const Condition& condition, const wire::Value& value, const Variables& variables) {
  const auto is = [&](const wire::Value& wanted) {
    return equal(wanted, value, condition.exact, variables);
  };
  return in_range(condition, value) && contains(condition, value, variables) &&
         std::none_of(condition.none_of.begin(), condition.none_of.end(), is) &&
         (condition.one_of.empty() ||
          std::any_of(condition.one_of.begin(), condition.one_of.end(), is));
}

bool matches(const Matcher& matcher, const wire::Event& event, const Variables& variables,
             std::optional<std::uint64_t> session) {
  const auto part_matches = [&](const Matcher* part) {
    if (part->event.empty() || part->event != event.name) return false;
    if (part->same_session && session && *session != event.session) return false;
    return std::all_of(
        part->conditions.begin(), part->conditions.end(),
        [&](const Condition& condition) { return field_holds(condition, event, variables); });
  };
  const auto parts = parts_of(matcher);
  return std::any_of(parts.begin(), parts.end(), part_matches);
}

const Condition* unmet(const Matcher& matcher, const wire::Event& event,
                       const Variables& variables) {
  for (const Matcher* part : parts_of(matcher)) {
    if (part->event != event.name) continue;
    const Condition* first = nullptr;
    for (const Condition& one : part->conditions) {
      if (field_holds(one, event, variables)) continue;
      const bool text =
          !one.one_of.empty() && std::holds_alternative<std::string>(one.one_of.front());
      if (text) return &one;
      if (first == nullptr) first = &one;
    }
    if (first != nullptr) return first;
  }
  return nullptr;
}

std::vector<const Matcher*> parts_of(const Matcher& matcher) {
  std::vector<const Matcher*> out;
  collect_parts(matcher, out);
  return out;
}

bool waits_for(const Matcher& matcher, std::string_view event) {
  const auto parts = parts_of(matcher);
  return std::any_of(parts.begin(), parts.end(),
                     [&](const Matcher* part) { return part->event == event; });
}

std::int64_t queue_in(const Matcher& part, const Variables& variables) {
  for (const Condition& one : part.conditions) {
    if (one.field != "queue" || one.one_of.size() != 1) continue;
    if (const auto* number = std::get_if<std::int64_t>(&one.one_of.front())) return *number;
    const auto* text = std::get_if<std::string>(&one.one_of.front());
    const std::string digits = text == nullptr ? "" : expand(*text, variables);
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }
  return 0;
}

}  // namespace sandpost::sandbox
