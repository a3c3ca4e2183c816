// The lines of a step that are to be typed, as they are to be typed now. Part of sandbox/tutor.hpp.

#include <algorithm>

#include "sandbox/tutor.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// Commands without which those behind them are refused.
bool opens_the_way(std::string_view verb) {
  return verb == "HELO" || verb == "EHLO" || verb == "MAIL" || verb == "RCPT" || verb == "USER" ||
         verb == "PASS";
}

}  // namespace

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
