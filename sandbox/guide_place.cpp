// Where a lesson is left, taken up and begun anew. Part of sandbox/guide.hpp.

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/guide.hpp"
#include "sandbox/replay.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/table.hpp"

namespace sandpost::sandbox {

void Guide::welcome_learner() {
  Lines lines = welcome(config_, lesson_, server_.ports(), false);
  lines.push_back({Role::plain});
  lines.push_back(
      {Role::tutor,
       tr("Lines marked C: go to the server as you type them, S: is its answer, and D> is a line "
          "of your letter. Marked -- I speak, with ?? I ask; OK is a step that is done, NO one "
          "that is not yet, and why. Words with a colon in front are for me:") +
           "\n  :hint  :why  :show  :skip  :back  :list  :quit      " + tr("(:help for all)")});
  lines.push_back(
      {Role::tutor, say("Prefer your own telnet? Open another window and type\n"
                        "  telnet {0} {1}\n"
                        "I follow what you do there.",
                        config_.host,
                        stage_.tutor().wanted_server() == Protocol::smtp ? server_.ports().smtp
                                                                         : server_.ports().pop3)});
  if (auto problem = state_.take_problem()) {
    lines.push_back({Role::tutor, std::move(*problem)});
  }
  for (Line& told : keeper_.load())
    lines.push_back(std::move(told));
  speak(lines);
  if (keeper_.has_place()) return offer_place();
  if (const auto finished = keeper_.progress().finished) {
    const Time local = *finished + clock_.now().offset;
    speak({{Role::tutor, say("You have finished this lesson before, on {}. Welcome back.",
                             rfc3339_text(local).substr(0, 10))}});
  }
  begin();
}

void Guide::begin() {
  speak(stage_.tutor().begin(clock_.now()));
}

// Without a person nobody is asked: the lesson goes on where it was.
void Guide::offer_place() {
  (void)stage_.tutor().begin(clock_.now());
  const std::size_t step = first_open_step(lesson_, keeper_.steps());
  const std::string title = expand(lesson_.steps[step].title, stage_.tutor().variables());
  const ZonedTime now = SystemClock().now();
  Lines lines{{Role::plain}};
  lines.push_back({Role::tutor, welcome_back(keeper_.progress(), step + 1, lesson_.steps.size(),
                                             title, now.time, now.offset)});
  const std::string replays =
      tr("A half-typed letter cannot be taken up again: SMTP has no such thing. So I type the "
         "steps before for you, with the lesson's own lines.");
  lines.push_back(
      {Role::tutor, config_.db.empty()
                        ? tr("The mailbox was thrown away when you left.") + ' ' + replays
                        : replays});
  speak(lines);
  offered_ = console_.echoes();
  if (!offered_) go_on_from(step);
}

void Guide::list_places() {
  const std::size_t last = first_open_step(lesson_, keeper_.steps());
  Lines lines;
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    const bool done = std::any_of(keeper_.steps().begin(), keeper_.steps().end(),
                                  [&](const auto& one) { return one.id == lesson_.steps[i].id; });
    const std::string mark = done ? tr("done") : i == last ? tr("now") : tr("open");
    lines.push_back(
        step_row(i + 1, mark, expand(lesson_.steps[i].title, stage_.tutor().variables())));
  }
  lines.push_back({Role::ask, say("Which step, 1 to {0}? Enter is {0}.", last + 1)});
  speak(lines);
}

