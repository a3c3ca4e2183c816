// Whether a lesson goes as it says: its own solutions pass its steps, one after the other, and its
// examples make the mistakes that they are for. Part of sandbox/lesson_check.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "sandbox/lesson_check.hpp"
#include "sandbox/rehearsal.hpp"

namespace sandpost::sandbox {
namespace {

class PlayCheck {
 public:
  PlayCheck(const LessonFile& file, std::vector<Finding>& out)
      : file_(file), lesson_(file.lesson), out_(out) {}

  void run();

 private:
  void add(const std::string& path, std::string text) {
    const Place place = file_.place(path);
    out_.push_back({place.line, place.column, std::move(text)});
  }
  std::size_t check_solutions();
  bool check_solution(Rehearsal& room, std::size_t step);
  void check_optional(std::size_t step);
  void check_mistake(const Mistake& mistake, std::size_t step, const std::string& path);
  void check_common_mistake(const Mistake& mistake, std::size_t steps, const std::string& path);
  void go_to(Rehearsal& room, std::size_t step) const;

  const LessonFile& file_;
  const Lesson& lesson_;
  std::vector<Finding>& out_;
};

std::string path_of(std::size_t step) {
  return fmt::format("step.{}", step);
}

// What was heard of the last line: the tutor's reason, or else the server's reply.
std::string last_word(const Lines& lines) {
  const auto typed = std::find_if(lines.rbegin(), lines.rend(), [](const Line& line) {
    return line.role == Role::client || line.role == Role::content;
  });
  for (const Role role : {Role::no, Role::server}) {
    const auto found =
        std::find_if(lines.rbegin(), typed, [&](const Line& line) { return line.role == role; });
    if (found == typed) continue;
    std::string text = found->text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    return fmt::format("; the {} said: {}", role == Role::no ? "tutor" : "server", text);
  }
  return "; no server answered";
}

void PlayCheck::run() {
  const std::size_t reached = check_solutions();
  for (std::size_t i = 0; i < reached; ++i) {
    if (lesson_.steps[i].optional && !lesson_.any_order) check_optional(i);
    const auto& mistakes = lesson_.steps[i].mistakes;
    for (std::size_t m = 0; m < mistakes.size(); ++m) {
      if (mistakes[m].example.empty()) continue;
      check_mistake(mistakes[m], i, fmt::format("{}.mistake.{}", path_of(i), m));
    }
  }
  for (std::size_t m = 0; m < lesson_.mistakes.size(); ++m) {
    if (lesson_.mistakes[m].example.empty()) continue;
    check_common_mistake(lesson_.mistakes[m], reached, fmt::format("mistake.{}", m));
  }
}

// How many steps can be reached.
std::size_t PlayCheck::check_solutions() {
  Rehearsal room(lesson_);
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    room.forget();
    if (!check_solution(room, i)) return i + 1;
  }
  return lesson_.steps.size();
}

bool PlayCheck::check_solution(Rehearsal& room, std::size_t step) {
  const Step& one = lesson_.steps[step];
  if (one.type.empty()) {
    if (room.becomes_done(step)) return true;
    add(path_of(step) + ".pass",
        "this step has no `type`, and nothing that the steps before type passes it: write `type`");
    return lesson_.any_order;
  }
  const bool too_early = room.tutor().is_done(step);
  if (too_early) {
    add(path_of(step) + ".pass",
        "what an earlier step types passes this one already: make `pass` narrower, or leave `type` "
        "out");
  }
  room.play_step(step);
  if (too_early || room.becomes_done(step)) {
    const bool undone =
        !lesson_.any_order && !room.tutor().finished() && room.tutor().step_number() <= step;
    if (!undone) return true;
  }
  add(path_of(step) + ".type",
      fmt::format("these lines do not pass the step{}", last_word(room.lines())));
  return lesson_.any_order;
}

void PlayCheck::check_optional(std::size_t step) {
  std::size_t next = step;
  while (next < lesson_.steps.size() && lesson_.steps[next].optional)
    ++next;
  if (next == lesson_.steps.size()) {
    add(path_of(step) + ".optional", "the last step cannot be left out: no other comes after it");
    return;
  }
  if (lesson_.steps[next].type.empty()) return;
  Rehearsal room(lesson_);
  go_to(room, step);
  room.forget();
  room.play_step(next);
  if (room.becomes_done(next)) return;
  add(path_of(step) + ".optional",
      fmt::format("without this step the lines of `{}` do not pass that one{}",
                  lesson_.steps[next].id, last_word(room.lines())));
}

void PlayCheck::go_to(Rehearsal& room, std::size_t step) const {
  for (std::size_t i = 0; i < step; ++i) {
    room.play_step(i);
    if (!lesson_.steps[i].optional) (void)room.becomes_done(i);
  }
}

std::set<std::string> causes_in(const std::vector<wire::Event>& events) {
  std::set<std::string> out;
  for (const wire::Event& event : events) {
    const wire::Cause cause = cause_of(event);
    if (cause != wire::Cause::none) out.emplace(wire::to_text(cause));
  }
  return out;
}

void PlayCheck::check_mistake(const Mistake& mistake, std::size_t step, const std::string& path) {
  Rehearsal room(lesson_);
  go_to(room, step);
  room.forget();
  for (const std::string& line : mistake.example)
    room.play({expand(line, room.tutor().variables())});
  const auto& events = room.events();
  const bool made = std::any_of(events.begin(), events.end(),
                                [&](const auto& event) { return is_made(mistake, event); });
  if (!made) {
    const auto causes = causes_in(events);
    const std::string wanted =
        mistake.near.empty()
            ? std::string(wire::to_text(mistake.cause))
            : fmt::format("{} near {}", wire::to_text(mistake.cause), mistake.near);
    add(path + ".example",
        causes.empty()
            ? fmt::format("nothing is wrong with this for the server: `{}` does not come of it{}",
                          wanted, last_word(room.lines()))
            : fmt::format("this makes `{}`, not `{}`", fmt::join(causes, "`, `"), wanted));
    return;
  }
  if (mistake.blocks && room.tutor().is_done(step)) {
    add(path + ".example",
        "this passes the step all the same: a mistake does not, or write blocks = false");
  }
  const std::string words = expand(mistake.say, room.tutor().variables());
  const auto& lines = room.lines();
  const bool heard =
      std::any_of(lines.begin(), lines.end(), [&](const Line& line) { return line.text == words; });
  if (!heard) {
    add(path + ".say", "the learner does not hear this: another mistake of that cause comes first");
  }
}

// A mistake of every step: in the first step where its example makes it.
void PlayCheck::check_common_mistake(const Mistake& mistake, std::size_t steps,
                                     const std::string& path) {
  std::vector<Finding> found;
  PlayCheck attempt(file_, found);
  for (std::size_t i = 0; i < steps; ++i) {
    found.clear();
    attempt.check_mistake(mistake, i, path);
    if (found.empty()) return;
  }
  out_.insert(out_.end(), found.begin(), found.end());
}

}  // namespace

void check_play(const LessonFile& file, std::vector<Finding>& out) {
  PlayCheck(file, out).run();
}

}  // namespace sandpost::sandbox
