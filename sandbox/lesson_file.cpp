#include "sandbox/lesson_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

// Thrown inside this file only; parse_lesson() catches it.
struct Problem {
  LessonError error;
};

[[noreturn]] void fail(const toml::source_region& where, std::string text) {
  throw Problem{{where.begin.line, where.begin.column, std::move(text)}};
}

[[noreturn]] void fail(const toml::node& node, std::string text) {
  fail(node.source(), std::move(text));
}

std::string text_of(const toml::node& node, const char* key) {
  auto value = node.value_exact<std::string>();
  if (!value) fail(node, fmt::format("`{}` is a text in quotes", key));
  while (value->ends_with('\n'))
    value->pop_back();
  return std::move(*value);
}

// "; did you mean `x`?" where `word` is a slip away from one of them.
std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
  const auto nearest = std::min_element(known.begin(), known.end(), [&](auto a, auto b) {
    return edit_distance(word, a) < edit_distance(word, b);
  });
  const bool near = nearest != known.end() && edit_distance(word, *nearest) <= 2;
  return near ? fmt::format("; did you mean `{}`?", *nearest) : "";
}

// A table whose keys are all known ones; what is left out has its default.
class Reader {
 public:
  Reader(const toml::table& table, std::string_view what, std::initializer_list<const char*> keys)
      : table_(table), what_(what) {
    for (const auto& [key, node] : table) {
      const std::string_view name = key.str();
      if (std::find(keys.begin(), keys.end(), name) == keys.end())
        unknown_key(name, key.source(), keys);
    }
  }

  [[nodiscard]] std::string text(const char* key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) fail(table_, fmt::format("{} needs the key `{}`", what_, key));
    return text_of(*node, key);
  }

  [[nodiscard]] std::string text_or(const char* key, std::string otherwise) const {
    const toml::node* node = table_.get(key);
    return node == nullptr ? std::move(otherwise) : text_of(*node, key);
  }

  [[nodiscard]] bool flag(const char* key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return false;
    const auto value = node->value_exact<bool>();
    if (!value) fail(*node, fmt::format("`{}` is true or false", key));
    return *value;
  }

  [[nodiscard]] int number_or(const char* key, int otherwise) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 0 || *value > 100'000) {
      fail(*node, fmt::format("`{}` is a number from 0 to 100000", key));
    }
    return static_cast<int>(*value);
  }

  // A text, or a list of texts.
  [[nodiscard]] std::vector<std::string> texts(const char* key) const {
    const toml::node* node = table_.get(key);
    std::vector<std::string> out;
    if (node == nullptr) return out;
    if (const toml::array* list = node->as_array()) {
      for (const toml::node& item : *list)
        out.push_back(text_of(item, key));
    } else {
      out.push_back(text_of(*node, key));
    }
    return out;
  }

  [[nodiscard]] const toml::table* table(const char* key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) fail(*node, fmt::format("`{}` is a table", key));
    return node->as_table();
  }

  // [[key]]
  [[nodiscard]] std::vector<const toml::table*> tables(const char* key) const {
    std::vector<const toml::table*> out;
    const toml::node* node = table_.get(key);
    if (node == nullptr) return out;
    const toml::array* list = node->as_array();
    if (list == nullptr) fail(*node, fmt::format("write it as [[{}]]", key));
    for (const toml::node& item : *list) {
      if (!item.is_table()) fail(item, fmt::format("write it as [[{}]]", key));
      out.push_back(item.as_table());
    }
    return out;
  }

 private:
  [[noreturn]] void unknown_key(std::string_view name, const toml::source_region& where,
                                std::initializer_list<const char*> keys) const {
    fail(where, fmt::format("{} has no key `{}`{}", what_, name,
                            suggestion(name, {keys.begin(), keys.end()})));
  }

  const toml::table& table_;
  std::string_view what_;
};

wire::Value value_of(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return *number;
  if (const auto flag = node.value_exact<bool>()) return *flag;
  fail(node, "write a text, a number, true or false here");
}

Condition condition_of(const std::string& field, const toml::node& node) {
  Condition condition;
  condition.field = field;
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& item : *list)
      condition.one_of.push_back(value_of(item));
  } else if (const toml::table* range = node.as_table()) {
    const Reader reader(*range, "a range", {"min", "max"});
    if (range->contains("min")) condition.min = reader.number_or("min", 0);
    if (range->contains("max")) condition.max = reader.number_or("max", 0);
  } else {
    condition.one_of.push_back(value_of(node));
  }
  return condition;
}

std::vector<std::string_view> event_names() {
  std::vector<std::string_view> out;
  for (const wire::EventForm& form : wire::events())
    out.push_back(form.name);
  return out;
}

std::vector<std::string_view> cause_names() {
  std::vector<std::string_view> out;
  for (int i = 1; i <= static_cast<int>(wire::Cause::empty_line); ++i)
    out.push_back(wire::to_text(static_cast<wire::Cause>(i)));
  return out;
}

[[noreturn]] void unknown_field(const toml::source_region& where, const wire::EventForm& form,
                                std::string_view field) {
  fail(where,
       fmt::format("the event `{}` has no field `{}`; it has: {}", form.name, field, form.fields));
}

