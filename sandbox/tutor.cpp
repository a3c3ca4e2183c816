#include "sandbox/tutor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// Steps passed by one of these stay passed whatever becomes of the connection.
bool is_lasting(std::string_view name) {
  return name == event::smtp_message || name == event::smtp_quit || name == event::smtp_close ||
         name == event::queue_delivered || name == event::pop3_quit;
}

Protocol protocol_of(std::string_view event_name) {
  return event_name.starts_with("pop3") ? Protocol::pop3 : Protocol::smtp;
}

std::string seconds(std::int64_t milliseconds) {
  const std::int64_t whole = milliseconds / 1000;
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Tutor::Tutor(const Lesson& lesson, Variables variables)
    : lesson_(lesson), variables_(std::move(variables)), progress_(lesson.steps.size()) {}

Lines Tutor::begin(ZonedTime now) {
  now_ = now;
  Lines out;
  open_step(out);
  return out;
}

Lines Tutor::on(const wire::Event& event) {
  Lines out;
  now_ = event.when;
  if (event.name == event::queue_accepted) {
    due_[event.number("queue")] = Time{std::chrono::milliseconds{event.number("due")}};
    return out;
  }
  if (event.name == event::queue_delivered) {
    remember(event);
    advance(out);
    return out;
  }
  Session& session = sessions_[event.session];
  if (event.name == event::client_line) {
    client_line(session, event, out);
  } else if (event.name == event::server_line) {
    server_line(session, event, out);
  } else if (event.name == event::smtp_line || event.name == event::smtp_close ||
             event.name == event::pop3_close) {
    meaning(session, event, out);  // nobody answers these
  } else {
    if (event.name == event::smtp_connect || event.name == event::pop3_connect) {
      session.protocol = protocol_of(event.name);
    }
    if (event.name == event::pop3_retr || event.name == event::pop3_top) {
      session.letter.emplace(event.number("added"));
    }
    session.pending.push_back(event);
  }
  if (session.phase == "closed") sessions_.erase(event.session);
  return out;
}

void Tutor::client_line(Session& session, const wire::Event& event, Lines& out) {
  const bool data = event.flag("data");
  session.last_line = event.text("text");
  out.push_back(
      {data ? Role::content : Role::client, visible(session.last_line), "", event.session});
}

void Tutor::server_line(Session& session, const wire::Event& event, Lines& out) {
  const std::string& text = event.text("text");
  std::string note;
  const bool status = text.starts_with("+OK") || text.starts_with("-ERR");
  if (session.letter && !status) note = session.letter->who_wrote(text);
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
  for (const wire::Event& event : std::exchange(session.pending, {}))
    meaning(session, event, out);
}

void Tutor::meaning(Session& session, const wire::Event& event, Lines& out) {
  follow(session, event);
  if (event.name == event::smtp_error || event.name == event::pop3_error ||
      (event.name == event::pop3_auth && !event.flag("ok"))) {
    refused(event, out);
  } else if (event.name == event::smtp_line) {
    const std::string remark = explain_content_line(event);
    if (!remark.empty()) out.push_back({Role::no, remark});
    return;
  } else {
    say_once(explain_accepted(event), out);
    remember(event);
    advance(out);
  }
  undo(event, out);
}

// What the server knows, for :state.
void Tutor::follow(Session& session, const wire::Event& event) {
  const auto name = event.name;
  if (name == event::smtp_helo || name == event::smtp_rset || name == event::smtp_message ||
      event.flag("lost")) {
    session.sender.clear();
    session.recipients = 0;
    session.in_data = false;
    session.phase = "greeted";
  }
  if (name == event::smtp_mail) session.sender = '<' + event.text("from") + '>';
  if (name == event::smtp_rcpt) session.recipients = event.number("count");
  if (name == event::smtp_data) session.in_data = true;
  if (name == event::pop3_connect) session.phase = "AUTHORIZATION";
  if (name == event::pop3_auth && event.flag("ok")) {
    session.phase = "TRANSACTION";
    session.count = event.number("count");
  }
  if (name == event::pop3_dele) session.marked = event.number("marked");
  if (name == event::pop3_rset) session.marked = 0;
  if (name == event::smtp_close || name == event::pop3_close) session.phase = "closed";
}

void Tutor::refused(const wire::Event& event, Lines& out) {
  if (!finished()) ++progress_[current_].refused;
  const Mistake* known = mistake(event);
  out.push_back(
      {Role::no, known != nullptr ? fill(known->say) : explain_refusal(event, variables_)});
}

const Mistake* Tutor::mistake(const wire::Event& error) const {
  const wire::Cause cause = wire::cause_from(error.text("cause"));
  const auto fits = [&](const Mistake& one) {
    return one.cause == cause &&
           (one.near.empty() || equals_ignoring_case(one.near, error.text("near")));
  };
  const auto find = [&](const std::vector<Mistake>& all) -> const Mistake* {
    const auto found = std::find_if(all.begin(), all.end(), fits);
    return found == all.end() ? nullptr : &*found;
  };
  const Mistake* found = finished() ? nullptr : find(step().mistakes);
  return found != nullptr ? found : find(lesson_.mistakes);
}

void Tutor::remember(const wire::Event& event) {
  const auto waits_for = [&](const Step& one) {
    const Matcher& pass = one.pass;
    return pass.event == event.name ||
           std::any_of(pass.any.begin(), pass.any.end(),
                       [&](const Matcher& part) { return part.event == event.name; });
  };
  if (std::any_of(lesson_.steps.begin(), lesson_.steps.end(), waits_for)) {
    events_.push_back({event, false});
  }
}

// Events are remembered from the start: who types ahead passes the steps all the same.
void Tutor::advance(Lines& out) {
  for (std::size_t i = 0; !finished() && i < events_.size(); ++i) {
    if (events_[i].spent) continue;
    const auto same = passed_in_.find(protocol_of(events_[i].event.name));
    const auto session = same == passed_in_.end() ? std::nullopt : std::optional(same->second);
    if (!matches(step().pass, events_[i].event, variables_, session)) continue;
    pass(i, out);
    i = static_cast<std::size_t>(-1);  // the next step may have been done before
  }
}

void Tutor::pass(std::size_t remembered, Lines& out) {
  events_[remembered].spent = true;
  const wire::Event& event = events_[remembered].event;
  Progress& progress = progress_[current_];
  progress.passed = true;
  progress.passed_by = event.name;
  progress.remembered = remembered;
  progress.took = now_.time.time_since_epoch().count() - progress.opened;
  if (event.session != 0) passed_in_[protocol_of(event.name)] = event.session;
  for (const auto& [variable, field] : step().bind) {
    const wire::Value* value = event.find(field);
    if (value == nullptr) continue;
    const auto* number = std::get_if<std::int64_t>(value);
    variables_[variable] = number != nullptr ? std::to_string(*number) : event.text(field);
  }
  if (!step().after.empty()) out.push_back({Role::tutor, fill(step().after)});
  out.push_back({Role::ok, fmt::format("step {} is done: {}", step_number(), fill(step().title))});
  ++current_;
  open_step(out);
}

// What this event took back: a transaction is forgotten, a connection is gone.
void Tutor::undo(const wire::Event& event, Lines& out) {
  const auto name = event.name;
  if (name == event::smtp_rset || name == event::smtp_helo || event.flag("lost")) {
    forget(event.session, {event::smtp_mail, event::smtp_rcpt, event::smtp_data});
    reopen("Sender and recipients are forgotten, the connection is fine.", out);
  } else if (name == event::smtp_message) {
    // A letter that no step waited for, sent elsewhere perhaps: its envelope counts no more.
    forget(event.session, {event::smtp_mail, event::smtp_rcpt, event::smtp_data, name});
    reopen("That letter went out, but not as this lesson wants it.", out);
  } else if (name == event::pop3_rset) {
    forget(event.session, {event::pop3_dele});
    reopen("The marks are taken away.", out);
  } else if (name == event::smtp_close) {
    forget(event.session, {event::smtp_connect, event::smtp_helo, event::smtp_mail,
                           event::smtp_rcpt, event::smtp_data, event::smtp_quit, name});
    reopen("The connection is closed, and SMTP remembers nothing of it.", out);
  } else if (name == event::pop3_close) {
    const bool lost = event.number("marks_lost") > 0;
    forget(event.session,
           {event::pop3_connect, event::pop3_user, event::pop3_auth, event::pop3_list,
            event::pop3_retr, event::pop3_dele, event::pop3_quit, name});
    reopen(lost ? "The connection ended without QUIT: what you marked is not deleted."
                : "The connection is closed. The mailbox is as it was.",
           out);
  }
}

void Tutor::forget(std::uint64_t session, std::initializer_list<std::string_view> names) {
  for (Remembered& one : events_) {
    const bool named = std::find(names.begin(), names.end(), one.event.name) != names.end();
    if (one.event.session != session || !named) continue;
    one.spent = true;
    for (Progress& progress : progress_) {
      if (progress.passed && &events_[progress.remembered] == &one && !is_lasting(one.event.name)) {
        progress.passed = false;
      }
    }
  }
}

// Goes back to the first step that has to be done again: none before the last one that lasts.
void Tutor::reopen(std::string_view why, Lines& out) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < progress_.size(); ++i) {
    if (i < current_ && is_lasting(progress_[i].passed_by)) first = i + 1;
  }
  for (std::size_t i = 0; i < first; ++i)
    progress_[i].passed = true;
  const auto undone = std::find_if(progress_.begin() + static_cast<std::ptrdiff_t>(first),
                                   progress_.begin() + static_cast<std::ptrdiff_t>(current_),
                                   [](const Progress& one) { return !one.passed; });
  const auto target = static_cast<std::size_t>(undone - progress_.begin());
  if (target >= current_) return;
  current_ = target;
  for (std::size_t i = target; i < progress_.size(); ++i)
    progress_[i].passed = false;
  out.push_back({Role::tutor, fmt::format("{} Back to step {}.", why, step_number())});
  open_step(out);
  advance(out);
}

