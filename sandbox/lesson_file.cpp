#include "sandbox/lesson_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "mail/address.hpp"
#include "sandbox/lesson_keys.hpp"
#include "sandbox/lesson_pattern.hpp"
#include "sandbox/lesson_reader.hpp"
#include "sandbox/type_words.hpp"

namespace sandpost::sandbox {
namespace {

// For a value that is one of a few words.
void check_word(const toml::node& node, const std::string& word, std::string_view noun,
                std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  const std::string nearest = did_you_mean(word, known);
  fail_at(node, fmt::format("there is no {} `{}`{}", noun, word,
                            nearest.empty() ? fmt::format("; there are: {}", fmt::join(known, " "))
                                            : nearest));
}

// The item of a list, or the node itself where it is a single text.
const toml::node& item_of(const toml::node& node, std::size_t index) {
  const toml::array* list = node.as_array();
  return list == nullptr ? node : *list->get(index);
}

// A list of words, each of which is one of these.
std::vector<std::string> words_among(const LessonReader& reader, std::string_view key,
                                     std::string_view noun,
                                     std::span<const std::string_view> known) {
  std::vector<std::string> out = reader.texts(key);
  for (std::size_t i = 0; i < out.size(); ++i)
    check_word(item_of(*reader.find(key), i), out[i], noun, known);
  return out;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string id_of(const LessonReader& reader) {
  std::string id = reader.text("id");
  if (!is_id(id)) {
    fail_at(*reader.find("id"),
            fmt::format("`{}` is no name: write small letters, digits and -", id));
  }
  return id;
}

[[noreturn]] void fail_unknown_word(const toml::node& node, const std::string& line) {
  std::string nearest = did_you_mean(line, type_words());
  const bool has_more = line.find(' ') != std::string::npos;  // ":drop smtp"
  if (nearest.empty() && has_more) {
    nearest = did_you_mean(line.substr(0, line.find(' ')), type_words());
  }
  if (nearest.empty()) {
    nearest = fmt::format("; there are: {}; a line that begins with a colon is written with two",
                          fmt::join(type_words(), ", "));
  }
  fail_at(node, fmt::format("there is no word `{}`{}", line, nearest));
}

std::vector<std::string> typed_lines(const LessonReader& reader, std::string_view key) {
  std::vector<std::string> lines = reader.texts(key);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const toml::node& node = item_of(*reader.find(key), i);
    if (lines[i].find('\n') != std::string::npos) {
      fail_at(node, fmt::format("`{}` is one line, or a list of lines: [\"one\", \"two\"]", key));
    }
    if (is_unknown_type_word(lines[i])) fail_unknown_word(node, lines[i]);
  }
  return lines;
}

Mistake mistake_of(const toml::table& table) {
  const LessonReader reader(table, "mistake", "a mistake");
  Mistake mistake;
  const std::string cause = reader.text("cause");
  mistake.cause = wire::cause_from(cause);
  if (mistake.cause == wire::Cause::none) {
    std::vector<std::string_view> known;
    for (int i = 1; i <= static_cast<int>(wire::last_cause); ++i)
      known.push_back(wire::to_text(static_cast<wire::Cause>(i)));
    const std::string nearest = did_you_mean(cause, known);
    fail_at(*reader.find("cause"),
            fmt::format("there is no cause `{}`{}", cause,
                        nearest.empty() ? "; docs/events.md lists them" : nearest));
  }
  mistake.near = reader.text_or("near", "");
  mistake.need = reader.text_or("need", "");
  mistake.example = typed_lines(reader, "example");
  mistake.say = reader.text("say");
  mistake.blocks = reader.flag_or("blocks", true);
  return mistake;
}

std::vector<Mistake> mistakes_of(const LessonReader& reader) {
  std::vector<Mistake> out;
  for (const toml::table* table : reader.tables("mistake"))
    out.push_back(mistake_of(*table));
  return out;
}

void read_silence(const LessonReader& reader, Step& step) {
  const toml::table* table = reader.table("silence");
  if (table == nullptr) return;
  const LessonReader silence(*table, "silence", "`silence`");
  step.silence = std::chrono::seconds{silence.number_or("seconds", 20)};
  step.silence_say = silence.text("say");
}

Step step_of(const toml::table& table) {
  const LessonReader reader(table, "step", "a step");
  Step step;
  step.id = id_of(reader);
  step.title = reader.text("title");
  step.say = reader.text("say");
  step.rfc = reader.texts("rfc");
  step.type = typed_lines(reader, "type");
  step.after = reader.text_or("after", "");
  step.why = reader.text("why");
  step.hint = reader.texts("hint");
  if (step.hint.empty()) fail_at(table, "a step needs at least one `hint`");
  const toml::table* pass = reader.table("pass");
  if (pass == nullptr) {
    fail_at(table, "a step needs the key `pass`: write pass = { event = \"...\" }");
  }
  step.pass = pattern_of(*pass);
  if (const toml::table* bind = reader.table("bind")) step.bind = bindings_of(*bind, step.pass);
  read_silence(reader, step);
  step.optional = reader.flag_or("optional", false);
  step.mistakes = mistakes_of(reader);
  return step;
}

std::vector<Step> steps_of(const LessonReader& reader) {
  std::vector<Step> out;
  for (const toml::table* table : reader.tables("step")) {
    Step step = step_of(*table);
    const bool taken =
        std::any_of(out.begin(), out.end(), [&](const Step& other) { return other.id == step.id; });
    if (taken) {
      fail_at(*table->get("id"),
              fmt::format("another step is called `{}` already: choose another id", step.id));
    }
    out.push_back(std::move(step));
  }
  if (out.empty()) fail_at(reader.all(), "a lesson needs at least one [[step]]");
  return out;
}

std::vector<LessonAccount> accounts_of(const LessonReader& servers) {
  std::vector<LessonAccount> out;
  for (const toml::table* table : servers.tables("accounts")) {
    const LessonReader reader(*table, "account", "an account");
    LessonAccount account{reader.text("user"), reader.text("password")};
    const bool plain = mail::parse_mailbox(account.user + "@a.example").has_value();
    if (!plain) {
      fail_at(*reader.find("user"),
              fmt::format("`{}` is no plain name: write it without the domain", account.user));
    }
    const bool taken = std::any_of(out.begin(), out.end(),
                                   [&](const auto& other) { return other.user == account.user; });
    if (taken) {
      fail_at(*reader.find("user"),
              fmt::format("`{}` is there twice: choose another name", account.user));
    }
    out.push_back(std::move(account));
  }
  return out;
}

std::vector<LessonLetter> letters_of(const LessonReader& servers) {
  std::vector<LessonLetter> out;
  for (const toml::table* table : servers.tables("mailbox")) {
    const LessonReader reader(*table, "letter", "a letter");
    LessonLetter letter{reader.text("to"), reader.text_or("from", ""), reader.text("text")};
    const bool filled_in = letter.from.find('{') != std::string::npos;
    if (!letter.from.empty() && !filled_in && !mail::parse_mailbox(letter.from)) {
      fail_at(*reader.find("from"),
              fmt::format("`{}` is no address: write it like amy@example.org", letter.from));
    }
    out.push_back(std::move(letter));
  }
  return out;
}

LessonServers servers_of(const toml::table& table) {
  const LessonReader reader(table, "servers", "[servers]");
  LessonServers servers;
  if (const toml::node* node = reader.find("delay")) {
    const auto delay = parse_delay_range(text_of(*node, "delay"));
    if (!delay) fail_at(*node, delay.error());
    servers.delay = *delay;
  }
  servers.domain = reader.text_or("domain", "");
  if (reader.find("domain") != nullptr && !mail::is_domain("mail." + servers.domain)) {
    fail_at(*reader.find("domain"),
            fmt::format("`{}` is no domain: write it like ntut.edu.tw", servers.domain));
  }
  servers.accounts = accounts_of(reader);
  servers.letters = letters_of(reader);
  if (reader.find("tls") != nullptr) servers.tls = reader.flag_or("tls", true);
  if (const toml::node* node = reader.find("faults")) {
    for (const std::string& text : texts_of(*node, "faults")) {
      auto rule = wire::Faults::parse(text);
      if (!rule) fail_at(*node, rule.error());
      servers.faults.push_back(std::move(*rule));
    }
  }
  return servers;
}

Variables vars_of(const toml::table& table) {
  Variables out;
  for (const auto& [key, node] : table)
    out.emplace(std::string(key.str()), text_of(node, key.str()));
  return out;
}

std::vector<Question> questions_of(const LessonReader& reader) {
  std::vector<Question> out;
  for (const toml::table* table : reader.tables("question")) {
    const LessonReader question(*table, "question", "a question");
    out.push_back({question.text("ask"), question.texts("answer")});
    if (out.back().answers.empty()) fail_at(*table, "a question needs the key `answer`");
  }
  return out;
}

ReportForm report_of(const toml::table& table) {
  constexpr std::array<std::string_view, 2> protocols{"smtp", "pop3"};
  const LessonReader reader(table, "report", "[report]");
  return {reader.text_or("title", ""), words_among(reader, "transcripts", "transcript", protocols),
          reader.texts("redact")};
}

void read_settings(const LessonReader& reader, Lesson& lesson) {
  constexpr std::array<std::string_view, 2> orders{"steps", "any"};
  constexpr std::array<std::string_view, 3> severities{"brackets", "colon-space", "helo"};
  const std::string order = reader.text_or("order", "steps");
  if (const toml::node* node = reader.find("order")) check_word(*node, order, "order", orders);
  lesson.any_order = order == "any";
  lesson.strict = words_among(reader, "strict", "strictness", severities);
  if (const toml::table* servers = reader.table("servers")) lesson.servers = servers_of(*servers);
  if (const toml::table* vars = reader.table("vars")) lesson.vars = vars_of(*vars);
}

Lesson lesson_of(const toml::table& table) {
  const LessonReader reader(table, "lesson", "a lesson");
  const toml::node* format = reader.find("format");
  if (format == nullptr || format->value_exact<std::int64_t>() != 1) {
    fail_at(format != nullptr ? *format : table,
            "this program reads `format = 1`: write that line at the top");
  }
  Lesson lesson;
  lesson.id = id_of(reader);
  lesson.version = reader.number_or("version", 1);
  lesson.title = reader.text("title");
  lesson.lang = reader.text_or("lang", "en");
  lesson.minutes = reader.number_or("minutes", 10);
  lesson.needs = reader.texts("needs");
  lesson.intro = reader.text("intro");
  lesson.end = reader.text("end");
  read_settings(reader, lesson);
  lesson.steps = steps_of(reader);
  lesson.mistakes = mistakes_of(reader);
  lesson.questions = questions_of(reader);
  if (const toml::table* report = reader.table("report")) lesson.report = report_of(*report);
  return lesson;
}

void note_places(const toml::node& node, const std::string& path,
                 std::map<std::string, Place, std::less<>>& out) {
  const auto& begin = node.source().begin;
  out.emplace(path, Place{begin.line, begin.column});
  const std::string prefix = path.empty() ? path : path + '.';
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table)
      note_places(value, prefix + std::string(key.str()), out);
  } else if (const toml::array* list = node.as_array()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      note_places(*list->get(i), prefix + std::to_string(i), out);
  }
}

