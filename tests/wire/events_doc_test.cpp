// docs/events.md is for people who script against the event stream: it must know every word.

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "wire/event.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::tests {
namespace {

std::string document() {
  std::ifstream file(SANDPOST_SOURCE_DIR "/docs/events.md");
  REQUIRE_MESSAGE(file, "docs/events.md cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string code_of(std::string_view word) {
  return '`' + std::string(word) + '`';
}

// The rows of the table under that heading, without its head, each split at the bars.
std::vector<std::vector<std::string>> table(std::string_view heading) {
  std::vector<std::vector<std::string>> rows;
  bool inside = false;
  for (const std::string& line : split(document(), '\n')) {
    if (line.starts_with("## ")) inside = line == "## " + std::string(heading);
    if (!inside || !line.starts_with("| `")) continue;
    rows.push_back(split(line, '|'));
    REQUIRE_MESSAGE(rows.back().size() >= 4, line);
  }
  return rows;
}

}  // namespace

TEST_CASE("events.md: the table has every event, in the vocabulary's order, and no other") {
  const auto rows = table("All events");
  REQUIRE(rows.size() == wire::events().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(trim(rows[i][1]) == code_of(wire::events()[i].name));
    REQUIRE(rows[i].size() == 5);
    CHECK_FALSE(trim(rows[i][3]).empty());
  }
}

TEST_CASE("events.md: each event's row names its fields, in their order") {
  const auto rows = table("All events");
  REQUIRE(rows.size() == wire::events().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const wire::EventForm& form = wire::events()[i];
    CAPTURE(std::string(form.name));
    std::size_t at = 0;
    for (const std::string& field : split(form.fields, ' ')) {
      if (field.empty()) {
        CHECK(trim(rows[i][2]) == "none");
        continue;
      }
      CAPTURE(field);
      const auto found = rows[i][2].find(code_of(field), at);
      CHECK(found != std::string::npos);
      at = found == std::string::npos ? at : found;
    }
  }
}

TEST_CASE("events.md: the table has every cause, in the vocabulary's order, and no other") {
  const auto rows = table("Causes");
  REQUIRE(rows.size() == static_cast<std::size_t>(wire::last_cause) + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(trim(rows[i][1]) == code_of(to_text(static_cast<wire::Cause>(i))));
    CHECK_FALSE(trim(rows[i][2]).empty());
  }
}

TEST_CASE("events.md: the JSON examples are what to_json() writes") {
  std::size_t examples = 0;
  for (const std::string& line : split(document(), '\n')) {
    if (!line.starts_with("{\"time\"")) continue;
    CAPTURE(line);
    const auto json = nlohmann::ordered_json::parse(line);
    wire::Event event;
    event.when.time = Time{std::chrono::milliseconds{json.at("time").get<std::int64_t>()}};
    event.session = json.at("session").get<std::uint64_t>();
    event.client = json.at("client").get<std::string>();
    event.learner = json.at("learner").get<std::string>();
    const std::string name = json.at("event").get<std::string>();
    const wire::EventForm* form = wire::find_event(name);
    REQUIRE(form != nullptr);
    event.name = form->name;
    std::vector<std::string> names;
    for (const auto& [key, value] : json.items()) {
      if (names.size() >= 5) CHECK(wire::has_field(*form, key));
      names.push_back(key);
    }
    for (std::size_t i = 5; i < names.size(); ++i) {
      const auto& value = json.at(names[i]);
      wire::Value field = value.is_boolean()  ? wire::Value{value.get<bool>()}
                          : value.is_number() ? wire::Value{value.get<std::int64_t>()}
                                              : wire::Value{value.get<std::string>()};
      event.fields.push_back({names[i], std::move(field)});
    }
    CHECK(wire::to_json(event) == line);
    ++examples;
  }
  CHECK(examples >= 5);
}

}  // namespace sandpost::tests
