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
  // Coaches each of these.
  Learners(const Lesson& lesson, const NamesFor& names, const std::vector<std::string>& accounts);

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

  bool all_;
  std::vector<std::unique_ptr<Learner>> learners_;
  Learner* current_;
  std::set<std::string> own_;  // of the one, in small letters
  std::set<std::uint64_t> foreign_;
  ZonedTime now_{};
  // Of each session that is nobody's yet, what was told.
  std::map<std::uint64_t, std::vector<wire::Event>> unknown_;
};

}  // namespace sandpost::sandbox
