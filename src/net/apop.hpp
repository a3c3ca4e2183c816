#pragma once
// POP3's APOP command: the greeting's timestamp, and the digest over it.

#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace sandpost::net {

// RFC 1939 §7: MD5 over the greeting's timestamp and the secret, in lower case hex. Empty if the
// cryptographic library refuses to do MD5.
[[nodiscard]] std::string apop_digest(const std::string& timestamp, const std::string& secret);

// RFC 1939 §7: a msg-id in angle brackets, another one for each greeting ever sent; so a digest
// that somebody overheard opens nothing. Session and time alone come again in a run whose clock was
// set: `repeatable` is for plays that are to come again. Throws std::runtime_error if there are no
// random numbers.
[[nodiscard]] std::string apop_timestamp(const std::string& server, std::uint64_t session, Time now,
                                         bool repeatable);

}  // namespace sandpost::net
