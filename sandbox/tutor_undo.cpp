// What takes a step back that was done: RSET, a lost connection, a letter that is gone. Part of
// sandbox/tutor.hpp.

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/language.hpp"
#include "sandbox/tutor.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

namespace event = wire::event;

// Steps passed by one of these stay passed whatever becomes of the connection. Where a lesson asks
// for RSET or a broken connection, what is undone by it was meant to be.
bool is_lasting(std::string_view name) {
  return name == event::smtp_message || name == event::smtp_quit || name == event::smtp_close ||
         name == event::smtp_rset || name == event::queue_delivered || name == event::pop3_quit ||
         name == event::pop3_close || name == event::pop3_rset;
}

}  // namespace

// What this event took back: a transaction is forgotten, a connection is gone.
void Tutor::undo(const wire::Event& event, Lines& out) {
  if (lesson_.any_order) return;  // what is done stays done
  const auto name = event.name;
  // Where the server hangs up, the close that follows says it.
  const wire::Cause cause = wire::cause_from(event.text("cause"));
  if (cause == wire::Cause::timeout || cause == wire::Cause::too_many_errors) return;
  if (name == event::smtp_rset || name == event::smtp_helo || event.flag("lost")) {
    forget(event.session, {event::smtp_mail, event::smtp_rcpt, event::smtp_data});
    reopen(event.session, tr("Sender and recipients are forgotten, the connection is fine."), out);
  } else if (name == event::smtp_message) {
    // A letter that no step waited for, sent elsewhere perhaps: its envelope counts no more.
    forget(event.session, {event::smtp_mail, event::smtp_rcpt, event::smtp_data, name});
    reopen(event.session, tr("That letter went out, but not as this lesson wants it."), out);
  } else if (name == event::pop3_rset) {
    forget(event.session, {event::pop3_dele});
    // What LIST showed without the marked letters holds no more.
    for (Remembered& one : events_) {
      if (one.event.session == event.session && one.event.name == event::pop3_list)
        one.spent = true;
    }
    reopen(event.session, tr("The marks are taken away."), out);
  } else if (wire::is_close(name)) {
    closed(event, out);
  }
}

void Tutor::closed(const wire::Event& close, Lines& out) {
  std::string how = explain_close(close);
  if (!how.empty()) out.push_back({Role::tutor, std::move(how)});
  // Nobody can go on where nobody listens any more.
  std::erase_if(passed_in_, [&](const auto& one) { return one.second == close.session; });
  if (close.name == event::smtp_close) {
    forget(close.session, {event::smtp_connect, event::smtp_starttls, event::smtp_helo,
                           event::smtp_auth, event::smtp_mail, event::smtp_rcpt, event::smtp_data,
                           event::smtp_quit, event::smtp_close});
    const std::string why =
        close.flag("lost_message")
            ? tr("The connection ended before the dot: the letter is lost, nobody has it.")
            : tr("The connection is closed, and SMTP remembers nothing of it.");
    const bool told = reopen(close.session, why, out);
    if (!told && close.flag("lost_message")) out.push_back({Role::tutor, std::string(why)});
    return;
  }
  forget(close.session, {event::pop3_connect, event::pop3_stls, event::pop3_user, event::pop3_auth,
                         event::pop3_list, event::pop3_retr, event::pop3_dele, event::pop3_quit,
                         event::pop3_close});
  const Session& session = sessions_[close.session];
  if (close.number("marks_lost") > 0) {
    const std::string lost =
        close.flag("clean")
            ? tr("The server could not delete what you marked.")
            : tr("The connection ended without QUIT: what you marked is not deleted.");
    if (!reopen(close.session, lost, out)) out.push_back({Role::tutor, std::string(lost)});
  } else if (session.deleted > 0 && is_needed(session.marks)) {
    start_over(tr("QUIT has deleted a letter that this lesson still needs: send it once more."),
               out);
  } else if (session.deleted == 0) {
    reopen(close.session, tr("The connection is closed. The mailbox is as it was."), out);
  } else if (session.deleted < session.count) {
    const bool back = reopen(
        close.session, tr("QUIT has deleted what you marked; the other letters are there."), out);
    if (back) tell_missing_letters(out);
  } else if (!finished() && first_undone() < current_) {
    start_over(
        lesson_.servers.letters.empty()
            ? tr("QUIT has deleted the letter, and the mailbox is empty: you need a new one.")
            : tr("QUIT has deleted the letters, and the mailbox is empty."),
        out);
    tell_missing_letters(out);
  }
}

