#include "sandbox/learners.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// Of a session that shows no account, no more is kept.
constexpr std::size_t most_kept = 1000;

bool is_said(const Line& line) {
  return line.role == Role::client || line.role == Role::content || line.role == Role::server;
}

}  // namespace

Learners::Learners(const Lesson& lesson, const NamesFor& names, const std::string& learner,
                   std::set<std::string> own)
    : all_(false) {
  learners_.push_back(std::make_unique<Learner>(
      Learner{learner, Tutor(lesson, names(learner), Tutor::Hands::learners)}));
  current_ = learners_.front().get();
  own_.insert(to_lower(learner));
  for (const std::string& account : own)
    own_.insert(to_lower(account));
}

Learners::Learners(const Lesson& lesson, const NamesFor& names,
                   const std::vector<std::string>& accounts)
    : all_(true) {
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
  Lines out{{Role::tutor, fmt::format("That window is {}'s, not {}'s: from here on I leave it out.",
                                      event.learner, current_->name)}};
  wire::Event close;
  close.when = event.when;
  close.session = event.session;
  close.client = event.client;
  close.name = event.name.starts_with("pop3.") ? event::pop3_close : event::smtp_close;
  close.fields = {{"clean", false}};
  Lines lines = hear(*current_, close);
  out.insert(out.end(), lines.begin(), lines.end());
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
  if (Learner* learner = event.learner.empty() ? nullptr : find(event.learner)) {
    Lines out;
    // The lines themselves were shown when they were said.
    if (auto kept = unknown_.extract(event.session)) {
      for (const wire::Event& before : kept.mapped()) {
        Lines lines = hear(*learner, before);
        std::erase_if(lines, is_said);
        out.insert(out.end(), lines.begin(), lines.end());
      }
    }
    Lines lines = hear(*learner, event);
    out.insert(out.end(), lines.begin(), lines.end());
    return out;
  }
  if (wire::is_close(event.name)) {
    unknown_.erase(event.session);
    return {};
  }
  std::vector<wire::Event>& kept = unknown_[event.session];
  if (kept.size() < most_kept) kept.push_back(event);
  const bool client = event.name == event::client_line;
  if (!client && event.name != event::server_line) return {};
  return {{client ? Role::client : Role::server,
           visible(event.text("text")),
           {},
           event.session,
           fmt::format("#{}", event.session)}};
}

Lines Learners::hear(Learner& learner, const wire::Event& event) {
  current_ = &learner;
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
