#include "sandbox/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/language.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "sandbox/table.hpp"

namespace sandpost::sandbox {
namespace {

struct Entry {
  std::string_view name;
  Word word;
  std::string_view help;
};

constexpr std::array entries{
    Entry{":hint", Word::hint, tr_later("a hint; ask again for more")},
    Entry{":why", Word::why, tr_later("why this step exists")},
    Entry{":show", Word::show, tr_later("types the step for you, so that you can watch")},
    Entry{":skip", Word::skip, tr_later("does the step for you and goes on")},
    Entry{":back", Word::back, tr_later("shows the step before")},
    Entry{":state", Word::state, tr_later("what the server knows now")},
    Entry{":list", Word::list, tr_later("all steps")},
    Entry{":queue", Word::queue, tr_later("the letters that wait for their delivery")},
    Entry{":now", Word::now, tr_later("delivers them at once")},
    Entry{":lang", Word::lang, tr_later("the languages I speak; :lang zh-TW changes to one")},
    Entry{":reset", Word::reset, tr_later("begins the lesson from step 1, with an empty mailbox")},
    Entry{":quit", Word::quit, tr_later("leaves sandpost (quit alone is for the server)")},
    Entry{":help", Word::help, tr_later("this list")},
};

// Lines of a lesson's solution that a learner can type as well; see sandbox/type_words.hpp.
struct Command {
  std::string_view name;
  std::string_view help;
};
constexpr std::array commands{
    Command{":connect", tr_later("opens a connection: :connect smtp or :connect pop3")},
    Command{":drop", tr_later("breaks the connection, without QUIT")},
};

Line help_row(std::string_view name, std::string_view help) {
  constexpr std::size_t hang = 12;  // behind the word
  return table_row(fmt::format("  {:<9} {}", name, tr(help)), hang);
}

}  // namespace

std::optional<Word> word_in(std::string_view line) {
  line = trim(line);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (line.size() < 2 || line[0] != ':' || !is_letter(line[1])) return std::nullopt;
  if (equals_ignoring_case(line, ":q")) return Word::quit;
  if (starts_ignoring_case(line, ":lang ")) return Word::lang;
  const auto* found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
    return equals_ignoring_case(entry.name, line);
  });
  return found == entries.end() ? Word::unknown : found->word;
}

std::vector<std::string_view> word_names() {
  std::vector<std::string_view> out;
  for (const Entry& entry : entries)
    out.push_back(entry.name);
  return out;
}

std::optional<Line> near_word(std::string_view line) {
  if (word_in(line) != Word::unknown) return std::nullopt;
  std::vector<std::string_view> names = word_names();
  for (const Command& command : commands)
    names.push_back(command.name);
  const std::string_view meant = suggestion(to_lower(trim(line)), names);
  const bool half = starts_ignoring_case(trim(line), ":connect") || meant == ":connect";
  if (half) {
    return Line{Role::tutor, tr("I do not know that word; did you mean :connect smtp or :connect "
                                "pop3?")};
  }
  if (meant.empty()) return std::nullopt;
  return Line{Role::tutor, say("I do not know that word; did you mean {}?", meant)};
}

Lines words_help() {
  Lines out;
  for (const Entry& entry : entries) {
    out.push_back(help_row(entry.name, entry.help));
  }
  for (const Command& command : commands)
    out.push_back(help_row(command.name, command.help));
  out.push_back(
      help_row("::text", tr_later("sends :text to the server, or puts it into the letter")));
  out.push_back({Role::tutor, tr("Only a colon and a letter make a word of mine: :-) does not.")});
  out.push_back({Role::tutor, tr("Everything else goes to the server as you type it.")});
  return out;
}

Lines coach_words_help() {
  Lines out;
  for (const Entry& entry : entries) {
    if (entry.word == Word::skip || entry.word == Word::reset) continue;
    const bool shows = entry.word == Word::show;
    out.push_back(
        help_row(entry.name, shows ? tr_later("the lines that do the step") : entry.help));
  }
  out.push_back({Role::tutor, tr("What is for the server is typed in your own window.")});
  return out;
}

}  // namespace sandpost::sandbox
