#pragma once
// A store in memory that can be told to fail, to throw, or to wait.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "db/memory_store.hpp"

namespace sandpost::tests {

// Closed, it stops the store's thread at its next commit; the test opens it.
class Gate {
 public:
  ~Gate() { open(); }

  void close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  // For the store.
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  // Until the store has come that often; false if it never does.
  [[nodiscard]] bool wait_for_arrival(int times = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return arrived_ >= times; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int arrived_ = 0;
};

// What the test may change and look at while the store belongs to its thread.
struct StoreControl {
  enum class Mood { well, full, busy, throws };

  Gate gate;
  std::atomic<Mood> commit{Mood::well};
  std::atomic<Mood> read{Mood::well};
  std::mutex mutex;
  std::vector<std::size_t> batches;  // submissions of each commit, under `mutex`

  std::vector<std::size_t> batches_now() {
    const std::lock_guard lock(mutex);
    return batches;
  }
};

class FakeStore final : public db::Store {
 public:
  explicit FakeStore(StoreControl& control) : control_(control), inner_(Time{}) {}

  db::StoreResult<void> put_account(const std::string& name, const std::string& password) override {
    return inner_.put_account(name, password);
  }
  db::StoreResult<std::vector<std::string>> accounts() override { return inner_.accounts(); }
  db::StoreResult<std::optional<db::PasswordHash>> password_hash(const std::string& name) override {
    return inner_.password_hash(name);
  }

  db::StoreResult<bool> verify(const std::string& name, const std::string& password) override {
    return inner_.verify(name, password);
  }
  db::StoreResult<std::vector<mail::QueueNumber>> commit(
      std::span<const db::Submission> submissions) override {
    control_.gate.pass();
    {
      const std::lock_guard lock(control_.mutex);
      control_.batches.push_back(submissions.size());
    }
    if (const auto failure = problem(control_.commit)) return Failure<db::StoreError>{*failure};
    return inner_.commit(submissions);
  }
  db::StoreResult<std::vector<db::ScanEntry>> snapshot(const std::string& maildrop,
                                                       Time now) override {
    if (const auto failure = problem(control_.read)) return Failure<db::StoreError>{*failure};
    return inner_.snapshot(maildrop, now);
  }
  std::string unique_prefix() const override { return inner_.unique_prefix(); }
  db::StoreResult<db::StoredMessage> message(const std::string& maildrop,
                                             mail::QueueNumber number) override {
    if (const auto failure = problem(control_.read)) return Failure<db::StoreError>{*failure};
    return inner_.message(maildrop, number);
  }
  db::StoreResult<std::string> content(mail::QueueNumber number, std::size_t offset) override {
    if (const auto failure = problem(control_.read)) return Failure<db::StoreError>{*failure};
    return inner_.content(number, offset);
  }
  db::StoreResult<std::size_t> remove(const std::string& maildrop,
                                      std::span<const mail::QueueNumber> numbers) override {
    if (const auto failure = problem(control_.commit)) return Failure<db::StoreError>{*failure};
    return inner_.remove(maildrop, numbers);
  }
  db::StoreResult<std::vector<db::QueueEntry>> queue(Time now) override {
    if (const auto failure = problem(control_.read)) return Failure<db::StoreError>{*failure};
    return inner_.queue(now);
  }
  db::StoreResult<std::size_t> deliver_now(Time now) override {
    if (const auto failure = problem(control_.commit)) return Failure<db::StoreError>{*failure};
    return inner_.deliver_now(now);
  }

 private:
  static std::optional<db::StoreError> problem(const std::atomic<StoreControl::Mood>& mood) {
    switch (mood.load()) {
      case StoreControl::Mood::well:
        return std::nullopt;
      case StoreControl::Mood::full:
        return db::StoreError{db::StoreErrorCode::full, "full"};
      case StoreControl::Mood::busy:
        return db::StoreError{db::StoreErrorCode::busy, "busy"};
      case StoreControl::Mood::throws:
        break;
    }
    throw std::runtime_error("the store has broken");
  }

  StoreControl& control_;
  db::MemoryStore inner_;
};

}  // namespace sandpost::tests
