#pragma once
// A lesson played without a person, a screen or a wait: servers of its own on any free ports, the
// built-in client, and a clock that is moved by hand. For checking lessons. One thread; blocking.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/server.hpp"
#include "base/clock.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/screen.hpp"
#include "sandbox/stage.hpp"
#include "wire/bus.hpp"

namespace sandpost::sandbox {

class Rehearsal {
 public:
  // Starts the servers. `lesson` must outlive it. Throws app::StartError.
  explicit Rehearsal(const Lesson& lesson);

  // Plays the author's lines; what follows from them has happened when it returns.
  void play(const std::vector<std::string>& lines);
  // The step's own solution.
  void play_step(std::size_t step);
  // Waits a little for what comes by itself, until the step is done.
  [[nodiscard]] bool becomes_done(std::size_t step);

  [[nodiscard]] const Tutor& tutor() const { return stage_.tutor(); }
  // What was said and what happened since the last forget().
  [[nodiscard]] const Lines& lines() const { return lines_; }
  [[nodiscard]] const std::vector<wire::Event>& events() const { return events_; }
  void forget();

 private:
  void wait_for_delivery();
  // Until `done`, or for as long as is allowed.
  template <class Done>
  bool wait_until(std::chrono::milliseconds longest, Done done);
  void listen();

  const Lesson& lesson_;
  Config config_;
  ManualClock clock_;
  app::Server server_;
  Screen screen_;
  std::shared_ptr<wire::Subscription> subscription_;
  Stage stage_;
  Lines lines_;
  std::vector<wire::Event> events_;
};

}  // namespace sandpost::sandbox
