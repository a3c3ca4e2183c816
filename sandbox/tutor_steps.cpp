// Which steps are done: what is remembered of the events, and what passes. Part of
// sandbox/tutor.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/language.hpp"
#include "sandbox/tutor.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

}  // namespace

std::optional<std::size_t> Tutor::remember(const wire::Event& event) {
  const bool awaited =
      std::any_of(lesson_.steps.begin(), lesson_.steps.end(),
                  [&](const Step& one) { return waits_for(one.pass, event.name); });
  if (!awaited) return std::nullopt;
  events_.push_back({event, false});
  return events_.size() - 1;
}

// Events are remembered from the start: who types ahead passes the steps all the same.
void Tutor::advance(Lines& out) {
  if (lesson_.any_order) return advance_in_any_order(out);
  while (!finished()) {
    const std::size_t next = next_wanted();
    auto found = passing(next);
    if (!found) return;
    if (next == current_) {
      pass(current_, std::move(*found), out);
    } else {
      leave_out(out);
    }
  }
}

bool Tutor::can_advance() const {
  if (!lesson_.any_order) return passing(next_wanted()).has_value();
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    if (!progress_[i].passed && passing(i)) return true;
  }
  return false;
}

void Tutor::advance_in_any_order(Lines& out) {
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    if (finished()) return;
    if (progress_[i].passed) continue;
    if (auto found = passing(i)) pass(i, std::move(*found), out);
  }
}

// The current step, or a later one that is done already while all before it may be left out.
std::size_t Tutor::next_wanted() const {
  std::size_t next = current_;
  while (next < lesson_.steps.size() && lesson_.steps[next].optional && !passing(next))
    ++next;
  return passing(next) ? next : current_;
}

// The remembered events that pass this step.
std::optional<std::vector<std::size_t>> Tutor::passing(std::size_t step) const {
  if (step >= lesson_.steps.size()) return std::nullopt;
  const auto& mistakes = lesson_.steps[step].mistakes;
  const Evidence evidence{
      events_, state_, variables_, [this](const wire::Event& event) { return same_session(event); },
      [&](const Remembered& one) {
        // In any order, one thing done can be what two steps ask for.
        if (one.spent && !lesson_.any_order) return false;
        if (wire::is_error(one.event.name)) return true;
        return std::none_of(mistakes.begin(), mistakes.end(), [&](const Mistake& mistake) {
          return mistake.blocks && is_made(mistake, one.event);
        });
      }};
  return judge(lesson_.steps[step].pass, evidence);
}

// What `same` means for this event.
std::optional<std::uint64_t> Tutor::same_session(const wire::Event& event) const {
  const auto found = passed_in_.find(protocol_of(event.name));
  return found == passed_in_.end() ? std::nullopt : std::optional(found->second);
}

void Tutor::pass(std::size_t step, std::vector<std::size_t> remembered, Lines& out) {
  const Step& passed = lesson_.steps[step];
  Progress& progress = progress_[step];
  progress.passed = true;
  leave_step();
  for (const std::size_t index : remembered) {
    events_[index].spent = true;
    const wire::Event& event = events_[index].event;
    progress.passed_by = event.name;
    if (event.session != 0) passed_in_[protocol_of(event.name)] = event.session;
    progress.elsewhere = event.session != 0 && !own_.contains(event.session);
    for (const auto& [variable, field] : passed.bind) {
      const wire::Value* value = event.find(field);
      if (value == nullptr) continue;
      const auto* number = std::get_if<std::int64_t>(value);
      variables_[variable] = number != nullptr ? std::to_string(*number) : event.text(field);
    }
    if (event.name == event::smtp_close && !event.flag("clean")) {
      out.push_back({Role::tutor, tr("The connection ended without QUIT. That is rude, but costs "
                                     "nothing: since the 250 the letter is the server's.")});
    }
  }
  const bool learners = std::any_of(remembered.begin(), remembered.end(), [&](std::size_t index) {
    return events_[index].event.session != 0;
  });
  const bool just_now =
      std::find(remembered.begin(), remembered.end(), events_.size() - 1) != remembered.end();
  if (learners && !just_now) {
    out.push_back({Role::tutor, tr("You have done this before, and it still counts.")});
  }
  progress.remembered = std::move(remembered);
  if (!passed.after.empty()) out.push_back({Role::tutor, fill(passed.after)});
  out.push_back({Role::ok, say("step {0} is done: {1}", step + 1, fill(passed.title))});
  const std::size_t before = current_;
  current_ = first_open();
  if (current_ != before) open_step(out);
}

// The step to go on with; behind the last one when the lesson is over.
std::size_t Tutor::first_open() const {
  const std::size_t count = lesson_.steps.size();
  if (!lesson_.any_order) return current_ + 1;
  std::size_t first = count;
  bool over = true;
  for (std::size_t i = count; i-- > 0;) {
    if (progress_[i].passed) continue;
    first = i;
    over = over && lesson_.steps[i].optional;
  }
  return over ? count : first;
}

void Tutor::leave_out(Lines& out) {
  Progress& progress = progress_[current_];
  progress.passed = true;
  progress.passed_by.clear();
  progress.remembered.clear();
  progress.help = tr_later("left out");
  leave_step();
  out.push_back({Role::tutor, say("Step {0} is left out: {1}", step_number(), fill(step().title))});
  ++current_;
  progress_[current_].opened = now_.time.time_since_epoch().count();
}

