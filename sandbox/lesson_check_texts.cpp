// What a lesson's texts are: that they fit the screen, name nothing that is not there, and hold
// what a learner needs. Part of sandbox/lesson_check.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/lesson_check.hpp"
#include "sandbox/lesson_keys.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/type_words.hpp"
#include "sandbox/words.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::size_t text_columns = 72;
constexpr std::size_t title_columns = 40;  // the table at the end

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// "abc" for every `open`abc`close` whose inside is a name.
std::vector<std::string> names_between(std::string_view text, char open, char close,
                                       std::string_view allowed_beside) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != open) continue;
    const auto end = text.find(close, i);
    if (end == std::string_view::npos) break;
    const std::string_view name = text.substr(i + 1, end - i - 1);
    const bool is_name =
        !name.empty() && name.front() != ' ' && name.back() != ' ' &&
        std::all_of(name.begin(), name.end(), [&](char c) {
          return is_name_character(c) || allowed_beside.find(c) != std::string_view::npos;
        });
    if (is_name) out.emplace_back(name);
  }
  return out;
}

std::size_t name_end(std::string_view text, std::size_t from) {
  while (from < text.size() && is_name_character(text[from]))
    ++from;
  return from;
}

// What a learner would type of a text that begins so: ":hint", ":connect smtp --tls".
std::string_view word_at_front(std::string_view text) {
  std::size_t end = name_end(text, 1);
  if (text.substr(0, end) != ":connect") return text.substr(0, end);
  for (bool first = true; end < text.size() && text[end] == ' '; first = false) {
    const std::size_t next = name_end(text, end + 1);
    const bool belongs = first ? next > end + 1 : text.substr(end + 1).starts_with("--");
    if (!belongs) break;
    end = next;
  }
  return text.substr(0, end);
}

// The words with a colon in front that stand in a text, such as " :hint ": not "a:b", "::text", :D.
std::vector<std::string> tutor_words_in(std::string_view text) {
  constexpr std::size_t shortest = 3;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins =
        text[i] == ':' &&
        (i == 0 || std::string_view(" \t(\"'`,/").find(text[i - 1]) != std::string_view::npos);
    if (!begins || !word_in(text.substr(i, 2))) continue;
    const std::string_view word = word_at_front(text.substr(i));
    if (word.size() >= shortest) out.emplace_back(word);
  }
  return out;
}

// Whether it is of use to type this in `learn`.
bool learn_knows(std::string_view word) {
  const auto played = type_word(word);
  const bool done =
      played && (played->kind == TypeWord::Kind::connect || played->kind == TypeWord::Kind::drop);
  return done || word_in(word).value_or(Word::unknown) != Word::unknown;
}

// What can be typed there.
std::vector<std::string_view> words_of_learn() {
  std::vector<std::string_view> out = word_names();
  for (const std::string_view word : type_words()) {
    if (word_in(word) == Word::unknown && learn_knows(word)) out.push_back(word);
  }
  return out;
}

// "5321 4.1.1.1"
bool is_rfc_section(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos || blank < 3 || blank > 5) return false;
  const auto digits = text.substr(0, blank);
  const auto section = text.substr(blank + 1);
  return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         !section.empty() && section.find(' ') == std::string_view::npos;
}

class TextCheck {
 public:
  TextCheck(const LessonFile& file, std::string_view toml, std::vector<Finding>& out)
      : file_(file), lesson_(file.lesson), lines_(split(toml, '\n')), out_(out) {
    const Config config = with_lesson(Config{}, lesson_);
    variables_ = variables_of(config, {config.smtp_port, config.pop3_port});
    accounts_.insert(config.as.local_part);
    for (const Account& account : config.users)
      accounts_.insert(account.name);
  }

  void run(std::span<const std::string> known);

