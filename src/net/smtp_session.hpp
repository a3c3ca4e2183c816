#pragma once
// An SMTP connection: carries bytes between the socket and the engine, and the engine's questions
// to the directory and the store. A 250 for a message is written only after the store has it.

#include "net/session.hpp"
#include "smtp/engine.hpp"

namespace sandpost::net {

class SmtpSession final : public Session {
 public:
  SmtpSession(Socket socket, Host& host);

 private:
  [[nodiscard]] Task<void> talk() override;
  [[nodiscard]] std::string learner_of(std::string_view event,
                                       const std::vector<wire::Field>& fields) const override;

  // Does all that the engine asks for until it needs bytes; false when the conversation is over.
  [[nodiscard]] Task<bool> serve();
  [[nodiscard]] Task<void> store(smtp::Accept accept);
  [[nodiscard]] db::Submission submission(smtp::Accept accept);
  void tell_queued(const db::Submission& message, mail::QueueNumber number);

  smtp::Engine engine_;
};

}  // namespace sandpost::net
