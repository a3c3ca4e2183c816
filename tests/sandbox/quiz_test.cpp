#include "sandbox/quiz.hpp"

#include <doctest/doctest.h>

#include "classroom.hpp"

using namespace sandpost::sandbox;
using sandpost::tests::rows_of;

namespace {

const Question who{"Who decides?", {"the envelope", "RCPT TO", "33%", "4/3"}};

}  // namespace

TEST_CASE("quiz: the same words are the same answer") {
  for (const char* good : {"the envelope", "  Envelope. ", "an ENVELOPE!", "It is the envelope.",
                           "rcpt to", "\"RCPT TO:\"", "33 %, or 33%", "4/3"})
    CHECK_MESSAGE(is_good_answer(who, good), good);
  for (const char* bad :
       {"", "To:", "envelopes", "not the envelope", "the envelope isn't it", "rcpt", "133%"})
    CHECK_MESSAGE(!is_good_answer(who, bad), bad);
}

TEST_CASE("quiz: a good answer of another lesson is found good as it is written") {
  for (const LessonTitle& title : lessons()) {
    const auto lesson = find_lesson(title.id);
    REQUIRE(lesson);
    REQUIRE_FALSE(lesson->questions.empty());
    for (const Question& question : lesson->questions) {
      for (const std::string& answer : question.answers)
        CHECK_MESSAGE(is_good_answer(question, answer), answer);
    }
  }
}

TEST_CASE("quiz: asks one by one, explains once, and Enter skips") {
  const std::vector<Question> questions{who, {"And why?", {"so"}}};
  Quiz quiz(questions);
  CHECK(rows_of(quiz.ask()) == "?? Who decides?\n");
  const std::string wrong = rows_of(quiz.answer(" To: "));
  CHECK(wrong.find("A good one: the envelope") != std::string::npos);
  CHECK(wrong.find("?? And why?") != std::string::npos);
  CHECK(quiz.answered() == AnswerRecord{"Who decides?", "To:", false});
  CHECK(rows_of(quiz.answer("  ")).find("A good answer: so") != std::string::npos);
  CHECK_FALSE(quiz.answered());
  CHECK(quiz.over());
  CHECK(quiz.ask().empty());
}

TEST_CASE("quiz: a good answer is told to be one, and recorded") {
  const std::vector<Question> questions{who};
  Quiz quiz(questions);
  CHECK(rows_of(quiz.answer("rcpt to")) == "OK That is it.\n");
  CHECK(quiz.answered() == AnswerRecord{"Who decides?", "rcpt to", true});
}

TEST_CASE("quiz: a lesson without a question asks nothing") {
  const std::vector<Question> none;
  CHECK(Quiz(none).over());
  CHECK(Quiz(none).all_with_answers().empty());
}
