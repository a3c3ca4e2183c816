#pragma once
// An SMTP connection: carries bytes between the socket and the engine, and the engine's questions
// to the directory and the store. A 250 for a message is written only after the store has it.

#include "base/boxed.hpp"
#include "base/spool.hpp"
#include "net/sasl_exchange.hpp"
#include "net/session.hpp"
#include "smtp/engine.hpp"

namespace sandpost::net {

class SmtpSession final : public Session {
 public:
  SmtpSession(Socket socket, Host& host, bool encrypted);
  ~SmtpSession() override { expect_letter(false); }

 private:
  [[nodiscard]] Task<bool> greet() override;
  [[nodiscard]] Task<bool> answer(std::string_view bytes) override;
  [[nodiscard]] Task<void> say_good_bye(bool open) override;
  [[nodiscard]] std::chrono::milliseconds patience() const override { return host().timeouts.smtp; }
  [[nodiscard]] bool mid_line() const override { return engine_.mid_line(); }
  [[nodiscard]] std::string learner_of(std::string_view event,
                                       const std::vector<wire::Field>& fields) const override;

  // Does all that the engine asks for until it needs bytes; false when the conversation is over.
  [[nodiscard]] Task<bool> serve();
  void keep(smtp::Content piece);
  // Whether the store may wait a moment for a letter of this session.
  void expect_letter(bool expected);
  [[nodiscard]] Task<void> find_mailbox(std::string local_part);
  [[nodiscard]] Task<bool> over_quota(std::vector<std::string> maildrops, std::size_t octets);
  [[nodiscard]] Task<void> store(smtp::Accept accept);
  [[nodiscard]] db::Submission submission(smtp::Accept accept);
  [[nodiscard]] db::Submission success_report(const db::Submission& message) const;
  [[nodiscard]] Task<void> store_report(db::Submission report);
  [[nodiscard]] static db::Submission outline(const db::Submission& message);
  // `octets`: of the content, as the client sent it.
  void announce(const db::Submission& message, mail::QueueNumber number, std::int64_t octets);

  [[nodiscard]] smtp::Connection connection(Host& host, bool encrypted) const;

  smtp::Engine engine_;
  Boxed<Spool> letter_;  // while it comes in
  bool expected_ = false;
  bool early_ = false;  // the client spoke before the greeting
  bool has_spoken_ = false;
  SaslExchange sasl_;
};

}  // namespace sandpost::net