// The parser goes down into itself for each part of a.dotted.key, so a line without end would cost
// it the stack.
void check_line_lengths(std::string_view toml) {
  constexpr std::size_t longest_line = 4096;
  LessonError error;
  for (error.line = 1; !toml.empty(); ++error.line) {
    const auto end = toml.find('\n');
    if (std::min(end, toml.size()) > longest_line) {
      error.column = longest_line + 1;
      error.text = fmt::format("a line of more than {} octets; break it", longest_line);
      throw LessonProblem{error};
    }
    toml.remove_prefix(end == std::string_view::npos ? toml.size() : end + 1);
  }
}

// In another encoding a letter of a text would be another one, or none.
void check_encoding(std::string_view toml) {
  if (is_utf8(toml)) return;
  LessonError error{1, 1, "this is not UTF-8: save the file in that encoding"};
  while (const std::size_t length = utf8_length(toml)) {
    const bool ends_line = toml.front() == '\n';
    error.line += ends_line ? 1 : 0;
    error.column = ends_line ? 1 : error.column + 1;
    toml.remove_prefix(length);
  }
  throw LessonProblem{error};
}

// What to do about it; the parser tells only what it met.
std::string_view mend_of(std::string_view description) {
  const auto says = [&](std::string_view part) {
    return description.find(part) != std::string_view::npos;
  };
  if (says("'\\r'")) return "end lines with LF, or with CR LF";
  if (says("control characters")) {
    return "is the closing quote missing? A text of several lines stands between three quotes";
  }
  if (says("as array-of-tables")) return "write it with two brackets at each place";
  if (says("root table")) return "a lesson is a TOML file; sandpost lesson new NAME writes one";
  return "docs/lessons.md has an example";
}

}  // namespace

Place LessonFile::place(std::string_view path) const {
  for (;;) {
    const auto found = places.find(path);
    if (found != places.end()) return found->second;
    const auto dot = path.rfind('.');
    if (dot == std::string_view::npos) return {};
    path = path.substr(0, dot);
  }
}

Result<LessonFile, LessonError> parse_lesson_file(std::string_view toml) {
  try {
    check_line_lengths(toml);
    check_encoding(toml);
    const toml::table table = toml::parse(toml);
    LessonFile file{lesson_of(table), {}};
    note_places(table, "", file.places);
    return file;
  } catch (const LessonProblem& problem) {
    return Failure<LessonError>{problem.error};
  } catch (const toml::parse_error& error) {
    const auto& begin = error.source().begin;
    return Failure<LessonError>{
        {begin.line, begin.column,
         fmt::format("{}; {}", error.description(), mend_of(error.description()))}};
  }
}

Result<Lesson, LessonError> parse_lesson(std::string_view toml) {
  auto file = parse_lesson_file(toml);
  if (!file) return Failure<LessonError>{std::move(file.error())};
  return std::move(file->lesson);
}

}  // namespace sandpost::sandbox
