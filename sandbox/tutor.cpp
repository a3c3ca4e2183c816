#include "sandbox/tutor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/words.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// Steps passed by one of these stay passed whatever becomes of the connection. Where a lesson asks
// for RSET or a broken connection, what is undone by it was meant to be.
bool is_lasting(std::string_view name) {
  return name == event::smtp_message || name == event::smtp_quit || name == event::smtp_close ||
         name == event::smtp_rset || name == event::queue_delivered || name == event::pop3_quit ||
         name == event::pop3_close || name == event::pop3_rset;
}

// What these do is over at once: done before a step asks for it, it is no use to that step.
bool holds_for_the_moment(std::string_view name) {
  return name == event::smtp_rset || name == event::smtp_noop || name == event::pop3_rset ||
         name == event::pop3_noop;
}

// The handshake comes behind the reply to its command.
bool has_no_reply(std::string_view name) {
  return name == event::smtp_starttls || name == event::pop3_stls;
}

// Commands without which those behind them are refused.
bool opens_the_way(std::string_view verb) {
  return verb == "HELO" || verb == "EHLO" || verb == "MAIL" || verb == "RCPT" || verb == "USER" ||
         verb == "PASS";
}

// The letter that this part of a step waits for, as a queue number; 0 if it is not one.
std::int64_t queue_in(const Matcher& part, const Variables& variables) {
  for (const Condition& one : part.conditions) {
    if (one.field != "queue" || one.one_of.size() != 1) continue;
    if (const auto* number = std::get_if<std::int64_t>(&one.one_of.front())) return *number;
    const auto* text = std::get_if<std::string>(&one.one_of.front());
    const std::string digits = text == nullptr ? "" : expand(*text, variables);
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }
  return 0;
}

Protocol protocol_of(std::string_view event_name) {
  return event_name.starts_with("pop3") ? Protocol::pop3 : Protocol::smtp;
}

}  // namespace

Tutor::Tutor(const Lesson& lesson, Variables variables, Hands hands)
    : lesson_(lesson),
      hands_(hands),
      variables_(std::move(variables)),
      progress_(lesson.steps.size()) {
  for (const auto& [name, text] : lesson.vars)
    variables_.emplace(name, expand(text, variables_));
  for (const LessonLetter& letter : lesson.servers.letters)
    state_.lay_in(fill(letter.to));
}

Lines Tutor::begin(ZonedTime now) {
  now_ = now;
  Lines out;
  open_step(out);
  return out;
}

Lines Tutor::on(const wire::Event& event) {
  Lines out;
  now_ = event.when;
  due_lines_.follow(event);
  maildrops_.follow(event);
  if (event.name == event::queue_accepted) {
    due_[{event.number("queue"), event.text("mailbox")}] = {
        Time{std::chrono::milliseconds{event.number("due")}}};
    state_.follow(event);
    return out;
  }
  if (event.name == event::queue_delivered) {
    due_[{event.number("queue"), event.text("mailbox")}].delivered = true;
    state_.follow(event);
    (void)remember(event);
    advance(out);
    return out;
  }
  Session& session = sessions_[event.session];
  session.client = event.client;
  session.watch.on(event);
  if (event.name == event::client_line) {
    client_line(session, event, out);
  } else if (event.name == event::server_line) {
    server_line(session, event, out);
  } else if (event.name == event::smtp_line || wire::is_close(event.name) ||
             has_no_reply(event.name)) {
    tell_pending(session, out);  // of a line that had no answer any more
    meaning(session, event, out);
  } else if (event.name == event::smtp_note || event.name == event::pop3_note) {
    note(session, event, out);
  } else {
    if (wire::is_connect(event.name)) {
      session.protocol = protocol_of(event.name);
    }
    if (event.name == event::pop3_retr || event.name == event::pop3_top) {
      session.letter.emplace(event.number("added"), sent_.contains(event.number("queue")));
    }
    session.pending.push_back(event);
  }
  if (session.phase == "closed") sessions_.erase(event.session);
  return out;
}

