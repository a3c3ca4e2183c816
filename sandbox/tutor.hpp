#pragma once
// The tutor: follows a lesson by what the servers saw, whatever client typed it, and says what to
// print. A pure state machine: the same lesson and the same events give the same lines. It has no
// socket, clock or terminal in it; time comes with the events.
//
// tutor.cpp follows the events, tutor_steps.cpp passes steps, tutor_undo.cpp takes them back,
// tutor_lines.cpp knows what is to be typed, tutor_words.cpp answers the learner's words.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/language.hpp"
#include "sandbox/due_lines.hpp"
#include "sandbox/explain.hpp"
#include "sandbox/explain_connection.hpp"
#include "sandbox/explain_letter.hpp"
#include "sandbox/judge.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/line.hpp"
#include "sandbox/maildrops.hpp"
#include "sandbox/progress.hpp"
#include "sandbox/server_state.hpp"
#include "sandbox/type_words.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

class Tutor {
 public:
  // Whether the tutor has a client of its own, and can type what it is asked to show.
  enum class Hands { own, learners };

  // `lesson` must outlive the tutor.
  Tutor(const Lesson& lesson, Variables variables, Hands hands = Hands::own);

  // Told of each mistake, behind the reply if it has one, with what is said of it; a refusal that
  // a step asked for is none.
  std::function<void(const wire::Event& mistake, const std::string& said)> on_slip = {};

  // What to print at the start: the first step.
  [[nodiscard]] Lines begin(ZonedTime now);
  // What to print because of this event.
  [[nodiscard]] Lines on(const wire::Event& event);
  // Nothing was typed for so long; at most one line for each step.
  [[nodiscard]] Lines on_silence(std::chrono::seconds idle);
  // Time passes, whoever types: tells why the server is silent in the middle of a letter.
  [[nodiscard]] Lines on_tick(Time now);

  // The learner's words; see sandbox/words.hpp.
  [[nodiscard]] Lines hint();
  [[nodiscard]] Lines why() const;
  [[nodiscard]] Lines back() const;
  [[nodiscard]] Lines state() const;
  [[nodiscard]] Lines list() const;
  // The step is being done for the learner; it counts as shown or skipped once it passes.
  void note_help(std::string_view kind);
  [[nodiscard]] Lines summary() const;

  [[nodiscard]] bool finished() const { return current_ >= lesson_.steps.size(); }
  // The current step, the first that is not done; not to be asked once finished().
  [[nodiscard]] const Step& step() const { return lesson_.steps[current_]; }
  [[nodiscard]] std::size_t step_number() const { return current_ + 1; }
  // The current step, as it was told when it began.
  [[nodiscard]] Lines again();
  // The steps that are done, in the order of the lesson.
  [[nodiscard]] std::vector<StepRecord> records() const;
  // This session is the client's that the tutor has itself: what is typed in others is typed in a
  // window of the learner's own.
  void note_own(std::uint64_t session) { own_.insert(session); }
  // These steps were done by the learner in an earlier run, and have now been replayed.
  void restore(const std::vector<StepRecord>& records);
  // `step` counts from 0.
  [[nodiscard]] bool is_done(std::size_t step) const;
  [[nodiscard]] const Variables& variables() const { return variables_; }
  // From now on {name} is this text.
  void set(const std::string& name, std::string text) { variables_[name] = std::move(text); }
  // The author's lines for the current step, variables filled in, and with the numbers that the
  // letters have in the learner's mailbox, as far as they are known.
  [[nodiscard]] std::vector<std::string> solution() const;
  // One of them, as it is to be typed now.
  [[nodiscard]] std::string solution_line(std::string_view typed) const;
  // Which of the current step's `type` are still to be typed, in their order, from 0.
  [[nodiscard]] std::vector<std::size_t> open_lines() const;
  // The server that the current step talks to.
  [[nodiscard]] Protocol wanted_server() const;
  // The letter that the current step waits for, once it is in the queue: when it is due.
  [[nodiscard]] std::optional<Time> due() const;

 private:
  struct Progress {
    bool passed = false;
    std::string passed_by;                // the event's name
    std::vector<std::size_t> remembered;  // which of the remembered events it was
    int refused = 0;                      // lines that were refused while this step was open
    int hints = 0;
    std::size_t next_hint = 0;
    std::string help;         // "", "shown", "skipped", "left out"
    std::int64_t opened = 0;  // ms
    std::int64_t took = 0;    // ms, all visits together
    bool silence_said = false;
    bool elsewhere = false;  // done in a window of the learner's own
  };

