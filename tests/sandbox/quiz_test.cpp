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

TEST_CASE("quiz: the words of an answer count in any order") {
  const Question forgets{"Why again?", {"the server forgets what was said before"}};
  CHECK(is_good_answer(forgets, "because, what I said before, the server forgets"));
  CHECK_FALSE(is_good_answer(forgets, "the server forgets"));
}

TEST_CASE("quiz: a wrong answer can be tried again, twice") {
  const std::vector<Question> questions{who, {"And why?", {"so"}}};
  Quiz quiz(questions);
  CHECK(rows_of(quiz.ask()) == "?? Who decides?\n");
  for (const char* wrong : {"Cc:", "Date:"}) {
    CHECK(rows_of(quiz.answer(wrong)).find("Try again, or press Enter") != std::string::npos);
    CHECK_FALSE(quiz.answered());
  }
  const std::string last = rows_of(quiz.answer(" To: "));
  CHECK(last.find("A good one: the envelope") != std::string::npos);
  CHECK(last.find("?? And why?") != std::string::npos);
  CHECK(quiz.answered() == AnswerRecord{"Who decides?", "To:", false});
}

TEST_CASE("quiz: Enter goes on, and a try before it is recorded") {
  const std::vector<Question> questions{who, {"And why?", {"so"}}};
  Quiz quiz(questions);
  CHECK(rows_of(quiz.answer("To:")).find("the envelope") == std::string::npos);
  CHECK(rows_of(quiz.answer("")).find("A good answer: the envelope") != std::string::npos);
  CHECK(quiz.answered() == AnswerRecord{"Who decides?", "To:", false});
  CHECK(rows_of(quiz.answer("  ")).find("A good answer: so") != std::string::npos);
  CHECK_FALSE(quiz.answered());
  CHECK(quiz.over());
  CHECK(quiz.ask().empty());
  CHECK(quiz.answer("so").empty());
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

TEST_CASE("quiz: the wrong try of one who left then was not recorded") {
  const std::vector<Question> questions{who, {"And why?", {"so"}}};
  Quiz silent(questions);
  silent.leave();
  CHECK_FALSE(silent.answered());
  Quiz tried(questions);
  (void)tried.answer("To:");
  CHECK_FALSE(tried.answered());
  tried.leave();
  CHECK(tried.answered() == AnswerRecord{"Who decides?", "To:", false});
  CHECK(tried.closed() == 1);
}

TEST_CASE("quiz: a name in braces was put as it is written, and no answer to it was right") {
  const std::vector<Question> questions{{"Who is {me}, at {domain}?", {"{user}"}}};
  Quiz quiz(questions);
  quiz.set_names({{"me", "amy@x.org"}, {"domain", "x.org"}, {"user", "amy"}});
  CHECK(rows_of(quiz.ask()) == "?? Who is amy@x.org, at x.org?\n");
  CHECK(rows_of(quiz.all_with_answers()).find("A good answer: amy") != std::string::npos);
  CHECK(rows_of(quiz.answer("Amy")) == "OK That is it.\n");
  CHECK(quiz.answered() == AnswerRecord{"Who is amy@x.org, at x.org?", "Amy", true});
}
