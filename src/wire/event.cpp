#include "wire/event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::wire {
namespace {

using nlohmann::json;

// The field's name as the vocabulary holds it, which lives as long as the program; else empty.
std::string_view known_field(const EventForm& form, std::string_view name) {
  if (!has_field(form, name)) return {};
  for (std::size_t begin = 0; begin < form.fields.size();) {
    const std::size_t end = std::min(form.fields.find(' ', begin), form.fields.size());
    const std::string_view field = form.fields.substr(begin, end - begin);
    if (field == name) return field;
    begin = end + 1;
  }
  return {};
}

std::optional<Value> value_of(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_string()) return value.get<std::string>();
  return std::nullopt;
}

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

// JSON holds no octet that is not UTF-8; such a one becomes "\xA4".
std::string as_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const bool bad = utf8_length(text) == 0;
    out += bad ? fmt::format("\\x{:02X}", static_cast<unsigned char>(text.front()))
               : std::string(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

nlohmann::ordered_json json_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return as_utf8(*text);
  return std::visit([](const auto& one) { return nlohmann::ordered_json(one); }, value);
}

const Value* find_in(const std::vector<Field>& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &found->value;
}

}  // namespace

const std::string& text_of(const std::vector<Field>& fields, std::string_view name) {
  static const std::string none;
  const Value* value = find_in(fields, name);
  const auto* text = value != nullptr ? std::get_if<std::string>(value) : nullptr;
  return text != nullptr ? *text : none;
}

const Value* Event::find(std::string_view field) const {
  return find_in(fields, field);
}

const std::string& Event::text(std::string_view field) const {
  return text_of(fields, field);
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
  for (const Field& field : event.fields)
    json[std::string(field.name)] = json_of(field.value);
  // What is no field's, the learner's name above all, is UTF-8 already.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<Event> event_from_json(std::string_view line, std::chrono::minutes offset) {
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const EventForm* form = find_event(text_in(object, "event"));
  if (form == nullptr) return std::nullopt;
  Event event;
  event.when = {Time{std::chrono::milliseconds{number_in(object, "time")}}, offset};
  event.session = static_cast<std::uint64_t>(number_in(object, "session"));
  event.client = text_in(object, "client");
  event.learner = text_in(object, "learner");
  event.name = form->name;
  for (const auto& [name, value] : object.items()) {
    const std::string_view field = known_field(*form, name);
    auto known = value_of(value);
    if (!field.empty() && known) event.fields.push_back({field, std::move(*known)});
  }
  return event;
}

}  // namespace sandpost::wire
