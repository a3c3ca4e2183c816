// The catalogues of sandbox/languages/ say all that the program says, and nothing else.

#include <doctest/doctest.h>
#include <stdio.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "sandbox/catalogues.hpp"
#include "sandbox/languages.hpp"
#include "sandbox/lesson_language.hpp"
#include "sandbox/library.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::tests {
namespace {

struct Entry {
  std::string english;
  std::string translation;
  bool fuzzy = false;
};

// The text between the quotes of a line of a .po file.
std::string unquoted(const std::string& line) {
  const auto begin = line.find('"') + 1;
  std::string out;
  for (std::size_t i = begin; i < line.rfind('"'); ++i) {
    if (line[i] != '\\') {
      out += line[i];
      continue;
    }
    ++i;
    out += line[i] == 'n' ? '\n' : line[i] == 't' ? '\t' : line[i];
  }
  return out;
}

std::vector<Entry> entries_in(std::istream& po) {
  std::vector<Entry> out;
  bool fuzzy = false;
  std::string Entry::*side = nullptr;
  for (std::string line; std::getline(po, line);) {
    if (line.starts_with("#~")) continue;
    if (line.starts_with("#,")) fuzzy = line.find("fuzzy") != std::string::npos;
    if (line.starts_with("msgid ")) {
      out.push_back({"", "", std::exchange(fuzzy, false)});
      side = &Entry::english;
    }
    if (line.starts_with("msgstr ")) side = &Entry::translation;
    if (side != nullptr && line.find('"') != std::string::npos && !line.starts_with('#'))
      out.back().*side += unquoted(line);
  }
  std::erase_if(out, [](const Entry& entry) { return entry.english.empty(); });
  return out;
}

std::vector<Entry> catalogue(std::string_view name) {
  std::ifstream file(SANDPOST_SOURCE_DIR "/sandbox/languages/" + std::string(name) + ".po");
  REQUIRE(file);
  return entries_in(file);
}

// What stands in tr(), say() and tr_later(), found as scripts/messages finds it.
const std::set<std::string>& code_keys() {
  static const std::set<std::string> keys = [] {
    const std::string command =
        "cd '" SANDPOST_SOURCE_DIR
        "' && find src sandbox -name '*.?pp' | xgettext --files-from=- --output=- --language=C++ "
        "--from-code=UTF-8 --keyword --keyword=tr --keyword=say --keyword=tr_later";
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    std::array<char, 4096> part;
    for (std::size_t got = 1; got > 0;) {
      got = fread(part.data(), 1, part.size(), pipe);
      text.append(part.data(), got);
    }
    REQUIRE_MESSAGE(pclose(pipe) == 0, "xgettext, of the package gettext, could not read the code");
    std::istringstream stream(text);
    std::set<std::string> out;
    for (const Entry& entry : entries_in(stream))
      out.insert(entry.english);
    return out;
  }();
  return keys;
}

std::set<std::string> lesson_keys() {
  std::set<std::string> out;
  for (const sandbox::LessonTitle& title : sandbox::lessons()) {
    const auto lesson = sandbox::find_lesson(title.id);
    REQUIRE(lesson);
    for (const sandbox::LessonPart& part : sandbox::parts_to_translate(*lesson))
      out.insert(part.text);
  }
  return out;
}

std::vector<std::string> found_in(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at)
    out.push_back(at->str());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> example_lines(const std::string& text) {
  std::vector<std::string> out = split(text, '\n');
  std::erase_if(out, [](const std::string& line) { return !line.starts_with("  "); });
  return out;
}

template <class Is>
bool has_character(const std::string& text, Is is) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
    if (length > 1 && is(utf8_decode(rest))) return true;
    rest.remove_prefix(length);
  }
  return false;
}

// Marks of Chinese sentences, and full-width twins of ASCII.
bool is_full_width(char32_t code) {
  return (code >= 0x3000 && code <= 0x303F) || (code >= 0xFF00 && code <= 0xFF65);
}

// Those twins that no Chinese sentence needs: the blank, digits, letters, < > and @.
bool is_latin_in_disguise(char32_t code) {
  return code == 0x3000 || (code >= 0xFF10 && code <= 0xFF19) || code == 0xFF1C || code == 0xFF1E ||
         (code >= 0xFF20 && code <= 0xFF3A) || (code >= 0xFF41 && code <= 0xFF5A);
}

}  // namespace

