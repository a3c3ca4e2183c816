#include "net/store_thread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>

#include "base/log.hpp"

namespace sandpost::net {

namespace {

// So much content is worth a sync of its own: who waits for more loses time in which it could be
// written.
constexpr std::size_t full_lot = 64U << 10U;

}  // namespace

StoreThread::StoreThread(std::unique_ptr<db::Store> store, std::chrono::microseconds patience)
    : store_(std::move(store)), patience_(patience), thread_([this] { run(); }) {}

StoreThread::~StoreThread() {
  stop();
}

void StoreThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  awake_.notify_one();
  gathered_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Operation<CommitResult> StoreThread::commit(db::Submission submission, bool expected) {
  return Operation<CommitResult>([&](Handler<CommitResult> handler) {
    auto shared = std::make_shared<Handler<CommitResult>>(std::move(handler));
    add(PendingCommit{std::move(submission),
                      [shared](CommitResult result) { (*shared)(std::move(result)); }, expected});
  });
}

std::optional<CommitResult> StoreThread::commit_at_once(const db::Submission& submission,
                                                        bool expected) {
  if (!store_->is_instant() || submission.content.size() > db::content_piece) return std::nullopt;
  const std::unique_lock store(in_use_, std::try_to_lock);
  if (!store) return std::nullopt;
  if (expected) expect_no_more();
  const Numbers numbers = commit({&submission, 1});
  if (numbers) return numbers->front();
  return Failure<db::StoreError>{numbers.error()};
}

void StoreThread::expect() {
  const std::lock_guard lock(mutex_);
  ++expected_;
}

void StoreThread::expect_no_more() {
  bool all_there = false;
  {
    const std::lock_guard lock(mutex_);
    all_there = forget_expected();
  }
  if (all_there) gathered_.notify_one();
}

// With mutex_ held. True if that was the last one worth waiting for.
bool StoreThread::forget_expected() {
  --expected_;
  overdue_ = std::min(overdue_, expected_);
  return expected_ == overdue_;
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
    for (const PendingCommit& one : late)
      octets_ -= one.submission.content.size();
  }
  const CommitResult refused =
      Failure<db::StoreError>{{db::StoreErrorCode::busy, "the mailbox is too slow"}};
  std::vector<CommitResult> results(late.size(), refused);
  release(std::move(late), std::move(results));
}

void StoreThread::add(Work work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  awake_.notify_one();
  gathered_.notify_one();
}

void StoreThread::add(PendingCommit pending) {
  bool all_there = false;
  {
    const std::lock_guard lock(mutex_);
    all_there = pending.expected && forget_expected();
    octets_ += pending.submission.content.size();
    all_there = all_there || octets_ >= full_lot;
    commits_.push_back(std::move(pending));
  }
  awake_.notify_one();
  if (all_there) gathered_.notify_one();
}

void StoreThread::run() {
  for (;;) {
    std::vector<PendingCommit> commits;
    std::vector<Work> work;
    {
      std::unique_lock lock(mutex_);
      awake_.wait(lock, [&] { return stopping_ || !commits_.empty() || !work_.empty(); });
      if (commits_.empty() && work_.empty()) return;
      gather(lock);
      commits.swap(commits_);
      work.swap(work_);
      octets_ = 0;
    }
    const std::lock_guard store(in_use_);
    if (!commits.empty()) commit_all(std::move(commits));
    for (const Work& job : work)
      job(*store_);
    store_->tidy_up();
  }
}

// One sync then serves many. Nobody waits where no other letter is on its way, nor for one that did
// not come the last time: a person may be typing it.
void StoreThread::gather(std::unique_lock<std::mutex>& lock) {
  const auto enough = [&] {
    return expected_ <= overdue_ || octets_ >= full_lot || !work_.empty() || stopping_;
  };
  if (!gathered_.wait_for(lock, patience_, enough)) overdue_ = expected_;
}

// With in_use_ held. What a store throws is no promise kept: nothing counts as stored.
StoreThread::Numbers StoreThread::commit(std::span<const db::Submission> submissions) {
  Numbers numbers;
  try {
    numbers = store_->commit(submissions);
  } catch (const std::exception& failure) {
    numbers = Failure<db::StoreError>(db::StoreError{db::StoreErrorCode::busy, failure.what()});
  }
  if (numbers)
    trouble_.is_over();
  else
    trouble_.tell(fmt::format("the mailbox was not written: {}", numbers.error().text));
  return numbers;
}

void StoreThread::commit_all(std::vector<PendingCommit> pending) {
  std::vector<db::Submission> submissions;
  submissions.reserve(pending.size());
  for (PendingCommit& one : pending)
    submissions.push_back(std::move(one.submission));
  const Numbers numbers = commit(submissions);
  std::vector<CommitResult> results;
  results.reserve(pending.size());
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (numbers)
      results.emplace_back((*numbers)[i]);
    else
      results.emplace_back(Failure<db::StoreError>{numbers.error()});
  }
  release(std::move(pending), std::move(results));
}

// All with one wake-up of their thread.
void StoreThread::release(std::vector<PendingCommit> pending, std::vector<CommitResult> results) {
  if (pending.empty()) return;
  asio::post(*executor_, [pending = std::move(pending), results = std::move(results)]() mutable {
    for (std::size_t i = 0; i < pending.size(); ++i)
      pending[i].resume(std::move(results[i]));
  });
}

}  // namespace sandpost::net
