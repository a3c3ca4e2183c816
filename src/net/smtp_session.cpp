#include "net/smtp_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <random>
#include <system_error>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"
#include "mail/address.hpp"
#include "mail/delivery_report.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::net {
namespace {

bool is_no_room(const std::error_code& error) {
  return error == std::errc::no_space_on_device || error == std::errc::file_too_large ||
         error.value() == EDQUOT;
}

}  // namespace

SmtpSession::SmtpSession(Socket socket, Host& host, bool encrypted)
    : Session(std::move(socket), host, encrypted),
      engine_(host.smtp, connection(host, encrypted), *this) {}

smtp::Connection SmtpSession::connection(Host& host, bool encrypted) const {
  smtp::Connection connection;
  connection.client_address = client_address();
  connection.own_literal = host.own_literal(local_address());
  connection.tls = encrypted;
  return connection;
}

Task<bool> SmtpSession::greet() {
  if (wanted()) emit(wire::event::smtp_connect, {{"port", local_port()}});
  early_ = has_unread() && tls() == nullptr;
  return write(engine_.greeting());
}

Task<bool> SmtpSession::answer(std::string_view bytes) {
  if (!std::exchange(has_spoken_, true)) {
    // Two lines at once cannot both be an answer to the greeting.
    if (early_ || std::count(bytes.begin(), bytes.end(), '\n') > 1) engine_.on_early_talk();
  }
  engine_.set_now(host().clock.now().time);
  engine_.feed(bytes);
  return serve();
}

Task<void> SmtpSession::say_good_bye(bool open) {
  std::string last_words;
  if (open && stop_reason() == StopReason::timeout) last_words = engine_.on_timeout();
  if (open && stop_reason() == StopReason::shutdown) last_words = engine_.on_shutdown();
  engine_.on_disconnect();
  if (!last_words.empty()) co_await write(std::move(last_words));
}

Task<bool> SmtpSession::serve() {
  for (;;) {
    smtp::Output output = engine_.next();
    if (std::holds_alternative<smtp::NeedBytes>(output)) {
      if (!engine_.in_letter()) letter_.reset();
      expect_letter(engine_.in_transaction());
      co_return true;
    }
    if (const auto* end = std::get_if<smtp::Close>(&output)) {
      if (end->after_quit) part();
      co_return false;
    }
    if (auto* send = std::get_if<smtp::Send>(&output)) {
      const bool written = co_await write(std::move(send->bytes));
      if (!written) co_return false;
    } else if (auto* check = std::get_if<smtp::CheckMailbox>(&output)) {
      co_await find_mailbox(std::move(check->local_part));
    } else if (auto* piece = std::get_if<smtp::Content>(&output)) {
      keep(std::move(*piece));
    } else if (auto* accept = std::get_if<smtp::Accept>(&output)) {
      co_await store(std::move(*accept));
    } else if (std::holds_alternative<smtp::StartTls>(output)) {
      const bool done = co_await start_tls();
      if (!done) co_return false;
      engine_.on_tls(tls()->version(), tls()->cipher());
    } else if (auto* exchange = std::get_if<smtp::Authenticate>(&output)) {
      const wire::SaslStep step = co_await sasl_.step(host(), std::move(exchange->mechanism),
                                                      std::move(exchange->response));
      engine_.on_sasl(step);
    } else if (const auto* wait = std::get_if<smtp::Pause>(&output)) {
      co_await pause(wait->time);
      if (stop_reason() != StopReason::none) co_return true;
    }
  }
}

void SmtpSession::keep(smtp::Content piece) {
  if (piece.offset == 0) letter_.emplace(host().spool);
  letter_->append(std::move(piece.octets));
}

void SmtpSession::expect_letter(bool expected) {
  if (std::exchange(expected_, expected) == expected) return;
  expected ? host().store.expect() : host().store.expect_no_more();
}

Task<void> SmtpSession::find_mailbox(std::string local_part) {
  const auto maildrop = host().directory.find(local_part);
  bool full = false;
  if (host().faults.any()) {
    host().faults.set_time(host().clock.now().time);
    std::vector<std::string> maildrops(maildrop ? 1 : 0, maildrop.value_or(""));
    full = co_await over_quota(std::move(maildrops), 1);
  }
  engine_.on_mailbox(maildrop, full);
}

// Whether one of the maildrops would hold more than the faults' quota with so many octets more,
// counting what waits for its delivery. Letters that come at the same moment do not see each other.
Task<bool> SmtpSession::over_quota(std::vector<std::string> maildrops, std::size_t octets) {
  const auto quota = host().faults.quota();
  if (!quota) co_return false;
  std::function<bool(db::Store&)> measure = [maildrops = std::move(maildrops), octets,
                                             most = *quota](db::Store& store) {
    return std::any_of(maildrops.begin(), maildrops.end(), [&](const std::string& name) {
      std::size_t held = octets;
      for (const db::ScanEntry& entry :
           store.snapshot(name, Time::max()).value_or(std::vector<db::ScanEntry>{})) {
        held += entry.octets;
      }
      return held > most;
    });
  };
  const bool over = co_await host().store.ask(std::move(measure));
  co_return over;
}

