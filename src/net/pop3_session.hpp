#pragma once
// A POP3 connection: carries bytes between the socket and the engine, and the engine's requests to
// the store. Holds the maildrop's lock from a good PASS to the end of the connection.

#include "net/read_ahead.hpp"
#include "net/sasl_exchange.hpp"
#include "net/session.hpp"
#include "pop3/engine.hpp"

namespace sandpost::net {

class Pop3Session final : public Session {
 public:
  Pop3Session(Socket socket, Host& host, bool encrypted);
  ~Pop3Session() override;  // the maildrop is free, whatever ended the session

 private:
  [[nodiscard]] Task<bool> greet() override;
  [[nodiscard]] Task<bool> answer(std::string_view bytes) override;
  [[nodiscard]] Task<void> say_good_bye(bool open) override;
  [[nodiscard]] std::chrono::milliseconds patience() const override { return host().timeouts.pop3; }
  [[nodiscard]] bool mid_line() const override { return engine_.mid_line(); }
  [[nodiscard]] std::string learner_of(std::string_view event,
                                       const std::vector<wire::Field>& fields) const override;

  // Does all that the engine asks for until it needs bytes; false when the conversation is over.
  [[nodiscard]] Task<bool> serve();
  [[nodiscard]] Task<void> log_in(pop3::Login login);
  [[nodiscard]] bool give_at_hand(const pop3::Fetch& request);
  [[nodiscard]] Task<void> fetch(pop3::Fetch request);
  [[nodiscard]] Task<void> fetch_more(pop3::Fetch request);
  [[nodiscard]] Task<void> update(std::vector<mail::QueueNumber> numbers);
  void release();

  [[nodiscard]] pop3::Connection connection(bool encrypted) const;
  [[nodiscard]] std::optional<bool> check_here(const std::string& user,
                                               const pop3::Login& login) const;

  pop3::Engine engine_;
  SaslExchange sasl_;
  ReadAhead ahead_;
  std::string maildrop_;  // the one this session has locked; empty before
};

}  // namespace sandpost::net
