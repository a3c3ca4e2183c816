#pragma once
// Reading one table of a lesson file: the known keys, the types of their values, and what to say
// where either is not as it should be. Part of sandbox/lesson_file.hpp; toml++ stays in here.

#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/lesson_file.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

// Thrown while a file is read; parse_lesson() catches it.
struct LessonProblem {
  LessonError error;
};

[[noreturn]] void fail_at(const toml::source_region& where, std::string text);
[[noreturn]] void fail_at(const toml::node& node, std::string text);

// The node as text, without newlines at its end. `key` is named where it is none.
[[nodiscard]] std::string text_of(const toml::node& node, std::string_view key);
[[nodiscard]] std::vector<std::string> texts_of(const toml::node& node, std::string_view key);
// A text, a number, true or false.
[[nodiscard]] wire::Value value_of(const toml::node& node);
[[nodiscard]] bool flag_of(const toml::node& node, std::string_view key);
[[nodiscard]] int number_of(const toml::node& node, std::string_view key, int least);

// A table whose keys are all among keys_of(form); fails where one is not. What is left out has its
// default. `table` must outlive the reader.
class LessonReader {
 public:
  // `what`: how it is called when something is missing, "a step".
  LessonReader(const toml::table& table, std::string_view form, std::string_view what);

  [[nodiscard]] const toml::table& all() const { return table_; }
  [[nodiscard]] const toml::node* find(std::string_view key) const { return table_.get(key); }
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] std::string text_or(std::string_view key, std::string otherwise) const;
  [[nodiscard]] bool flag_or(std::string_view key, bool otherwise) const;
  [[nodiscard]] int number_or(std::string_view key, int otherwise) const;
  // A text, or a list of texts.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
  [[nodiscard]] const toml::table* table(std::string_view key) const;
  // [[key]]
  [[nodiscard]] std::vector<const toml::table*> tables(std::string_view key) const;

 private:
  const toml::table& table_;
  std::string_view what_;
};

}  // namespace sandpost::sandbox
