#include "sandbox/lesson_language.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/language.hpp"

namespace sandpost::sandbox {
namespace {

template <class Visit>
void visit_list(std::vector<std::string>& texts, const std::string& place, Visit visit) {
  for (std::size_t i = 0; i < texts.size(); ++i)
    visit(texts[i], fmt::format("{}{}", place, i));
}

template <class Visit>
void visit_mistakes(std::vector<Mistake>& mistakes, const std::string& place, Visit visit) {
  for (std::size_t i = 0; i < mistakes.size(); ++i)
    visit(mistakes[i].say, fmt::format("{}mistake{}", place, i));
}

// Calls visit(text, place) for each text that the learner reads.
template <class Visit>
void visit_texts(Lesson& lesson, Visit visit) {
  visit(lesson.title, "title");
  visit(lesson.intro, "intro");
  visit(lesson.end, "end");
  visit(lesson.report.title, "report.title");
  visit_mistakes(lesson.mistakes, "", visit);
  for (Step& step : lesson.steps) {
    const std::string place = step.id + '.';
    visit(step.title, place + "title");
    visit(step.say, place + "say");
    visit(step.after, place + "after");
    visit(step.why, place + "why");
    visit_list(step.hint, place + "hint", visit);
    visit(step.silence_say, place + "silence");
    visit_mistakes(step.mistakes, place, visit);
  }
  for (std::size_t i = 0; i < lesson.questions.size(); ++i) {
    visit(lesson.questions[i].ask, fmt::format("ask{}", i));
    visit_list(lesson.questions[i].answers, fmt::format("answer{}.", i), visit);
  }
}

}  // namespace

void translate(Lesson& lesson) {
  const std::vector<Question> english = lesson.questions;
  visit_texts(lesson, [](std::string& text, const std::string&) { text = tr(text); });
  for (std::size_t i = 0; i < english.size(); ++i) {
    auto& answers = lesson.questions[i].answers;
    for (const std::string& answer : english[i].answers) {
      if (std::find(answers.begin(), answers.end(), answer) == answers.end())
        answers.push_back(answer);
    }
  }
}

std::vector<LessonPart> parts_to_translate(const Lesson& lesson) {
  std::vector<LessonPart> out;
  Lesson copy = lesson;
  visit_texts(copy, [&](std::string& text, const std::string& place) {
    if (!text.empty()) out.push_back({place, text});
  });
  return out;
}

}  // namespace sandpost::sandbox
