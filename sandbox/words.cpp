#include "sandbox/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

struct Entry {
  std::string_view name;
  Word word;
  std::string_view help;
};

constexpr std::array entries{
    Entry{":hint", Word::hint, "a hint; ask again for more"},
    Entry{":why", Word::why, "why this step exists"},
    Entry{":show", Word::show, "types the step for you, so that you can watch"},
    Entry{":skip", Word::skip, "does the step for you and goes on"},
    Entry{":back", Word::back, "shows the step before"},
    Entry{":state", Word::state, "what the server knows now"},
    Entry{":list", Word::list, "all steps"},
    Entry{":queue", Word::queue, "the letters that wait for their delivery"},
    Entry{":now", Word::now, "delivers them at once"},
    Entry{":reset", Word::reset, "begins the lesson from step 1, with an empty mailbox"},
    Entry{":quit", Word::quit, "leaves sandpost (quit alone is for the server)"},
    Entry{":help", Word::help, "this list"},
};

constexpr std::size_t help_hang = 11;  // behind the word

}  // namespace

std::optional<Word> word_in(std::string_view line) {
  line = trim(line);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (line.size() < 2 || line[0] != ':' || !is_letter(line[1])) return std::nullopt;
  if (equals_ignoring_case(line, ":q")) return Word::quit;
  const auto* found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
    return equals_ignoring_case(entry.name, line);
  });
  return found == entries.end() ? Word::unknown : found->word;
}

Lines words_help() {
  Lines out;
  for (const Entry& entry : entries) {
    out.push_back(
        {Role::plain, fmt::format("  {:<8} {}", entry.name, entry.help), {}, 0, {}, help_hang});
  }
  out.push_back({Role::plain,
                 "  ::text   sends :text to the server, or puts it into the letter",
                 {},
                 0,
                 {},
                 help_hang});
  out.push_back({Role::tutor, "Only a colon and a letter make a word of mine: :-) does not."});
  out.push_back({Role::tutor, "Everything else goes to the server as you type it."});
  return out;
}

Lines coach_words_help() {
  Lines out;
  for (const Entry& entry : entries) {
    if (entry.word == Word::skip || entry.word == Word::reset) continue;
    const bool shows = entry.word == Word::show;
    out.push_back(
        {Role::plain,
         fmt::format("  {:<8} {}", entry.name, shows ? "the lines that do the step" : entry.help),
         {},
         0,
         {},
         help_hang});
  }
  out.push_back({Role::tutor, "What is for the server is typed in your own window."});
  return out;
}

}  // namespace sandpost::sandbox