// Whether a step that is still open asks by its number for one of these letters, which the learner
// has sent.
bool Tutor::is_needed(const std::set<std::int64_t>& letters) const {
  const auto asks = [&](const Condition& condition) {
    return condition.field == "queue" &&
           std::any_of(letters.begin(), letters.end(), [&](std::int64_t number) {
             return sent_.contains(number) && !condition.one_of.empty() &&
                    holds(condition, wire::Value{number}, variables_);
           });
  };
  return std::any_of(lesson_.steps.begin() + static_cast<std::ptrdiff_t>(current_),
                     lesson_.steps.end(), [&](const Step& step) {
                       const auto parts = parts_of(step.pass);
                       return std::any_of(parts.begin(), parts.end(), [&](const Matcher* part) {
                         return part->event.starts_with("pop3") &&
                                std::any_of(part->conditions.begin(), part->conditions.end(), asks);
                       });
                     });
}

// Letters that the lesson laid in cannot be written again by the learner.
void Tutor::tell_missing_letters(Lines& out) const {
  if (lesson_.servers.letters.empty()) return;
  out.push_back(
      {Role::no,
       hands_ == Hands::own
           ? tr("The letters that are gone were laid in by this lesson, and you cannot write them "
                "again. To have them back, type :quit and start the lesson once more: it goes on "
                "at your step. Or type :reset, which begins at step 1.")
           : tr("The letters that are gone were laid in by this lesson, and you cannot write them "
                "again. To have them back, the lesson has to be started once more.")});
}

void Tutor::forget(std::uint64_t session, std::initializer_list<std::string_view> names) {
  for (Remembered& one : events_) {
    const bool named = std::find(names.begin(), names.end(), one.event.name) != names.end();
    if (one.event.session != session || !named) continue;
    one.spent = true;
    for (Progress& progress : progress_) {
      const bool by_this = std::any_of(progress.remembered.begin(), progress.remembered.end(),
                                       [&](std::size_t index) { return &events_[index] == &one; });
      if (by_this) progress.passed = false;
    }
  }
  // What came before something that lasts need not be done again.
  for (std::size_t i = 0; i < lasting(); ++i)
    progress_[i].passed = true;
}

// RFC 3207 §4.2: what was said before STARTTLS does not count behind it.
void Tutor::forget_greeting(std::uint64_t session) {
  for (Remembered& one : events_) {
    if (one.event.session == session && one.event.name == event::smtp_helo) one.spent = true;
  }
}

// How many steps at the beginning are done for good.
std::size_t Tutor::lasting() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < current_; ++i) {
    if (is_lasting(progress_[i].passed_by)) count = i + 1;
  }
  return count;
}

// The first step that has to be done again; the current one if there is none.
std::size_t Tutor::first_undone() const {
  std::size_t first = lasting();
  while (first < current_ && progress_[first].passed)
    ++first;
  return first;
}

// Goes back to that step, and says so; false if there is none. What was done in another session
// than this one still holds.
bool Tutor::reopen(std::uint64_t session, std::string_view why, Lines& out) {
  const std::size_t target = first_undone();
  if (finished() || target >= current_) return false;
  for (std::size_t i = 0; i < progress_.size(); ++i) {
    Progress& progress = progress_[i];
    for (const std::size_t index : progress.remembered) {
      Remembered& passed_by = events_[index];
      const bool elsewhere = passed_by.event.session != session;
      if (i >= target && progress.passed && elsewhere) passed_by.spent = false;
    }
    progress.passed = i < target;
  }
  leave_step();
  current_ = target;
  out.push_back({Role::tutor, say("{0} Back to step {1}.", why, step_number())});
  open_step(out);
  advance(out);
  return true;
}

void Tutor::start_over(std::string_view why, Lines& out) {
  for (Remembered& one : events_)
    one.spent = true;
  for (Progress& progress : progress_)
    progress.passed = false;
  leave_step();
  current_ = 0;
  out.push_back({Role::tutor, say("{} Back to step 1.", why)});
  open_step(out);
}

}  // namespace sandpost::sandbox
