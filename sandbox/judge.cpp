#include "sandbox/judge.hpp"

#include <algorithm>

namespace sandpost::sandbox {
namespace {

class Judge {
 public:
  explicit Judge(const Evidence& evidence) : evidence_(evidence) {}

  bool fits(const Matcher& matcher);
  [[nodiscard]] const std::vector<std::size_t>& used() const { return used_; }

 private:
  bool all_fit(const std::vector<Matcher>& parts);
  bool events_fit(const Matcher& matcher);
  [[nodiscard]] bool state_fits(const Matcher& matcher) const;
  [[nodiscard]] bool is_used(std::size_t index) const {
    return std::find(used_.begin(), used_.end(), index) != used_.end();
  }
  [[nodiscard]] std::string account() const;

  const Evidence& evidence_;
  std::vector<std::size_t> used_;
};

bool Judge::fits(const Matcher& matcher) {
  const std::vector<std::size_t> before = used_;
  const auto try_part = [&](const Matcher& part) {
    if (fits(part)) return true;
    used_ = before;
    return false;
  };
  if (!matcher.any.empty()) return std::any_of(matcher.any.begin(), matcher.any.end(), try_part);
  if (!matcher.all.empty()) return all_fit(matcher.all);
  return (matcher.event.empty() || events_fit(matcher)) && state_fits(matcher);
}

// The events first: a state is asked of the session in which they happened.
bool Judge::all_fit(const std::vector<Matcher>& parts) {
  const auto is_state = [](const Matcher& part) {
    return part.event.empty() && !part.state.empty();
  };
  return std::all_of(parts.begin(), parts.end(),
                     [&](const Matcher& part) { return is_state(part) || fits(part); }) &&
         std::all_of(parts.begin(), parts.end(),
                     [&](const Matcher& part) { return !is_state(part) || fits(part); });
}

bool Judge::events_fit(const Matcher& matcher) {
  int found = 0;
  for (std::size_t i = 0; i < evidence_.events.size() && found < matcher.times; ++i) {
    const Remembered& one = evidence_.events[i];
    if (is_used(i) || !evidence_.counts(one)) continue;
    const auto session = evidence_.session_before(one.event);
    if (!matches(matcher, one.event, evidence_.variables, session)) continue;
    used_.push_back(i);
    ++found;
  }
  return found == matcher.times;
}

bool Judge::state_fits(const Matcher& matcher) const {
  const std::string whose =
      matcher.account.empty() ? account() : expand(matcher.account, evidence_.variables);
  return std::all_of(matcher.state.begin(), matcher.state.end(), [&](const Condition& condition) {
    const auto value = evidence_.state.find(condition.field, whose);
    return value && holds(condition, *value, evidence_.variables);
  });
}

// Whose mailbox it is about: that of the last event's session, else the learner's.
std::string Judge::account() const {
  if (!used_.empty()) {
    const std::string found =
        evidence_.state.account_of(evidence_.events[used_.back()].event.session);
    if (!found.empty()) return found;
  }
  return expand("{user}", evidence_.variables);
}

}  // namespace

std::optional<std::vector<std::size_t>> judge(const Matcher& pass, const Evidence& evidence) {
  Judge judge(evidence);
  if (!judge.fits(pass)) return std::nullopt;
  return judge.used();
}

}  // namespace sandpost::sandbox
