// What the tutor says when it is asked, or when nothing comes: hints, reasons, lists, the summary.
// Part of sandbox/tutor.hpp; how it follows the events is in sandbox/tutor.cpp.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/language.hpp"
#include "sandbox/table.hpp"
#include "sandbox/tutor.hpp"

namespace sandpost::sandbox {
namespace {

// How long nothing may come in the middle of a letter before the tutor says why nothing happens.
constexpr std::chrono::seconds patience_in_letter{20};

// Where a row of the table at the end goes on that is too long: under the title.
constexpr std::size_t summary_hang = 3;

std::string seconds(std::int64_t milliseconds) {
  const std::int64_t whole = milliseconds / 1000;
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

// What is to be typed next, unless the hint has said it.
Lines line_due(const std::string& line, std::string_view hint) {
  if (line == ":wait" || line == ":now") return {};
  if (!line.empty() && hint.find(line) != std::string_view::npos) return {};
  return {{Role::tutor, tr("This line is due now:") + std::string("\n  ") +
                            (line.empty() ? tr("(an empty line)") : line)}};
}

}  // namespace

Lines Tutor::on_silence(std::chrono::seconds idle) {
  if (finished()) return {};
  Progress& progress = progress_[current_];
  if (progress.silence_said || idle < step().silence) return {};
  progress.silence_said = true;
  const bool told = !step().silence_say.empty();
  if (told) return {{Role::tutor, fill(step().silence_say)}};
  return {{Role::tutor, hands_ == Hands::own
                            ? tr("Still there? :hint helps, :show types it for you.")
                            : tr("Still there? :hint helps, :show has the lines.")}};
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
  if (finished()) return {{Role::tutor, tr("The lesson is over. Play freely, or :quit.")}};
  Progress& progress = progress_[current_];
  const auto& hints = step().hint;
  const std::vector<std::string> left = due_lines();
  while (progress.next_hint + 1 < hints.size() &&
         is_about_done_lines(fill(hints[progress.next_hint]), left))
    ++progress.next_hint;
  ++progress.hints;
  const std::string text = fill(hints[progress.next_hint]);
  const bool last = progress.next_hint + 1 == hints.size();
  Lines out{{Role::tutor, text}};
  const auto are_typed = [](const std::vector<std::string>& lines) {
    return std::count_if(lines.begin(), lines.end(),
                         [](const std::string& line) { return !type_word(line); });
  };
  const auto all = are_typed(step().type);
  const auto open = are_typed(left);
  if (all > 1 && open > 0 && (open < all || last)) {
    for (Line& line : line_due(typed_by_hand(left.front()), text))
      out.push_back(std::move(line));
  }
  if (!last) {
    ++progress.next_hint;
    return out;
  }
  out.push_back({Role::tutor, hands_ == Hands::own
                                  ? tr("(That was the last hint; :show types it.)")
                                  : tr("(That was the last hint; :show has the lines.)")});
  return out;
}

// As the learner would type it, in a window of their own perhaps.
std::string Tutor::typed_by_hand(const std::string& line) const {
  const auto word = type_word(line);
  const bool telnet = hands_ == Hands::learners && word && word->kind == TypeWord::Kind::connect;
  if (!telnet || word->tls != TypeWord::Tls::none) return strict_form(line);
  return fill(word->protocol == Protocol::smtp ? "telnet {host} {smtp_port}"
                                               : "telnet {host} {pop3_port}");
}

// Hints are given one by one; one that tells of nothing but lines that are done is of no use.
bool Tutor::is_about_done_lines(std::string_view hint, const std::vector<std::string>& left) const {
  const auto tells_of = [&](const std::string& line) {
    const auto at = one_spelling(hint).find(one_spelling(line));
    return line.size() > 1 && at != std::string::npos;
  };
  const std::vector<std::string> all = solution();
  return std::any_of(all.begin(), all.end(), tells_of) &&
         std::none_of(left.begin(), left.end(), tells_of);
}

Lines Tutor::why() const {
  if (finished()) return {{Role::tutor, tr("The lesson is over.")}};
  return {{Role::tutor, fill(step().why), notes(step().rfc)}};
}

Lines Tutor::back() const {
  if (current_ == 0) return {{Role::tutor, tr("This is the first step.")}};
  const Step& before = lesson_.steps[current_ - 1];
  return {
      {Role::title, fmt::format("[{}/{}] {}", current_, lesson_.steps.size(), fill(before.title))},
      {Role::tutor, fill(before.say), notes(before.rfc)},
      {Role::tutor, tr("A protocol cannot go back. RSET makes the server forget (the sender, or "
                       "your marks); QUIT and a new connection begin again.")}};
}

Lines Tutor::state() const {
  Lines out;
  for (const auto& [number, session] : sessions_) {
    if (session.protocol == Protocol::pop3 && session.user.empty()) {
      out.push_back({Role::tutor, say("POP3: {}, not logged in", tr(session.phase))});
      continue;
    }
    if (session.protocol == Protocol::pop3) {
      out.push_back({Role::tutor, say("POP3: {0}, letters: {1}, marked: {2}", session.phase,
                                      session.count, session.marked)});
      continue;
    }
    const std::string sender = session.sender.empty() ? tr("none") : session.sender;
    out.push_back(
        {Role::tutor, session.in_data
                          ? say("SMTP: {0}, sender: {1}, recipients: {2}, reading the letter",
                                tr(session.phase), sender, session.recipients)
                          : say("SMTP: {0}, sender: {1}, recipients: {2}, DATA not begun",
                                tr(session.phase), sender, session.recipients)});
  }
  if (out.empty()) out.push_back({Role::tutor, tr("No connection is open.")});
  return out;
}

Lines Tutor::list() const {
  Lines out;
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    const Progress& progress = progress_[i];
    const std::string mark = !is_done(i)             ? (i == current_ ? tr("now") : tr("open"))
                             : progress.help.empty() ? tr("done")
                                                     : tr(progress.help);
    out.push_back(step_row(i + 1, mark, fill(lesson_.steps[i].title)));
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
      out.push_back(
          {lesson_.steps[i].id, one.took, one.refused, one.hints, one.help, one.elsewhere});
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
    one.elsewhere = found->elsewhere;
  }
}

void Tutor::note_help(std::string_view kind) {
  if (!finished()) progress_[current_].help = kind;
}

Lines Tutor::summary() const {
  const auto row = [](std::string_view number, std::string_view title, std::string_view time,
                      std::string_view refused, std::string_view help) {
    std::string text = fmt::format("{} {} {}  {}  {}", right(number, 2), left(title, 40),
                                   right(time, 6), right(refused, 7), help);
    text.erase(text.find_last_not_of(' ') + 1);
    return table_row(std::move(text), summary_hang);
  };
  Lines out;
  out.push_back(row("", tr("step"), tr("time"), tr("refused"), tr("help")));
  std::int64_t total = 0;
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    const Progress& progress = progress_[i];
    if (!progress.passed) continue;
    total += progress.took;
    std::string help = tr(progress.help);
    if (help.empty() && progress.hints > 0) help = say("hint {}", progress.hints);
    out.push_back(row(std::to_string(i + 1), fill(lesson_.steps[i].title), seconds(progress.took),
                      std::to_string(progress.refused), help));
  }
  out.push_back(row("", tr("total"), seconds(total), "", ""));
  return out;
}

}  // namespace sandpost::sandbox
