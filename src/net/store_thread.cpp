#include "net/store_thread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>

#include "base/log.hpp"

namespace sandpost::net {

StoreThread::StoreThread(std::unique_ptr<db::Store> store)
    : store_(std::move(store)), thread_([this] { run(); }) {}

StoreThread::~StoreThread() {
  stop();
}

void StoreThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  awake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Task<CommitResult> StoreThread::commit(db::Submission submission) {
  return asio::async_initiate<const asio::use_awaitable_t<Executor>, void(CommitResult)>(
      [this](auto handler, db::Submission message) {
        add(PendingCommit{std::move(message), completion(std::move(handler))});
      },
      use_task, std::move(submission));
}

void StoreThread::refuse_older(std::chrono::steady_clock::time_point time) {
  std::vector<PendingCommit> late;
  {
    const std::lock_guard lock(mutex_);
    const auto first_young =
        std::find_if(commits_.begin(), commits_.end(),
                     [&](const PendingCommit& one) { return one.handed_in >= time; });
    late.assign(std::make_move_iterator(commits_.begin()), std::make_move_iterator(first_young));
    commits_.erase(commits_.begin(), first_young);
  }
  for (PendingCommit& one : late) {
    one.done(Failure<db::StoreError>{{db::StoreErrorCode::busy, "the mailbox is too slow"}});
  }
}

void StoreThread::add(Work work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  awake_.notify_one();
}

void StoreThread::add(PendingCommit pending) {
  {
    const std::lock_guard lock(mutex_);
    commits_.push_back(std::move(pending));
  }
  awake_.notify_one();
}

void StoreThread::run() {
  for (;;) {
    std::vector<PendingCommit> commits;
    std::vector<Work> work;
    {
      std::unique_lock lock(mutex_);
      awake_.wait(lock, [&] { return stopping_ || !commits_.empty() || !work_.empty(); });
      if (commits_.empty() && work_.empty()) return;
      commits.swap(commits_);
      work.swap(work_);
    }
    if (!commits.empty()) commit_all(commits);
    for (const Work& job : work)
      job(*store_);
  }
}

// What a store throws is no promise kept: nothing counts as stored.
StoreThread::Numbers StoreThread::commit(std::span<const db::Submission> submissions) {
  try {
    return store_->commit(submissions);
  } catch (const std::exception& failure) {
    return Failure<db::StoreError>(db::StoreError{db::StoreErrorCode::busy, failure.what()});
  }
}

void StoreThread::commit_all(std::vector<PendingCommit>& pending) {
  std::vector<db::Submission> submissions;
  submissions.reserve(pending.size());
  for (PendingCommit& one : pending)
    submissions.push_back(std::move(one.submission));
  auto numbers = commit(submissions);
  if (numbers)
    trouble_.is_over();
  else
    trouble_.tell(fmt::format("the mailbox was not written: {}", numbers.error().text));
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (numbers) {
      pending[i].done((*numbers)[i]);
    } else {
      pending[i].done(Failure<db::StoreError>{numbers.error()});
    }
  }
}

}  // namespace sandpost::net
