// What the tutor says when it is asked, or when nothing comes: hints, reasons, lists, the summary.
// Part of sandbox/tutor.hpp; how it follows the events is in sandbox/tutor.cpp.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sandbox/tutor.hpp"

namespace sandpost::sandbox {
namespace {

// How long nothing may come in the middle of a letter before the tutor says why nothing happens.
constexpr std::chrono::seconds patience_in_letter{20};

// Where a row of a table goes on that is too long: under the title, or the name.
constexpr std::size_t list_hang = 12;
constexpr std::size_t summary_hang = 3;

std::string seconds(std::int64_t milliseconds) {
  const std::int64_t whole = milliseconds / 1000;
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Lines Tutor::on_silence(std::chrono::seconds idle) {
  if (finished()) return {};
  Progress& progress = progress_[current_];
  if (progress.silence_said || idle < step().silence) return {};
  progress.silence_said = true;
  const bool told = !step().silence_say.empty();
  if (told) return {{Role::tutor, fill(step().silence_say)}};
  return {{Role::tutor, hands_ == Hands::own ? "Still there? :hint helps, :show types it for you."
                                             : "Still there? :hint helps, :show has the lines."}};
}

Lines Tutor::on_tick(Time now) {
  Lines out;
  for (auto& [number, session] : sessions_) {
    if (!session.in_data || now - session.heard < patience_in_letter) continue;
    std::string why = session.watch.silence();
    if (why == session.said_idle) continue;
    session.said_idle = why;
    out.push_back({Role::tutor, std::move(why)});
    if (!finished()) progress_[current_].silence_said = true;
  }
  return out;
}

Lines Tutor::hint() {
  if (finished()) return {{Role::tutor, "The lesson is over. Play freely, or :quit."}};
  Progress& progress = progress_[current_];
  const auto& hints = step().hint;
  const auto next = std::min(static_cast<std::size_t>(progress.hints), hints.size() - 1);
  ++progress.hints;
  const bool last = next + 1 == hints.size();
  const std::string_view shows = hands_ == Hands::own ? "types it" : "has the lines";
  return {{Role::tutor,
           fill(hints[next]) + (last ? fmt::format("\n(That was the last hint; :show {}.)", shows)
                                     : std::string())}};
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
    const std::string mark = !is_done(i)             ? (i == current_ ? "now" : "open")
                             : progress.help.empty() ? "done"
                                                     : progress.help;
    out.push_back({Role::plain,
                   fmt::format("{:>2} {:<8} {}", i + 1, mark, fill(lesson_.steps[i].title)),
                   {},
                   0,
                   {},
                   list_hang});
  }
  return out;
}

bool Tutor::is_done(std::size_t step) const {
  return lesson_.any_order ? progress_[step].passed : step < current_;
}

Lines Tutor::again() {
  Lines out;
  open_step(out);
  return out;
}

std::vector<StepRecord> Tutor::records() const {
  std::vector<StepRecord> out;
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    const Progress& one = progress_[i];
    if (is_done(i))
      out.push_back({lesson_.steps[i].id, one.took, one.refused, one.hints, one.help});
  }
  return out;
}

void Tutor::restore(const std::vector<StepRecord>& records) {
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    const auto found = std::find_if(records.begin(), records.end(), [&](const StepRecord& one) {
      return one.id == lesson_.steps[i].id;
    });
    if (found == records.end() || !is_done(i)) continue;
    Progress& one = progress_[i];
    one.took = found->took;
    one.refused = found->refused;
    one.hints = found->hints;
    one.help = found->help;
  }
}

void Tutor::note_help(std::string_view kind) {
  if (!finished()) progress_[current_].help = kind;
}

Lines Tutor::summary() const {
  Lines out;
  const auto add = [&](std::string row) {
    out.push_back({Role::plain, std::move(row), {}, 0, {}, summary_hang});
  };
  add("   step                                       time  refused  help");
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
    add(std::move(row));
  }
  add(fmt::format("   {:<40} {:>6}", "total", seconds(total)));
  return out;
}

}  // namespace sandpost::sandbox
