#pragma once
// The messages that a POP3 client will most likely ask for next, read from the store together with
// the one it did ask for: most clients fetch a maildrop from one end to the other, and a trip to
// the store's thread costs more than reading a small message there. As with a connection's first
// packets, the first trips bring little, and each that was of use makes the next one bring twice as
// much.
//
// Messages may be kept although time passes: their maildrop is locked by the session, and nobody
// else can take them out of it. I/O thread only.

#include <cstddef>
#include <span>
#include <vector>

#include "db/store.hpp"
#include "mail/message.hpp"

namespace sandpost::net {

class ReadAhead {
 public:
  // Of the messages that one trip brings along; a larger one has a trip of its own.
  static constexpr std::size_t most_octets = 64U << 10U;

  // What to ask for: `number`, and of those that follow it in the maildrop the ones to read along.
  [[nodiscard]] std::vector<mail::QueueNumber> plan(mail::QueueNumber number,
                                                    std::span<const mail::QueueNumber> following);
  // Those of the planned messages that could be read. The first was asked for and goes out at once;
  // the others are kept, instead of what was kept so far.
  void keep(std::span<const mail::QueueNumber> numbers, std::vector<db::StoredMessage> messages);
  // The message, if it is at hand. The pointer lives until the next keep().
  [[nodiscard]] const db::StoredMessage* find(mail::QueueNumber number);

 private:
  struct Message {
    mail::QueueNumber number = 0;
    db::StoredMessage message;
  };
  std::vector<Message> messages_;  // by number
  std::size_t count_ = 0;          // how many the last trip was to bring along
  mail::QueueNumber last_read_ = 0;
  mail::QueueNumber last_given_ = 0;
};

}  // namespace sandpost::net
