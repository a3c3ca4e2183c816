#pragma once
// The questions at the end of a lesson: asked one by one, never in the way. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/lesson.hpp"
#include "sandbox/line.hpp"
#include "sandbox/pattern.hpp"
#include "sandbox/progress.hpp"

namespace sandpost::sandbox {

// Whether the line says what one of the good answers says: the words of it that carry
// meaning, whatever the case, the punctuation and the order; more words do no harm unless one of
// them is "not".
[[nodiscard]] bool is_good_answer(const Question& question, std::string_view line);

class Quiz {
 public:
  // `questions` must outlive it.
  explicit Quiz(const std::vector<Question>& questions) : questions_(questions) {}

  // What the names in questions and answers stand for; until then they are shown as they are.
  void set_names(Variables names) { names_ = std::move(names); }

  // No question is open any more; at the start, if there is none.
  [[nodiscard]] bool over() const { return next_ >= questions_.size(); }
  // The question that is open; what to say about it.
  [[nodiscard]] Lines ask() const;
  // What is said to this answer, and then, if it was good, the third or an empty line, the next
  // question. An empty line goes on.
  [[nodiscard]] Lines answer(std::string_view line);
  // The learner leaves: the open question, if there is one, is closed.
  void leave();
  // The last try at the question that answer() or leave() has just closed, to be recorded; nothing
  // while it is open, or if nobody tried.
  [[nodiscard]] const std::optional<AnswerRecord>& answered() const { return answered_; }
  // So many questions are closed; the number of the last of them.
  [[nodiscard]] std::size_t closed() const { return next_; }

  // All questions with a good answer each, for a run in which nobody can be asked.
  [[nodiscard]] Lines all_with_answers() const;

 private:
  // `said`: empty if nobody tried.
  void close(std::string said, bool good);
  [[nodiscard]] Question question(std::size_t number) const;  // counts from 0

  const std::vector<Question>& questions_;
  Variables names_;
  std::size_t next_ = 0;
  int wrong_ = 0;  // tries at the open question
  std::string last_try_;
  std::optional<AnswerRecord> answered_;
};

}  // namespace sandpost::sandbox
