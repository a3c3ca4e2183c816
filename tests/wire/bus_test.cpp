#include "wire/bus.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <string>
#include <thread>

using namespace sandpost::wire;

namespace {

bool readable(const Subscription& subscription) {
  pollfd waiting{subscription.descriptor(), POLLIN, 0};
  return poll(&waiting, 1, 0) == 1 && (waiting.revents & POLLIN) != 0;
}

Event event_number(std::int64_t number) {
  Event event;
  event.name = "tick";
  event.fields = {{"seconds", number}};
  return event;
}

}  // namespace

TEST_CASE("bus: every subscription gets every event, in order") {
  Bus bus;
  const auto first = bus.subscribe();
  bus.publish(event_number(1));
  const auto second = bus.subscribe();
  bus.publish(event_number(2));
  const auto events = first->take();
  REQUIRE(events.size() == 2);
  CHECK(events[0].number("seconds") == 1);
  CHECK(events[1].number("seconds") == 2);
  REQUIRE(second->take().size() == 1);
  CHECK(first->take().empty());
}

TEST_CASE("bus: what does not fit is dropped and counted, and the queue takes again after that") {
  Bus bus;
  const auto small = bus.subscribe(2);
  const auto large = bus.subscribe();
  for (int i = 0; i < 5; ++i)
    bus.publish(event_number(i));
  CHECK(small->dropped() == 3);
  const auto kept = small->take();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].number("seconds") == 0);
  CHECK(kept[1].number("seconds") == 1);
  bus.publish(event_number(9));
  CHECK(small->take().size() == 1);
  CHECK(small->dropped() == 3);
  CHECK(large->dropped() == 0);
  CHECK(large->take().size() == 6);
}

TEST_CASE("bus: the descriptor polls readable exactly while there is something to take") {
  Bus bus;
  const auto subscription = bus.subscribe(1);
  CHECK_FALSE(readable(*subscription));
  bus.publish(event_number(1));
  CHECK(readable(*subscription));
  bus.publish(event_number(2));
  CHECK(readable(*subscription));
  CHECK(subscription->take().size() == 1);
  CHECK_FALSE(readable(*subscription));
  bus.publish(event_number(3));
  CHECK(readable(*subscription));
}

TEST_CASE("bus: nothing is wanted where nobody subscribed, or everybody has left") {
  Bus bus;
  CHECK_FALSE(bus.wanted());
  bus.publish(event_number(1));
  auto subscription = bus.subscribe();
  CHECK(bus.wanted());
  subscription.reset();
  bus.publish(event_number(2));
  CHECK_FALSE(bus.wanted());
}

TEST_CASE("bus: one thread publishes while another takes") {
  Bus bus;
  const auto subscription = bus.subscribe();
  std::thread publisher([&] {
    for (int i = 0; i < 1000; ++i)
      bus.publish(event_number(i));
  });
  std::int64_t next = 0;
  while (next < 1000) {
    pollfd waiting{subscription->descriptor(), POLLIN, 0};
    REQUIRE(poll(&waiting, 1, 10'000) == 1);
    for (const Event& event : subscription->take())
      CHECK(event.number("seconds") == next++);
  }
  publisher.join();
  CHECK(subscription->dropped() == 0);
}
