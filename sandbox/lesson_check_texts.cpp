// What a lesson's texts are: that they fit the screen, name nothing that is not there, and hold
// what a learner needs. Part of sandbox/lesson_check.hpp.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "sandbox/lesson_check.hpp"
#include "sandbox/lesson_keys.hpp"
#include "sandbox/lesson_servers.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::size_t text_columns = 72;
constexpr std::size_t title_columns = 40;  // the table at the end

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

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
  void check_names(const std::string& path, const std::string& text);
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
}

void TextCheck::check_vars() {
  for (const auto& [name, text] : lesson_.vars) {
    const std::string path = "vars." + name;
    check_names(path, text);
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
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    add(fmt::format("needs.{}", i),
        fmt::format("there is no lesson `{}`{}", id, did_you_mean(id, names)));
  }
}

void TextCheck::check_step(const Step& step, const std::string& path) {
  check_title(path + ".title", step.title, title_columns);
  check_text(path + ".say", step.say);
  check_text(path + ".why", step.why);
  for (std::size_t i = 0; i < step.hint.size(); ++i)
    check_text(fmt::format("{}.hint.{}", path, i), step.hint[i]);
  check_text(path + ".silence.say", step.silence_say);
  for (const std::string& line : step.type)
    check_names(path + ".type", line);
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
    for (const std::string& line : mistakes[i].example)
      check_names(fmt::format("{}.{}.example", path, i), line);
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
  check_names(path, text);
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
}

void TextCheck::check_names(const std::string& path, const std::string& text) {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : variables_)
    known.push_back(name);
  for (const std::string& name : names_between(text, '{', '}', "")) {
    if (variables_.contains(name)) continue;
    std::string nearest = did_you_mean(name, known);
    if (nearest.empty()) nearest = fmt::format("; there are: {}", fmt::join(known, " "));
    add(path, fmt::format("there is no name {{{}}} here{}", name, nearest));
  }
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