// Why this part of the step is not done by the event.
std::string Tutor::near_miss(const Matcher& part, const wire::Event& event) const {
  if (part.times > 1 && unmet(part, event, variables_) == nullptr) {
    return say("That counts. This step wants {} of them.", part.times);
  }
  // Numbers of the queue say little to who reads LIST.
  const auto number = maildrops_.number_of(event.session, queue_in(part, variables_));
  if (number && *number != event.number("number")) {
    Matcher by_number;
    by_number.event = part.event;
    by_number.conditions.push_back({"number", {*number}, std::nullopt, std::nullopt});
    return explain_near_miss(by_number, event, variables_, std::nullopt);
  }
  const auto before = same_session(event);
  const bool own = before && own_.contains(*before) && !own_.contains(event.session);
  if (own && matches(part, event, variables_, std::nullopt)) {
    return tr(
        "That was in another window. This step goes on in the connection of this one: type "
        "it here, behind C:");
  }
  return explain_near_miss(part, event, variables_, before);
}

// One of several parts, by an event before.
bool Tutor::was_done(const Matcher& part) const {
  return std::any_of(events_.begin(), events_.end(), [&](const Remembered& one) {
    return !one.spent && matches(part, one.event, variables_, same_session(one.event));
  });
}

// The line of the step for which another was said, unless there is one in the text.
std::string Tutor::line_instead(std::uint64_t session, std::string_view text) const {
  const auto said = sessions_.find(session);
  if (said == sessions_.end() || text.find("\n  ") != std::string_view::npos) return {};
  // Behind a letter that went out all begins with its sender again.
  const bool letter = said->second.last_line == ".";
  for (const std::string& line : letter ? solution() : due_lines()) {
    if (letter && verb_of(line) == "MAIL") return "\n  " + strict_form(line);
    if (!line.empty() && verb_of(line) == verb_of(said->second.last_line))
      return "\n  " + strict_form(line);
  }
  return {};
}

// It went well, and yet no step is done by it: the learner is told why.
void Tutor::not_yet(const wire::Event& event, Lines& out) {
  if (finished()) return;
  // One of several parts may be what this event fits; then the others are no news.
  std::string miss;
  bool fits = false;
  for (const Matcher* part : parts_of(step().pass)) {
    if (part->event != event.name) continue;
    std::string of_part = near_miss(*part, event);
    fits = fits || of_part.empty();
    if (miss.empty() && !was_done(*part)) miss = std::move(of_part);
  }
  if (!fits && !miss.empty()) {
    return out.push_back({Role::no, miss + line_instead(event.session, miss)});
  }
  // What SMTP is told too early is undone again sooner or later, and is better not praised.
  if (protocol_of(event.name) == Protocol::smtp) return;
  if (wire::is_close(event.name) || event.name == event::pop3_quit) return;
  for (std::size_t i = current_ + 1; i < lesson_.steps.size(); ++i) {
    if (!matches(lesson_.steps[i].pass, event, variables_, same_session(event))) continue;
    out.push_back({Role::tutor, say("That is noted for step {0}. Step {1} is still open: {2}",
                                    i + 1, step_number(), fill(step().title))});
    return;
  }
}

void Tutor::open_step(Lines& out) {
  out.push_back({Role::plain, ""});
  if (finished()) {
    out.push_back({Role::title, tr("Done.")});
    out.push_back({Role::tutor, fill(lesson_.end)});
    for (Line& line : summary())
      out.push_back(std::move(line));
    return;
  }
  Progress& progress = progress_[current_];
  progress.opened = now_.time.time_since_epoch().count();
  progress.silence_said = false;
  progress.next_hint = 0;
  due_lines_.begin_step();
  out.push_back({Role::title, fmt::format("[{}/{}] {}", step_number(), lesson_.steps.size(),
                                          fill(step().title))});
  out.push_back({Role::tutor, fill(step().say), notes(step().rfc)});
  const bool login = waits_for(step().pass, event::pop3_auth);
  const bool too_early = std::any_of(sessions_.begin(), sessions_.end(), [](const auto& one) {
    return one.second.phase == "TRANSACTION" && one.second.count == 0;
  });
  if (login && too_early) {
    out.push_back({Role::no, tr("Your POP3 session began before the letter came, and stays empty. "
                                "QUIT, and log in anew.")});
  }
}

// Another step is the current one from now on.
void Tutor::leave_step() {
  if (finished()) return;
  Progress& progress = progress_[current_];
  const std::int64_t now = now_.time.time_since_epoch().count();
  progress.took += std::max<std::int64_t>(0, now - progress.opened);  // clocks are set back, too
  progress.opened = now;
}

std::string Tutor::notes(const std::vector<std::string>& rfc) const {
  std::string out;
  for (const std::string& one : rfc) {
    const auto blank = one.find(' ');
    out += (out.empty() ? "RFC " : "; RFC ") + one.substr(0, blank);
    if (blank != std::string::npos) out += ", " + one.substr(blank + 1);
  }
  return out;
}

}  // namespace sandpost::sandbox