 private:
  void add(std::string_view path, std::string text) {
    const Place place = file_.place(path);
    out_.push_back({place.line, place.column, std::move(text)});
  }
  void check_vars();
  void check_servers();
  void check_needs(std::span<const std::string> known);
  void check_step(const Step& step, const std::string& path);
  void check_mistakes(const std::vector<Mistake>& mistakes, const std::string& path);
  void check_title(const std::string& path, const std::string& text, std::size_t width);
  void check_text(const std::string& path, const std::string& text);
  void check_line(Place place, const std::string& line);
  void check_words(Place place, const std::string& line);
  void check_names(Place place, const std::string& text);
  void check_typed(const std::vector<std::string>& lines, const std::string& path);
  void check_pass(const Matcher& pass, const std::string& path);
  void check_condition(const Condition& condition, const std::string& path);
  void check_redacted();
  void add_at(Place place, std::string_view what, std::string text);
  [[nodiscard]] Place line_of(const std::string& path, std::size_t row) const;

  const LessonFile& file_;
  const Lesson& lesson_;
  std::vector<std::string> lines_;
  std::vector<Finding>& out_;
  Variables variables_;
  std::set<std::string> accounts_;
};

void TextCheck::run(std::span<const std::string> known) {
  check_vars();
  check_servers();
  check_needs(known);
  check_title("title", lesson_.title, text_columns);
  check_text("intro", lesson_.intro);
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    check_step(lesson_.steps[i], fmt::format("step.{}", i));
    for (const auto& [variable, field] : lesson_.steps[i].bind)
      variables_.emplace(variable, "1");
  }
  check_mistakes(lesson_.mistakes, "mistake");
  for (std::size_t i = 0; i < lesson_.questions.size(); ++i) {
    check_text(fmt::format("question.{}.ask", i), lesson_.questions[i].ask);
    for (std::size_t a = 0; a < lesson_.questions[i].answers.size(); ++a)
      check_text(fmt::format("question.{}.answer.{}", i, a), lesson_.questions[i].answers[a]);
  }
  check_text("end", lesson_.end);
  check_redacted();
}

void TextCheck::check_vars() {
  for (const auto& [name, text] : lesson_.vars) {
    const std::string path = "vars." + name;
    check_names(file_.place(path), text);
    const std::string value = expand(text, variables_);
    const auto [at, added] = variables_.emplace(name, value);
    if (!added && at->second != value) {
      add(path, fmt::format("{{{}}} is the program's own and will be `{}`: choose another name, or "
                            "put it into [servers]",
                            name, at->second));
    }
  }
}

void TextCheck::check_servers() {
  for (std::size_t i = 0; i < lesson_.servers.letters.size(); ++i) {
    const std::string to = expand(lesson_.servers.letters[i].to, variables_);
    if (accounts_.contains(to)) continue;
    add(fmt::format("servers.mailbox.{}.to", i),
        fmt::format("there is no account `{}`; there are: {}", to, fmt::join(accounts_, " ")));
  }
}

void TextCheck::check_needs(std::span<const std::string> known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  for (std::size_t i = 0; i < lesson_.needs.size(); ++i) {
    const std::string& id = lesson_.needs[i];
    const std::string path = fmt::format("needs.{}", i);
    if (id == lesson_.id) {
      add(path, "a lesson cannot need itself: leave it out");
    } else if (std::find(known.begin(), known.end(), id) == known.end()) {
      std::string nearest = did_you_mean(id, names);
      if (nearest.empty()) nearest = "; sandpost lessons lists what there is";
      add(path, fmt::format("there is no lesson `{}`{}", id, nearest));
    }
  }
}

