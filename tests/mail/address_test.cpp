#include "mail/address.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sandpost;
using namespace sandpost::mail;

namespace {

constexpr PathRules strict{};
constexpr PathRules lenient{
    .allow_no_brackets = true, .allow_null = true, .allow_no_domain = true, .allow_utf8 = true};

}  // namespace

TEST_CASE("address: paths of RFC 5321 §4.1.2") {
  const struct {
    std::string text, local_part, domain;
  } table[] = {
      {"<a@b>", "a", "b"},
      {"<s9360511@ntut.edu.tw>", "s9360511", "ntut.edu.tw"},
      {"<john.q.public@Example.ORG>", "john.q.public", "Example.ORG"},
      {"<!#$%&'*+-/=?^_`{|}~@x>", "!#$%&'*+-/=?^_`{|}~", "x"},
      {"<\"john smith\"@x>", "john smith", "x"},
      {"<\"a\\\"b\\\\c\"@x>", "a\"b\\c", "x"},
      {"<\"a@b\"@x>", "a@b", "x"},
      {"<\">\"@x>", ">", "x"},
      {"<\"a\\b\"@x>", "ab", "x"},
      {"<\"\"@c>", "", "c"},
      {"<a@[127.0.0.1]>", "a", "[127.0.0.1]"},
      {"<a@[127.000.000.001]>", "a", "[127.000.000.001]"},
      {"<a@[IPv6:::1]>", "a", "[IPv6:::1]"},
      {"<a@[ipv6:2001:db8::1]>", "a", "[ipv6:2001:db8::1]"},
      {"<a@1.2.3.4>", "a", "1.2.3.4"},
      {"<a@x-y.z--1>", "a", "x-y.z--1"},
      {"<@one,@two.example:joe@three>", "joe", "three"},
      {"<@[10.0.0.1]:joe@three>", "joe", "three"},
      {"<" + std::string(64, 'a') + "@b>", std::string(64, 'a'), "b"},
      {"<a@" + std::string(63, 'b') + ".c>", "a", std::string(63, 'b') + ".c"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto path = parse_path(row.text + " SIZE=1", strict);
    REQUIRE(path);
    CHECK(path->address.local_part == row.local_part);
    CHECK(path->address.domain == row.domain);
    CHECK(path->brackets);
    CHECK(path->length == row.text.size());
  }
}

TEST_CASE("address: what is no path, and why") {
  const struct {
    std::string text;
    PathError error;
  } table[] = {
      {"", PathError::missing},
      {"<>", PathError::missing},
      {"<", PathError::one_bracket},
      {"<a@b", PathError::one_bracket},
      {"<a@b SIZE=1", PathError::one_bracket},
      {"a@b>", PathError::one_bracket},
      {"a@b", PathError::no_brackets},
      {"<a>", PathError::bad_domain},
      {"<a@>", PathError::bad_domain},
      {"<@b>", PathError::bad_domain},
      {"<@b:>", PathError::bad_local_part},
      {"<@b,c@d>", PathError::bad_domain},
      {"<@:c@d>", PathError::bad_domain},
      {"<a@b c>", PathError::bad_domain},
      {"<a@b SIZE=1 c", PathError::one_bracket},
      {"< a@b>", PathError::bad_local_part},
      {"<a b@c>", PathError::bad_domain},
      {"<.a@b>", PathError::bad_local_part},
      {"<a.@b>", PathError::bad_local_part},
      {"<a..b@c>", PathError::bad_local_part},
      {"<a(b)@c>", PathError::bad_domain},
      {"<\"a@b>", PathError::bad_local_part},
      {"<\"a\"b@c>", PathError::bad_domain},
      {"<\"a\tb\"@c>", PathError::bad_local_part},
      {"<a@-b>", PathError::bad_domain},
      {"<a@b->", PathError::bad_domain},
      {"<a@b..c>", PathError::bad_domain},
      {"<a@b.>", PathError::bad_domain},
      {"<a@.b>", PathError::bad_domain},
      {"<a@b_c>", PathError::bad_domain},
      {"<a@b@c>", PathError::bad_domain},
      {"<a@[127.0.0.256]>", PathError::bad_domain},
      {"<a@[127.0.0]>", PathError::bad_domain},
      {"<a@[127.0.0.0001]>", PathError::bad_domain},
      {"<a@[127.0.0.+1]>", PathError::bad_domain},
      {"<a@[127.0..1]>", PathError::bad_domain},
      {"<a@[127.0.0.1>", PathError::bad_domain},
      {"<a@[]>", PathError::bad_domain},
      {"<a@[IPv6:]>", PathError::bad_domain},
      {"<a@[IPv6:1::2::3]>", PathError::bad_domain},
      {"<a@[::1]>", PathError::bad_domain},
      {"<" + std::string(65, 'a') + "@b>", PathError::too_long},
      {"<a@" + std::string(64, 'b') + ">", PathError::bad_domain},
      {"<a@" + std::string(256, 'b') + ">", PathError::too_long},
      {"<\xC3\xA9@b>", PathError::non_ascii},
      {"<a@\xC3\xA9>", PathError::non_ascii},
      {"<a\r@b>", PathError::bad_domain},
      {"<a@b\r>", PathError::bad_domain},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto path = parse_path(row.text, strict);
    REQUIRE_FALSE(path);
    CHECK(path.error() == row.error);
  }
}

TEST_CASE("address: a blank inside an address is not taken for a missing bracket") {
  CHECK(parse_path("<a b@c>", lenient).error() == PathError::bad_local_part);
  CHECK(parse_path("<a@b c>", lenient).error() == PathError::bad_domain);
  CHECK(parse_path("<a SIZE=1", lenient).error() == PathError::one_bracket);
}

TEST_CASE("address: leniencies are flags") {
  const auto bare = parse_path("a@b SIZE=1", lenient);
  REQUIRE(bare);
  CHECK_FALSE(bare->brackets);
  CHECK(bare->length == 3);
  CHECK(parse_path("<>", lenient)->address.is_null());
  CHECK(parse_path("<>", lenient)->length == 2);
  CHECK(parse_path("<postmaster>", lenient)->address == Address{"postmaster", ""});
  CHECK(parse_path("<\xE7\x94\xA8@\xC3\xA9.tw>", lenient)->address.domain == "\xC3\xA9.tw");
  CHECK(parse_path("<\xA4\xA4@b>", lenient).error() == PathError::not_utf8);
  CHECK(parse_path("<a@\xA4\xA4>", lenient).error() == PathError::not_utf8);
  CHECK(parse_path("a@b>", lenient).error() == PathError::one_bracket);
}

TEST_CASE("address: a text made of an address is read back as the same") {
  for (const Address& address :
       {Address{"a", "b"}, Address{"john smith", "x.y"}, Address{"a\"b\\c", "x"},
        Address{"a..b", "x"}, Address{".", "x"}, Address{"a@b", "[127.0.0.1]"},
        Address{"postmaster", ""}, Address{"", "c"}, Address{}}) {
    CAPTURE(address.to_text());
    const auto path = parse_path('<' + address.to_text() + '>', lenient);
    REQUIRE(path);
    CHECK(path->address == address);
  }
  CHECK(Address{"", "c"}.to_text() == "\"\"@c");
}

TEST_CASE("address: a mailbox on the command line has a domain and no brackets") {
  CHECK(parse_mailbox("a@b.c") == Address{"a", "b.c"});
  CHECK(parse_mailbox("a").error() == PathError::bad_domain);
  CHECK(parse_mailbox("").error() == PathError::missing);
  CHECK(parse_mailbox("<>").error() == PathError::missing);
  CHECK(parse_mailbox("a@b c").error() == PathError::bad_domain);
}

TEST_CASE("address: what stands behind a NUL in an address literal is not let through unread") {
  for (const std::string& literal :
       {std::string("[127.0.0.1\0\r\nDATA]", 18), std::string("[IPv6:::1\0x]", 12)}) {
    CHECK_FALSE(is_address_literal(literal));
    CHECK_FALSE(parse_path("<a@" + literal + ">", lenient));
  }
}

TEST_CASE("address: beside :: an IPv6 literal has at most six groups (RFC 5321 §4.1.3)") {
  for (const char* literal : {"[IPv6:::]", "[IPv6:1:2:3:4:5:6::]", "[IPv6:1::3:4:5:6:7]",
                              "[IPv6:1:2:3:4:5:6:7:8]", "[IPv6:1:2:3:4::1.2.3.4]"}) {
    CHECK_MESSAGE(is_address_literal(literal), literal);
  }
  for (const char* literal :
       {"[IPv6:1:2:3:4:5:6:7::]", "[IPv6:1::3:4:5:6:7:8]", "[IPv6:1:2:3:4:5::1.2.3.4]"}) {
    CHECK_FALSE_MESSAGE(is_address_literal(literal), literal);
  }
}

TEST_CASE("address: literals of one address are the same, however they are written") {
  CHECK(is_same_address_literal("[127.0.0.1]", "[127.000.000.001]"));
  CHECK(is_same_address_literal("[IPv6:::1]", "[ipv6:0:0:0:0:0:0:0:1]"));
  CHECK(is_same_address_literal("[IPv6:2001:DB8::1]", "[IPv6:2001:db8:0::1]"));
  CHECK(is_same_address_literal("[127.0.0.1]", "[IPv6:::ffff:127.0.0.1]"));
  CHECK_FALSE(is_same_address_literal("[127.0.0.1]", "[127.0.0.2]"));
  CHECK_FALSE(is_same_address_literal("[127.0.0.1]", ""));
  CHECK_FALSE(is_same_address_literal("", ""));
  CHECK_FALSE(is_same_address_literal("a.b", "a.b"));
}
