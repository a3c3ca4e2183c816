#include "sandbox/lesson_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sandbox/lesson_keys.hpp"
#include "sandbox/lesson_reader.hpp"
#include "sandbox/server_state.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

std::vector<wire::Value> values_of(const toml::node& node) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return {value_of(node)};
  if (list->empty()) fail_at(node, "an empty list fits nothing: write at least one value");
  std::vector<wire::Value> out;
  for (const toml::node& item : *list)
    out.push_back(value_of(item));
  return out;
}

// A value, a list of which one is meant, or { min, max, not, has, exact }.
Condition condition_of(std::string field, const toml::node& node, bool exact) {
  Condition condition;
  condition.field = std::move(field);
  condition.exact = exact;
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    condition.one_of = values_of(node);
    return condition;
  }
  const LessonReader reader(*table, "condition", "a condition");
  if (table->empty())
    fail_at(node, "write { min = 1 }, { max = 5 }, { not = ... } or { has = ... }");
  if (table->contains("min")) condition.min = reader.number_or("min", 0);
  if (table->contains("max")) condition.max = reader.number_or("max", 0);
  if (const toml::node* others = reader.find("not")) condition.none_of = values_of(*others);
  condition.has = reader.text_or("has", "");
  condition.exact = reader.flag_or("exact", exact);
  return condition;
}

const wire::EventForm& event_form(const toml::node& node) {
  const std::string name = text_of(node, "event");
  if (const wire::EventForm* form = wire::find_event(name)) return *form;
  std::vector<std::string_view> names;
  for (const wire::EventForm& form : wire::events())
    names.push_back(form.name);
  const std::string nearest = did_you_mean(name, names);
  fail_at(node, fmt::format("there is no event `{}`{}", name,
                            nearest.empty() ? "; docs/events.md lists them" : nearest));
}

[[noreturn]] void fail_unknown_field(const toml::source_region& where, const wire::EventForm& form,
                                     std::string_view field) {
  const std::vector<std::string> fields = split(form.fields, ' ');
  const std::vector<std::string_view> known(fields.begin(), fields.end());
  fail_at(where, fmt::format("the event `{}` has no field `{}`{}; it has: {}", form.name, field,
                             did_you_mean(field, known), form.fields));
}

void check_same(const toml::node& node, const wire::EventForm& form) {
  const std::string protocol(form.name.substr(0, form.name.find('.')));
  if (protocol != "smtp" && protocol != "pop3") {
    fail_at(node, fmt::format("leave `same` out: {} belongs to no session", form.name));
  }
  if (node.value_exact<std::string>() != protocol) {
    fail_at(node, fmt::format("write it as same = \"{}\" here", protocol));
  }
}

// A phase is one of a few words.
void check_values(const toml::node& node, const StateForm& form, const Condition& condition) {
  if (form.values.empty()) return;
  const std::vector<std::string> values = split(form.values, ' ');
  const std::vector<std::string_view> known(values.begin(), values.end());
  for (const auto* given : {&condition.one_of, &condition.none_of}) {
    for (const wire::Value& value : *given) {
      const auto* text = std::get_if<std::string>(&value);
      if (text != nullptr && std::find(known.begin(), known.end(), *text) != known.end()) continue;
      fail_at(node, fmt::format("write one of these for `{}`: {}", form.name, form.values));
    }
  }
}

void add_state(const toml::table& table, const std::string& prefix, bool exact,
               std::vector<Condition>& out) {
  std::vector<std::string_view> known;
  for (const StateForm& form : state_forms())
    known.push_back(form.name);
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const auto forms = state_forms();
    const auto form = std::find_if(forms.begin(), forms.end(),
                                   [&](const StateForm& one) { return one.name == name; });
    if (form != forms.end()) {
      out.push_back(condition_of(name, node, exact));
      check_values(node, *form, out.back());
    } else if (node.is_table() && prefix.empty()) {
      // state = { mailbox.count = 0 } is a table in a table.
      add_state(*node.as_table(), name + '.', exact, out);
    } else {
      const std::string nearest = did_you_mean(name, known);
      fail_at(key.source(),
              fmt::format("there is no state `{}`{}", name,
                          nearest.empty() ? fmt::format("; there are: {}", fmt::join(known, " "))
                                          : nearest));
    }
  }
}

std::vector<Matcher> patterns_of(const toml::table& table, const toml::node& node,
                                 std::string_view key) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->empty() || table.size() != 1) {
    fail_at(node,
            fmt::format("write it as {} = [ {{ event = ... }}, {{ event = ... }} ] with nothing "
                        "beside it",
                        key));
  }
  std::vector<Matcher> out;
  for (const toml::node& item : *list) {
    if (!item.is_table()) fail_at(item, "write it as { event = ... }");
    out.push_back(pattern_of(*item.as_table()));
  }
  return out;
}

// One key of a pattern that is not `event`.
void add_key(const toml::key& key, const toml::node& node, const wire::EventForm* form, bool exact,
             Matcher& matcher) {
  const std::string name(key.str());
  const bool is_field = form != nullptr && wire::has_field(*form, name);
  if (name == "state" && node.is_table()) {
    add_state(*node.as_table(), "", exact, matcher.state);
  } else if (is_field) {
    matcher.conditions.push_back(condition_of(name, node, exact));
  } else if (name == "times" || (name == "count" && form != nullptr)) {
    matcher.times = number_of(node, name, 1);
  } else if (name == "same" && form != nullptr) {
    check_same(node, *form);
    matcher.same_session = true;
  } else if (name == "account") {
    matcher.account = text_of(node, name);
  } else if (form != nullptr) {
    fail_unknown_field(key.source(), *form, name);
  } else {
    const auto known = keys_of("pattern");
    fail_at(key.source(), fmt::format("`{}` cannot stand here without `event`{}", name,
                                      did_you_mean(name, known)));
  }
}

}  // namespace

Matcher pattern_of(const toml::table& table) {
  Matcher matcher;
  if (const toml::node* any = table.get("any")) {
    matcher.any = patterns_of(table, *any, "any");
    return matcher;
  }
  if (const toml::node* all = table.get("all")) {
    matcher.all = patterns_of(table, *all, "all");
    return matcher;
  }
  const wire::EventForm* form = nullptr;
  if (const toml::node* name = table.get("event")) {
    form = &event_form(*name);
    matcher.event = form->name;
  } else if (!table.contains("state")) {
    fail_at(table, "`pass` needs the key `event`, or one of `state`, `all`, `any`");
  }
  const toml::node* exact = table.get("exact");
  const bool case_counts = exact != nullptr && flag_of(*exact, "exact");
  for (const auto& [key, node] : table) {
    if (key.str() == "event" || key.str() == "exact") continue;
    add_key(key, node, form, case_counts, matcher);
  }
  return matcher;
}

std::map<std::string, std::string> bindings_of(const toml::table& table, const Matcher& pass) {
  std::map<std::string, std::string> out;
  const auto parts = parts_of(pass);
  for (const auto& [key, node] : table) {
    const std::string field = text_of(node, "bind");
    const bool known = std::any_of(parts.begin(), parts.end(), [&](const Matcher* part) {
      const wire::EventForm* form = wire::find_event(part->event);
      return form != nullptr && wire::has_field(*form, field);
    });
    if (!known) {
      const wire::EventForm* form = wire::find_event(parts.front()->event);
      if (form == nullptr) fail_at(node, "there is no event in `pass` whose field could be kept");
      fail_unknown_field(node.source(), *form, field);
    }
    out.emplace(std::string(key.str()), field);
  }
  return out;
}

}  // namespace sandpost::sandbox