void TextCheck::check_step(const Step& step, const std::string& path) {
  check_title(path + ".title", step.title, title_columns);
  check_text(path + ".say", step.say);
  check_text(path + ".why", step.why);
  for (std::size_t i = 0; i < step.hint.size(); ++i)
    check_text(fmt::format("{}.hint.{}", path, i), step.hint[i]);
  check_text(path + ".silence.say", step.silence_say);
  check_typed(step.type, path + ".type");
  check_pass(step.pass, path + ".pass");
  if (step.rfc.empty()) add(path, "a step needs something to read: rfc = [\"5321 4.1.1.1\"]");
  for (std::size_t i = 0; i < step.rfc.size(); ++i) {
    if (is_rfc_section(step.rfc[i])) continue;
    add(fmt::format("{}.rfc.{}", path, i),
        fmt::format("write the number and the section, \"5321 4.1.1.1\", not \"{}\"", step.rfc[i]));
  }
  const bool one_line = step.type.size() == 1 && !step.type.front().starts_with(':');
  const bool given_away =
      one_line &&
      without_blanks(step.hint.back()).find(without_blanks(step.type.front())) != std::string::npos;
  if (one_line && !given_away) {
    add(path + ".hint",
        fmt::format("the last hint gives the line away: let it hold `{}`", step.type.front()));
  }
  check_mistakes(step.mistakes, path + ".mistake");
  // What `bind` keeps can be named from here on.
  Variables before = variables_;
  for (const auto& [variable, field] : step.bind)
    variables_.emplace(variable, "1");
  check_text(path + ".after", step.after);
  variables_ = std::move(before);
}

void TextCheck::check_mistakes(const std::vector<Mistake>& mistakes, const std::string& path) {
  for (std::size_t i = 0; i < mistakes.size(); ++i) {
    check_text(fmt::format("{}.{}.say", path, i), mistakes[i].say);
    check_typed(mistakes[i].example, fmt::format("{}.{}.example", path, i));
  }
}

void TextCheck::check_title(const std::string& path, const std::string& text, std::size_t width) {
  check_text(path, text);
  const std::size_t used = columns(expand(text, variables_));
  if (used <= width || used > text_columns) return;  // the latter is told by check_text()
  add(path, fmt::format("this is {} columns wide: make it {} at most", used, width));
}

void TextCheck::check_text(const std::string& path, const std::string& text) {
  if (text.empty()) {
    const bool must_be = file_.places.find(path) != file_.places.end();
    if (must_be) add(path, "this text is empty: write it, or leave the key out");
    return;
  }
  const auto rows = split(text, '\n');
  for (std::size_t i = 0; i < rows.size(); ++i)
    check_line(line_of(path, i), rows[i]);
}

void TextCheck::check_line(Place place, const std::string& line) {
  const auto find = [&](std::string text) {
    out_.push_back({place.line, place.column, std::move(text)});
  };
  const std::size_t used = columns(expand(line, variables_));
  if (used > text_columns) {
    find(fmt::format("this line is {} columns wide: make it {} at most", used, text_columns));
  }
  const auto odd = std::find_if(line.begin(), line.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || (byte > 0x7F && lesson_.lang == "en");
  });
  if (odd != line.end()) {
    const std::string_view rest(&*odd, static_cast<std::size_t>(line.end() - odd));
    const std::size_t length = std::max<std::size_t>(1, utf8_length(rest));
    find(fmt::format("not every terminal shows `{}` well: write it in ASCII",
                     visible(rest.substr(0, length))));
  }
  for (const std::string& name : names_between(expand(line, variables_), '<', '>', " ")) {
    if (accounts_.contains(name)) continue;
    find(fmt::format("a learner would type <{}> as it is: write a real example", name));
  }
  check_names(place, line);
  check_words(place, line);
}

void TextCheck::check_words(Place place, const std::string& line) {
  const auto known = words_of_learn();
  for (const std::string& word : tutor_words_in(line)) {
    if (learn_knows(word)) continue;
    const std::string_view nearest = suggestion(word, known);
    add_at(place, word,
           fmt::format("the tutor knows no word `{}`; {}", word,
                       nearest.empty() ? fmt::format("there are: {}", fmt::join(known, ", "))
                                       : fmt::format("did you mean `{}`?", nearest)));
  }
}

void TextCheck::check_typed(const std::vector<std::string>& lines, const std::string& path) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    check_names(file_.place(fmt::format("{}.{}", path, i)), lines[i]);
}