  // What the tutor knows of one connection.
  struct Session {
    Protocol protocol = Protocol::smtp;
    std::vector<wire::Event> pending;  // what the line meant, until the reply is out
    std::string last_line;             // the command that is being answered
    std::string status_line;           // the first line of the reply that is coming
    std::optional<LetterReader> letter;
    LetterWatch watch;
    Time heard{};           // when the client said a line last
    std::string said_idle;  // why the server is silent, as it was told last
    std::string client;
    std::string user;  // whose mailbox it holds
    ZonedTime since;
    std::string phase{tr_later("connected")};
    std::string sender;
    std::int64_t recipients = 0;
    std::int64_t count = 0;
    std::int64_t marked = 0;
    std::int64_t deleted = 0;      // by QUIT
    std::set<std::int64_t> marks;  // queue numbers of the marked letters
    bool in_data = false;
  };

  struct Due {
    Time when;
    bool delivered = false;
  };

  void client_line(Session& session, const wire::Event& event, Lines& out);
  void server_line(Session& session, const wire::Event& event, Lines& out);
  void reply_ended(Session& session, const std::string& reply, Lines& out);
  void tell_pending(Session& session, Lines& out);
  void meaning(Session& session, const wire::Event& event, Lines& out);
  void note(Session& session, const wire::Event& event, Lines& out);
  void accepted(const Session& session, const wire::Event& event, Lines& out);
  void refused(const Session& session, const wire::Event& event, Lines& out);
  [[nodiscard]] std::string explain(const Session& session, const wire::Event& error) const;
  [[nodiscard]] std::optional<Holder> holder(const std::string& user) const;
  [[nodiscard]] std::optional<OnItsWay> on_its_way(const std::string& user) const;
  [[nodiscard]] bool has_had_letters(const std::string& user) const;
  void tell_slip(const wire::Event& event, const std::string& said) const {
    if (on_slip && !said.empty()) on_slip(event, said);
  }
  void say_once(Role role, std::string remark, Lines& out);
  void follow(Session& session, const wire::Event& event);
  [[nodiscard]] std::optional<std::size_t> remember(const wire::Event& event);
  void advance(Lines& out);
  void advance_in_any_order(Lines& out);
  [[nodiscard]] std::optional<std::vector<std::size_t>> passing(std::size_t step) const;
  [[nodiscard]] bool can_advance() const;
  [[nodiscard]] std::size_t next_wanted() const;
  [[nodiscard]] std::optional<std::uint64_t> same_session(const wire::Event& event) const;
  void pass(std::size_t step, std::vector<std::size_t> remembered, Lines& out);
  void leave_out(Lines& out);
  [[nodiscard]] std::size_t first_open() const;
  void not_yet(const wire::Event& event, Lines& out);
  [[nodiscard]] std::vector<std::string> due_lines() const;
  [[nodiscard]] std::vector<std::string> corrections() const;
  [[nodiscard]] std::string typed_by_hand(const std::string& line) const;
  [[nodiscard]] bool is_about_done_lines(std::string_view hint,
                                         const std::vector<std::string>& left) const;
  [[nodiscard]] bool was_done(const Matcher& part) const;
  [[nodiscard]] std::string line_instead(std::uint64_t session, std::string_view text) const;
  [[nodiscard]] std::string near_miss(const Matcher& part, const wire::Event& event) const;
  void undo(const wire::Event& cause, Lines& out);
  void closed(const wire::Event& close, Lines& out);
  [[nodiscard]] bool is_needed(const std::set<std::int64_t>& letters) const;
  void tell_missing_letters(Lines& out) const;
  void forget(std::uint64_t session, std::initializer_list<std::string_view> names);
  void forget_greeting(std::uint64_t session);
  [[nodiscard]] std::size_t lasting() const;
  [[nodiscard]] std::size_t first_undone() const;
  bool reopen(std::uint64_t session, std::string_view why, Lines& out);
  void start_over(std::string_view why, Lines& out);
  void open_step(Lines& out);
  void leave_step();
  [[nodiscard]] const Mistake* mistake(const wire::Event& event) const;
  [[nodiscard]] std::string remark_on(const wire::Event& event) const;
  [[nodiscard]] std::string fill(std::string_view text) const { return expand(text, variables_); }
  [[nodiscard]] std::string notes(const std::vector<std::string>& rfc) const;

  const Lesson& lesson_;
  Hands hands_;
  Variables variables_;
  std::size_t current_ = 0;
  std::vector<Progress> progress_;
  std::map<std::uint64_t, Session> sessions_;
  std::vector<Remembered> events_;
  ServerState state_;
  DueLines due_lines_;
  Maildrops maildrops_;
  std::map<Protocol, std::uint64_t> passed_in_;  // the session in which a step was passed last
  std::set<std::uint64_t> own_;                  // sessions of the tutor's client
  std::set<std::int64_t> sent_;                  // by the learner: queue numbers
  std::map<std::pair<std::int64_t, std::string>, Due> due_;  // by queue number and mailbox
  std::set<std::string, std::less<>> said_;                  // remarks that are made once only
  ZonedTime now_{};
};

}  // namespace sandpost::sandbox
