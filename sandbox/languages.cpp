#include "sandbox/languages.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <vector>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

// Names of a locale without a language.
constexpr std::array<std::string_view, 2> no_language{"c", "posix"};

struct BuiltIn {
  BuiltIn() {
    languages.push_back({"en"});
    for (const CatalogueFile& file : catalogue_files()) {
      std::string& name = names.emplace_back(file.name);
      std::replace(name.begin(), name.end(), '_', '-');
      languages.push_back({name, to_lower(file.aliases), &file});
    }
  }

  std::deque<std::string> names;
  std::vector<Language> languages;
};

struct Unpacked {
  explicit Unpacked(const CatalogueFile& file) : mo(unpacked(file)) {}

  std::string mo;
  Catalogue catalogue{mo};
};

// "zh_TW.UTF-8@x" is "zh-tw".
std::string plain_name(std::string_view name) {
  std::string out = to_lower(name.substr(0, name.find_first_of(".@")));
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

// Whether `name` is `beginning`, or that and a part more: "de-at" is a "de".
bool is_a(std::string_view name, std::string_view beginning) {
  if (beginning.empty() || !name.starts_with(beginning)) return false;
  return name.size() == beginning.size() || name[beginning.size()] == '-';
}

bool means(std::string_view name, const Language& language) {
  if (is_a(name, to_lower(language.name))) return true;
  const auto aliases = split(language.aliases, ' ');
  return std::any_of(aliases.begin(), aliases.end(),
                     [&](const std::string& alias) { return is_a(name, alias); });
}

struct Variable {
  std::string name;
  std::string value;
};

// The first of these that says something; a locale's earlier variable outweighs the later ones.
Variable first_of(std::initializer_list<const char*> names, const Environment& environment) {
  for (const char* name : names) {
    auto value = environment(name);
    if (value && !value->empty()) return {name, std::move(*value)};
  }
  return {};
}

bool is_utf8_locale(std::string_view locale) {
  const std::string name = to_lower(locale.substr(0, locale.find('@')));
  return name.ends_with(".utf-8") || name.ends_with(".utf8");
}

}  // namespace

std::span<const Language> languages() {
  static const BuiltIn built_in;
  return built_in.languages;
}

const Catalogue* catalogue_of(const Language& language) {
  static std::map<const CatalogueFile*, Unpacked> read;
  if (language.file == nullptr) return nullptr;
  return &read.try_emplace(language.file, *language.file).first->second.catalogue;
}

const Language* find_language(std::string_view name) {
  const std::string plain = plain_name(name);
  const auto all = languages();
  if (std::find(no_language.begin(), no_language.end(), plain) != no_language.end()) return &all[0];
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Language& one) { return means(plain, one); });
  return found == all.end() ? nullptr : &*found;
}

std::string language_names() {
  std::string out;
  for (const Language& language : languages()) {
    if (!out.empty()) out += ", ";
    out += language.name;
  }
  return out;
}

LanguageChoice choose_language(std::string_view option, const Environment& environment,
                               bool terminal) {
  std::string wish(option);
  if (wish.empty()) {
    wish = first_of({"SANDPOST_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}, environment).value;
  }
  const Language* const english = &languages()[0];
  const Language* const asked = wish.empty() ? nullptr : find_language(wish);
  if (asked == nullptr || asked->file == nullptr) return {english, english};
  const Variable locale = first_of({"LC_ALL", "LC_CTYPE", "LANG"}, environment);
  if (!is_utf8_locale(locale.value)) {
    return {asked, english,
            fmt::format("this is English, for the locale has no UTF-8 ({}); for {} set {}=C.UTF-8",
                        locale.name.empty() ? std::string("LANG is not set")
                                            : locale.name + '=' + locale.value,
                        asked->name, locale.name.empty() ? "LANG" : locale.name)};
  }
  if (terminal && environment("TERM") == "linux") {
    return {asked, english,
            fmt::format("this is English, for the text console has no Han characters; for {} use "
                        "a terminal window",
                        asked->name)};
  }
  return {asked, asked};
}

}  // namespace sandpost::sandbox