void Tutor::client_line(Session& session, const wire::Event& event, Lines& out) {
  const bool data = event.flag("data");
  session.last_line = event.text("text");
  session.heard = event.when.time;
  std::string note = data ? explain_blanks(session.last_line) : std::string();
  out.push_back({data ? Role::content : Role::client, visible(session.last_line), std::move(note),
                 event.session});
}

void Tutor::server_line(Session& session, const wire::Event& event, Lines& out) {
  const std::string& text = event.text("text");
  std::string note;
  const bool status = text.starts_with("+OK") || text.starts_with("-ERR");
  if (session.letter && !status) note = session.letter->who_wrote(text);
  const bool listed = !session.letter && session.protocol == Protocol::pop3;
  if (listed && text == "." && event.flag("last")) note = tr("end of the reply");
  out.push_back({Role::server, visible(text), std::move(note), event.session});
  if (session.status_line.empty()) session.status_line = text;
  if (!event.flag("last")) return;
  session.letter.reset();
  reply_ended(session, std::exchange(session.status_line, {}), out);
}

// The reply is out: now what it says, what the line meant, and whether a step is done.
void Tutor::reply_ended(Session& session, const std::string& reply, Lines& out) {
  const std::string digits = explain_reply(reply);
  if (!digits.empty()) out.push_back({Role::tutor, digits});
  const std::string hidden = session.in_data ? "" : explain_hidden_bytes(session.last_line);
  if (!hidden.empty()) out.push_back({Role::tutor, hidden});
  tell_pending(session, out);
}

void Tutor::tell_pending(Session& session, Lines& out) {
  for (const wire::Event& event : std::exchange(session.pending, {}))
    meaning(session, event, out);
}

void Tutor::meaning(Session& session, const wire::Event& event, Lines& out) {
  follow(session, event);
  state_.follow(event);
  if (wire::is_refusal(event)) {
    refused(session, event, out);
  } else if (event.name == event::smtp_line) {
    std::string remark = explain(session, event);
    tell_slip(event, remark);
    if (!remark.empty()) out.push_back({Role::no, std::move(remark)});
    if (remember(event)) advance(out);
    return;
  } else {
    accepted(session, event, out);
    if (event.name == event::smtp_starttls) forget_greeting(event.session);
    const auto remembered = remember(event);
    advance(out);
    if (remembered && !events_[*remembered].spent) {
      const bool asked = finished() || waits_for(step().pass, event.name);
      if (holds_for_the_moment(event.name) && !asked && !lesson_.any_order) {
        events_[*remembered].spent = true;
      } else {
        not_yet(event, out);
      }
    }
  }
  undo(event, out);
}

// Odd, and served all the same. How lines end is told behind the reply, the rest at once.
void Tutor::note(Session& session, const wire::Event& event, Lines& out) {
  if (wire::cause_from(event.text("cause")) == wire::Cause::lf_only) {
    session.pending.push_back(event);
  } else {
    meaning(session, event, out);
  }
}

void Tutor::accepted(const Session& session, const wire::Event& event, Lines& out) {
  const auto name = event.name;
  if (name == event::smtp_note || name == event::pop3_note) {
    return say_once(Role::tutor, explain_note(event), out);
  }
  if (name == event::smtp_message) {
    sent_.insert(event.number("queue"));
    std::string remark = remark_on(event);
    tell_slip(event, remark);
    if (!remark.empty()) out.push_back({Role::tutor, std::move(remark)});
    for (std::string& more : session.watch.remarks(event))
      out.push_back({Role::tutor, std::move(more)});
    return;
  }
  if (name == event::pop3_auth && event.number("count") == 0) {
    const auto letter = on_its_way(event.text("user"));
    if (letter) return out.push_back({Role::tutor, explain_too_early(*letter, now_.time)});
    if (mistake(event) == nullptr) {
      const std::string& user = event.text("user");
      return out.push_back({Role::tutor, explain_empty(user, has_had_letters(user))});
    }
  }
  std::string remark = remark_on(event);
  const bool habit = name == event::smtp_mail || name == event::smtp_rcpt;  // how one types it
  if (habit) return say_once(Role::tutor, std::move(remark), out);
  if (!remark.empty()) out.push_back({Role::tutor, std::move(remark)});
}