void Tutor::open_step(Lines& out) {
  out.push_back({Role::plain, ""});
  if (finished()) {
    out.push_back({Role::title, "Done."});
    out.push_back({Role::tutor, fill(lesson_.end)});
    for (Line& line : summary())
      out.push_back(std::move(line));
    return;
  }
  Progress& progress = progress_[current_];
  progress.opened = now_.time.time_since_epoch().count();
  progress.silence_said = false;
  out.push_back({Role::title, fmt::format("[{}/{}] {}", step_number(), lesson_.steps.size(),
                                          fill(step().title))});
  out.push_back({Role::tutor, fill(step().say), notes(step().rfc)});
}

void Tutor::say_once(std::string text, Lines& out) {
  if (text.empty() || !said_.insert(text).second) return;
  out.push_back({Role::tutor, std::move(text)});
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

Lines Tutor::on_silence(std::chrono::seconds idle) {
  if (finished()) return {};
  Progress& progress = progress_[current_];
  if (progress.silence_said || idle < step().silence) return {};
  progress.silence_said = true;
  const bool told = !step().silence_say.empty();
  return {{Role::tutor,
           told ? fill(step().silence_say) : "Still there? :hint helps, :show types it for you."}};
}

Lines Tutor::hint() {
  if (finished()) return {{Role::tutor, "The lesson is over. Play freely, or :quit."}};
  Progress& progress = progress_[current_];
  const auto& hints = step().hint;
  const auto next = std::min(static_cast<std::size_t>(progress.hints), hints.size() - 1);
  ++progress.hints;
  const bool last = next + 1 == hints.size();
  return {{Role::tutor,
           fill(hints[next]) + (last ? "\n(That was the last hint; :show types it.)" : "")}};
}

Lines Tutor::why() const {
  if (finished()) return {{Role::tutor, "The lesson is over."}};
  return {{Role::tutor, fill(step().why), notes(step().rfc)}};
}

Lines Tutor::back() const {
  if (current_ == 0) return {{Role::tutor, "This is the first step."}};
  const Step& before = lesson_.steps[current_ - 1];
  return {
      {Role::title, fmt::format("[{}/{}] {}", current_, lesson_.steps.size(), fill(before.title))},
      {Role::tutor, fill(before.say), notes(before.rfc)},
      {Role::tutor,
       "A protocol cannot go back. RSET makes the server forget (the sender, or your "
       "marks); QUIT and a new connection begin again."}};
}

Lines Tutor::state() const {
  Lines out;
  for (const auto& [number, session] : sessions_) {
    if (session.protocol == Protocol::pop3) {
      out.push_back({Role::tutor, fmt::format("POP3: {}, letters: {}, marked: {}", session.phase,
                                              session.count, session.marked)});
    } else {
      out.push_back(
          {Role::tutor,
           fmt::format("SMTP: {}, sender: {}, recipients: {}, {}", session.phase,
                       session.sender.empty() ? "none" : session.sender, session.recipients,
                       session.in_data ? "reading the letter" : "DATA not begun")});
    }
  }
  if (out.empty()) out.push_back({Role::tutor, "No connection is open."});
  return out;
}

Lines Tutor::list() const {
  Lines out;
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    const Progress& progress = progress_[i];
    const std::string mark = i >= current_           ? (i == current_ ? "now" : "open")
                             : progress.help.empty() ? "done"
                                                     : progress.help;
    out.push_back(
        {Role::plain, fmt::format("{:>2} {:<8} {}", i + 1, mark, fill(lesson_.steps[i].title))});
  }
  return out;
}

