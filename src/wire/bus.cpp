#include "wire/bus.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sandpost::wire {

Subscription::Subscription(std::size_t capacity)
    : capacity_(capacity), descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Subscription::~Subscription() {
  close(descriptor_);
}

std::vector<Event> Subscription::take() {
  const std::lock_guard lock(mutex_);
  eventfd_t ignored = 0;
  static_cast<void>(eventfd_read(descriptor_, &ignored));  // fails where nothing has come
  return std::exchange(events_, {});
}

void Subscription::push(const Event& event) {
  const std::lock_guard lock(mutex_);
  if (events_.size() >= capacity_) {
    ++dropped_;
    return;
  }
  events_.push_back(event);
  if (events_.size() == 1) static_cast<void>(eventfd_write(descriptor_, 1));
}

std::shared_ptr<Subscription> Bus::subscribe(std::size_t capacity) {
  auto subscription = std::make_shared<Subscription>(capacity);
  const std::lock_guard lock(mutex_);
  subscriptions_.push_back(subscription);
  wanted_ = true;
  return subscription;
}

void Bus::publish(const Event& event) {
  if (!wanted_) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(subscriptions_, [&](const std::weak_ptr<Subscription>& weak) {
    const auto subscription = weak.lock();
    if (subscription) subscription->push(event);
    return !subscription;
  });
  wanted_ = !subscriptions_.empty();
}

}  // namespace sandpost::wire
