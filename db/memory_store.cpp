#include "db/memory_store.hpp"

#include <algorithm>
#include <cassert>
#include <system_error>
#include <tuple>
#include <utility>

#include "db/unique_id.hpp"

namespace sandpost::db {

StoreResult<void> MemoryStore::put_account(const std::string& name, const std::string& password) {
  accounts_[name] = PasswordHash::make(password);
  return {};
}

StoreResult<std::vector<std::string>> MemoryStore::accounts() {
  std::vector<std::string> names;
  for (const auto& [name, hash] : accounts_)
    names.push_back(name);
  return names;
}

StoreResult<std::optional<PasswordHash>> MemoryStore::password_hash(const std::string& name) {
  const auto account = accounts_.find(name);
  if (account == accounts_.end()) return std::nullopt;
  return account->second;
}

StoreResult<bool> MemoryStore::verify(const std::string& name, const std::string& password) {
  const auto account = accounts_.find(name);
  const PasswordHash* stored = account == accounts_.end() ? nullptr : &account->second;
  return checker_.check(name, stored, password);
}

StoreResult<std::vector<mail::QueueNumber>> MemoryStore::commit(
    std::span<const Submission> submissions) {
  const mail::QueueNumber last_before = last_number_;
  const std::size_t large_before = large_.size();
  const auto take_back = [&] {
    for (mail::QueueNumber number = last_before; number++ < last_number_;) {
      messages_.erase(number);
      for (auto& [name, maildrop] : maildrops_)
        maildrop.erase(number);
    }
    last_number_ = last_before;
    large_.forget(large_before, large_.size() - large_before);
  };
  try {
    std::vector<mail::QueueNumber> numbers;
    for (const Submission& submission : submissions) {
      numbers.push_back(++last_number_);
      if (const StoreResult<void> done = add(submission, last_number_); !done) {
        take_back();
        return Failure<StoreError>(done.error());
      }
    }
    return numbers;
  } catch (...) {
    take_back();
    throw;
  }
}

StoreResult<void> MemoryStore::add(const Submission& submission, mail::QueueNumber number) {
  assert(!submission.maildrops.empty());
  const mail::Address& reverse_path = submission.envelope.reverse_path;
  Message& message = messages_[number];
  message.reverse_path = reverse_path.to_text();
  message.accepted = submission.trace.accepted.time;
  std::string buffer;
  const auto beginning = submission.content.read(0, content_piece, buffer);
  message.trace = mail::trace_above(beginning, reverse_path, submission.trace, number);
  for (const std::string& maildrop : submission.maildrops) {
    const bool is_new = maildrops_[maildrop].emplace(number, submission.deliver_at).second;
    if (is_new) ++message.deliveries;
  }
  return keep(submission.content, message);
}

StoreResult<void> MemoryStore::keep(const Spool& content, Message& message) {
  std::string buffer;
  message.octets = content.size();
  if (content.size() <= content_piece) {
    message.content = content.read(0, content_piece, buffer);
    return {};
  }
  large_.try_again();
  message.offset = large_.size();
  for (std::size_t at = 0; at < content.size(); at += content_piece)
    large_.append(std::string(content.read(at, content_piece, buffer)));
  if (!large_.error()) return {};
  return Failure<StoreError>(StoreError{StoreErrorCode::full, large_.error().message()});
}

StoreResult<std::vector<ScanEntry>> MemoryStore::snapshot(const std::string& maildrop, Time now) {
  std::vector<ScanEntry> entries;
  const auto found = maildrops_.find(maildrop);
  if (found == maildrops_.end()) return entries;
  for (const auto& [number, deliver_at] : found->second) {
    if (deliver_at > now) continue;
    entries.push_back({number, octets(number)});
  }
  return entries;
}

std::string MemoryStore::unique_prefix() const {
  return db::unique_prefix(created_);
}

StoreResult<StoredMessage> MemoryStore::message(const std::string& maildrop,
                                                mail::QueueNumber number) {
  const auto holder = maildrops_.find(maildrop);
  if (holder == maildrops_.end() || !holder->second.contains(number)) {
    return Failure<StoreError>(StoreError{StoreErrorCode::gone, "no such message"});
  }
  const Message& found = messages_.at(number);
  StoreResult<std::string> beginning = content(number, 0);
  if (!beginning) return Failure<StoreError>(beginning.error());
  return StoredMessage{found.trace, std::move(*beginning), found.octets};
}

StoreResult<std::string> MemoryStore::content(mail::QueueNumber number, std::size_t offset) {
  const auto found = messages_.find(number);
  if (found == messages_.end() || offset > found->second.octets) {
    return Failure<StoreError>(StoreError{StoreErrorCode::gone, "no such message"});
  }
  const Message& message = found->second;
  if (!message.is_large()) return message.content.substr(offset);
  std::string buffer;
  try {
    const std::size_t octets = std::min(content_piece, message.octets - offset);
    return std::string(large_.read(message.offset + offset, octets, buffer));
  } catch (const std::system_error& error) {
    return Failure<StoreError>(StoreError{StoreErrorCode::damaged, error.what()});
  }
}

StoreResult<std::size_t> MemoryStore::remove(const std::string& maildrop,
                                             std::span<const mail::QueueNumber> numbers) {
  std::size_t removed = 0;
  const auto holder = maildrops_.find(maildrop);
  if (holder == maildrops_.end()) return removed;
  for (const mail::QueueNumber number : numbers) {
    if (holder->second.erase(number) == 0) continue;
    ++removed;
    const auto message = messages_.find(number);
    if (--message->second.deliveries > 0) continue;
    if (message->second.is_large()) large_.forget(message->second.offset, message->second.octets);
    messages_.erase(message);
  }
  return removed;
}

StoreResult<std::vector<QueueEntry>> MemoryStore::queue(Time now) {
  std::vector<QueueEntry> entries;
  for (const auto& [name, maildrop] : maildrops_) {
    for (const auto& [number, deliver_at] : maildrop) {
      if (deliver_at <= now) continue;
      const Message& message = messages_.at(number);
      entries.push_back(
          {number, message.reverse_path, name, octets(number), message.accepted, deliver_at});
    }
  }
  std::sort(entries.begin(), entries.end(), [](const QueueEntry& a, const QueueEntry& b) {
    return std::tie(a.due, a.number, a.maildrop) < std::tie(b.due, b.number, b.maildrop);
  });
  return entries;
}

StoreResult<std::size_t> MemoryStore::deliver_now(Time now) {
  std::size_t delivered = 0;
  for (auto& [name, maildrop] : maildrops_) {
    for (auto& [number, deliver_at] : maildrop) {
      if (deliver_at <= now) continue;
      deliver_at = now;
      ++delivered;
    }
  }
  return delivered;
}

std::size_t MemoryStore::octets(mail::QueueNumber number) const {
  const Message& message = messages_.at(number);
  return message.trace.size() + message.octets;
}

}  // namespace sandpost::db
