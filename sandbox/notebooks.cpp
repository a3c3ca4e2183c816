#include "sandbox/notebooks.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/clock.hpp"
#include "base/language.hpp"

namespace sandpost::sandbox {

Notebooks::Notebooks(const Lesson& lesson, StateFolder& state, ConfigFor config_for,
                     ZonedTime started)
    : lesson_(lesson), state_(state), config_for_(std::move(config_for)), started_(started) {}

Notebooks::Notebook& Notebooks::of(const Learner& learner) {
  const auto [found, is_new] = notebooks_.try_emplace(learner.name);
  if (is_new) {
    const Config config = config_for_(learner.name);
    Notebook& made = found->second;
    made.progress = std::make_unique<ProgressKeeper>(state_, lesson_, config.as.to_text());
    untold_[learner.name] = made.progress->load();
    made.recorder = start_record(config, lesson_, started_, state_, nullptr);
  }
  return found->second;
}

Lines Notebooks::greet(const Learner& learner) {
  const ProgressKeeper& progress = *of(learner).progress;
  Lines out = std::exchange(untold_[learner.name], {});
  const ZonedTime now = SystemClock().now();
  if (progress.has_place()) {
    const std::size_t step = first_open_step(lesson_, progress.steps());
    const std::string title = expand(lesson_.steps[step].title, learner.tutor.variables());
    out.push_back({Role::tutor, welcome_back(progress.progress(), step + 1, lesson_.steps.size(),
                                             title, now.time, now.offset)});
    out.push_back(
        {Role::tutor, tr("In your window I cannot type the steps before it again, so we begin with "
                         "step 1. Your place stays saved: sandpost learn goes on there.")});
  } else if (const auto finished = progress.progress().finished) {
    out.push_back({Role::tutor, say("You have finished this lesson before, on {}. Welcome back.",
                                    rfc3339_text(*finished + now.offset).substr(0, 10))});
  }
  return out;
}

void Notebooks::record(const Learner& learner, const wire::Event& event) {
  if (Recorder* recorder = of(learner).recorder.get()) recorder->record(event);
}

void Notebooks::leave_out(const Learner& learner, std::uint64_t session) {
  if (Recorder* recorder = of(learner).recorder.get()) recorder->leave_out(session);
}

void Notebooks::note_help(const Learner& learner, const std::string& kind, ZonedTime now) {
  Recorder* recorder = of(learner).recorder.get();
  if (recorder == nullptr || learner.tutor.finished()) return;
  recorder->note({now, kind, learner.tutor.step().id});
}

Lines Notebooks::note_answer(const Learner& learner, const AnswerRecord& answer,
                             std::size_t question, ZonedTime now) {
  Notebook& notebook = of(learner);
  if (notebook.recorder) {
    notebook.recorder->note({now, question, answer.ask, answer.answer, answer.good});
  }
  return notebook.progress->note_answer(answer, SystemClock().now().time);
}

Lines Notebooks::keep(const Learner& learner) {
  Lines out = std::exchange(untold_[learner.name], {});
  Lines saved = of(learner).progress->keep(learner.tutor.records(), learner.tutor.finished(),
                                           SystemClock().now().time);
  out.insert(out.end(), saved.begin(), saved.end());
  return out;
}

bool Notebooks::has_place(const Learner& learner) {
  const ProgressKeeper& progress = *of(learner).progress;
  return progress.saves() && progress.has_place();
}

}  // namespace sandpost::sandbox
