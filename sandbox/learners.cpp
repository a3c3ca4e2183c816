#include "sandbox/learners.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// Of a session that shows no account, no more is kept.
constexpr std::size_t most_kept = 1000;

constexpr std::string_view stranger_name = "YOUR-NAME";

bool is_said(const Line& line) {
  return line.role == Role::client || line.role == Role::content || line.role == Role::server;
}

}  // namespace

Learners::Learners(const Lesson& lesson, const NamesFor& names, const std::string& learner,
                   std::set<std::string> own)
    : lesson_(lesson), all_(false) {
  learners_.push_back(std::make_unique<Learner>(
      Learner{learner, Tutor(lesson, names(learner), Tutor::Hands::learners)}));
  current_ = learners_.front().get();
  own_.insert(to_lower(learner));
  for (const std::string& account : own)
    own_.insert(to_lower(account));
}

Learners::Learners(const Lesson& lesson, const NamesFor& names,
                   const std::vector<std::string>& accounts)
    : lesson_(lesson), stranger_names_(names(std::string(stranger_name))), all_(true) {
  for (const std::string& account : accounts) {
    learners_.push_back(std::make_unique<Learner>(
        Learner{account, Tutor(lesson, names(account), Tutor::Hands::learners)}));
  }
  current_ = learners_.front().get();
}

Lines Learners::begin(ZonedTime now) {
  now_ = now;
  // Of several each is told the first step when their first session is there.
  return all_ ? Lines{} : current_->tutor.begin(now);
}

Lines Learners::on(const wire::Event& event) {
  now_ = event.when;
  return all_ ? on_each(event) : on_one(event);
}

Lines Learners::on_tick(Time now) {
  Lines out;
  for (const auto& learner : learners_) {
    Lines lines = named(*learner, learner->tutor.on_tick(now));
    out.insert(out.end(), lines.begin(), lines.end());
  }
  return out;
}

bool Learners::finished() const {
  return std::all_of(learners_.begin(), learners_.end(),
                     [](const auto& learner) { return learner->tutor.finished(); });
}

Learner* Learners::find(std::string_view name) {
  const auto found = std::find_if(learners_.begin(), learners_.end(), [&](const auto& learner) {
    return equals_ignoring_case(learner->name, name);
  });
  return found == learners_.end() ? nullptr : found->get();
}

Lines Learners::named(const Learner& learner, Lines lines) const {
  if (!all_) return lines;
  for (Line& line : lines)
    line.mark = line.mark.empty() ? learner.name : fmt::format("{} {}", learner.name, line.mark);
  return lines;
}

bool Learners::is_own(const std::string& account) const {
  return own_.contains(to_lower(account));
}

Lines Learners::on_one(const wire::Event& event) {
  if (event.session == 0) {
    const bool sent = current_->letters.contains(event.number("queue"));
    return sent || is_own(event.learner) ? hear(*current_, event) : Lines{};
  }
  if (foreign_.contains(event.session)) {
    if (wire::is_close(event.name)) foreign_.erase(event.session);
    return {};
  }
  if (!event.learner.empty() && !is_own(event.learner)) return leave_out(event);
  return hear(*current_, event);
}

// For the tutor that connection is over, so what it has counted towards is open again.
Lines Learners::leave_out(const wire::Event& event) {
  Lines out{{Role::tutor, say("That window is {0}'s, not {1}'s: from here on I leave it out.",
                              event.learner, current_->name)}};
  wire::Event close;
  close.when = event.when;
  close.session = event.session;
  close.client = event.client;
  close.name = event.name.starts_with("pop3.") ? event::pop3_close : event::smtp_close;
  close.fields = {{"clean", false}};
  Lines lines = hear(*current_, close);
  out.insert(out.end(), lines.begin(), lines.end());
  if (left_out) left_out(*current_, event.session);
  if (!wire::is_close(event.name)) foreign_.insert(event.session);
  return out;
}

Lines Learners::on_each(const wire::Event& event) {
  if (event.session == 0) {
    Lines out;
    for (const auto& learner : learners_) {
      const bool concerned = equals_ignoring_case(learner->name, event.learner) ||
                             learner->letters.contains(event.number("queue"));
      if (!concerned) continue;
      Lines lines = hear(*learner, event);
      out.insert(out.end(), lines.begin(), lines.end());
    }
    return out;
  }
  Learner* learner = event.learner.empty() ? nullptr : find(event.learner);
  if (learner == nullptr) return on_stranger(event);
  Lines out;
  if (auto stranger = strangers_.extract(event.session)) {
    out = welcome_known(*learner, std::move(stranger.mapped()));
  }
  Lines lines = hear(*learner, event);
  out.insert(out.end(), lines.begin(), lines.end());
  return out;
}

Lines Learners::on_stranger(const wire::Event& event) {
  if (wire::is_close(event.name)) {
    strangers_.erase(event.session);
    return {};
  }
  const auto [found, is_new] = strangers_.try_emplace(event.session);
  Stranger& stranger = found->second;
  Lines out;
  if (is_new) {
    const bool all_begun = std::all_of(learners_.begin(), learners_.end(),
                                       [](const auto& learner) { return learner->begun; });
    stranger.tutor = std::make_unique<Tutor>(all_begun ? no_lesson_ : lesson_, stranger_names_,
                                             Tutor::Hands::learners);
    if (!all_begun) out = stranger.tutor->begin(now_);
  }
  if (stranger.events.size() < most_kept) stranger.events.push_back(event);
  for (Line& line : stranger.tutor->on(event))
    out.push_back(std::move(line));
  for (Line& line : out) {
    stranger.told.insert(line.text);
    line.mark = fmt::format("#{}", event.session);
  }
  return out;
}

// The learner's own tutor hears all of it. What was told already is not told again, but for the
// steps that are done: whose they are was not known.
Lines Learners::welcome_known(Learner& learner, Stranger stranger) {
  const bool is_new = !learner.begun;
  const ZonedTime now = std::exchange(now_, stranger.events.front().when);
  Lines out;
  for (const wire::Event& before : stranger.events) {
    Lines lines = hear(learner, before);
    out.insert(out.end(), lines.begin(), lines.end());
  }
  now_ = now;
  std::erase_if(out, [&](const Line& line) {
    return line.role != Role::ok && (is_new || is_said(line) || stranger.told.contains(line.text));
  });
  return out;
}

Lines Learners::hear(Learner& learner, const wire::Event& event) {
  current_ = &learner;
  if (heard) heard(learner, event);
  if (event.name == event::queue_accepted) learner.letters.insert(event.number("queue"));
  Lines out;
  if (all_ && !std::exchange(learner.begun, true)) out = learner.tutor.begin(now_);
  for (Line& line : learner.windows.on(event))
    out.push_back(std::move(line));
  Lines lines = learner.tutor.on(event);
  learner.windows.mark(lines);
  for (Line& line : lines)
    out.push_back(std::move(line));
  return named(learner, std::move(out));
}

}  // namespace sandpost::sandbox
