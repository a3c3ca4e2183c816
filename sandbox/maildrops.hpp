#pragma once
// Which number POP3 gives to a letter that went through the queue: as far as the events tell. A
// maildrop is numbered by the queue's order at login (RFC 1939 §3), and what lay there before
// anything was seen comes first. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/time.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

class Maildrops {
 public:
  // Each event, in order.
  void follow(const wire::Event& event);

  // The letter's number in the maildrop that this session has opened; nothing if that is not known.
  [[nodiscard]] std::optional<std::int64_t> number_of(std::uint64_t session,
                                                      std::int64_t queue) const;
  // The same in the session that has logged in last.
  [[nodiscard]] std::optional<std::int64_t> number_of(std::int64_t queue) const;

 private:
  struct View {
    std::string mailbox;
    std::map<std::int64_t, std::int64_t> numbers;  // by queue number
    std::set<std::int64_t> marked;                 // queue numbers
  };

  void log_in(const wire::Event& event);

  std::map<std::string, std::map<std::int64_t, Time>> letters_;  // by mailbox: when each is due
  std::map<std::uint64_t, View> views_;                          // by session
  std::uint64_t latest_ = 0;
};

}  // namespace sandpost::sandbox
