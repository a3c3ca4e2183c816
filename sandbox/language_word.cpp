#include "sandbox/language_word.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sandpost::sandbox {

LanguageChange take_language(std::string_view line, const Environment& environment, bool terminal) {
  line = trim(line);
  const std::string_view name = trim(line.substr(std::min(line.find(' '), line.size())));
  if (name.empty()) {
    return {{{Role::tutor, say("I speak {}. Write one of them behind :lang", language_names())}}};
  }
  if (find_language(name) == nullptr) {
    return {{{Role::tutor,
              say("I do not speak {0}. There are: {1}", visible(name), language_names())}}};
  }
  const LanguageChoice choice = choose_language(name, environment, terminal);
  use_catalogue(catalogue_of(*choice.spoken));
  if (!choice.why.empty()) return {{{Role::no, choice.why}}, true};
  return {{{Role::tutor, tr("From here on I speak English.")}}, true};
}

}  // namespace sandpost::sandbox
