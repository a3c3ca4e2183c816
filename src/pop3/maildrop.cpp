#include "pop3/maildrop.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace sandpost::pop3 {

Maildrop::Maildrop(std::vector<Entry> entries)
    : entries_(std::move(entries)), marked_(entries_.size()) {
  for (const Entry& entry : entries_)
    octets_ += entry.octets;
}

Result<const Entry*, wire::Cause> Maildrop::find(std::uint64_t number) const {
  if (number == 0) return Failure<wire::Cause>{wire::Cause::zero_number};
  if (number > entries_.size()) return Failure<wire::Cause>{wire::Cause::number_too_big};
  if (marked_[number - 1]) return Failure<wire::Cause>{wire::Cause::already_marked};
  return &entries_[number - 1];
}

void Maildrop::mark(std::uint64_t number) {
  const auto entry = find(number);
  if (!entry) return;
  marked_[number - 1] = true;
  ++marks_;
  octets_ -= (*entry)->octets;
}

std::size_t Maildrop::unmark_all() {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (marked_[i]) octets_ += entries_[i].octets;
  }
  marked_.assign(entries_.size(), false);
  return std::exchange(marks_, 0);
}

std::vector<mail::QueueNumber> Maildrop::marked() const {
  std::vector<mail::QueueNumber> out;
  out.reserve(marks_);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (marked_[i]) out.push_back(entries_[i].queue);
  }
  return out;
}

std::vector<mail::QueueNumber> Maildrop::following(std::uint64_t number,
                                                   std::size_t most_octets) const {
  std::vector<mail::QueueNumber> out;
  std::size_t octets = 0;
  for (std::size_t i = number; i < entries_.size(); ++i) {
    if (marked_[i]) continue;
    octets += entries_[i].octets;
    if (octets > most_octets) break;
    out.push_back(entries_[i].queue);
  }
  return out;
}

// scan-listing = message-number SP octets (RFC 1939 §5, LIST)
std::string Maildrop::scan_listings() const {
  std::string out;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (marked_[i]) continue;
    fmt::format_to(std::back_inserter(out), "{} {}\r\n", i + 1, entries_[i].octets);
  }
  return out;
}

// unique-id-listing = message-number SP unique-id (RFC 1939 §7, UIDL)
std::string Maildrop::unique_id_listings() const {
  std::string out;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (marked_[i]) continue;
    fmt::format_to(std::back_inserter(out), "{} {}\r\n", i + 1, entries_[i].unique_id);
  }
  return out;
}

}  // namespace sandpost::pop3
