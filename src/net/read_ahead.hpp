#pragma once
// The messages that a POP3 client will most likely ask for next, read from the store together with
// the one it did ask for: most clients fetch a maildrop from one end to the other, and a trip to
// the store's thread costs more than reading a small message there. As with a connection's first
// packets, the first trips bring little, and each that was of use makes the next one bring twice as
// much.
//
// Messages may be kept although time passes: their maildrop is locked by the session, and nobody
// else can take them out of it. I/O thread only.

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "db/store.hpp"
#include "mail/message.hpp"

namespace sandpost::net {

class ReadAhead {
 public:
  // What is read ahead at one time; larger messages are left to their own trip.
  static constexpr std::size_t most_octets = 64U << 10U;

  struct Message {
    mail::QueueNumber number = 0;
    db::StoredMessage message;
  };

  // The message, if it is at hand. The pointer lives until the next call of keep().
  [[nodiscard]] const db::StoredMessage* find(mail::QueueNumber number) const {
    const auto found = std::lower_bound(
        messages_.begin(), messages_.end(), number,
        [](const Message& one, mail::QueueNumber wanted) { return one.number < wanted; });
    return found == messages_.end() || found->number != number ? nullptr : &found->message;
  }

  // Of those that follow `number` in the maildrop, the ones to read along with it.
  [[nodiscard]] std::vector<mail::QueueNumber> plan(mail::QueueNumber number,
                                                    std::vector<mail::QueueNumber> following) {
    count_ = number == next_ ? std::max<std::size_t>(1, 2 * count_) : 0;
    next_ = following.size() > count_ ? following[count_] : 0;
    following.resize(std::min(following.size(), count_));
    return following;
  }

  // In the order of their numbers; instead of what was kept so far.
  void keep(std::vector<Message> messages) { messages_ = std::move(messages); }

 private:
  std::vector<Message> messages_;
  std::size_t count_ = 0;       // how many the last trip was to bring along
  mail::QueueNumber next_ = 0;  // what will be asked for next if those are all of use
};

}  // namespace sandpost::net
