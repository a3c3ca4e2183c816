#pragma once
// A sink that keeps what an engine told, for tests.

#include <string>
#include <vector>

#include "wire/event.hpp"

namespace sandpost::tests {

class RecordingSink final : public wire::Sink {
 public:
  [[nodiscard]] bool wanted() const override { return true; }
  void emit(std::string_view name, std::vector<wire::Field> fields) override {
    wire::Event event;
    event.name = name;
    event.fields = std::move(fields);
    events.push_back(std::move(event));
  }

  // The last event of that name, or an empty one.
  [[nodiscard]] wire::Event last(std::string_view name) const {
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (event->name == name) return *event;
    }
    return {};
  }

  std::vector<wire::Event> events;
};

}  // namespace sandpost::tests
