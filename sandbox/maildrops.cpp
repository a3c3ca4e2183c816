#include "sandbox/maildrops.hpp"

#include <chrono>

#include "base/text.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {

namespace event = wire::event;

namespace {

// "amy" for "Amy@ntut.edu.tw".
std::string account_of(std::string_view user) {
  return to_lower(user.substr(0, user.find('@')));
}

}  // namespace

void Maildrops::follow(const wire::Event& event) {
  const auto name = event.name;
  if (name == event::queue_accepted) {
    letters_[account_of(event.text("mailbox"))][event.number("queue")] =
        Time{std::chrono::milliseconds{event.number("due")}};
  } else if (name == event::queue_delivered) {
    letters_[account_of(event.text("mailbox"))][event.number("queue")] = event.when.time;
  } else if (name == event::pop3_auth && event.flag("ok")) {
    log_in(event);
  } else if (wire::is_close(name)) {
    views_.erase(event.session);
  }
  const auto view = views_.find(event.session);
  if (view == views_.end()) return;
  if (name == event::pop3_retr || name == event::pop3_top || name == event::pop3_dele)
    view->second.numbers[event.number("queue")] = event.number("number");
  if (name == event::pop3_dele) view->second.marked.insert(event.number("queue"));
  if (name == event::pop3_rset) view->second.marked.clear();
  if (name == event::pop3_quit && event.flag("ok")) {
    for (const std::int64_t queue : view->second.marked)
      letters_[view->second.mailbox].erase(queue);
  }
}

void Maildrops::log_in(const wire::Event& event) {
  View view;
  view.mailbox = account_of(event.text("user"));
  std::int64_t seen = 0;
  const auto& letters = letters_[view.mailbox];
  for (const auto& [queue, due] : letters)
    seen += due <= event.when.time ? 1 : 0;
  std::int64_t number = event.number("count") - seen;
  for (const auto& [queue, due] : letters) {
    if (number >= 0 && due <= event.when.time) view.numbers[queue] = ++number;
  }
  views_[event.session] = std::move(view);
  latest_ = event.session;
}

std::optional<std::int64_t> Maildrops::number_of(std::uint64_t session, std::int64_t queue) const {
  const auto view = views_.find(session);
  if (view == views_.end()) return std::nullopt;
  const auto found = view->second.numbers.find(queue);
  return found == view->second.numbers.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int64_t> Maildrops::number_of(std::int64_t queue) const {
  return number_of(latest_, queue);
}

}  // namespace sandpost::sandbox
