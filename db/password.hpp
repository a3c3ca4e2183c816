#pragma once
// How passwords are kept: as the keys that a SCRAM-SHA-256 server stores (RFC 5802 §3, RFC 7677),
// so that the clear text is never on disk and SCRAM can be offered without asking for it again. And
// how they are checked, which must be slow for a guesser and quick for a learner who logs in again.
// Passwords are taken octet for octet: SASLprep is the caller's to do. But one with a NUL in it,
// which SASLprep forbids as well, is never right: HMAC fills its key up with zeros, so "x" and
// "x\0" would be the same.
//
// Threads: values are plain; a PasswordChecker belongs to the thread that owns its store. All
// functions throw std::runtime_error if the cryptographic library fails, which no input can cause.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sandpost::db {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::span<const std::uint8_t> bytes);
[[nodiscard]] Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view text);

struct PasswordHash {
  using Salt = std::array<std::uint8_t, 16>;

  // The least that RFC 7677 §4 allows: about a millisecond, unnoticed at a login.
  static constexpr int default_iterations = 4096;

  Salt salt{};
  int iterations = default_iterations;
  Digest stored_key{};
  Digest server_key{};

  // Under a fresh random salt.
  [[nodiscard]] static PasswordHash make(std::string_view password);
  [[nodiscard]] static PasswordHash derive(std::string_view password, const Salt& salt,
                                           int iterations);

  // Compares in constant time. Costs as much as make().
  [[nodiscard]] bool matches(std::string_view password) const;
};

// Checks passwords for one store. After a success it remembers, in memory only, a keyed hash of
// that account's password, so that the next correct login costs one HMAC instead of one PBKDF2. A
// wrong password and an unknown name cost one PBKDF2 each.
class PasswordChecker {
 public:
  // `stored` is null for an unknown name. What is remembered is bound to `stored`: when the account
  // gets a new password, the old one is worth nothing at once.
  [[nodiscard]] bool check(const std::string& name, const PasswordHash* stored,
                           std::string_view password);

  // How many checks had to go the slow way.
  [[nodiscard]] std::size_t slow_checks() const { return slow_checks_; }

 private:
  // Made at the first check: waking the cryptographic library takes milliseconds, and a server
  // starts without.
  struct Secrets {
    Secrets();
    Digest key;           // of what is remembered
    PasswordHash nobody;  // what an unknown name is checked against
  };
  std::optional<Secrets> secrets_;
  std::map<std::string, Digest> remembered_;
  std::size_t slow_checks_ = 0;
};

}  // namespace sandpost::db
