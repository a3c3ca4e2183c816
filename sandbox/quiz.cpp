#include "sandbox/quiz.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

constexpr int tries_per_question = 3;

// The words, in small letters and with one blank around each: " the envelope ". What is no letter,
// digit, % or / parts them.
std::string words_of(std::string_view text) {
  std::string out = " ";
  for (const char c : to_lower(text)) {
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    const bool word =
        !ascii || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '%' || c == '/';
    if (word && c != '\'') {
      out += c;
    } else if (c != '\'' && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.back() != ' ') out += ' ';
  for (const std::string_view article : {" the ", " a ", " an "}) {
    for (auto at = out.find(article); at != std::string::npos; at = out.find(article))
      out.replace(at, article.size(), " ");
  }
  return out;
}

// Whether each word of `good` that carries meaning stands in `said`, in whatever order.
bool holds_each_word(const std::string& said, const std::string& good) {
  constexpr std::string_view filler = " it is are was of that this because they ";
  bool any = false;
  for (std::size_t at = 0; at + 1 < good.size();) {
    const std::size_t end = good.find(' ', at + 1);
    const std::string word = good.substr(at, end - at + 1);  // with its two blanks
    at = end;
    if (filler.find(word) != std::string_view::npos) continue;
    if (said.find(word) == std::string::npos) return false;
    any = true;
  }
  return any;
}

// Whether the line denies what it says; "not" in the answer itself makes it no denial in Chinese.
bool denies(std::string_view line, const std::string& answer) {
  constexpr std::string_view no = "不";
  if (line.find(no) != std::string_view::npos) return answer.find(no) == std::string::npos;
  const std::string words = words_of(line);
  return words.find(" not ") != std::string::npos ||
         to_lower(line).find("n't") != std::string::npos;
}

// Chinese has no blanks between words, and whoever answers may put some beside the digits.
bool holds_chinese(std::string_view line, const std::string& answer) {
  constexpr std::size_t one_character = 3;  // in octets
  if (is_ascii(answer) || answer.size() <= one_character) return false;
  const auto joined = [](std::string text) {
    std::erase(text, ' ');
    return text;
  };
  return joined(words_of(line)).find(joined(words_of(answer))) != std::string::npos;
}

std::string first_answer(const Question& question) {
  return question.answers.empty() ? std::string() : question.answers.front();
}

}  // namespace

bool is_good_answer(const Question& question, std::string_view line) {
  const std::string said = words_of(line);
  return std::any_of(question.answers.begin(), question.answers.end(), [&](const auto& answer) {
    const std::string good = words_of(answer);
    if (said == good) return true;
    return (holds_each_word(said, good) || holds_chinese(line, answer)) && !denies(line, answer);
  });
}

Question Quiz::question(std::size_t number) const {
  Question out = questions_[number];
  out.ask = expand(out.ask, names_);
  for (std::string& answer : out.answers)
    answer = expand(answer, names_);
  return out;
}

Lines Quiz::ask() const {
  if (over()) return {};
  return {{Role::ask, question(next_).ask}};
}

void Quiz::close(std::string said, bool good) {
  if (!said.empty()) answered_ = {question(next_).ask, std::move(said), good};
  ++next_;
  wrong_ = 0;
  last_try_.clear();
}

void Quiz::leave() {
  answered_.reset();
  if (!over()) close(std::exchange(last_try_, {}), false);
}

Lines Quiz::answer(std::string_view line) {
  answered_.reset();
  if (over()) return {};
  const Question open = question(next_);
  const std::string said(trim(line));
  Lines out;
  if (said.empty()) {
    out.push_back({Role::tutor, say("Left open. A good answer: {}", first_answer(open))});
    close(std::exchange(last_try_, {}), false);
  } else if (is_good_answer(open, said)) {
    out.push_back({Role::ok, tr("That is it.")});
    close(said, true);
  } else if (++wrong_ < tries_per_question) {
    last_try_ = said;
    return {{Role::tutor, tr("Not quite. Try again, or press Enter to go on.")}};
  } else {
    out.push_back({Role::tutor,
                   say("That is none of the answers I know. A good one: {}", first_answer(open))});
    close(said, false);
  }
  for (Line& next : ask())
    out.push_back(std::move(next));
  return out;
}

Lines Quiz::all_with_answers() const {
  Lines out;
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    const Question one = question(i);
    out.push_back({Role::ask, one.ask});
    out.push_back({Role::tutor, say("A good answer: {}", first_answer(one))});
  }
  return out;
}

}  // namespace sandpost::sandbox
