#include "base/suggestion.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace sandpost {
namespace {

constexpr std::array<std::string_view, 5> words{"learn", "demo", "serve", "smtp-port", "pop3-port"};

TEST_CASE("suggestion: a slip of the finger finds its word") {
  CHECK(suggestion("serv", words) == "serve");
  CHECK(suggestion("sevre", words) == "serve");
  CHECK(suggestion("DEMO", words) == "demo");
  CHECK(suggestion("dmo", words) == "demo");
  CHECK(suggestion("smtp_prot", words) == "smtp-port");
}

TEST_CASE("suggestion: the beginning of one word only finds it") {
  CHECK(suggestion("smtp", words) == "smtp-port");
  CHECK(suggestion("l", words) == "learn");
  CHECK(suggestion("s", words).empty());
}

TEST_CASE("suggestion: the closest wins") {
  constexpr std::array<std::string_view, 2> ports{"smtp-port", "pop3-port"};
  CHECK(suggestion("pop-port", ports) == "pop3-port");
}

TEST_CASE("suggestion: what is far from all words finds none") {
  for (const char* far : {"", "xyzzy", "dem0nstrate", "lemon-tart", "x"}) {
    CAPTURE(far);
    CHECK(suggestion(far, words).empty());
  }
  CHECK(suggestion(std::string(100'000, 'x'), words).empty());
}

}  // namespace
}  // namespace sandpost
