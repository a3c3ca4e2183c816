#include "wire/json.hpp"

#include <nlohmann/json.hpp>

namespace sandpost::wire {
namespace {

using nlohmann::json;

std::optional<std::string> text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (!value.is_array()) return std::nullopt;
  std::string out;
  for (const json& item : value) {
    if (!item.is_string()) return std::nullopt;
    out += '\n' + item.get<std::string>();
  }
  return out;
}

}  // namespace

std::string json_text(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<JsonObject> parse_json_object(std::string_view text) {
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  JsonObject out;
  for (const auto& [name, value] : parsed.items()) {
    if (auto member_text = text_of(value)) out.emplace(name, std::move(*member_text));
  }
  return out;
}

std::string member(const JsonObject& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : found->second;
}

}  // namespace sandpost::wire
