#include "net/apop.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <span>
#include <stdexcept>

namespace sandpost::net {
namespace {

// Beside session and time, which an attacker can await or set.
constexpr std::size_t random_octets = 12;

std::string hexadecimal(std::span<const unsigned char> octets) {
  std::string out;
  for (const unsigned char octet : octets)
    out += fmt::format("{:02x}", octet);
  return out;
}

}  // namespace

std::string apop_digest(const std::string& timestamp, const std::string& secret) {
  const std::string text = timestamp + secret;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int octets = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &octets, EVP_md5(), nullptr) != 1) {
    return {};
  }
  return hexadecimal(std::span(digest).first(octets));
}

std::string apop_timestamp(const std::string& server, std::uint64_t session, Time now,
                           bool repeatable) {
  std::string nonce;
  if (!repeatable) {
    std::array<unsigned char, random_octets> octets{};
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
      throw std::runtime_error("no random numbers for the timestamp of APOP");
    }
    nonce = "." + hexadecimal(octets);
  }
  return fmt::format("<{}.{}{}@{}>", session, now.time_since_epoch().count(), nonce, server);
}

}  // namespace sandpost::net
