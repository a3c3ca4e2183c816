#pragma once
// The digest of POP3's APOP command.

#include <string>

namespace sandpost::net {

// RFC 1939 §7: MD5 over the greeting's timestamp and the secret, in lower case hex. Empty if the
// cryptographic library refuses to do MD5.
[[nodiscard]] std::string apop_digest(const std::string& timestamp, const std::string& secret);

}  // namespace sandpost::net
