#pragma once
// The one thread that works with the store. Sessions hand it work and await the answer; it takes
// all that is queued, commits every submission of that lot at once (group commit), then does the
// rest in order. Only where other letters are known to be on their way does it wait for them, for a
// moment.
//
// Threads: every function may be called from any thread but the store's own.

#include <asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "db/store.hpp"
#include "net/task.hpp"

namespace sandpost::net {

using CommitResult = db::StoreResult<mail::QueueNumber>;

class StoreThread {
 public:
  // `patience`: how long a commit waits at most for letters that are on their way: about as long as
  // the sync that each of them would cost on its own.
  explicit StoreThread(std::unique_ptr<db::Store> store,
                       std::chrono::microseconds patience = std::chrono::microseconds{100});
  ~StoreThread();  // stops
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  // Who awaits an answer goes on there. To be said once, before the first commit() or ask().
  void answer_on(const Executor& executor) { executor_ = executor; }

  // Does what is queued, then ends. Nothing may be asked afterwards.
  void stop();

  // The message is on disk, with its number, or it is not stored at all. `expected`: expect() has
  // counted it; it does so no more.
  [[nodiscard]] Operation<CommitResult> commit(db::Submission submission, bool expected = false);
  // The same at once, on the calling thread and without waiting, where that is possible: a small
  // letter, for a store in memory that is not busy. Else nothing has happened.
  [[nodiscard]] std::optional<CommitResult> commit_at_once(const db::Submission& submission,
                                                           bool expected = false);

  // One letter more is on its way (its client has said MAIL, and its last line has not come), or
  // one less.
  void expect();
  void expect_no_more();

  // Answers `busy` to every message that was handed in before that time and that the store has not
  // begun with: it will not be stored. One that it has begun with is waited for, as nobody could
  // say yet what becomes of it.
  void refuse_older(std::chrono::steady_clock::time_point time);

  // Runs `work` on the store's thread; the caller goes on with what it returns, or with what it
  // throws.
  template <class T>
  [[nodiscard]] Operation<T> ask(std::function<T(db::Store&)> work);

  // The same for what nobody waits for; it must let no exception out.
  void tell(std::function<void(db::Store&)> work) { add(std::move(work)); }

  // The same for a thread that may block (never the I/O thread).
  template <class T>
  [[nodiscard]] T ask_and_wait(std::function<T(db::Store&)> work);

 private:
  struct PendingCommit {
    db::Submission submission;
    std::function<void(CommitResult)> resume;  // to be called where answers go
    bool expected = false;
    std::chrono::steady_clock::time_point handed_in = std::chrono::steady_clock::now();
  };
  using Work = std::function<void(db::Store&)>;  // lets no exception out

  using Numbers = db::StoreResult<std::vector<mail::QueueNumber>>;

  void add(Work work);
  void add(PendingCommit pending);
  void run();
  void gather(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool forget_expected();
  void commit_all(std::vector<PendingCommit> pending);
  void release(std::vector<PendingCommit> pending, std::vector<CommitResult> results);
  Numbers commit(std::span<const db::Submission> submissions);

  // When it returns, the outcome is the only one that holds what was thrown.
  template <class T>
  static Completion<T> attempt(const std::function<T(db::Store&)>& work, db::Store& store);

  std::unique_ptr<db::Store> store_;
  std::mutex in_use_;  // the store; taken before mutex_ where both are
  std::chrono::microseconds patience_;
  std::optional<Executor> executor_;
  std::mutex mutex_;
  std::condition_variable awake_;
  std::condition_variable gathered_;
  std::size_t expected_ = 0;  // letters on their way
  std::size_t overdue_ = 0;   // of those, how many were waited for in vain
  std::vector<PendingCommit> commits_;
  std::size_t octets_ = 0;  // of the content in commits_
  std::vector<Work> work_;
  bool stopping_ = false;
  log::Trouble trouble_;
  std::thread thread_;  // last: it uses what stands above
};

template <class T>
Completion<T> StoreThread::attempt(const std::function<T(db::Store&)>& work, db::Store& store) {
  Completion<T> outcome;
  try {
    outcome.set(work(store));
  } catch (...) {
    outcome.fail(std::current_exception());
  }
  return outcome;
}

template <class T>
Operation<T> StoreThread::ask(std::function<T(db::Store&)> work) {
  return Operation<T>([this, &work](Handler<T> handler) {
    // std::function, which the queue is made of, copies.
    auto shared = std::make_shared<Handler<T>>(std::move(handler));
    add([this, job = std::move(work), shared = std::move(shared)](db::Store& store) {
      asio::post(*executor_, [shared, outcome = attempt(job, store)]() mutable {
        shared->end(std::move(outcome));
      });
    });
  });
}

template <class T>
T StoreThread::ask_and_wait(std::function<T(db::Store&)> work) {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Completion<T>> answer;
  add([&](db::Store& store) {
    Completion<T> outcome = attempt(work, store);
    const std::lock_guard lock(mutex);
    answer.emplace(std::move(outcome));
    answered.notify_one();
  });
  std::unique_lock lock(mutex);
  answered.wait(lock, [&] { return answer.has_value(); });
  return answer->take();
}

}  // namespace sandpost::net
