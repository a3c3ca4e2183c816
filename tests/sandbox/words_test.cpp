#include "sandbox/words.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace sandpost::tests {

using sandbox::Word;
using sandbox::word_in;

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
    CHECK_MESSAGE(word_in(word).value_or(Word::unknown) != Word::unknown, word);
    ++words;
  }
  CHECK(words == static_cast<std::size_t>(Word::unknown));
  CHECK(text.find("::text") != std::string::npos);
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