void Tutor::say_once(Role role, std::string remark, Lines& out) {
  if (remark.empty() || !said_.insert(remark).second) return;
  out.push_back({role, std::move(remark)});
}

// The letter for this mailbox that comes next.
std::optional<OnItsWay> Tutor::on_its_way(const std::string& user) const {
  std::optional<OnItsWay> next;
  for (const auto& [letter, due] : due_) {
    const auto& [number, mailbox] = letter;
    const bool waits = !due.delivered && due.when > now_.time;
    if (!waits || !equals_ignoring_case(mailbox, user)) continue;
    if (!next || due.when < next->due) next = OnItsWay{number, due.when};
  }
  return next;
}

// Delivered, or laid in by the lesson.
bool Tutor::has_had_letters(const std::string& user) const {
  const auto is_theirs = [&](const std::string& mailbox) {
    return equals_ignoring_case(mailbox, user);
  };
  return std::any_of(due_.begin(), due_.end(),
                     [&](const auto& one) { return is_theirs(one.first.second); }) ||
         std::any_of(lesson_.servers.letters.begin(), lesson_.servers.letters.end(),
                     [&](const LessonLetter& letter) { return is_theirs(fill(letter.to)); });
}

std::optional<Holder> Tutor::holder(const std::string& user) const {
  for (const auto& [number, session] : sessions_) {
    const bool holds = session.phase == "TRANSACTION" && equals_ignoring_case(session.user, user);
    if (holds) return Holder{number, session.client, session.since};
  }
  return std::nullopt;
}

// What the server knows, for :state.
void Tutor::follow(Session& session, const wire::Event& event) {
  const auto name = event.name;
  if (name == event::smtp_helo || name == event::smtp_rset || name == event::smtp_message ||
      event.flag("lost")) {
    session.sender.clear();
    session.recipients = 0;
    session.in_data = false;
    session.phase = tr_later("greeted");
  }
  if (name == event::smtp_mail) session.sender = '<' + event.text("from") + '>';
  if (name == event::smtp_rcpt) session.recipients = event.number("count");
  if (name == event::smtp_data) session.in_data = true;
  if (name == event::pop3_connect) session.phase = "AUTHORIZATION";
  if (name == event::pop3_auth && event.flag("ok")) {
    session.phase = "TRANSACTION";
    session.user = event.text("user");
    session.since = event.when;
    session.count = event.number("count");
  }
  if (name == event::pop3_dele) {
    session.marked = event.number("marked");
    session.marks.insert(event.number("queue"));
  }
  if (name == event::pop3_rset) {
    session.marked = 0;
    session.marks.clear();
  }
  if (name == event::pop3_quit) session.deleted = event.number("deleted");
  if (wire::is_close(name)) session.phase = "closed";
}

void Tutor::refused(const Session& session, const wire::Event& event, Lines& out) {
  // That the server hangs up is no line of the learner's.
  const wire::Cause cause = wire::cause_from(event.text("cause"));
  const bool hung_up = cause == wire::Cause::timeout || cause == wire::Cause::too_many_errors;
  // A lesson can ask for a refusal; then it is no mistake.
  std::string said = explain(session, event);
  const bool wanted = remember(event) && can_advance();
  if (!wanted && !hung_up) {
    tell_slip(event, said);
    if (!finished()) ++progress_[current_].refused;
  }
  // The lesson's own words for it follow; advice on how to avoid it would be out of place.
  const bool told = wanted && !lesson_.any_order && mistake(event) == nullptr &&
                    !lesson_.steps[next_wanted()].after.empty();
  if (!told) out.push_back({wanted ? Role::tutor : Role::no, std::move(said)});
  advance(out);
}

// The lesson's own words come first.
std::string Tutor::explain(const Session& session, const wire::Event& error) const {
  if (const Mistake* known = mistake(error)) return fill(known->say);
  if (error.name == event::smtp_line) {
    const bool meant_for_me = word_in(session.last_line).value_or(Word::unknown) != Word::unknown;
    return meant_for_me ? tr(explain_tutor_word) : explain_content_line(error);
  }
  if (wire::cause_from(error.text("cause")) == wire::Cause::in_use) {
    return explain_in_use(holder(error.text("user")));
  }
  const std::string cut_short = session.watch.cut_short(error);
  return cut_short.empty() ? explain_refusal(error, variables_, corrections()) : cut_short;
}

