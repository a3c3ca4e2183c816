#pragma once
// The server's side of SASL (RFC 4422) for AUTH of SMTP (RFC 4954) and of POP3 (RFC 5034): PLAIN
// (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195) and SCRAM-SHA-256 (RFC 7677). What has cryptography in it
// is done by libgsasl. Not here: base64, "=" for an empty initial response, "*" for giving up, and
// which mechanisms may be offered without TLS.
//
// Threads: a SaslServer belongs to one thread at a time. step() asks for accounts and may be slow,
// so it is meant for the store's thread, which may also make it; it can be destroyed anywhere.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "db/password.hpp"
#include "db/store.hpp"

namespace sandpost::net {

enum class SaslMechanism { plain, login, cram_md5, scram_sha_256 };

// By its registered name, in any letter case.
[[nodiscard]] std::optional<SaslMechanism> find_sasl_mechanism(std::string_view name);
[[nodiscard]] std::string_view to_text(SaslMechanism mechanism);

// A name or a password as RFC 4616 §2 and RFC 5802 §5.1 compare it: by SASLprep (RFC 4013), which
// makes one of what only looks different, "Ⅸ" and "IX". What SASLprep does not allow, and what is
// ASCII, comes back as it is. Characters newer than Unicode 3.2 are allowed, and left alone.
[[nodiscard]] std::string saslprep(std::string_view text);

// What a server knows about an account.
struct Credential {
  db::PasswordHash hash;              // for SCRAM-SHA-256
  std::optional<std::string> secret;  // the password itself, where it is kept: for CRAM-MD5
};

// Where accounts are looked up. Names come as the client wrote them: UTF-8 without NUL, not empty.
// Both must take as long for an unknown name as for a known one.
struct SaslAccounts {
  // For CRAM-MD5 and SCRAM-SHA-256; nothing for an unknown name.
  std::function<db::StoreResult<std::optional<Credential>>(const std::string& user)> find;
  // For PLAIN and LOGIN. SASLprep is the lookup's to do, as for USER and PASS.
  std::function<db::StoreResult<bool>(const std::string& user, const std::string& password)> check;
};

// What is said about accounts that are unknown, so that they look like others (RFC 5802 §9): the
// same each time for the same name, whatever its letter case. One for the life of the server.
class SaslDecoys {
 public:
  // Throws std::runtime_error if there are no random numbers.
  SaslDecoys();

  // A hash that no password has.
  [[nodiscard]] db::PasswordHash hash(std::string_view user) const;
  [[nodiscard]] std::string secret(std::string_view user) const;

 private:
  [[nodiscard]] db::Digest digest(std::string_view purpose, std::string_view user) const;

  db::Digest key_{};
};

struct SaslStep {
  bool done = false;   // the client is who user() says
  std::string output;  // if not done: the next challenge, to be sent in base64 even if empty
};

enum class SaslError {
  malformed,    // not a message of this mechanism: SMTP 501 5.5.2, POP3 -ERR
  refused,      // wrong password or unknown user: SMTP 535 5.7.8, POP3 -ERR [AUTH]
  unavailable,  // the store could not say: SMTP 454 4.7.0, POP3 -ERR [SYS/TEMP]
};

// One attempt to log in. After it is done, or has failed, every further step is malformed.
class SaslServer {
 public:
  // RFC 4616 §2 asks for 255 octets each of two names and a password.
  static constexpr std::size_t longest_message = 1024;

  // `decoys` must outlive it. Throws std::runtime_error if libgsasl cannot do the mechanism.
  SaslServer(SaslMechanism mechanism, SaslAccounts accounts, const SaslDecoys& decoys);
  ~SaslServer();
  SaslServer(SaslServer&&) noexcept;
  SaslServer& operator=(SaslServer&&) noexcept;

  // `message`: what the client said, decoded; nothing at the beginning, if it said only AUTH and
  // the mechanism. (An empty message at the beginning is what "=" stands for.) What the server has
  // to say with its success is a challenge of its own, to be answered with an empty message, since
  // neither protocol has another place for it (RFC 4954 §4, RFC 5034 §4).
  //
  // An authorization identity other than the user's own is refused. Throws what `accounts` throws,
  // and std::runtime_error if the cryptographic library fails, which no message can cause.
  [[nodiscard]] Result<SaslStep, SaslError> step(std::optional<std::string_view> message);

  // Who has logged in, as the client wrote it; empty until then.
  [[nodiscard]] const std::string& user() const;

 private:
  class Exchange;
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace sandpost::net
