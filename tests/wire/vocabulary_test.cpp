#include "wire/vocabulary.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace sandpost::wire;

TEST_CASE("vocabulary: every cause has a word of its own that leads back to it") {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(last_cause); ++i) {
    const auto cause = static_cast<Cause>(i);
    CAPTURE(to_text(cause));
    CHECK(cause_from(to_text(cause)) == cause);
    CHECK(words.insert(to_text(cause)).second);
  }
  CHECK(cause_from("no_such_cause") == Cause::none);
  CHECK(cause_from("") == Cause::none);
}

TEST_CASE("vocabulary: the words are the enumerators' names, spot-checked along the list") {
  const struct {
    Cause cause;
    std::string_view word;
  } table[] = {{Cause::none, "none"},
               {Cause::unknown_verb, "unknown_verb"},
               {Cause::http, "http"},
               {Cause::unwanted_argument, "unwanted_argument"},
               {Cause::bad_name, "bad_name"},
               {Cause::too_many_errors, "too_many_errors"},
               {Cause::control_bytes, "control_bytes"},
               {Cause::nbsp, "nbsp"},
               {Cause::trailing_space, "trailing_space"},
               {Cause::line_too_long, "line_too_long"},
               {Cause::lf_dot, "lf_dot"},
               {Cause::no_head, "no_head"},
               {Cause::storage, "storage"},
               {Cause::timeout, "timeout"},
               {Cause::pass_before_user, "pass_before_user"},
               {Cause::bad_login, "bad_login"},
               {Cause::number_too_big, "number_too_big"},
               {Cause::already_marked, "already_marked"},
               {Cause::empty_line, "empty_line"}};
  for (const auto& row : table)
    CHECK(to_text(row.cause) == row.word);
}

TEST_CASE("vocabulary: event names differ, and each is found with its fields") {
  std::set<std::string_view> names;
  for (const EventForm& form : events()) {
    CAPTURE(form.name);
    CHECK(names.insert(form.name).second);
    CHECK(find_event(form.name) == &form);
    CHECK_FALSE(form.meaning.empty());
  }
  CHECK(find_event("pop3.nothing") == nullptr);
  const EventForm& list = *find_event(event::pop3_list);
  for (const char* field : {"count", "octets", "arg"})
    CHECK(has_field(list, field));
  for (const char* field : {"", "coun", "ounts", "count octets", "number"})
    CHECK_FALSE(has_field(list, field));
  CHECK_FALSE(has_field(*find_event(event::pop3_noop), ""));
}
