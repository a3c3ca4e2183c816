#include "sandbox/words.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "sandbox/type_words.hpp"

namespace sandpost::tests {

using sandbox::Word;
using sandbox::word_in;

namespace {

// Whether it begins a word of a lesson's solution: ":connect" of ":connect smtp".
bool is_played(std::string_view word) {
  const auto all = sandbox::type_words();
  return word_in(word) == Word::unknown &&
         std::any_of(all.begin(), all.end(),
                     [&](std::string_view one) { return one.substr(0, one.find(' ')) == word; });
}

// The words that such a list explains.
std::set<std::string> explained(const sandbox::Lines& help) {
  std::set<std::string> out;
  for (const sandbox::Line& line : help) {
    if (!line.text.starts_with("  :") || line.text.starts_with("  ::")) continue;
    out.insert(line.text.substr(2, line.text.find(' ', 2) - 2));
  }
  return out;
}

std::string text_of(const std::string& file) {
  std::ifstream in(SANDPOST_SOURCE_DIR "/" + file);
  REQUIRE_MESSAGE(in, file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("words: a colon in front makes a line the tutor's") {
  const std::pair<const char*, Word> words[] = {
      {":hint", Word::hint},       {":why", Word::why},          {":show", Word::show},
      {":skip", Word::skip},       {":back", Word::back},        {":state", Word::state},
      {":list", Word::list},       {":queue", Word::queue},      {":now", Word::now},
      {":quit", Word::quit},       {":help", Word::help},        {":q", Word::quit},
      {":HINT", Word::hint},       {" :hint ", Word::hint},      {"\t:Quit", Word::quit},
      {":hin", Word::unknown},     {":hint me", Word::unknown},  {":lang", Word::lang},
      {":lang zh-TW", Word::lang}, {":language", Word::unknown},
  };
  for (const auto& [line, word] : words) {
    CAPTURE(line);
    CHECK(word_in(line) == word);
  }
}

TEST_CASE("words: a smiley in a letter is a line of the letter") {
  for (const char* line : {":-)", ":)", ":", ": hint", ":1", ":\xC3\xA9"}) {
    CAPTURE(line);
    CHECK_FALSE(word_in(line));
  }
}

TEST_CASE("words: everything else is the server's") {
  for (const char* line : {"", " ", "hint", "quit", "help", "HELP", "::hint", " ::x", "a:b", ".",
                           "Subject: x", "\xEF\xBC\x9Ahint"}) {
    CAPTURE(line);
    CHECK_FALSE(word_in(line));
  }
}

TEST_CASE("words: the help names every word, and each of them is one") {
  std::string text;
  std::size_t words = 0;
  for (const sandbox::Line& line : sandbox::words_help()) {
    text += line.text + '\n';
    CHECK(line.text.size() <= 72);
    if (!line.text.starts_with("  :") || line.text.starts_with("  ::")) continue;
    const std::string word = line.text.substr(2, line.text.find(' ', 2) - 2);
    if (is_played(word)) continue;
    CHECK_MESSAGE(word_in(word).value_or(Word::unknown) != Word::unknown, word);
    ++words;
  }
  CHECK(words == static_cast<std::size_t>(Word::unknown));
  CHECK(text.find("::text") != std::string::npos);
}

TEST_CASE("words: :help did not list :drop and :connect, which learn knows") {
  const auto words = explained(sandbox::words_help());
  for (const std::string_view word : sandbox::type_words()) {
    const std::string first(word.substr(0, word.find(' ')));
    if (first == ":wait") continue;  // of a lesson's solution only
    CHECK_MESSAGE(words.contains(first), first);
  }
}

TEST_CASE("words: each word that learn knows stands in the README and in sandpost(1)") {
  const std::string readme = text_of("README.md");
  const std::string man = text_of("docs/man/sandpost.1");
  for (const std::string& word : explained(sandbox::words_help())) {
    CHECK_MESSAGE((readme.find('`' + word + '`') != std::string::npos ||
                   readme.find('`' + word + ' ') != std::string::npos),
                  word);
    CHECK_MESSAGE(man.find("\n.It Li " + word) != std::string::npos, word);
  }
}

TEST_CASE(
    "words: each word that coach knows stands in docs/coach.md, without a star in sandpost(1)") {
  const std::string page = text_of("docs/coach.md");
  const std::string man = text_of("docs/man/sandpost.1");
  for (const std::string& word : explained(sandbox::coach_words_help())) {
    CHECK_MESSAGE(page.find("| `" + word + "`") != std::string::npos, word);
    CHECK_MESSAGE(man.find("\n.It Li " + word + '\n') != std::string::npos, word);
  }
}

TEST_CASE("words: :connect alone is asked which server it means") {
  for (const char* line : {":connect", ":conect", ":connect imap"}) {
    const auto said = sandbox::near_word(line);
    REQUIRE_MESSAGE(said, line);
    CHECK(said->text.find(":connect smtp or :connect pop3") != std::string::npos);
  }
}

TEST_CASE("words: a slip in a word of the tutor's names the word that was meant") {
  const auto near = [](const char* line) {
    const auto said = sandbox::near_word(line);
    return said ? said->text : std::string();
  };
  CHECK(near(":qiut") == "I do not know that word; did you mean :quit?");
  CHECK(near(" :HINTT") == "I do not know that word; did you mean :hint?");
  CHECK(near(":elephant").empty());
}

}  // namespace sandpost::tests
