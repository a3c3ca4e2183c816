#include "net/read_ahead.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sandpost::net {

std::vector<mail::QueueNumber> ReadAhead::plan(mail::QueueNumber number,
                                               std::span<const mail::QueueNumber> following) {
  const bool all_were_of_use = last_given_ == last_read_ && number > last_read_ && last_read_ > 0;
  count_ = all_were_of_use ? std::max<std::size_t>(1, 2 * count_) : 0;
  count_ = std::min(count_, following.size());
  std::vector<mail::QueueNumber> numbers{number};
  numbers.insert(numbers.end(), following.begin(),
                 following.begin() + static_cast<std::ptrdiff_t>(count_));
  last_read_ = numbers.back();
  last_given_ = number;
  return numbers;
}

void ReadAhead::keep(std::span<const mail::QueueNumber> numbers,
                     std::vector<db::StoredMessage> messages) {
  messages_.clear();
  for (std::size_t i = 1; i < messages.size(); ++i)
    messages_.push_back({numbers[i], std::move(messages[i])});
  if (messages_.empty()) messages_ = {};
}

const db::StoredMessage* ReadAhead::find(mail::QueueNumber number) {
  const auto found = std::lower_bound(
      messages_.begin(), messages_.end(), number,
      [](const Message& one, mail::QueueNumber wanted) { return one.number < wanted; });
  if (found == messages_.end() || found->number != number) return nullptr;
  last_given_ = number;
  return &found->message;
}

}  // namespace sandpost::net
