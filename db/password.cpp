#include "db/password.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <stdexcept>
#include <tuple>

namespace sandpost::db {
namespace {

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("cryptographic library: ") + what + " failed");
}

template <std::size_t size>
std::array<std::uint8_t, size> random_bytes() {
  std::array<std::uint8_t, size> bytes{};
  require(RAND_bytes(bytes.data(), static_cast<int>(size)) == 1, "RAND_bytes");
  return bytes;
}

bool equal(const Digest& a, const Digest& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// SaltedPassword := Hi(password, salt, i), which is PBKDF2 with HMAC (RFC 5802 §2.2)
Digest salted_password(std::string_view password, const PasswordHash::Salt& salt, int iterations) {
  Digest result{};
  const int done = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                                     salt.data(), static_cast<int>(salt.size()), iterations,
                                     EVP_sha256(), static_cast<int>(result.size()), result.data());
  require(done == 1, "PBKDF2");
  return result;
}

}  // namespace

Digest sha256(std::span<const std::uint8_t> bytes) {
  Digest result{};
  require(SHA256(bytes.data(), bytes.size(), result.data()) != nullptr, "SHA-256");
  return result;
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view text) {
  Digest result{};
  const unsigned char* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                   reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                   result.data(), nullptr);
  require(made != nullptr, "HMAC");
  return result;
}

PasswordHash PasswordHash::make(std::string_view password) {
  return derive(password, random_bytes<std::tuple_size_v<Salt>>(), default_iterations);
}

// ClientKey := HMAC(SaltedPassword, "Client Key"), StoredKey := H(ClientKey),
// ServerKey := HMAC(SaltedPassword, "Server Key") (RFC 5802 §3)
PasswordHash PasswordHash::derive(std::string_view password, const Salt& salt, int iterations) {
  Digest salted = salted_password(password, salt, iterations);
  Digest client_key = hmac_sha256(salted, "Client Key");
  PasswordHash hash;
  hash.salt = salt;
  hash.iterations = iterations;
  hash.stored_key = sha256(client_key);
  hash.server_key = hmac_sha256(salted, "Server Key");
  OPENSSL_cleanse(salted.data(), salted.size());
  OPENSSL_cleanse(client_key.data(), client_key.size());
  return hash;
}

bool PasswordHash::matches(std::string_view password) const {
  const bool same_keys = equal(derive(password, salt, iterations).stored_key, stored_key);
  return same_keys && password.find('\0') == std::string_view::npos;
}

PasswordChecker::Secrets::Secrets() : key(random_bytes<std::tuple_size_v<Digest>>()) {
  nobody.salt = random_bytes<std::tuple_size_v<PasswordHash::Salt>>();
  // No password leads to random keys.
  nobody.stored_key = random_bytes<std::tuple_size_v<Digest>>();
}

bool PasswordChecker::check(const std::string& name, const PasswordHash* stored,
                            std::string_view password) {
  if (!secrets_) secrets_.emplace();
  const PasswordHash& hash = stored != nullptr ? *stored : secrets_->nobody;
  std::string keyed(hash.stored_key.begin(), hash.stored_key.end());
  keyed += password;
  const Digest quick = hmac_sha256(secrets_->key, keyed);
  OPENSSL_cleanse(keyed.data(), keyed.size());
  const auto known = remembered_.find(name);
  if (stored != nullptr && known != remembered_.end() && equal(known->second, quick)) return true;

  ++slow_checks_;
  const bool right = hash.matches(password);
  if (stored == nullptr || !right) return false;
  remembered_[name] = quick;
  return true;
}

}  // namespace sandpost::db
