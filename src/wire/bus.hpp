#pragma once
// Hands every event to whoever subscribed. Publishing never blocks and never waits for a reader:
// each subscription has a bounded queue, and what does not fit is counted, not kept.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "wire/event.hpp"

namespace sandpost::wire {

// One reader's queue. Threads: the bus pushes, one thread takes.
class Subscription {
 public:
  explicit Subscription(std::size_t capacity);
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // All that has come since the last call, oldest first; never blocks.
  [[nodiscard]] std::vector<Event> take();
  // How many events found the queue full since the beginning.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  // A descriptor that polls readable while there is something to take. Owned by the subscription.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  friend class Bus;
  void push(const Event& event);

  std::size_t capacity_;
  int descriptor_;
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;
  std::vector<Event> events_;
};

// Threads: subscribe from any, publish from any.
class Bus {
 public:
  // Ends when the last owner lets the subscription go.
  [[nodiscard]] std::shared_ptr<Subscription> subscribe(std::size_t capacity = 100'000);
  [[nodiscard]] bool wanted() const { return wanted_; }
  void publish(const Event& event);

 private:
  std::atomic<bool> wanted_{false};
  std::mutex mutex_;
  std::vector<std::weak_ptr<Subscription>> subscriptions_;
};

}  // namespace sandpost::wire
