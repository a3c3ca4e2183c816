#pragma once
// What a mailbox promises, whatever keeps it: accounts, messages, and deliveries that become
// visible at a time. Batch-shaped, so that one commit serves many sessions, and free of any
// engine's types.
//
// Threads: one thread at a time makes every call (net/store_thread.hpp sees to it). Calls block.
// Times are the caller's: a store has no clock. Strings and spans are read during the call only.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/spool.hpp"
#include "base/time.hpp"
#include "db/password.hpp"
#include "mail/message.hpp"

namespace sandpost::db {

enum class StoreErrorCode {
  full,     // no room left: SMTP 452
  busy,     // could not be done now: SMTP 451, POP3 [SYS/TEMP]
  damaged,  // the data cannot be read: likewise, and worth a word to the operator
  gone,     // no such message, or not in that maildrop
};

struct StoreError {
  StoreErrorCode code = StoreErrorCode::busy;
  std::string text;  // for the log, never for a client
};

template <class T>
using StoreResult = Result<T, StoreError>;

// A message that SMTP has accepted, before it has its number.
struct Submission {
  mail::Envelope envelope;
  mail::Trace trace;
  Spool content;                       // as the client sent it, lines ended with CRLF
  std::vector<std::string> maildrops;  // who gets it; a name twice is one delivery
  Time deliver_at{};                   // from when POP3 shows it
};

using mail::ScanEntry;

// Content is read in pieces of at most so many octets.
inline constexpr std::size_t content_piece = 128U << 10U;

struct StoredMessage {
  std::string trace;       // the lines that the servers wrote, on top
  std::string content;     // the client's own, octet for octet: its first piece
  std::size_t octets = 0;  // of the whole content
};

// A delivery that is not visible yet.
struct QueueEntry {
  mail::QueueNumber number = 0;
  std::string reverse_path;
  std::string maildrop;
  std::size_t octets = 0;
  Time accepted{};
  Time due{};
};

class Store {
 public:
  virtual ~Store() = default;

  // Adds the account, or gives it a new password. The password is kept as a salted hash only.
  [[nodiscard]] virtual StoreResult<void> put_account(const std::string& name,
                                                      const std::string& password) = 0;
  [[nodiscard]] virtual StoreResult<std::vector<std::string>> accounts() = 0;
  // False for a wrong password and for an unknown name; takes as long for both.
  [[nodiscard]] virtual StoreResult<bool> verify(const std::string& name,
                                                 const std::string& password) = 0;

  // What the account's password has become; nothing for an unknown name.
  [[nodiscard]] virtual StoreResult<std::optional<PasswordHash>> password_hash(
      const std::string& name) = 0;

  // Stores all of them or none, durably: once it returns, a crash loses nothing. Gives each its
  // queue number, in order. A number is never given twice, not even after its message is deleted.
  [[nodiscard]] virtual StoreResult<std::vector<mail::QueueNumber>> commit(
      std::span<const Submission> submissions) = 0;

  // Whether a commit of contents of at most content_piece octets waits for nothing, so that even a
  // thread that must not block may make it. The same from first to last, on any thread.
  [[nodiscard]] virtual bool is_instant() const { return false; }

  // Work that nobody waits for, after answers have been given; a call may find nothing to do.
  virtual void tidy_up() {}

  // What the maildrop shows at `now`: deliver_at <= now, ordered by number.
  [[nodiscard]] virtual StoreResult<std::vector<ScanEntry>> snapshot(const std::string& maildrop,
                                                                     Time now) = 0;
  // What stands before the number in every unique-id of the mailbox (RFC 1939 §7): the same in
  // every session, and another one in every other mailbox.
  [[nodiscard]] virtual std::string unique_prefix() const = 0;

  [[nodiscard]] virtual StoreResult<StoredMessage> message(const std::string& maildrop,
                                                           mail::QueueNumber number) = 0;
  // The same for several, in order; up to the first that cannot be read.
  [[nodiscard]] virtual std::vector<StoredMessage> messages(
      const std::string& maildrop, std::span<const mail::QueueNumber> numbers) {
    std::vector<StoredMessage> found;
    for (const mail::QueueNumber number : numbers) {
      auto one = message(maildrop, number);
      if (!one) break;
      found.push_back(std::move(*one));
    }
    return found;
  }
  // The piece of that message's content that begins at `offset`, which is where the one before it
  // has ended.
  [[nodiscard]] virtual StoreResult<std::string> content(mail::QueueNumber number,
                                                         std::size_t offset) = 0;
  // Takes the messages out of this maildrop, all or none; one that is not there is no error. A
  // message is gone with its last delivery. Returns how many were taken out.
  [[nodiscard]] virtual StoreResult<std::size_t> remove(
      const std::string& maildrop, std::span<const mail::QueueNumber> numbers) = 0;

  // The deliveries that are still to come, the next first.
  [[nodiscard]] virtual StoreResult<std::vector<QueueEntry>> queue(Time now) = 0;
  // Makes every delivery that is still to come visible from `now` on; returns how many.
  [[nodiscard]] virtual StoreResult<std::size_t> deliver_now(Time now) = 0;
};

}  // namespace sandpost::db
