#pragma once
// What the outside answers when an engine has asked it to go on with a SASL exchange (RFC 4422).
// Shared by SMTP AUTH (RFC 4954) and POP3 AUTH (RFC 5034).

#include <string>

namespace sandpost::wire {

struct SaslStep {
  enum class Outcome {
    challenge,    // send `bytes`, wait for the client's response
    accepted,     // the client is `user`
    refused,      // wrong name or wrong password: never said which
    malformed,    // no message of this mechanism
    unavailable,  // could not be checked now
  };
  Outcome outcome = Outcome::refused;
  std::string bytes;  // before base64
  std::string user;
};

}  // namespace sandpost::wire
