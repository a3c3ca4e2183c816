#pragma once
// Everything that happens on the wire, as a value: what was said, in both directions, and what it
// meant. The tutor, the recorder and a watching terminal live on these alone. Passwords never get
// in: they are masked where the line is read. docs/events.md lists every event with its fields.

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"

namespace sandpost::wire {

using Value = std::variant<bool, std::int64_t, std::string>;

struct Field {
  std::string_view name;  // a literal, as listed in wire/vocabulary.hpp
  Value value;
};

// The text of the field of that name; empty where it is missing or of another type. Lives as long
// as `fields`.
[[nodiscard]] const std::string& text_of(const std::vector<Field>& fields, std::string_view name);

struct Event {
  ZonedTime when{};
  std::uint64_t session = 0;  // 1, 2, 3 ... in the order of connecting; 0: no session's doing
  std::string client;         // the client's address and port, "127.0.0.1:40312"
  std::string learner;        // the account that this session has shown to be its own, if any
  std::string_view name;      // "smtp.mail"; a literal, as listed in wire/vocabulary.hpp
  std::vector<Field> fields;

  // The field's value, or null. The pointer lives as long as the event.
  [[nodiscard]] const Value* find(std::string_view field) const;
  // The field as that type; empty, 0 or false where it is missing or of another type.
  [[nodiscard]] const std::string& text(std::string_view field) const;
  [[nodiscard]] std::int64_t number(std::string_view field) const;
  [[nodiscard]] bool flag(std::string_view field) const;
};

// Where an engine tells what happened. The session behind it adds time, number and client.
// Called on the I/O thread; must not block.
class Sink {
 public:
  virtual ~Sink() = default;
  // Whether anybody listens: work that only an event needs is skipped otherwise.
  [[nodiscard]] virtual bool wanted() const = 0;
  virtual void emit(std::string_view name, std::vector<Field> fields) = 0;
};

// One JSON object on one line, without the newline:
// {"time":...,"session":1,"event":"smtp.mail",...}
[[nodiscard]] std::string to_json(const Event& event);

// The event that to_json() wrote, its time to be shown at that offset from UTC. Nothing where the
// line is not one; fields that the vocabulary does not know are left out.
[[nodiscard]] std::optional<Event> event_from_json(std::string_view line,
                                                   std::chrono::minutes offset);

}  // namespace sandpost::wire
