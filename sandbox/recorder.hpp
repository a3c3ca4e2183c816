#pragma once
// Writes every event of a run into a file of its own, as it comes. One thread.

#include <memory>
#include <string>

#include "sandbox/record.hpp"
#include "wire/bus.hpp"

namespace sandpost::sandbox {

class Recorder {
 public:
  // Makes the folder if need be (0700), and in it the file (0600), called by the time of the start.
  // Throws std::runtime_error, one line, where that cannot be done. Subscribes before it returns.
  Recorder(const std::string& folder, const RecordHead& head, wire::Bus& bus);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Polls readable while there are events to write.
  [[nodiscard]] int descriptor() const { return events_->descriptor(); }
  // Writes what has come. False from the first failure on, after which nothing is written.
  bool pump();
  void note(const RecordNote& note);

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void write(std::string_view text);

  std::shared_ptr<wire::Subscription> events_;
  std::string path_;
  int file_ = -1;
  bool works_ = true;
  std::uint64_t told_dropped_ = 0;
};

}  // namespace sandpost::sandbox
