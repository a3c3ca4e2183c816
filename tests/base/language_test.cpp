#include "base/language.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sandpost {
namespace {

void put(std::string& out, std::uint32_t number) {
  for (int i = 0; i < 4; ++i)
    out += static_cast<char>(number >> (8 * i) & 0xFFU);
}

struct Pair {
  std::string english;
  std::string other;
};

// As msgfmt writes it; `texts` sorted.
std::string mo_of(const std::vector<Pair>& texts) {
  const auto count = static_cast<std::uint32_t>(texts.size());
  constexpr std::uint32_t head = 28;
  std::string out;
  for (const std::uint32_t number :
       {0x950412DEU, 0U, count, head, head + 8 * count, 0U, head + 16 * count})
    put(out, number);
  std::string bytes;
  const auto add_table = [&](std::string Pair::*side) {
    for (const Pair& one : texts) {
      put(out, static_cast<std::uint32_t>((one.*side).size()));
      put(out, head + 16 * count + static_cast<std::uint32_t>(bytes.size()));
      bytes += one.*side + '\0';
    }
  };
  add_table(&Pair::english);
  add_table(&Pair::other);
  return out + bytes;
}

const std::string greek = mo_of(
    {{"", "Language: el\n"}, {"empty", ""}, {"letter {0} of {1}", "{1}: {0}"}, {"no", "oxi"}});

struct InGreek {
  Catalogue catalogue{greek};
  const Catalogue* before = use_catalogue(&catalogue);
  ~InGreek() { use_catalogue(before); }
};

}  // namespace

TEST_CASE("language: English is what stands in the code") {
  CHECK(tr("no") == "no");
  CHECK(say("letter {0} of {1}", 2, 5) == "letter 2 of 5");
}

TEST_CASE("language: a text that the catalogue has is said in its language") {
  const InGreek greek_spoken;
  CHECK(tr("no") == "oxi");
  CHECK(tr(tr_later("no")) == "oxi");
}

TEST_CASE("language: a translation can turn the arguments round") {
  const InGreek greek_spoken;
  CHECK(say("letter {0} of {1}", 2, 5) == "5: 2");
}

TEST_CASE("language: what is missing or not translated stays English") {
  const InGreek greek_spoken;
  CHECK(tr("yes") == "yes");
  CHECK(tr("empty") == "empty");
  CHECK(tr("").empty());
}

TEST_CASE("language: the head of a catalogue can be read") {
  CHECK(Catalogue(greek).find("") == "Language: el\n");
}

TEST_CASE("language: each text of a large catalogue is found") {
  std::vector<Pair> texts;
  for (int i = 1000; i < 1100; ++i)
    texts.push_back({std::to_string(i), std::to_string(-i)});
  const std::string mo = mo_of(texts);
  const Catalogue catalogue(mo);
  for (const Pair& one : texts)
    CHECK(catalogue.find(one.english) == one.other);
  CHECK_FALSE(catalogue.find("1"));
  CHECK_FALSE(catalogue.find("9"));
}

TEST_CASE("language: a catalogue that is cut or full of nonsense is no danger") {
  for (std::size_t length = 0; length < greek.size(); ++length)
    (void)Catalogue(std::string_view(greek).substr(0, length)).find("no");
  for (std::size_t at = 0; at < greek.size(); ++at) {
    std::string broken = greek;
    broken[at] = static_cast<char>(0xFF);
    const auto found = Catalogue(broken).find("no");
    if (found) CHECK(found->size() <= broken.size());
  }
}

}  // namespace sandpost
