#include "net/apop.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace sandpost::net {

std::string apop_digest(const std::string& timestamp, const std::string& secret) {
  const std::string text = timestamp + secret;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int octets = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &octets, EVP_md5(), nullptr) != 1) {
    return {};
  }
  std::string out;
  for (unsigned int i = 0; i < octets; ++i)
    out += fmt::format("{:02x}", digest.at(i));
  return out;
}

}  // namespace sandpost::net
