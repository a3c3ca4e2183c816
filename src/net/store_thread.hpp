#pragma once
// The one thread that owns the store. Sessions hand it work and await the answer; it takes all that
// is queued, commits every submission of that lot at once (group commit), then does the rest in
// order. It never waits for a lot to fill: under load the queue fills while the last commit runs.
//
// Threads: every function may be called from any thread but the store's own.

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/post.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "db/store.hpp"
#include "net/task.hpp"

namespace sandpost::net {

using CommitResult = db::StoreResult<mail::QueueNumber>;

class StoreThread {
 public:
  explicit StoreThread(std::unique_ptr<db::Store> store);
  ~StoreThread();  // stops
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  // Does what is queued, then ends. Nothing may be asked afterwards.
  void stop();

  // The message is on disk, with its number, or it is not stored at all.
  [[nodiscard]] Task<CommitResult> commit(db::Submission submission);

  // Runs `work` on the store's thread; the caller goes on with what it returns.
  template <class T>
  [[nodiscard]] Task<T> ask(std::function<T(db::Store&)> work);

  // The same for a thread that may block (never the I/O thread).
  template <class T>
  [[nodiscard]] T ask_and_wait(std::function<T(db::Store&)> work);

 private:
  struct PendingCommit {
    db::Submission submission;
    std::function<void(CommitResult)> done;
  };
  using Work = std::function<void(db::Store&)>;

  void add(Work work);
  void add(PendingCommit pending);
  void run();
  void commit_all(std::vector<PendingCommit>& pending);

  // Carries the result back to the thread of whoever waits for it.
  template <class T, class Handler>
  static std::function<void(T)> completion(Handler handler);

  std::unique_ptr<db::Store> store_;
  std::mutex mutex_;
  std::condition_variable awake_;
  std::vector<PendingCommit> commits_;
  std::vector<Work> work_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses what stands above
};

// The initiations stand in ordinary functions: inside a coroutine g++ 12 would destroy their
// capturing lambdas twice.
template <class T, class Handler>
std::function<void(T)> StoreThread::completion(Handler handler) {
  auto shared = std::make_shared<Handler>(std::move(handler));
  return [shared](T result) {
    const auto executor = asio::get_associated_executor(*shared);
    asio::post(executor,
               [shared, result = std::move(result)]() mutable { (*shared)(std::move(result)); });
  };
}

template <class T>
Task<T> StoreThread::ask(std::function<T(db::Store&)> work) {
  return asio::async_initiate<const asio::use_awaitable_t<Executor>, void(T)>(
      [this](auto handler, std::function<T(db::Store&)> job) {
        auto done = completion<T>(std::move(handler));
        add([job = std::move(job), done = std::move(done)](db::Store& store) { done(job(store)); });
      },
      use_task, std::move(work));
}

template <class T>
T StoreThread::ask_and_wait(std::function<T(db::Store&)> work) {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<T> answer;
  add([&](db::Store& store) {
    T result = work(store);
    const std::lock_guard lock(mutex);
    answer.emplace(std::move(result));
    answered.notify_one();
  });
  std::unique_lock lock(mutex);
  answered.wait(lock, [&] { return answer.has_value(); });
  return std::move(*answer);
}

}  // namespace sandpost::net