// Enter, or the number of a step.
void Guide::choose_place(std::string_view line) {
  const std::size_t last = first_open_step(lesson_, keeper_.steps());
  if (line.empty()) return go_on_from(last);
  std::size_t number = 0;
  const auto read = std::from_chars(line.data(), line.data() + line.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == line.data() + line.size();
  if (whole && number >= 1 && number <= last + 1) return go_on_from(number - 1);
  speak({{Role::tutor,
          say("Type the number of a step from 1 to {0}, or only Enter to go on at step {0}.",
              last + 1)}});
}

void Guide::go_on_from(std::size_t step) {
  offered_ = false;
  Tutor& tutor = stage_.tutor();
  std::vector<StepRecord> before;
  for (const StepRecord& one : keeper_.steps()) {
    if (lesson_.any_order || before.size() < step) before.push_back(one);
  }
  if (before.empty()) return begin();
  const auto filter = show_all();
  const bool all = replay(stage_, lesson_, before);
  const bool elsewhere = before.back().elsewhere && stage_.connected();
  if (elsewhere) {
    stage_.show = [](const Line&) { return false; };
    stage_.drop();
  }
  stage_.show = filter;
  const std::size_t done = tutor.records().size();
  if (done > 0) {
    speak({{Role::ok, done == 1 ? tr("step 1 is replayed") : say("{} steps are replayed", done)}});
  }
  if (!all) {
    speak({{Role::no, tr("The next one did not pass this time, so it is yours again.")}});
  }
  if (elsewhere && !tutor.finished()) {
    speak({{Role::tutor,
            say("The last time you typed in a window of your own. Its connection ended with the "
                "servers, so open a new one there. We go on at step {}.",
                tutor.step_number())}});
  }
  if (!tutor.finished()) speak(tutor.again());
}

// Only a person is asked, and only where something is lost.
void Guide::ask_reset() {
  const std::size_t done = std::max(keeper_.steps().size(), stage_.tutor().records().size());
  const bool loses = done > 0 && !stage_.tutor().finished();
  if (!console_.echoes() || !loses || std::exchange(reset_asked_, true)) return start_over();
  speak({{Role::ask, say("That throws your place away: steps done, {0} of {1}. To begin at step 1, "
                         "type :reset once more; anything else goes on.",
                         done, lesson_.steps.size())}});
}

void Guide::start_over() {
  speak(keeper_.reset(SystemClock().now().time));
  if (std::exchange(offered_, false)) return begin();
  starts_over_ = true;
  status_ = 0;
}

// What a step needs can be gone for good: a letter is deleted, a greylist knows the learner. Or it
// was not there at all, since the connection is another one.
void Guide::set_up_anew(std::string_view kind) {
  if (taken_up_) {  // they have just been set up, for this step
    return speak({{Role::no, tr("These lines do not pass the step, though the servers are as they "
                                "should be. Other lines may; :why tells what it is about.")}});
  }
  if (stage_.connected_elsewhere()) {
    return speak({{Role::no, tr("The servers are not as this step needs them any more, and while "
                                "your other window is connected I cannot set them up anew. Close "
                                "its connection, and ask once more.")}});
  }
  speak({{Role::tutor, tr("The servers are not as this step needs them any more. So I set them up "
                          "anew, and type the steps before once more, with the lesson's own "
                          "lines.")}});
  anew_ = Anew{stage_.tutor().step_number() - 1, kind};
  status_ = 0;
}

void Guide::take_up() {
  (void)stage_.tutor().begin(clock_.now());
  go_on_from(taken_up_->step);
  if (stage_.tutor().step_number() == taken_up_->step + 1) do_step(taken_up_->kind);
  taken_up_.reset();
}

void Guide::keep_progress() {
  if (offered_) return;
  const Time now = SystemClock().now().time;
  const bool finished = stage_.tutor().finished();
  speak(keeper_.keep(stage_.tutor().records(), finished, now));
  if (!finished) return;
  if (console_.echoes() && !std::exchange(end_said_, true)) {
    Lines more{{Role::tutor, tr("What else there is to learn:  sandpost lessons")}};
    if (recorder_ != nullptr) {
      more.push_back({Role::tutor, tr("Your lab report, once you have left:  sandpost report")});
    }
    speak(more);
  }
  quiz_.set_names(stage_.tutor().variables());
  if (!asks_question() || std::exchange(question_said_, true)) return;
  speak({{Role::plain}, {Role::tutor, tr("One thing to think about; Enter leaves it open.")}});
  speak(quiz_.ask());
}

bool Guide::place_is_kept() const {
  return keeper_.saves() && keeper_.has_place();
}

}  // namespace sandpost::sandbox
