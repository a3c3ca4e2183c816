#pragma once
// What the store's tests put into it, and how they take a value out of a result.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "db/store.hpp"

namespace sandpost::db {

inline constexpr Time noon{std::chrono::milliseconds(1'003'147'200'000)};

// One message to `maildrops`, visible from `deliver_at` on.
inline Submission sample(std::vector<std::string> maildrops, Time deliver_at = noon,
                         std::string content = "Subject: hi\r\n\r\nHello.\r\n") {
  Submission submission;
  submission.envelope.reverse_path = {"ada", "example.org"};
  submission.trace = {"client.example",
                      "127.0.0.1",
                      "server.example",
                      "ESMTP",
                      {noon - std::chrono::seconds(1), std::chrono::minutes(0)}};
  submission.content = Spool(std::move(content));
  submission.maildrops = std::move(maildrops);
  submission.deliver_at = deliver_at;
  return submission;
}

// The numbers that a commit of these gave; empty if it failed.
inline std::vector<mail::QueueNumber> commit(Store& store, const std::vector<Submission>& all) {
  return store.commit(all).value_or(std::vector<mail::QueueNumber>());
}

// The number of one committed message, or 0.
inline mail::QueueNumber commit_one(Store& store, const Submission& submission) {
  const auto numbers = commit(store, {submission});
  return numbers.empty() ? 0 : numbers.front();
}

// The whole content, piece by piece.
inline std::string whole_content(Store& store, const std::string& maildrop,
                                 mail::QueueNumber number) {
  const StoredMessage first = store.message(maildrop, number).value();
  std::string all = first.content;
  while (all.size() < first.octets)
    all += store.content(number, all.size()).value();
  return all;
}

inline std::vector<mail::QueueNumber> shown(Store& store, const std::string& maildrop, Time now) {
  std::vector<mail::QueueNumber> numbers;
  const auto entries = store.snapshot(maildrop, now).value();
  for (const ScanEntry& entry : entries)
    numbers.push_back(entry.number);
  return numbers;
}

}  // namespace sandpost::db
