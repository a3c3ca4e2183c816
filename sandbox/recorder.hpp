#pragma once
// Writes the events of a run into a file of its own, as they come. One thread.

#include <memory>
#include <string>

#include "app/config.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/masks.hpp"
#include "sandbox/record.hpp"
#include "wire/bus.hpp"

namespace sandpost::sandbox {

class StateFolder;

class Recorder {
 public:
  // Makes the folder if need be (0700), and in it the file (0600), called by the time of the start.
  // `secrets` are masked in letters; everywhere else a password is masked already. Throws
  // std::runtime_error, one line, where that cannot be done. `bus`: from whom the events come,
  // subscribed to before it returns; null: record() is called for each.
  Recorder(const std::string& folder, const RecordHead& head, Masks secrets, wire::Bus* bus);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Polls readable while there are events to write; there has to be a bus.
  [[nodiscard]] int descriptor() const { return events_->descriptor(); }
  // Writes what has come. False from the first failure on, after which nothing is written.
  bool pump();
  void record(const wire::Event& event);
  void note(const RecordNote& note);
  void note(RecordAnswer answer);
  // What was recorded of this session was another learner's, and does not count.
  void leave_out(std::uint64_t session);

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void write(std::string_view text);
  [[nodiscard]] std::string line_of(wire::Event event) const;

  std::shared_ptr<wire::Subscription> events_;
  Masks secrets_;
  std::string path_;
  int file_ = -1;
  bool works_ = true;
  std::uint64_t told_dropped_ = 0;
};

// Makes the folder of --record, but none above it: a slip of the finger leaves no folders behind.
// Throws std::runtime_error, one line, where no record can be written.
void check_record_folder(const std::string& folder);

// All passwords that this configuration holds.
[[nodiscard]] Masks secrets_of(const Config& config);

// The record of a lesson by this configuration's learner, in the folder of --record, which must be
// writable, or in the state folder, which need not; null: none is kept.
[[nodiscard]] std::unique_ptr<Recorder> start_record(const Config& config, const Lesson& lesson,
                                                     ZonedTime now, const StateFolder& state,
                                                     wire::Bus* bus);

}  // namespace sandpost::sandbox
