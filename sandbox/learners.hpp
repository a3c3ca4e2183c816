#pragma once
// Whose session is whose, where several learners share the servers: a tutor for the one who is
// coached, or one for each. A session belongs to nobody until it has shown its account, with MAIL,
// RCPT, USER or a login. Pure: the same events give the same lines.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/lesson.hpp"
#include "sandbox/line.hpp"
#include "sandbox/tutor.hpp"
#include "sandbox/windows.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

struct Learner {
  std::string name;
  Tutor tutor;
  Windows windows = {};
  std::set<std::int64_t> letters = {};  // by queue number: those sent in sessions of this learner
  bool begun = false;
};

class Learners {
 public:
  // What a lesson's names mean for that account.
  using NamesFor = std::function<Variables(const std::string& account)>;

  // Coaches the one. `own`: accounts whose sessions are the learner's as well. `lesson` must
  // outlive the object.
  Learners(const Lesson& lesson, const NamesFor& names, const std::string& learner,
           std::set<std::string> own);
  // Coaches each of these. A session that is nobody's yet is explained as if it were that of a new
  // learner, in the names of an account called YOUR-NAME, as long as there can be a new one.
  Learners(const Lesson& lesson, const NamesFor& names, const std::vector<std::string>& accounts);

  // Told of each event that a learner's tutor hears, and of a session whose events were no
  // business of the one after all.
  std::function<void(const Learner& learner, const wire::Event& event)> heard = {};
  std::function<void(const Learner& learner, std::uint64_t session)> left_out = {};

  // What to print at the start.
  [[nodiscard]] Lines begin(ZonedTime now);
  // What to print because of this event.
  [[nodiscard]] Lines on(const wire::Event& event);
  // Time passes.
  [[nodiscard]] Lines on_tick(Time now);

  // Every learner is through.
  [[nodiscard]] bool finished() const;
  [[nodiscard]] bool all() const { return all_; }
  // The one, or of several the one who was heard last.
  [[nodiscard]] Learner& current() { return *current_; }
  // The learner of that name, in any letter case; null: there is none.
  [[nodiscard]] Learner* find(std::string_view name);
  // `lines` as they are printed: of several learners with the name in front.
  [[nodiscard]] Lines named(const Learner& learner, Lines lines) const;

 private:
  [[nodiscard]] Lines on_one(const wire::Event& event);
  [[nodiscard]] Lines on_each(const wire::Event& event);
  [[nodiscard]] Lines hear(Learner& learner, const wire::Event& event);
  [[nodiscard]] Lines leave_out(const wire::Event& event);
  [[nodiscard]] bool is_own(const std::string& account) const;

  const Lesson& lesson_;
  Lesson no_lesson_;  // nothing is to be done in it; what happens is explained
  Variables stranger_names_;
  bool all_;
  std::vector<std::unique_ptr<Learner>> learners_;
  Learner* current_;
  std::set<std::string> own_;  // of the one, in small letters
  std::set<std::uint64_t> foreign_;
  ZonedTime now_{};
  // A session that is nobody's yet: what happened in it, and who explains it meanwhile.
  struct Stranger {
    std::vector<wire::Event> events = {};
    std::unique_ptr<Tutor> tutor = {};
    std::set<std::string> told = {};
  };
  [[nodiscard]] Lines on_stranger(const wire::Event& event);
  [[nodiscard]] Lines welcome_known(Learner& learner, Stranger stranger);
  std::map<std::uint64_t, Stranger> strangers_;
};

}  // namespace sandpost::sandbox
