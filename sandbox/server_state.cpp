#include "sandbox/server_state.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

constexpr std::array forms{
    StateForm{"mailbox.count", "letters that a login would show now"},
    StateForm{"mailbox.octets", "their size; known from a login to the next delivery"},
    StateForm{"queue.count", "deliveries that are still to come"},
    StateForm{"smtp.phase", "closed connected greeted mail rcpt data idle; idle: a letter is sent",
              "closed connected greeted mail rcpt data idle"},
    StateForm{"pop3.phase", "closed authorization transaction", "closed authorization transaction"},
    StateForm{"pop3.marked", "letters marked with DELE in this session"},
};

// "ben" for "Ben@ntut.edu.tw".
std::string account_name(std::string_view user) {
  return to_lower(user.substr(0, user.find('@')));
}

}  // namespace

std::span<const StateForm> state_forms() {
  return forms;
}

void ServerState::lay_in(std::string_view account) {
  ++mailboxes_[account_name(account)].count;
}

void ServerState::follow(const wire::Event& event) {
  if (event.name.starts_with("smtp.")) {
    follow_smtp(event);
  } else if (event.name.starts_with("pop3.")) {
    follow_pop3(event);
  } else if (event.name == event::queue_accepted) {
    ++queued_;
  } else if (event.name == event::queue_delivered) {
    if (queued_ > 0) --queued_;
    Mailbox& mailbox = mailboxes_[account_name(event.text("mailbox"))];
    ++mailbox.count;
    mailbox.octets.reset();
  }
}

void ServerState::follow_smtp(const wire::Event& event) {
  if (event.name == event::smtp_connect) smtp_phase_ = "connected";
  if (event.name == event::smtp_helo || event.name == event::smtp_rset || event.flag("lost")) {
    smtp_phase_ = "greeted";
  }
  if (event.name == event::smtp_mail) {
    smtp_phase_ = "mail";
    const std::string account = account_name(event.text("from"));
    if (!account.empty()) accounts_.emplace(event.session, account);
  }
  if (event.name == event::smtp_rcpt) smtp_phase_ = "rcpt";
  if (event.name == event::smtp_data) smtp_phase_ = "data";
  if (event.name == event::smtp_message) smtp_phase_ = "idle";
  if (event.name == event::smtp_close) smtp_phase_ = "closed";
}

void ServerState::follow_pop3(const wire::Event& event) {
  if (event.name == event::pop3_connect) {
    pop3_phase_ = "authorization";
    pop3_marked_ = 0;
  }
  if (event.name == event::pop3_auth && event.flag("ok")) log_in(event);
  if (event.name == event::pop3_dele) pop3_marked_ = event.number("marked");
  if (event.name == event::pop3_rset) pop3_marked_ = 0;
  if (event.name == event::pop3_quit && event.flag("ok")) update(event);
  if (event.name == event::pop3_close) {
    pop3_phase_ = "closed";
    pop3_marked_ = 0;
  }
}

void ServerState::log_in(const wire::Event& event) {
  pop3_phase_ = "transaction";
  const std::string account = account_name(event.text("user"));
  accounts_[event.session] = account;
  mailboxes_[account] = {event.number("count"), event.number("octets")};
}

void ServerState::update(const wire::Event& event) {
  const std::int64_t deleted = event.number("deleted");
  if (deleted == 0) return;
  Mailbox& mailbox = mailboxes_[account_of(event.session)];
  mailbox.count = std::max<std::int64_t>(0, mailbox.count - deleted);
  mailbox.octets.reset();
  if (mailbox.count == 0) mailbox.octets = 0;
}

std::optional<wire::Value> ServerState::find(std::string_view name,
                                             std::string_view account) const {
  if (name == "queue.count") return queued_;
  if (name == "smtp.phase") return smtp_phase_;
  if (name == "pop3.phase") return pop3_phase_;
  if (name == "pop3.marked") return pop3_marked_;
  const auto found = mailboxes_.find(account_name(account));
  const Mailbox mailbox = found == mailboxes_.end() ? Mailbox{0, 0} : found->second;
  if (name == "mailbox.count") return mailbox.count;
  if (name == "mailbox.octets" && mailbox.octets) return *mailbox.octets;
  return std::nullopt;
}

std::string ServerState::account_of(std::uint64_t session) const {
  const auto found = accounts_.find(session);
  return found == accounts_.end() ? std::string() : found->second;
}

}  // namespace sandpost::sandbox
