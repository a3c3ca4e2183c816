#pragma once
// The words that are for the tutor and never sent: they begin with a colon and a letter, because
// `help` and `quit` belong to the protocols.

#include <optional>
#include <string_view>
#include <vector>

#include "sandbox/line.hpp"

namespace sandpost::sandbox {

enum class Word {
  hint,
  why,
  show,
  skip,
  back,
  state,
  list,
  queue,
  now,
  lang,
  reset,
  quit,
  help,
  unknown,  // a colon, a letter, and no word of these
};

// Nothing for a line that is not for the tutor; "::text" is not, it sends ":text". Only :lang can
// have something behind it: a language.
[[nodiscard]] std::optional<Word> word_in(std::string_view line);

// Each word, as it is typed.
[[nodiscard]] std::vector<std::string_view> word_names();

// What to say to an unknown word that is near one there is; nothing for all other lines.
[[nodiscard]] std::optional<Line> near_word(std::string_view line);

// :help
[[nodiscard]] Lines words_help();
// The same where the learner types in another window.
[[nodiscard]] Lines coach_words_help();

}  // namespace sandpost::sandbox