TEST_CASE("translations: all that the code says is said in every language") {
  REQUIRE(code_keys().size() > 400);
  REQUIRE_FALSE(sandbox::catalogue_files().empty());
  for (const sandbox::CatalogueFile& file : sandbox::catalogue_files()) {
    std::map<std::string, Entry> there;
    for (const Entry& entry : catalogue(file.name))
      there[entry.english] = entry;
    for (const std::string& key : code_keys()) {
      const auto found = there.find(key);
      CHECK_MESSAGE(found != there.end(), file.name << ".po wants, by scripts/messages: " << key);
      if (found == there.end()) continue;
      CHECK_MESSAGE(!found->second.translation.empty(), file.name << ".po, not yet: " << key);
      CHECK_MESSAGE(!found->second.fuzzy, file.name << ".po, look at the fuzzy: " << key);
    }
  }
}

TEST_CASE("translations: the built-in catalogue says what its file says") {
  for (const sandbox::CatalogueFile& file : sandbox::catalogue_files()) {
    const std::string mo = sandbox::unpacked(file);
    const Catalogue built_in(mo);
    for (const Entry& entry : catalogue(file.name)) {
      if (entry.translation.empty() || entry.fuzzy) continue;
      CHECK_MESSAGE(built_in.find(entry.english) == entry.translation, entry.english);
    }
  }
}

TEST_CASE("translations: nothing stands in a catalogue that nobody says") {
  const std::set<std::string> lessons = lesson_keys();
  for (const sandbox::CatalogueFile& file : sandbox::catalogue_files()) {
    for (const Entry& entry : catalogue(file.name)) {
      const bool said = code_keys().contains(entry.english) || lessons.contains(entry.english);
      CHECK_MESSAGE(said, file.name << ".po, nowhere in the program: " << entry.english);
    }
  }
}

TEST_CASE("translations: the titles of all lessons are there") {
  for (const sandbox::CatalogueFile& file : sandbox::catalogue_files()) {
    const std::string mo = sandbox::unpacked(file);
    const Catalogue built_in(mo);
    for (const sandbox::LessonTitle& title : sandbox::lessons())
      CHECK_MESSAGE(built_in.find(title.title), title.title);
  }
}

TEST_CASE("translations: each has the same placeholders as its English") {
  for (const sandbox::CatalogueFile& file : sandbox::catalogue_files()) {
    for (const Entry& entry : catalogue(file.name)) {
      if (entry.translation.empty()) continue;
      CAPTURE(entry.translation);
      CHECK_MESSAGE(
          found_in(entry.english, "\\{[^}]*\\}") == found_in(entry.translation, "\\{[^}]*\\}"),
          file.name << ".po: " << entry.english);
    }
  }
}

TEST_CASE("translations: lines to copy are the same in every language") {
  for (const sandbox::CatalogueFile& file : sandbox::catalogue_files()) {
    for (const Entry& entry : catalogue(file.name)) {
      if (entry.translation.empty()) continue;
      CAPTURE(entry.translation);
      CHECK_MESSAGE(example_lines(entry.english) == example_lines(entry.translation),
                    file.name << ".po: " << entry.english);
    }
  }
}

TEST_CASE("translations: no full-width character stands where a learner could copy a command") {
  for (const sandbox::CatalogueFile& file : sandbox::catalogue_files()) {
    for (const Entry& entry : catalogue(file.name)) {
      const std::string& text = entry.translation;
      for (const std::string& line : example_lines(text))
        CHECK_MESSAGE(!has_character(line, is_full_width), file.name << ".po: " << line);
      // In a sentence such a line stands between two blanks on each side.
      for (const std::string& line : found_in(text, "  [^ \n][^\n]*?  "))
        CHECK_MESSAGE(!has_character(line, is_full_width), file.name << ".po: " << line);
      CHECK_MESSAGE(!has_character(text, is_latin_in_disguise), file.name << ".po: " << text);
    }
  }
}

}  // namespace sandpost::tests
