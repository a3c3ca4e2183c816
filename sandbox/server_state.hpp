#pragma once
// What the servers hold, as far as the events tell: letters in the mailboxes and in the queue, and
// how far the sessions are. Pure; nothing asks the database.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sandbox/pattern.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

struct StateForm {
  std::string_view name;  // "mailbox.count"
  std::string_view meaning;
  std::string_view values = {};  // the words that it can be; empty: it is a number
};

// All that a lesson can ask for, in the order of docs/lessons.md.
[[nodiscard]] std::span<const StateForm> state_forms();

class ServerState {
 public:
  // A letter that was there before anything happened.
  void lay_in(std::string_view account);
  void follow(const wire::Event& event);

  // What is there under that name now; nothing where it is not known. `account`: whose mailbox.
  [[nodiscard]] std::optional<wire::Value> find(std::string_view name,
                                                std::string_view account) const;
  // Whose the session is, in lower case: who logged in, or whose address MAIL FROM named first;
  // empty if it has not shown it.
  [[nodiscard]] std::string account_of(std::uint64_t session) const;

 private:
  struct Mailbox {
    std::int64_t count = 0;              // letters that a login would show
    std::optional<std::int64_t> octets;  // known between a login and the next delivery
  };

  void follow_smtp(const wire::Event& event);
  void follow_pop3(const wire::Event& event);
  void log_in(const wire::Event& event);
  void update(const wire::Event& event);

  std::map<std::string, Mailbox, std::less<>> mailboxes_;  // by the account, in lower case
  std::map<std::uint64_t, std::string> accounts_;          // by the session, likewise
  std::int64_t queued_ = 0;
  std::string smtp_phase_ = "closed";
  std::string pop3_phase_ = "closed";
  std::int64_t pop3_marked_ = 0;
};

}  // namespace sandpost::sandbox
