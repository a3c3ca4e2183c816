#pragma once
// What an engine of either protocol has said and told, for tests/smtp/script.hpp and
// tests/pop3/script.hpp.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "wire/event.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::tests {

struct Conversation {
  std::string out;  // all that was sent
  bool closed = false;
  std::size_t largest_send = 0;
  std::vector<std::string> sasl;  // what was asked: "mechanism|response", "-" for no response
  std::size_t handshakes = 0;
  std::vector<std::int64_t> pauses;  // milliseconds
  std::vector<wire::Event> events;

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (std::string_view rest = out; !rest.empty();) {
      const auto end = rest.find("\r\n");
      REQUIRE(end != std::string_view::npos);
      all.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end + 2);
    }
    return all;
  }
  [[nodiscard]] std::string last_line() const { return lines().back(); }
  // The last event by that name; an empty one if there was none.
  [[nodiscard]] wire::Event last(std::string_view name) const {
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (event->name == name) return *event;
    }
    return {};
  }
  [[nodiscard]] std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [&](const wire::Event& e) { return e.name == name; }));
  }
  // All events, one JSON object a line.
  [[nodiscard]] std::string told() const {
    std::string all;
    for (const wire::Event& event : events)
      all += wire::to_json(event) + '\n';
    return all;
  }
};

// However the bytes were cut into pieces.
inline void check_same(const Conversation& a, const Conversation& b) {
  CHECK(a.out == b.out);
  CHECK(a.closed == b.closed);
  CHECK(a.sasl == b.sasl);
  CHECK(a.handshakes == b.handshakes);
  CHECK(a.told() == b.told());
}

// Only events and fields of the vocabulary, each field once.
inline void check_events(const Conversation& played) {
  for (const wire::Event& event : played.events) {
    CAPTURE(event.name);
    const wire::EventForm* form = wire::find_event(event.name);
    REQUIRE(form != nullptr);
    std::set<std::string_view> fields;
    for (const wire::Field& field : event.fields) {
      CAPTURE(field.name);
      CHECK(wire::has_field(*form, field.name));
      CHECK(fields.insert(field.name).second);
    }
    if (const std::string& cause = event.text("cause"); !cause.empty() && cause != "none")
      CHECK(wire::cause_from(cause) != wire::Cause::none);
  }
}

// The bytes, cut behind each command that begins a handshake: a client waits for it, and what it
// sent before that would be thrown away.
inline std::vector<std::string_view> up_to_handshakes(std::string_view bytes,
                                                      std::string_view command) {
  std::vector<std::string_view> parts;
  while (!bytes.empty()) {
    const auto at = bytes.find(command);
    const auto end = at == std::string_view::npos ? bytes.size() : at + command.size();
    parts.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end);
  }
  return parts;
}

}  // namespace sandpost::tests
