#include "net/read_ahead.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sandpost;
using net::ReadAhead;

namespace {

using Numbers = std::vector<mail::QueueNumber>;

// What a client causes that asks for the messages in that order, from a maildrop of 1 to `count`:
// the numbers of each trip to the store.
std::vector<Numbers> trips(const Numbers& asked, mail::QueueNumber count) {
  ReadAhead ahead;
  std::vector<Numbers> out;
  for (const mail::QueueNumber number : asked) {
    if (const db::StoredMessage* message = ahead.find(number)) {
      CHECK(message->content == std::to_string(number));
      continue;
    }
    Numbers following;
    for (mail::QueueNumber next = number + 1; next <= count; ++next)
      following.push_back(next);
    const Numbers numbers = ahead.plan(number, following);
    std::vector<db::StoredMessage> messages;
    for (const mail::QueueNumber one : numbers)
      messages.push_back({"", std::to_string(one), 1});
    ahead.keep(numbers, std::move(messages));
    out.push_back(numbers);
  }
  return out;
}

}  // namespace

TEST_CASE("read ahead: whoever fetches in order gets more with each trip") {
  CHECK(trips({1, 2, 3, 4, 5, 6, 7, 8, 9}, 9) ==
        std::vector<Numbers>{{1}, {2, 3}, {4, 5, 6}, {7, 8, 9}});
}

TEST_CASE("read ahead: a single message brings no other along") {
  CHECK(trips({5}, 9) == std::vector<Numbers>{{5}});
  CHECK(trips({9, 7, 5, 3}, 9) == std::vector<Numbers>{{9}, {7}, {5}, {3}});
}

TEST_CASE("read ahead: what was read in vain ends it, and it begins anew") {
  CHECK(trips({1, 2, 5, 6, 7}, 9) == std::vector<Numbers>{{1}, {2, 3}, {5}, {6, 7}});
}

TEST_CASE("read ahead: it goes on after a lot that was cut short by its size") {
  ReadAhead ahead;
  const Numbers two{3, 4};
  CHECK(ahead.plan(1, Numbers{2}) == Numbers{1});
  CHECK(ahead.plan(2, two) == Numbers{2, 3});
  ahead.keep(Numbers{2, 3}, {{"", "2", 1}, {"", "3", 1}});
  REQUIRE(ahead.find(3) != nullptr);
  CHECK(ahead.plan(4, Numbers{5}) == Numbers{4, 5});
  ahead.keep(Numbers{4, 5}, {{"", "4", 1}, {"", "5", 1}});
  REQUIRE(ahead.find(5) != nullptr);
  CHECK(ahead.plan(6, Numbers{7, 8}) == Numbers{6, 7, 8});
}

TEST_CASE("read ahead: a message that could not be read is asked for again") {
  ReadAhead ahead;
  ahead.keep(Numbers{1, 2, 3}, {{"", "1", 1}, {"", "2", 1}});
  CHECK(ahead.find(1) == nullptr);  // it went out at once
  CHECK(ahead.find(2) != nullptr);
  CHECK(ahead.find(3) == nullptr);
}
