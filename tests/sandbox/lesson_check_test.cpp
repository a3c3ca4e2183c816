// Plays the lab as its author wrote it down, without a socket, and looks at the texts of all
// lessons: what a lesson promises is what happens.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sandbox/classroom.hpp"
#include "sandbox/lesson_check.hpp"
#include "sandbox/lesson_texts.hpp"

namespace sandpost::tests {
namespace {

std::vector<sandbox::Lesson> all_lessons() {
  std::vector<sandbox::Lesson> out;
  for (const sandbox::LessonTitle& title : sandbox::lessons()) {
    auto lesson = sandbox::find_lesson(title.id);
    REQUIRE(lesson);
    out.push_back(std::move(*lesson));
  }
  return out;
}

// Those whose servers need nothing that the classroom has not: TLS, AUTH, faults, other accounts.
std::vector<sandbox::Lesson> plain_lessons() {
  std::vector<sandbox::Lesson> out;
  out.push_back(lab());
  return out;
}

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

void check_width(const std::string& where, const std::string& text) {
  for (const std::string& line : split(text, '\n')) {
    CHECK_MESSAGE(line.size() <= 72, where, ": ", line);
    for (const char c : line)
      CHECK_MESSAGE((c >= ' ' && c <= '~'), where, ": ", line);
  }
}

}  // namespace

TEST_CASE("lesson: lesson check finds nothing in any lesson of the program") {
  std::vector<std::string> ids;
  for (const sandbox::LessonText& one : sandbox::lesson_texts())
    ids.emplace_back(one.id);
  CHECK(ids.size() == 12);
  for (const sandbox::LessonText& one : sandbox::lesson_texts()) {
    for (const sandbox::Finding& finding : sandbox::check_lesson(one.toml, ids))
      FAIL_CHECK(one.id << ".toml:" << finding.line << ": " << finding.text);
  }
}

TEST_CASE("lesson: each step is open before its solution and passed after it") {
  for (const sandbox::Lesson& lesson : plain_lessons()) {
    Classroom room(lesson);
    for (std::size_t step = 0; step < lesson.steps.size(); ++step) {
      CAPTURE(lesson.steps[step].id);
      REQUIRE_FALSE(room.tutor.finished());
      CHECK(room.at(lesson.steps[step].id));
      const std::string said = room.do_step();
      REQUIRE(room.tutor.step_number() == step + 2);
      CHECK_MESSAGE(rows_with(said, "NO ").empty(), said);
    }
    CHECK(room.tutor.finished());
  }
}

TEST_CASE("lesson: a step that may be left out can be") {
  for (const sandbox::Lesson& lesson : plain_lessons()) {
    for (std::size_t step = 0; step < lesson.steps.size(); ++step) {
      if (!lesson.steps[step].optional) continue;
      CAPTURE(lesson.steps[step].id);
      REQUIRE(step + 1 < lesson.steps.size());  // the last step cannot be left out
      Classroom room(lesson);
      room.go_to(lesson.steps[step].id);
      room.type(sandbox::expand(lesson.steps[step + 1].type.front(), lab_variables()));
      CHECK(room.tutor.step_number() == step + 3);
    }
  }
}

TEST_CASE("lesson: each mistake's example makes that mistake, hears its words, passes nothing") {
  std::size_t examples = 0;
  for (const sandbox::Lesson& lesson : plain_lessons()) {
    for (const sandbox::Step& step : lesson.steps) {
      for (const sandbox::Mistake& mistake : step.mistakes) {
        CAPTURE(step.id);
        CAPTURE(std::string(wire::to_text(mistake.cause)));
        Classroom room(lesson);
        room.go_to(step.id);
        CHECK_FALSE(mistake.example.empty());
        std::string said;
        for (const std::string& line : mistake.example)
          said += room.type(sandbox::expand(line, lab_variables()));
        CHECK(room.at(step.id));
        const bool made = std::any_of(room.events.begin(), room.events.end(), [&](const auto& e) {
          return e.text("cause") == wire::to_text(mistake.cause);
        });
        CHECK(made);
        sandbox::Line words{sandbox::Role::no, sandbox::expand(mistake.say, lab_variables())};
        CHECK_MESSAGE(has(said, rows_of({words})), said);
        ++examples;
      }
    }
  }
  CHECK(examples >= 3);
}

TEST_CASE("lesson: texts are ASCII and fit 72 columns, line by line") {
  for (const sandbox::Lesson& lesson : all_lessons()) {
    check_width("intro", lesson.intro);
    check_width("end", lesson.end);
    check_width("title", lesson.title);
    for (const sandbox::Step& step : lesson.steps) {
      check_width(step.id + ".title", step.title);
      check_width(step.id + ".say", step.say);
      check_width(step.id + ".after", step.after);
      check_width(step.id + ".why", step.why);
      check_width(step.id + ".silence", step.silence_say);
      for (const std::string& hint : step.hint)
        check_width(step.id + ".hint", hint);
      for (const sandbox::Mistake& mistake : step.mistakes)
        check_width(step.id + ".mistake", mistake.say);
      CHECK_MESSAGE(step.title.size() <= 40, step.title);  // the table at the end
    }
  }
}

TEST_CASE("lesson: every step has a section to read and a last hint that gives it away") {
  for (const sandbox::Lesson& lesson : all_lessons()) {
    std::vector<std::string> ids;
    for (const sandbox::Step& step : lesson.steps) {
      CAPTURE(step.id);
      CHECK(std::find(ids.begin(), ids.end(), step.id) == ids.end());
      ids.push_back(step.id);
      CHECK_FALSE(step.rfc.empty());
      for (const std::string& rfc : step.rfc)
        CHECK_MESSAGE((rfc.size() > 5 && rfc.find(' ') == 4), rfc);
      REQUIRE_FALSE(step.hint.empty());
      REQUIRE_FALSE(step.type.empty());
      CHECK_FALSE(step.why.empty());
      const std::string& last = step.type.back();
      // Connecting and waiting are not typed, and {apop} is another at each connection.
      if (last.starts_with(':') || has(last, "{apop}")) continue;
      // A blank more or less is no other line: the lab sheet types one after the colon.
      CHECK_MESSAGE(has(without_blanks(step.hint.back()), without_blanks(last)), step.hint.back());
    }
  }
}

TEST_CASE("lesson: every variable in a text has a value") {
  for (const sandbox::Lesson& lesson : plain_lessons()) {
    Classroom room(lesson);
    std::string texts;
    for (std::size_t step = 0; step < lesson.steps.size(); ++step) {
      texts += rows_of(room.tutor.why());
      for (std::size_t i = 0; i < room.tutor.step().hint.size(); ++i)
        texts += rows_of(room.tutor.hint());
      room.do_step();
    }
    texts += room.printed;
    CHECK(room.tutor.finished());
    CHECK_MESSAGE(!has(texts, "{"), texts);
  }
}

}  // namespace sandpost::tests
