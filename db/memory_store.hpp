#pragma once
// A mailbox in plain containers, with the same meaning as the one on disk: the throw-away mailbox
// of a server without --db. Nothing outlives the object. No call fails but for `gone`, and for what
// becomes of a large content's file (base/spool.hpp).
//
// Threads: as db/store.hpp says, one thread at a time makes every call.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "db/password.hpp"
#include "db/store.hpp"
#include "mail/message.hpp"

namespace sandpost::db {

class MemoryStore final : public Store {
 public:
  // `created`, by the computer's own clock, goes into every unique-id (db/unique_id.hpp).
  explicit MemoryStore(Time created) : created_(created) {}

  [[nodiscard]] StoreResult<void> put_account(const std::string& name,
                                              const std::string& password) override;
  [[nodiscard]] StoreResult<std::vector<std::string>> accounts() override;
  [[nodiscard]] StoreResult<std::optional<PasswordHash>> password_hash(
      const std::string& name) override;
  [[nodiscard]] StoreResult<bool> verify(const std::string& name,
                                         const std::string& password) override;
  // Each submission must have a maildrop; one without is the caller's error.
  [[nodiscard]] StoreResult<std::vector<mail::QueueNumber>> commit(
      std::span<const Submission> submissions) override;
  [[nodiscard]] bool is_instant() const override { return true; }
  [[nodiscard]] StoreResult<std::vector<ScanEntry>> snapshot(const std::string& maildrop,
                                                             Time now) override;
  [[nodiscard]] std::string unique_prefix() const override;
  [[nodiscard]] StoreResult<StoredMessage> message(const std::string& maildrop,
                                                   mail::QueueNumber number) override;
  [[nodiscard]] StoreResult<std::string> content(mail::QueueNumber number,
                                                 std::size_t offset) override;
  [[nodiscard]] StoreResult<std::size_t> remove(
      const std::string& maildrop, std::span<const mail::QueueNumber> numbers) override;
  [[nodiscard]] StoreResult<std::vector<QueueEntry>> queue(Time now) override;
  [[nodiscard]] StoreResult<std::size_t> deliver_now(Time now) override;

 private:
  struct Message {
    std::string reverse_path;
    Time accepted{};
    std::string trace;
    std::string content;     // while it is small
    std::size_t offset = 0;  // else where it begins in large_
    std::size_t octets = 0;
    [[nodiscard]] bool is_large() const { return octets > content.size(); }
    std::size_t deliveries = 0;  // how many maildrops still hold it
  };
  using Maildrop = std::map<mail::QueueNumber, Time>;  // number, from when it is visible

  [[nodiscard]] StoreResult<void> add(const Submission& submission, mail::QueueNumber number);
  [[nodiscard]] StoreResult<void> keep(const Spool& content, Message& message);
  [[nodiscard]] std::size_t octets(mail::QueueNumber number) const;

  Time created_;
  mail::QueueNumber last_number_ = 0;
  std::map<std::string, PasswordHash> accounts_;
  PasswordChecker checker_;
  std::map<mail::QueueNumber, Message> messages_;
  Spool large_{SpoolSettings{.in_memory = 0}};  // all large contents, one behind the other
  std::map<std::string, Maildrop> maildrops_;
};

}  // namespace sandpost::db
