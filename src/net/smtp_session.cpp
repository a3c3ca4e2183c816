#include "net/smtp_session.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "wire/vocabulary.hpp"

namespace sandpost::net {

SmtpSession::SmtpSession(Socket socket, Host& host)
    : Session(std::move(socket), host), engine_(host.smtp, client_address(), *this) {}

Task<void> SmtpSession::talk() {
  emit(wire::event::smtp_connect, {{"port", local_port()}});
  bool open = co_await write(engine_.greeting());
  while (open) {
    const std::string_view bytes = co_await read(host().timeouts.smtp);
    if (bytes.empty()) break;
    engine_.feed(bytes);
    open = co_await serve();
  }
  std::string last_words;
  if (open && stop_reason() == StopReason::timeout) last_words = engine_.on_timeout();
  if (open && stop_reason() == StopReason::shutdown) last_words = engine_.on_shutdown();
  engine_.on_disconnect();
  if (!last_words.empty()) co_await write(std::move(last_words));
}

Task<bool> SmtpSession::serve() {
  for (;;) {
    smtp::Output output = engine_.next();
    if (std::holds_alternative<smtp::NeedBytes>(output)) co_return true;
    if (std::holds_alternative<smtp::Close>(output)) co_return false;
    if (auto* send = std::get_if<smtp::Send>(&output)) {
      const bool written = co_await write(std::move(send->bytes));
      if (!written) co_return false;
    } else if (auto* check = std::get_if<smtp::CheckMailbox>(&output)) {
      engine_.on_mailbox(host().directory.find(check->local_part));
    } else if (auto* accept = std::get_if<smtp::Accept>(&output)) {
      co_await store(std::move(*accept));
    }
  }
}

Task<void> SmtpSession::store(smtp::Accept accept) {
  db::Submission message = submission(std::move(accept));
  db::Submission announcement;  // without the content, which goes to the store
  announcement.maildrops = message.maildrops;
  announcement.trace.accepted = message.trace.accepted;
  announcement.deliver_at = message.deliver_at;
  const CommitResult number = co_await host().store.commit(std::move(message));
  if (number) {
    engine_.on_stored(*number);
    tell_queued(announcement, *number);
    host().on_accepted(*number, announcement);
  } else {
    const bool full = number.error().code == db::StoreErrorCode::full;
    engine_.on_not_stored(full ? smtp::StoreFailure::full : smtp::StoreFailure::busy);
  }
}

db::Submission SmtpSession::submission(smtp::Accept accept) {
  const ZonedTime now = host().clock.now();
  std::uniform_int_distribution<std::int64_t> delay(host().delay.shortest.count(),
                                                    host().delay.longest.count());
  db::Submission message;
  message.envelope = std::move(accept.envelope);
  message.trace.helo_name = std::move(accept.helo_name);
  message.trace.client_address = client_address();
  message.trace.server_name = host().smtp.server_name;
  message.trace.protocol = std::move(accept.protocol);
  message.trace.accepted = now;
  message.content = std::move(accept.content);
  message.maildrops = std::move(accept.maildrops);
  std::sort(message.maildrops.begin(), message.maildrops.end());
  message.maildrops.erase(std::unique(message.maildrops.begin(), message.maildrops.end()),
                          message.maildrops.end());
  message.deliver_at = now.time + std::chrono::milliseconds{delay(host().random)};
  return message;
}

void SmtpSession::tell_queued(const db::Submission& message, mail::QueueNumber number) {
  if (!wanted()) return;
  for (const std::string& maildrop : message.maildrops) {
    emit(wire::event::queue_accepted,
         {{"queue", number},
          {"mailbox", maildrop},
          {"due", std::int64_t{message.deliver_at.time_since_epoch().count()}}});
  }
}

std::string SmtpSession::learner_of(std::string_view event,
                                    const std::vector<wire::Field>& fields) const {
  if (event != wire::event::smtp_mail && event != wire::event::smtp_rcpt) return {};
  const auto address = mail::parse_mailbox(std::get<std::string>(fields.front().value));
  if (!address || address->domain != host().smtp.domain) return {};
  return host().directory.find(address->local_part).value_or("");
}

}  // namespace sandpost::net
