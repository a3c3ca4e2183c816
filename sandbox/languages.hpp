#pragma once
// The languages that are built in, from sandbox/languages/*.po, and the choice among them.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/environment.hpp"
#include "base/language.hpp"
#include "sandbox/catalogues.hpp"

namespace sandpost::sandbox {

struct Language {
  std::string_view name;  // "en", "zh-TW"
  // Other beginnings of a locale's name that mean it, in small letters: "zh-hant zh-hk".
  std::string aliases = {};
  const CatalogueFile* file = nullptr;  // null: English
};

// English first.
[[nodiscard]] std::span<const Language> languages();

// Its texts, for use_catalogue(): unpacked when they are asked for first, and kept. Null: English.
// For one thread.
[[nodiscard]] const Catalogue* catalogue_of(const Language& language);

// By a name as --lang or a locale writes it: zh-TW, zh_TW.UTF-8, zh-Hant, en_GB, C. Null: there is
// none.
[[nodiscard]] const Language* find_language(std::string_view name);

// "en, zh-TW"
[[nodiscard]] std::string language_names();

// What was asked for, and what is spoken.
struct LanguageChoice {
  const Language* asked = nullptr;
  const Language* spoken = nullptr;
  std::string why = {};  // one line, in English; empty: it is what was asked for
};

// `option`: the value of --lang; empty: SANDPOST_LANG decides, then the locale (LC_ALL,
// LC_MESSAGES, LANG). A language that is not there counts as English. Other languages than English
// need a locale of UTF-8 (LC_ALL, LC_CTYPE, LANG), and on a terminal another than the Linux
// console, which has no Han glyphs.
[[nodiscard]] LanguageChoice choose_language(std::string_view option,
                                             const Environment& environment, bool terminal);

}  // namespace sandpost::sandbox
