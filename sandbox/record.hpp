#pragma once
// The record of a run: a first line that says what ran, then one line of JSON for each event and
// each help of the tutor. Pure: files are the recorder's affair (sandbox/recorder.hpp).

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sandbox/pattern.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

struct RecordHead {
  ZonedTime started{};
  std::string lesson = {};  // its id; empty: the servers alone
  int version = 0;          // of the lesson
  std::string delay = {};   // "10s"
  Variables names = {};     // me, user, domain, server: never a password
  std::string toml = {};    // of a lesson that is not built in: its text
};

// A word by which the learner was helped.
struct RecordNote {
  ZonedTime when;
  std::string kind;  // "hint", "show", "skip"
  std::string step;  // the step's id
};

// What was answered to a question of the lesson.
struct RecordAnswer {
  ZonedTime when;
  std::size_t question = 0;  // counts from 1
  std::string ask = {};      // as it was put
  std::string answer = {};   // the last try
  bool good = false;
};

struct Record {
  RecordHead head;
  std::vector<wire::Event> events;
  std::vector<RecordNote> notes;
  std::vector<RecordAnswer> answers;
  std::vector<std::string> problems;  // what could not be read, a line each
};

// One line each, without the newline.
[[nodiscard]] std::string to_line(const RecordHead& head);
[[nodiscard]] std::string to_line(const RecordNote& note);
[[nodiscard]] std::string to_line(const RecordAnswer& answer);
[[nodiscard]] std::string dropped_line(std::uint64_t count);
[[nodiscard]] std::string left_out_line(std::uint64_t session);

// What is readable; the rest is told in `problems`. The error, one line: it is no record at all.
[[nodiscard]] Result<Record, std::string> parse_record(std::string_view octets);

// The same record with no more in it than one learner's sessions and letters; see
// docs/coach.md for whose a session is. `account`: in any letter case.
[[nodiscard]] Record record_of(const Record& record, const std::string& account);

}  // namespace sandpost::sandbox
