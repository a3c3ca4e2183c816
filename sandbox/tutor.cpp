#include "sandbox/tutor.hpp"

#include <algorithm>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/words.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// What these do is over at once: done before a step asks for it, it is no use to that step.
bool holds_for_the_moment(std::string_view name) {
  return name == event::smtp_rset || name == event::smtp_noop || name == event::pop3_rset ||
         name == event::pop3_noop;
}

// The handshake comes behind the reply to its command.
bool has_no_reply(std::string_view name) {
  return name == event::smtp_starttls || name == event::pop3_stls;
}

bool is_doubled_dot(const wire::Event& event) {
  return wire::cause_from(event.text("cause")) == wire::Cause::dot_double;
}

bool asks_about(const Matcher& pass, std::string_view field) {
  const auto parts = parts_of(pass);
  return std::any_of(parts.begin(), parts.end(), [&](const Matcher* part) {
    return std::any_of(part->conditions.begin(), part->conditions.end(),
                       [&](const Condition& one) { return one.field == field; });
  });
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
    const bool right = is_doubled_dot(event) && !finished() && asks_about(step().pass, "unstuffed");
    if (!remark.empty()) out.push_back({right ? Role::tutor : Role::no, std::move(remark)});
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

}  // namespace sandpost::sandbox
