#include "wire/event.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sandpost::wire {

const Value* Event::find(std::string_view field) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == field; });
  return found == fields.end() ? nullptr : &found->value;
}

const std::string& Event::text(std::string_view field) const {
  static const std::string none;
  const Value* value = find(field);
  const auto* text = value != nullptr ? std::get_if<std::string>(value) : nullptr;
  return text != nullptr ? *text : none;
}

std::int64_t Event::number(std::string_view field) const {
  const Value* value = find(field);
  const auto* number = value != nullptr ? std::get_if<std::int64_t>(value) : nullptr;
  return number != nullptr ? *number : 0;
}

bool Event::flag(std::string_view field) const {
  const Value* value = find(field);
  const auto* flag = value != nullptr ? std::get_if<bool>(value) : nullptr;
  return flag != nullptr && *flag;
}

std::string to_json(const Event& event) {
  nlohmann::ordered_json json;
  json["time"] = event.when.time.time_since_epoch().count();
  json["session"] = event.session;
  json["client"] = event.client;
  json["learner"] = event.learner;
  json["event"] = event.name;
  for (const Field& field : event.fields) {
    std::visit([&](const auto& value) { json[std::string(field.name)] = value; }, field.value);
  }
  // What came over the wire need not be UTF-8; the octets that are not become U+FFFD.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace sandpost::wire