void Tutor::note_help(std::string_view kind) {
  if (!finished()) progress_[current_].help = kind;
}

Lines Tutor::summary() const {
  Lines out;
  out.push_back({Role::plain, "   step                                       time  refused  help"});
  std::int64_t total = 0;
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    const Progress& progress = progress_[i];
    if (!progress.passed) continue;
    total += progress.took;
    std::string help = progress.help;
    if (help.empty() && progress.hints > 0) help = fmt::format("hint {}", progress.hints);
    std::string row =
        fmt::format("{:>2} {:<40} {:>6}  {:>7}  {}", i + 1, fill(lesson_.steps[i].title),
                    seconds(progress.took), progress.refused, help);
    row.erase(row.find_last_not_of(' ') + 1);
    out.push_back({Role::plain, std::move(row)});
  }
  out.push_back({Role::plain, fmt::format("   {:<40} {:>6}", "total", seconds(total))});
  return out;
}

std::vector<std::string> Tutor::solution() const {
  std::vector<std::string> out;
  for (const std::string& line : step().type)
    out.push_back(fill(line));
  return out;
}

Protocol Tutor::wanted_server() const {
  if (finished()) return Protocol::smtp;
  const Matcher& pass = step().pass;
  const std::string& name = pass.any.empty() ? pass.event : pass.any.front().event;
  if (name.starts_with("smtp")) return Protocol::smtp;
  return Protocol::pop3;  // and while a letter waits: who is early may look
}

std::optional<Time> Tutor::due() const {
  if (finished() || step().pass.event != event::queue_delivered) return std::nullopt;
  for (const auto& [number, due] : due_) {
    wire::Event delivered;
    delivered.name = event::queue_delivered;
    delivered.fields = {{"queue", number}};
    if (matches(step().pass, delivered, variables_, std::nullopt)) return due;
  }
  return std::nullopt;
}

}  // namespace sandpost::sandbox