// What is odd about something that was accepted: the lesson's words for it, or the usual ones.
std::string Tutor::remark_on(const wire::Event& event) const {
  const Mistake* known = mistake(event);
  return known != nullptr ? fill(known->say) : explain_accepted(event);
}

const Mistake* Tutor::mistake(const wire::Event& event) const {
  const auto find = [&](const std::vector<Mistake>& all) -> const Mistake* {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Mistake& one) { return is_made(one, event); });
    return found == all.end() ? nullptr : &*found;
  };
  const Mistake* found = finished() ? nullptr : find(step().mistakes);
  return found != nullptr ? found : find(lesson_.mistakes);
}

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
  for (const std::string& line : due_lines()) {
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

std::vector<std::string> Tutor::solution() const {
  std::vector<std::string> out;
  for (const std::string& line : step().type)
    out.push_back(solution_line(line));
  return out;
}

// The author counts in a mailbox that was empty before.
std::string Tutor::solution_line(std::string_view typed) const {
  std::string line = fill(typed);
  if (finished()) return line;
  const std::string verb = verb_of(line);
  for (const Matcher* part : parts_of(step().pass)) {
    const bool of_letter = (part->event == event::pop3_retr && verb == "RETR") ||
                           (part->event == event::pop3_dele && verb == "DELE") ||
                           (part->event == event::pop3_top && verb == "TOP");
    const auto number =
        of_letter ? maildrops_.number_of(queue_in(*part, variables_)) : std::nullopt;
    if (!number) continue;
    const std::size_t from = std::min(line.find(' ') + 1, line.size());
    const std::size_t to = std::min(line.find(' ', from), line.size());
    return line.substr(0, from) + std::to_string(*number) + line.substr(to);
  }
  return line;
}

std::vector<std::size_t> Tutor::open_lines() const {
  if (finished()) return {};
  return due_lines_.left(solution(), wanted_server());
}

std::vector<std::string> Tutor::due_lines() const {
  std::vector<std::string> out;
  for (const std::size_t index : open_lines())
    out.push_back(solution_line(step().type[index]));
  return out;
}

// What a refused line can be corrected to: the lines that are due, then any of this step, then
// those of earlier steps that have been undone since, the latest first.
std::vector<std::string> Tutor::corrections() const {
  if (finished()) return {};
  std::vector<std::string> out = due_lines();
  const bool nothing_due = out.empty();
  const std::vector<std::string> all = solution();
  out.insert(out.end(), all.begin(), all.end());
  for (std::size_t i = current_; i-- > 0;) {
    const auto parts = parts_of(lesson_.steps[i].pass);
    const bool to_be_refused = std::any_of(parts.begin(), parts.end(), [](const Matcher* part) {
      return wire::is_error(part->event);
    });
    if (to_be_refused) continue;
    std::vector<std::string> earlier;
    for (const std::string& line : lesson_.steps[i].type) {
      if (opens_the_way(verb_of(line))) earlier.push_back(fill(line));
    }
    for (const std::size_t index : due_lines_.left(earlier, wanted_server()))
      out.push_back(earlier[index]);
  }
  if (nothing_due) out.insert(out.begin(), "");
  return out;
}

Protocol Tutor::wanted_server() const {
  if (finished()) return Protocol::smtp;
  const auto parts = parts_of(step().pass);
  const bool smtp = std::any_of(parts.begin(), parts.end(), [](const Matcher* part) {
    return part->event.starts_with("smtp");
  });
  return smtp ? Protocol::smtp : Protocol::pop3;  // and while a letter waits: who is early may look
}

std::optional<Time> Tutor::due() const {
  if (finished() || !waits_for(step().pass, event::queue_delivered)) return std::nullopt;
  for (const auto& [letter, due] : due_) {
    wire::Event delivered;
    delivered.name = event::queue_delivered;
    delivered.fields = {{"queue", letter.first}};
    if (matches(step().pass, delivered, variables_, std::nullopt)) return due.when;
  }
  return std::nullopt;
}

}  // namespace sandpost::sandbox
