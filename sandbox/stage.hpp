#pragma once
// What the guided session and the demo share: the tutor, the built-in client, and the screen on
// which both are seen. It prints what the events say, and types what it is given. One thread; the
// servers run on their own.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "app/server.hpp"
#include "base/clock.hpp"
#include "sandbox/client.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/screen.hpp"
#include "sandbox/tutor.hpp"
#include "sandbox/windows.hpp"
#include "sandbox/words.hpp"
#include "wire/bus.hpp"

namespace sandpost::sandbox {

// The welcome: what runs where, and who the learner is. `fixed_ports_only`: a port that
// was left to chance is not named, so that the same run prints the same text.
// `elsewhere`: the servers run in another program. `who`: who learns, if that is not to be said of
// the configuration's learner.
[[nodiscard]] Lines welcome(const Config& config, const Lesson& lesson, app::Ports ports,
                            bool fixed_ports_only, bool elsewhere = false,
                            const std::string& who = {});

// :queue and :now, as they are printed.
[[nodiscard]] Lines queue_rows(std::span<const db::QueueEntry> queue, std::chrono::minutes offset);
[[nodiscard]] Line delivered_row(std::size_t letters);

// What a word that is for the tutor alone is answered with; nothing for those that act.
[[nodiscard]] std::optional<Lines> say_word(Tutor& tutor, Word word);

// The <...> at the end of the greeting of POP3, which APOP is made of; empty if this is not one.
[[nodiscard]] std::string timestamp_in(const std::string& reply);

class Stage {
 public:
  // All must outlive the stage; the server is started.
  Stage(const Config& config, const Lesson& lesson, app::Server& server, const Clock& clock,
        Screen& screen);

  // Called with each line that is about to be printed, and returns whether to print it: what a
  // person has just typed stands on the screen already.
  std::function<bool(const Line&)> show = [](const Line&) { return true; };

  void print(const Lines& lines);
  // Takes the events that have come, and prints what they mean. False if there were none.
  bool pump();
  // Waits until the server has answered all that was typed; false if it did not in time.
  bool settle();

  // Types the line, connecting first if need be, and prints what comes of it. False if there is
  // nobody to talk to.
  bool type(const std::string& line);
  // Does what a line of a lesson's solution says; see sandbox/type_words.hpp. Not `:wait`: how one
  // waits is the caller's affair, and it is nothing here.
  bool play(const std::string& line);
  bool connect(Protocol protocol, TypeWord::Tls tls = TypeWord::Tls::none);
  void drop();

  [[nodiscard]] Tutor& tutor() { return tutor_; }
  [[nodiscard]] const Tutor& tutor() const { return tutor_; }
  [[nodiscard]] bool connected() const { return client_.connected(); }
  // Only in windows of the learner's own, outside this program.
  [[nodiscard]] bool connected_elsewhere() const { return !connected() && windows_.any_open(); }
  // In no window besides.
  [[nodiscard]] bool connected_only_here() const { return connected() && windows_.count() == 1; }
  // The next line is part of the letter.
  [[nodiscard]] bool in_letter() const { return in_letter_; }
  [[nodiscard]] bool is_own(const Line& line) const { return line.session == session_; }
  [[nodiscard]] Lines queue_table();
  // How long the letter has still to wait; nothing unless the lesson waits for it.
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_left() const;
  void deliver_now();

  // To poll for reading.
  [[nodiscard]] int event_descriptor() const { return events_->descriptor(); }
  [[nodiscard]] int client_descriptor() { return client_.descriptor(); }

 private:
  void follow(const wire::Event& event);
  void note_timestamp(const std::string& reply);
  void encrypt_if_agreed(const std::string& line);
  void await_close();
  [[nodiscard]] bool quiet() const { return unseen_ == 0 && !reply_due_; }

  const Config& config_;
  app::Server& server_;
  const Clock& clock_;
  Screen& screen_;
  Tutor tutor_;
  Windows windows_;
  LineClient client_;
  std::shared_ptr<wire::Subscription> events_;
  std::uint64_t session_ = 0;  // the built-in client's, once the server has told it
  int unseen_ = 0;             // lines typed that the server has not read yet
  bool reply_due_ = false;
  bool in_letter_ = false;
  std::string last_reply_;  // the last line that the server said in this session
  int letter_lines_ = 0;
};

}  // namespace sandpost::sandbox
