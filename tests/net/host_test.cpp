#include "net/host.hpp"

#include <doctest/doctest.h>

namespace sandpost::tests {
namespace {

// "bob" in full-width letters.
constexpr const char* wide_bob = "\xEF\xBD\x82\xEF\xBD\x8F\xEF\xBD\x82";

}  // namespace

TEST_CASE("directory: a name in full-width letters logs in, but is no recipient") {
  net::Directory directory;
  REQUIRE(directory.add("bob", "x"));
  CHECK(directory.find_account(wide_bob) == "bob");
  CHECK(directory.find("BOB") == "bob");
  CHECK_FALSE(directory.find(wide_bob));
}

TEST_CASE("directory: a name that is not ASCII is a recipient") {
  net::Directory directory;
  REQUIRE(directory.add("\xE7\x94\xA8", "x"));
  CHECK(directory.find("\xE7\x94\xA8") == "\xE7\x94\xA8");
}

}  // namespace sandpost::tests
