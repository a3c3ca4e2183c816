#include "base/base64.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <utility>

namespace sandpost {
namespace {

using namespace std::string_literals;

TEST_CASE("base64: the vectors of RFC 4648 §10, both ways") {
  const std::array<std::pair<std::string, std::string>, 7> vectors{{{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : vectors) {
    CAPTURE(text);
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
  }
}

TEST_CASE("base64: the whole alphabet, and octets that are no text") {
  CHECK(base64_encode("\xFB\xEF\xFF"s) == "++//");
  CHECK(base64_decode("++//") == "\xFB\xEF\xFF"s);
  CHECK(base64_encode("\0test\0test"s) == "AHRlc3QAdGVzdA==");
  CHECK(base64_decode("AHRlc3QAdGVzdA==") == "\0test\0test"s);
  CHECK(base64_decode("AAAA") == "\0\0\0"s);
}

TEST_CASE("base64: what is written is read again, whatever it is") {
  std::minstd_rand random(7);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random() >> 8U);
    const std::string text = base64_encode(bytes);
    CHECK(text.size() == (size + 2) / 3 * 4);
    CHECK(base64_decode(text) == bytes);
  }
}

TEST_CASE("base64: anything but the one right text is refused") {
  const std::array wrong{
      "Z"s,        "Zg"s,       "Zg="s,
      "Zm8"s,  // padding is missing
      "="s,        "=="s,       "==="s,
      "===="s,     "Z==="s,  // or too much
      "Zg==="s,    "Zm9v===="s, "Zm9v="s,
      "Zm9v=="s,  //
      "Zg==Zg=="s, "Z=g="s,     "=Zg="s,
      "Zm=v"s,  // or not at the end
      "Zh=="s,     "Zv=="s,     "Zm9="s,
      "Zm+="s,  // left-over bits
      "Zm9v\r\n"s, "Zm9v\n"s,   "Zm 9v"s,
      " Zm9v"s,    "Zm9v    "s,  // white space
      "Zm9\r"s,    "Zm-_"s,     "Zm9\xC3"s,
      "Zm9\0"s,    "\0\0\0\0"s,  // other letters
      "Zm9*"s,     "Zm9v!!!!"s, "\xFF\xFF\xFF\xFF"s,
  };
  for (const std::string& text : wrong) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text));
  }
}

// Of the texts of four characters exactly those are read that would be written.
TEST_CASE("base64: every short text that is read is the one that would be written") {
  const std::string letters = "AQgwZ/=- ";
  std::size_t read = 0;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < 9 * 9 * 9 * 9; ++i) {
    const std::string text{letters[i % 9], letters[i / 9 % 9], letters[i / 81 % 9],
                           letters[i / 729]};
    const auto bytes = base64_decode(text);
    ++(bytes ? read : refused);
    if (bytes) CHECK(base64_encode(*bytes) == text);
  }
  // Six are letters of the alphabet; of these A, Q, g, w leave nothing over, before one = or two.
  CHECK(read == 6 * 6 * 6 * 6 + 6 * 6 * 4 + 6 * 4);
  CHECK(refused == 9 * 9 * 9 * 9 - read);
}

}  // namespace
}  // namespace sandpost