void TextCheck::check_pass(const Matcher& pass, const std::string& path) {
  for (std::size_t i = 0; i < pass.all.size(); ++i)
    check_pass(pass.all[i], fmt::format("{}.all.{}", path, i));
  for (std::size_t i = 0; i < pass.any.size(); ++i)
    check_pass(pass.any[i], fmt::format("{}.any.{}", path, i));
  for (const Condition& condition : pass.conditions)
    check_condition(condition, path + '.' + condition.field);
  for (const Condition& condition : pass.state)
    check_condition(condition, path + ".state." + condition.field);
  if (pass.account.empty()) return;
  const Place place = file_.place(path + ".account");
  check_names(place, pass.account);
  const std::string whole = expand(pass.account, variables_);
  const std::string account = whole.substr(0, whole.find('@'));
  if (accounts_.contains(account) || account.find('{') != std::string::npos) return;
  add_at(
      place, pass.account,
      fmt::format("there is no account `{}`; there are: {}", account, fmt::join(accounts_, " ")));
}

void TextCheck::check_condition(const Condition& condition, const std::string& path) {
  const Place place = file_.place(path);
  for (const auto* values : {&condition.one_of, &condition.none_of}) {
    for (const wire::Value& value : *values) {
      if (const auto* text = std::get_if<std::string>(&value)) check_names(place, *text);
    }
  }
  check_names(place, condition.has);
}

// All that steps bind has a value by now.
void TextCheck::check_redacted() {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : variables_)
    known.push_back(name);
  for (std::size_t i = 0; i < lesson_.report.redact.size(); ++i) {
    const std::string& name = lesson_.report.redact[i];
    if (variables_.contains(name)) continue;
    std::string nearest = did_you_mean(name, known);
    if (nearest.empty()) nearest = fmt::format("; there are: {}", fmt::join(known, " "));
    add(fmt::format("report.redact.{}", i),
        fmt::format("there is no variable `{}`{}", name, nearest));
  }
}

void TextCheck::check_names(Place place, const std::string& text) {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : variables_)
    known.push_back(name);
  for (const std::string& name : names_between(text, '{', '}', "")) {
    if (variables_.contains(name)) continue;
    std::string nearest = did_you_mean(name, known);
    if (nearest.empty()) nearest = fmt::format("; there are: {}", fmt::join(known, " "));
    add_at(place, '{' + name + '}', fmt::format("there is no name {{{}}} here{}", name, nearest));
  }
}

// At `what` in that line of the file, from the place on; at the place itself if it does not stand
// there as it is.
void TextCheck::add_at(Place place, std::string_view what, std::string text) {
  if (place.line > 0 && place.line <= lines_.size()) {
    const std::string_view line = lines_[place.line - 1];
    const std::size_t found = line.find(what, place.column > 0 ? place.column - 1 : 0);
    if (found != std::string_view::npos) {
      place.column =
          1 + static_cast<std::uint32_t>(std::count_if(
                  line.begin(), line.begin() + static_cast<std::ptrdiff_t>(found),
                  [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    }
  }
  out_.push_back({place.line, place.column, std::move(text)});
}

// Where the text's row stands: below the quotes if these stand alone on their line.
Place TextCheck::line_of(const std::string& path, std::size_t row) const {
  Place place = file_.place(path);
  if (row == 0 && place.line == 0) return place;
  const std::string_view first =
      place.line - 1 < lines_.size() ? trim(lines_[place.line - 1]) : std::string_view();
  std::string_view opening = first;
  while (opening.ends_with('\r') || opening.ends_with(' '))
    opening.remove_suffix(1);
  const bool below = opening.ends_with("\"\"\"") || opening.ends_with("'''");
  const auto down = static_cast<std::uint32_t>(row) + (below ? 1U : 0U);
  if (down > 0) place = {place.line + down, 1};
  return place;
}

}  // namespace

void check_texts(const LessonFile& file, std::string_view toml, std::span<const std::string> known,
                 std::vector<Finding>& out) {
  TextCheck(file, toml, out).run(known);
}

}  // namespace sandpost::sandbox
