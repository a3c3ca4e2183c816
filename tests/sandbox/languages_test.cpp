#include "sandbox/languages.hpp"

#include <doctest/doctest.h>

#include <map>

namespace sandpost::sandbox {
namespace {

using Variables = std::map<std::string, std::string>;

LanguageChoice choose(std::string_view option, Variables variables, bool terminal = false) {
  return choose_language(
      option,
      [variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      terminal);
}

std::string_view spoken(std::string_view option, Variables variables) {
  return choose(option, std::move(variables)).spoken->name;
}

}  // namespace

TEST_CASE("language: the names by which each is found") {
  for (const char* name : {"zh-TW", "zh_TW", "zh_tw.UTF-8", "ZH-tw", "zh_TW.utf8@x", "zh-Hant",
                           "zh-Hant-TW", "zh_HK", "zh_MO.UTF-8"}) {
    CAPTURE(name);
    REQUIRE(find_language(name) != nullptr);
    CHECK(find_language(name)->name == "zh-TW");
  }
  for (const char* name : {"en", "en_GB.UTF-8", "EN-us", "C", "POSIX", "C.UTF-8"}) {
    CAPTURE(name);
    REQUIRE(find_language(name) != nullptr);
    CHECK(find_language(name)->name == "en");
  }
  for (const char* name : {"", "zh", "zh_CN.UTF-8", "zh-Hans", "english", "de_DE", "zh-TWx"}) {
    CAPTURE(name);
    CHECK(find_language(name) == nullptr);
  }
  CHECK(language_names() == "en, zh-TW");
}

TEST_CASE("language: --lang outweighs SANDPOST_LANG, and that the locale") {
  const Variables chinese{{"LANG", "zh_TW.UTF-8"}};
  CHECK(spoken("", chinese) == "zh-TW");
  CHECK(spoken("en", chinese) == "en");
  CHECK(spoken("", {{"LANG", "zh_TW.UTF-8"}, {"SANDPOST_LANG", "en"}}) == "en");
  CHECK(spoken("zh-TW", {{"LANG", "C.UTF-8"}, {"SANDPOST_LANG", "en"}}) == "zh-TW");
  CHECK(spoken("", {{"LANG", "C.UTF-8"}, {"SANDPOST_LANG", "zh-TW"}}) == "zh-TW");
}

TEST_CASE("language: LC_ALL outweighs LC_MESSAGES, and that LANG; an empty one says nothing") {
  CHECK(spoken("", {{"LANG", "zh_TW.UTF-8"}, {"LC_ALL", "C"}}) == "en");
  CHECK(spoken("", {{"LANG", "C.UTF-8"}, {"LC_MESSAGES", "zh_TW.UTF-8"}}) == "zh-TW");
  CHECK(spoken("", {{"LANG", "zh_TW.UTF-8"}, {"LC_MESSAGES", "en_US.UTF-8"}}) == "en");
  CHECK(spoken("", {{"LANG", "zh_TW.UTF-8"}, {"LC_ALL", ""}, {"LC_MESSAGES", ""}}) == "zh-TW");
}

TEST_CASE("language: a locale of a language that is not there is English without a word") {
  for (const char* locale : {"zh_CN.UTF-8", "de_DE.UTF-8", "C", "", "x"}) {
    CAPTURE(locale);
    const auto choice = choose("", {{"LANG", locale}});
    CHECK(choice.spoken->name == "en");
    CHECK(choice.why.empty());
  }
}

TEST_CASE("language: without UTF-8 it is English, and one line says why and what to do") {
  const auto unset = choose("zh-TW", {});
  CHECK(unset.spoken->name == "en");
  CHECK(unset.asked->name == "zh-TW");
  CHECK(unset.why ==
        "this is English, for the locale has no UTF-8 (LANG is not set); for zh-TW set "
        "LANG=C.UTF-8");
  const auto big5 = choose("", {{"LANG", "zh_TW.Big5"}});
  CHECK(big5.spoken->name == "en");
  CHECK(big5.why ==
        "this is English, for the locale has no UTF-8 (LANG=zh_TW.Big5); for zh-TW set "
        "LANG=C.UTF-8");
  const auto ctype = choose("zh-TW", {{"LANG", "C.UTF-8"}, {"LC_CTYPE", "C"}});
  CHECK(ctype.spoken->name == "en");
  CHECK(ctype.why.find("LC_CTYPE=C.UTF-8") != std::string::npos);
  CHECK(choose("zh-TW", {{"LANG", "C"}, {"LC_CTYPE", "C.utf8"}}).spoken->name == "zh-TW");
}

TEST_CASE("language: the Linux console has no Han characters") {
  const Variables console{{"LANG", "zh_TW.UTF-8"}, {"TERM", "linux"}};
  const auto choice = choose("", console, true);
  CHECK(choice.spoken->name == "en");
  CHECK(choice.why.find("text console") != std::string::npos);
  CHECK(choose("", console, false).spoken->name == "zh-TW");
  CHECK(choose("", {{"LANG", "zh_TW.UTF-8"}, {"TERM", "xterm"}}, true).spoken->name == "zh-TW");
}

}  // namespace sandpost::sandbox
