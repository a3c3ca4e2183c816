#pragma once
// What can be fed with any bytes at all. Each target throws Broken where something does not hold
// that must, whatever came; libFuzzer plays them through tests/fuzz/main.cpp, and the unit tests
// play tests/fuzz/corpus/<name>/ through the same functions.

#include <array>
#include <stdexcept>
#include <string_view>

namespace sandpost::fuzz {

struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

void smtp(std::string_view input);
void pop3(std::string_view input);
void address(std::string_view input);
void lines(std::string_view input);
void dots(std::string_view input);
void headers(std::string_view input);
void lesson(std::string_view input);

struct Target {
  std::string_view name;
  void (*play)(std::string_view input);
};

inline constexpr std::array targets{
    Target{"smtp", smtp},     Target{"pop3", pop3}, Target{"address", address},
    Target{"lines", lines},   Target{"dots", dots}, Target{"headers", headers},
    Target{"lesson", lesson},
};

}  // namespace sandpost::fuzz