Task<void> SmtpSession::store(smtp::Accept accept) {
  if (accept.octets == 0) letter_.emplace();
  if (const std::error_code error = letter_->error()) {
    host().spool_trouble.tell(fmt::format("a letter could not be kept: {}", error.message()));
    engine_.on_not_stored(is_no_room(error) ? smtp::StoreFailure::full : smtp::StoreFailure::busy);
    co_return;
  }
  host().spool_trouble.is_over();
  db::Submission message = submission(std::move(accept));
  const bool over = co_await over_quota(message.maildrops, message.content.size());
  if (over) co_return engine_.on_not_stored(smtp::StoreFailure::over_quota);
  db::Submission report = success_report(message);
  db::Submission announcement = outline(message);
  const auto octets = static_cast<std::int64_t>(message.content.size());
  const bool expected = std::exchange(expected_, false);
  std::optional<CommitResult> done = host().store.commit_at_once(message, expected);
  if (!done) done = co_await host().store.commit(std::move(message), expected);
  const CommitResult& number = *done;
  if (!number) {
    const bool full = number.error().code == db::StoreErrorCode::full;
    engine_.on_not_stored(full ? smtp::StoreFailure::full : smtp::StoreFailure::busy);
    co_return;
  }
  engine_.on_stored(*number);
  announce(announcement, *number, octets);
  if (!report.maildrops.empty()) {
    std::string buffer;
    const auto head = report.content.read(0, db::content_piece, buffer);
    report.content = Spool(mail::success_report(report.envelope, report.trace, *number, head));
    co_await store_report(std::move(report));
  }
}

// The report for a sender of this domain who asked for one; without a maildrop where none is due.
// Its content is, for now, what it returns of the letter, and its envelope is the letter's.
db::Submission SmtpSession::success_report(const db::Submission& message) const {
  db::Submission report;
  const mail::Address& sender = message.envelope.reverse_path;
  if (!mail::wants_success_report(message.envelope)) return report;
  if (!equals_ignoring_case(sender.domain, host().smtp.domain)) return report;
  const auto maildrop = host().directory.find(sender.local_part);
  if (!maildrop) return report;
  report.envelope = message.envelope;
  report.trace = message.trace;
  std::string buffer;
  const auto beginning = message.content.read(0, db::content_piece, buffer);
  report.content = Spool(std::string(mail::head_of(beginning)));
  report.maildrops = {*maildrop};
  report.deliver_at = message.deliver_at;
  return report;
}

Task<void> SmtpSession::store_report(db::Submission report) {
  report.envelope = {};  // a report is never reported of: its reverse-path is null
  report.trace.helo_name = host().smtp.server_name;
  db::Submission announcement = outline(report);
  const auto octets = static_cast<std::int64_t>(report.content.size());
  const CommitResult number = co_await host().store.commit(std::move(report));
  if (number) announce(announcement, *number, octets);
}

// The message without its content, which goes to the store.
db::Submission SmtpSession::outline(const db::Submission& message) {
  db::Submission out;
  out.maildrops = message.maildrops;
  out.trace.accepted = message.trace.accepted;
  out.deliver_at = message.deliver_at;
  return out;
}

db::Submission SmtpSession::submission(smtp::Accept accept) {
  const ZonedTime now = host().clock.now();
  std::uniform_int_distribution<std::int64_t> delay(host().delay.shortest.count(),
                                                    host().delay.longest.count());
  db::Submission message;
  message.envelope = std::move(accept.envelope);
  // A name that is none (leniently accepted) would break the line's grammar.
  const bool name = mail::is_domain(accept.helo_name) || mail::is_address_literal(accept.helo_name);
  message.trace.helo_name =
      name ? std::move(accept.helo_name) : mail::address_literal(std::string(client_address()));
  message.trace.client_address = client_address();
  message.trace.server_name = host().smtp.server_name;
  message.trace.protocol = std::move(accept.protocol);
  message.trace.accepted = now;
  message.content = letter_.take();
  message.maildrops = std::move(accept.maildrops);
  std::sort(message.maildrops.begin(), message.maildrops.end());
  message.maildrops.erase(std::unique(message.maildrops.begin(), message.maildrops.end()),
                          message.maildrops.end());
  // FUTURERELEASE: the client chooses the delay.
  const std::chrono::milliseconds wait =
      accept.hold_for ? *accept.hold_for : std::chrono::milliseconds{delay(host().random)};
  message.deliver_at = accept.hold_until ? std::max(*accept.hold_until, now.time) : now.time + wait;
  return message;
}

void SmtpSession::announce(const db::Submission& message, mail::QueueNumber number,
                           std::int64_t octets) {
  for (const std::string& maildrop : message.maildrops) {
    if (!wanted()) break;
    emit(wire::event::queue_accepted,
         {{"queue", number},
          {"mailbox", maildrop},
          {"size", octets},
          {"due", std::int64_t{message.deliver_at.time_since_epoch().count()}}});
  }
  host().on_accepted(number, message);
}

std::string SmtpSession::learner_of(std::string_view event,
                                    const std::vector<wire::Field>& fields) const {
  if (event == wire::event::smtp_auth) {
    return host().directory.find_account(wire::text_of(fields, "user")).value_or("");
  }
  if (event != wire::event::smtp_mail && event != wire::event::smtp_rcpt) return {};
  const std::string_view field = event == wire::event::smtp_mail ? "from" : "to";
  // As the engine accepted it: the local domain in any letter case, or left away.
  const mail::PathRules rules{.allow_no_brackets = true, .allow_no_domain = true};
  const auto path = mail::parse_path(wire::text_of(fields, field), rules);
  if (!path) return {};
  const auto& [local_part, domain] = path->address;
  if (!domain.empty() && !equals_ignoring_case(domain, host().smtp.domain)) return {};
  return host().directory.find(local_part).value_or("");
}

}  // namespace sandpost::net
