#include "db/password.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sandpost::db {
namespace {

template <class Octets = std::vector<std::uint8_t>>
Octets from_base64(std::string_view text) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::uint8_t> octets;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6) | static_cast<std::uint32_t>(alphabet.find(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    octets.push_back(static_cast<std::uint8_t>(bits >> held));
  }
  Octets result{};
  REQUIRE(octets.size() == result.size());
  std::copy(octets.begin(), octets.end(), result.begin());
  return result;
}

// RFC 7677 §3: user "user", password "pencil".
constexpr std::string_view auth_message =
    "n=user,r=rOprNGfwEbeRWgbNEkqO,"
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

PasswordHash pencil() {
  return PasswordHash::derive("pencil", from_base64<PasswordHash::Salt>("W22ZaJ0SNY7soEsUEjb6gQ=="),
                              4096);
}

TEST_CASE("password: the server key signs as in RFC 7677") {
  CHECK(hmac_sha256(pencil().server_key, auth_message) ==
        from_base64<Digest>("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
}

TEST_CASE("password: the stored key verifies the client's proof of RFC 7677") {
  const PasswordHash hash = pencil();
  Digest client_key = from_base64<Digest>("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  const Digest signature = hmac_sha256(hash.stored_key, auth_message);
  for (std::size_t i = 0; i < client_key.size(); ++i)
    client_key[i] ^= signature[i];
  CHECK(sha256(client_key) == hash.stored_key);
}

TEST_CASE("password: a hash matches its own password only") {
  const PasswordHash hash = PasswordHash::make("secret");
  CHECK(hash.matches("secret"));
  for (const char* wrong : {"", "secre", "secrets", "Secret", "secret "}) {
    CAPTURE(wrong);
    CHECK_FALSE(hash.matches(wrong));
  }
}

TEST_CASE("password: one with a NUL in it is never right") {
  const PasswordHash hash = PasswordHash::make("secret");
  CHECK_FALSE(hash.matches(std::string_view("secret\0", 7)));
  CHECK_FALSE(PasswordHash::make(std::string_view("a\0", 2)).matches(std::string_view("a\0", 2)));
  PasswordChecker checker;
  REQUIRE(checker.check("ada", &hash, "secret"));
  CHECK_FALSE(checker.check("ada", &hash, std::string_view("secret\0", 7)));
}

TEST_CASE("password: an empty password is a password") {
  const PasswordHash hash = PasswordHash::make("");
  CHECK(hash.matches({}));
  CHECK_FALSE(hash.matches("x"));
}

TEST_CASE("password: the same password is salted anew each time") {
  const PasswordHash one = PasswordHash::make("secret");
  const PasswordHash two = PasswordHash::make("secret");
  CHECK(one.salt != two.salt);
  CHECK(one.stored_key != two.stored_key);
  CHECK(one.iterations == 4096);
}

TEST_CASE("password: the second correct login is quick") {
  const PasswordHash hash = PasswordHash::make("secret");
  PasswordChecker checker;
  CHECK(checker.check("ada", &hash, "secret"));
  CHECK(checker.slow_checks() == 1);
  CHECK(checker.check("ada", &hash, "secret"));
  CHECK(checker.slow_checks() == 1);
}

TEST_CASE("password: a wrong password and an unknown name are slow every time") {
  const PasswordHash hash = PasswordHash::make("secret");
  PasswordChecker checker;
  REQUIRE(checker.check("ada", &hash, "secret"));
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK_FALSE(checker.check("ada", &hash, "wrong"));
    CHECK_FALSE(checker.check("bob", nullptr, "secret"));
    CHECK(checker.slow_checks() == 3 + 2 * i);
  }
}

TEST_CASE("password: what is remembered belongs to one name and one hash") {
  const PasswordHash hash = PasswordHash::make("old");
  const PasswordHash changed = PasswordHash::make("new");
  PasswordChecker checker;
  REQUIRE(checker.check("ada", &hash, "old"));
  CHECK_FALSE(checker.check("ada", &changed, "old"));
  CHECK_FALSE(checker.check("bob", &changed, "old"));
  CHECK_FALSE(checker.check("ada", nullptr, "old"));
  CHECK(checker.check("ada", &changed, "new"));
}

}  // namespace
}  // namespace sandpost::db