Matcher matcher_of(const toml::table& table) {
  Matcher matcher;
  if (const toml::node* any = table.get("any")) {
    const toml::array* list = any->as_array();
    if (list == nullptr || list->empty() || table.size() != 1) {
      fail(*any, "write it as any = [ { event = ... }, { event = ... } ] with nothing beside it");
    }
    for (const toml::node& item : *list) {
      const bool plain = item.is_table() && !item.as_table()->contains("any");
      if (!plain) fail(item, "write it as { event = ... }");
      matcher.any.push_back(matcher_of(*item.as_table()));
    }
    return matcher;
  }
  const toml::node* name = table.get("event");
  if (name == nullptr) fail(table, "`pass` needs the key `event`");
  matcher.event = text_of(*name, "event");
  const wire::EventForm* form = wire::find_event(matcher.event);
  if (form == nullptr) {
    fail(*name, fmt::format("there is no event `{}`{}", matcher.event,
                            suggestion(matcher.event, event_names())));
  }
  for (const auto& [key, node] : table) {
    const std::string field(key.str());
    if (field == "event") continue;
    if (field == "same") {
      const std::string_view protocol = form->name.substr(0, form->name.find('.'));
      if (node.value_exact<std::string>() != std::string(protocol)) {
        fail(node, fmt::format("write it as same = \"{}\" here", protocol));
      }
      matcher.same_session = true;
    } else if (wire::has_field(*form, field)) {
      matcher.conditions.push_back(condition_of(field, node));
    } else {
      unknown_field(key.source(), *form, field);
    }
  }
  return matcher;
}

Mistake mistake_of(const toml::table& table) {
  const Reader reader(table, "a mistake", {"cause", "near", "need", "example", "say"});
  Mistake mistake;
  const std::string cause = reader.text("cause");
  mistake.cause = wire::cause_from(cause);
  if (mistake.cause == wire::Cause::none) {
    fail(*table.get("cause"),
         fmt::format("there is no cause `{}`{}", cause, suggestion(cause, cause_names())));
  }
  mistake.near = reader.text_or("near", "");
  mistake.need = reader.text_or("need", "");
  mistake.example = reader.texts("example");
  mistake.say = reader.text("say");
  return mistake;
}

std::vector<Mistake> mistakes_of(const Reader& reader) {
  std::vector<Mistake> out;
  for (const toml::table* table : reader.tables("mistake"))
    out.push_back(mistake_of(*table));
  return out;
}

Step step_of(const toml::table& table) {
  const Reader reader(table, "a step",
                      {"id", "title", "say", "rfc", "type", "pass", "bind", "optional", "after",
                       "why", "hint", "silence", "mistake"});
  Step step;
  step.id = reader.text("id");
  step.title = reader.text("title");
  step.say = reader.text("say");
  step.rfc = reader.texts("rfc");
  step.type = reader.texts("type");
  step.after = reader.text_or("after", "");
  step.why = reader.text("why");
  step.hint = reader.texts("hint");
  if (step.hint.empty()) fail(table, "a step needs at least one `hint`");
  const toml::table* pass = reader.table("pass");
  if (pass == nullptr) fail(table, "a step needs the key `pass`");
  step.pass = matcher_of(*pass);
  if (const toml::table* bind = reader.table("bind")) {
    for (const auto& [key, node] : *bind) {
      const std::string field = text_of(node, "bind");
      const std::string_view event =
          step.pass.any.empty() ? step.pass.event : step.pass.any.front().event;
      const wire::EventForm& form = *wire::find_event(event);
      if (!wire::has_field(form, field)) unknown_field(node.source(), form, field);
      step.bind.emplace(std::string(key.str()), field);
    }
  }
  if (const toml::table* silence = reader.table("silence")) {
    const Reader quiet(*silence, "`silence`", {"seconds", "say"});
    step.silence = std::chrono::seconds{quiet.number_or("seconds", 20)};
    step.silence_say = quiet.text("say");
  }
  step.optional = reader.flag("optional");
  step.mistakes = mistakes_of(reader);
  return step;
}

Lesson lesson_of(const toml::table& table) {
  const Reader reader(
      table, "a lesson",
      {"format", "id", "version", "title", "lang", "minutes", "intro", "end", "step", "mistake"});
  if (reader.number_or("format", 0) != 1) {
    const toml::node* format = table.get("format");
    fail(format != nullptr ? *format : table, "this program reads `format = 1`");
  }
  Lesson lesson;
  lesson.id = reader.text("id");
  lesson.version = reader.number_or("version", 1);
  lesson.title = reader.text("title");
  lesson.lang = reader.text_or("lang", "en");
  lesson.minutes = reader.number_or("minutes", 10);
  lesson.intro = reader.text("intro");
  lesson.end = reader.text("end");
  for (const toml::table* step : reader.tables("step"))
    lesson.steps.push_back(step_of(*step));
  if (lesson.steps.empty()) fail(table, "a lesson needs at least one [[step]]");
  lesson.mistakes = mistakes_of(reader);
  return lesson;
}

}  // namespace

Result<Lesson, LessonError> parse_lesson(std::string_view toml) {
  try {
    return lesson_of(toml::parse(toml));
  } catch (const Problem& problem) {
    return Failure<LessonError>{problem.error};
  } catch (const toml::parse_error& error) {
    return Failure<LessonError>{
        {error.source().begin.line, error.source().begin.column, std::string(error.description())}};
  }
}

}  // namespace sandpost::sandbox
