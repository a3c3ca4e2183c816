#include "sandbox/lesson_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sandbox/lesson_keys.hpp"

namespace sandpost::sandbox {

void fail_at(const toml::source_region& where, std::string text) {
  throw LessonProblem{{where.begin.line, where.begin.column, std::move(text)}};
}

void fail_at(const toml::node& node, std::string text) {
  fail_at(node.source(), std::move(text));
}

std::string text_of(const toml::node& node, std::string_view key) {
  auto value = node.value_exact<std::string>();
  if (!value) fail_at(node, fmt::format("`{}` is a text in quotes", key));
  while (value->ends_with('\n'))
    value->pop_back();
  return std::move(*value);
}

std::vector<std::string> texts_of(const toml::node& node, std::string_view key) {
  const toml::array* list = node.as_array();
  if (list == nullptr) return {text_of(node, key)};
  std::vector<std::string> out;
  for (const toml::node& item : *list)
    out.push_back(text_of(item, key));
  return out;
}

wire::Value value_of(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return *number;
  if (const auto flag = node.value_exact<bool>()) return *flag;
  fail_at(node, "write a text, a number, true or false here");
}

bool flag_of(const toml::node& node, std::string_view key) {
  const auto value = node.value_exact<bool>();
  if (!value) fail_at(node, fmt::format("`{}` is true or false", key));
  return *value;
}

int number_of(const toml::node& node, std::string_view key, int least) {
  constexpr std::int64_t greatest = 100'000;
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < least || *value > greatest) {
    fail_at(node, fmt::format("`{}` is a whole number from {} to {}", key, least, greatest));
  }
  return static_cast<int>(*value);
}

LessonReader::LessonReader(const toml::table& table, std::string_view form, std::string_view what)
    : table_(table), what_(what) {
  const auto known = keys_of(form);
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string nearest = did_you_mean(name, known);
    fail_at(key.source(),
            fmt::format(
                "{} has no key `{}`{}", what, name,
                nearest.empty() ? fmt::format("; it has: {}", fmt::join(known, " ")) : nearest));
  }
}

std::string LessonReader::text(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) {
    fail_at(table_, fmt::format("{} needs the key `{}`: write {} = \"...\"", what_, key, key));
  }
  return text_of(*node, key);
}

std::string LessonReader::text_or(std::string_view key, std::string otherwise) const {
  const toml::node* node = find(key);
  return node == nullptr ? std::move(otherwise) : text_of(*node, key);
}

bool LessonReader::flag_or(std::string_view key, bool otherwise) const {
  const toml::node* node = find(key);
  return node == nullptr ? otherwise : flag_of(*node, key);
}

int LessonReader::number_or(std::string_view key, int otherwise) const {
  const toml::node* node = find(key);
  return node == nullptr ? otherwise : number_of(*node, key, 0);
}

std::vector<std::string> LessonReader::texts(std::string_view key) const {
  const toml::node* node = find(key);
  return node == nullptr ? std::vector<std::string>{} : texts_of(*node, key);
}

const toml::table* LessonReader::table(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) fail_at(*node, fmt::format("`{}` is a table", key));
  return node->as_table();
}

std::vector<const toml::table*> LessonReader::tables(std::string_view key) const {
  std::vector<const toml::table*> out;
  const toml::node* node = find(key);
  if (node == nullptr) return out;
  const toml::array* list = node->as_array();
  if (list == nullptr) fail_at(*node, fmt::format("write it as [[{}]]", key));
  for (const toml::node& item : *list) {
    if (!item.is_table()) fail_at(item, fmt::format("write it as [[{}]]", key));
    out.push_back(item.as_table());
  }
  return out;
}

}  // namespace sandpost::sandbox
