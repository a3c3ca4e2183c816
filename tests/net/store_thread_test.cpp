#include "net/store_thread.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "db/memory_store.hpp"
#include "tests/net/fake_store.hpp"
#include "tests/net/silent_log.hpp"

using namespace sandpost;
using namespace sandpost::tests;
using net::CommitResult;
using net::StoreThread;
using Mood = StoreControl::Mood;

namespace {

db::Submission letter(const std::string& content = "x\r\n") {
  db::Submission submission;
  submission.content = Spool(content);
  submission.maildrops = {"bob"};
  return submission;
}

// A store's thread, and a loop for those who wait for it.
struct Office {
  explicit Office(std::chrono::microseconds patience = std::chrono::microseconds{100})
      : thread(std::make_unique<FakeStore>(control), patience) {
    thread.answer_on(io.get_executor());
  }
  ~Office() { control.gate.open(); }

  void commit(db::Submission submission, bool expected = false) {
    net::spawn(commit_one(std::move(submission), expected),
               [this](const std::exception_ptr& failure) {
                 if (failure) ++thrown;
               });
  }
  net::Task<void> commit_one(db::Submission submission, bool expected) {
    CommitResult result = co_await thread.commit(std::move(submission), expected);
    results.push_back(std::move(result));
  }
  // Until so many results are there; false if they do not come.
  bool run_until(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (results.size() + thrown < count && std::chrono::steady_clock::now() < end) {
      io.restart();
      io.run_for(std::chrono::milliseconds{1});
    }
    return results.size() + thrown >= count;
  }
  // Long enough for the store's thread to do what it must not do.
  void run_for_a_moment() {
    io.restart();
    io.run_for(std::chrono::milliseconds{20});
  }
  std::size_t stored() {
    const std::function<std::size_t(db::Store&)> count = [](db::Store& store) {
      return store.snapshot("bob", Time::max())->size();
    };
    return thread.ask_and_wait(count);
  }

  StoreControl control;
  asio::io_context io{1};
  StoreThread thread;
  std::vector<CommitResult> results;
  std::size_t thrown = 0;
};

}  // namespace

TEST_CASE("store thread: what queues up while a commit runs is committed together, in order") {
  Office office;
  office.control.gate.close();
  office.commit(letter());
  office.io.poll();
  REQUIRE(office.control.gate.wait_for_arrival());
  for (int i = 0; i < 20; ++i)
    office.commit(letter());
  office.io.restart();
  office.io.poll();
  CHECK(office.results.empty());
  office.control.gate.open();
  REQUIRE(office.run_until(21));
  CHECK(office.control.batches_now() == std::vector<std::size_t>{1, 20});
  for (std::size_t i = 0; i < office.results.size(); ++i) {
    REQUIRE(office.results[i]);
    CHECK(*office.results[i] == static_cast<mail::QueueNumber>(i + 1));
  }
}

TEST_CASE("store thread: a commit waits for the letters that are on their way") {
  Office office(std::chrono::hours{1});
  office.thread.expect();
  office.thread.expect();
  office.commit(letter());
  office.run_for_a_moment();
  office.commit(letter(), true);
  office.run_for_a_moment();
  CHECK(office.results.empty());
  CHECK(office.control.batches_now().empty());
  office.commit(letter(), true);
  REQUIRE(office.run_until(3));
  CHECK(office.control.batches_now() == std::vector<std::size_t>{3});
}

TEST_CASE("store thread: a commit waits for nobody where no letter is on its way") {
  Office office(std::chrono::hours{1});
  office.commit(letter());
  REQUIRE(office.run_until(1));
  office.thread.expect();
  office.commit(letter(), true);
  REQUIRE(office.run_until(2));
}

TEST_CASE("store thread: a letter that is given up holds up nobody") {
  Office office(std::chrono::hours{1});
  office.thread.expect();
  office.commit(letter());
  office.io.poll();
  office.thread.expect_no_more();
  REQUIRE(office.run_until(1));
}

TEST_CASE("store thread: a large letter waits for nobody") {
  Office office(std::chrono::hours{1});
  office.thread.expect();
  office.commit(letter());
  office.run_for_a_moment();
  CHECK(office.results.empty());
  office.commit(letter(std::string(100'000, 'x')));
  REQUIRE(office.run_until(2));
}

TEST_CASE("store thread: a question does not wait for letters") {
  Office office(std::chrono::hours{1});
  office.thread.expect();
  office.commit(letter());
  office.io.poll();
  CHECK(office.stored() <= 1);
  REQUIRE(office.run_until(1));
}

TEST_CASE("store thread: an answer of the store is for all that were committed together") {
  const SilentLog silent;
  Office office;
  const std::pair<Mood, db::StoreErrorCode> moods[] = {{Mood::full, db::StoreErrorCode::full},
                                                       {Mood::busy, db::StoreErrorCode::busy},
                                                       {Mood::throws, db::StoreErrorCode::busy}};
  for (const auto& [mood, code] : moods) {
    office.control.commit = mood;
    office.results.clear();
    office.commit(letter());
    office.commit(letter());
    REQUIRE(office.run_until(2));
    for (const CommitResult& result : office.results) {
      REQUIRE_FALSE(result);
      CHECK(result.error().code == code);
    }
    CHECK(office.thrown == 0);
  }
  // It goes on as if nothing had been.
  office.control.commit = Mood::well;
  office.results.clear();
  office.commit(letter());
  REQUIRE(office.run_until(1));
  CHECK(office.results.front() == mail::QueueNumber{1});
  CHECK(office.stored() == 1);
}

TEST_CASE(
    "store thread: what the store does not come to in time is refused, and not stored later") {
  Office office;
  office.control.gate.close();
  office.commit(letter());
  office.io.poll();
  REQUIRE(office.control.gate.wait_for_arrival());
  office.commit(letter());
  office.commit(letter());
  office.io.restart();
  office.io.poll();
  office.thread.refuse_older(std::chrono::steady_clock::time_point::min());
  office.thread.refuse_older(std::chrono::steady_clock::time_point::max());
  REQUIRE(office.run_until(2));
  for (const CommitResult& result : office.results) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == db::StoreErrorCode::busy);
  }
  office.control.gate.open();
  REQUIRE(office.run_until(3));
  CHECK(office.results.back() == mail::QueueNumber{1});
  CHECK(office.stored() == 1);
}

TEST_CASE("store thread: stop() finishes what is queued, and may be called twice") {
  Office office;
  office.control.gate.close();
  office.commit(letter());
  office.io.poll();
  REQUIRE(office.control.gate.wait_for_arrival());
  for (int i = 0; i < 5; ++i)
    office.commit(letter());
  office.io.restart();
  office.io.poll();
  auto stopped = std::async(std::launch::async, [&] { office.thread.stop(); });
  office.control.gate.open();
  stopped.get();
  office.thread.stop();
  REQUIRE(office.run_until(6));
  for (const CommitResult& result : office.results)
    CHECK(result.has_value());
}

TEST_CASE("store thread: what is thrown in ask() reaches who asked, and the thread lives on") {
  Office office;
  const std::function<int(db::Store&)> breaks = [](db::Store&) -> int {
    throw std::runtime_error("broken");
  };
  CHECK_THROWS_WITH(static_cast<void>(office.thread.ask_and_wait(breaks)), "broken");

  std::string what;
  std::optional<int> answer;
  const auto ask = [&](std::function<int(db::Store&)> work) -> net::Task<void> {
    answer = co_await office.thread.ask(std::move(work));
  };
  net::spawn(ask(breaks), [&](const std::exception_ptr& failure) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& thrown) {
      what = thrown.what();
    }
  });
  const std::function<int(db::Store&)> works = [](db::Store&) { return 42; };
  net::spawn(ask(works), [](const std::exception_ptr& failure) { CHECK(failure == nullptr); });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while ((what.empty() || !answer) && std::chrono::steady_clock::now() < end) {
    office.io.restart();
    office.io.run_for(std::chrono::milliseconds{1});
  }
  CHECK(what == "broken");
  CHECK(answer == 42);
  CHECK(office.stored() == 0);
}

TEST_CASE("store thread: commits of a lot come before its questions") {
  Office office;
  office.control.gate.close();
  office.commit(letter());
  office.io.poll();
  REQUIRE(office.control.gate.wait_for_arrival());
  // Asked first, answered after the commit that was handed in later.
  auto stored = std::async(std::launch::async, [&] { return office.stored(); });
  office.commit(letter());
  office.io.restart();
  office.io.poll();
  office.control.gate.open();
  const std::size_t count = stored.get();
  CHECK(count >= 1);
  REQUIRE(office.run_until(2));
  CHECK(office.stored() == 2);
}

TEST_CASE("store thread: a small letter for a store in memory is there at once") {
  StoreThread thread(std::make_unique<db::MemoryStore>(Time{}));
  thread.expect();
  const auto first = thread.commit_at_once(letter(), true);
  const auto second = thread.commit_at_once(letter());
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->value() == 1);
  CHECK(second->value() == 2);
  const std::function<std::size_t(db::Store&)> count = [](db::Store& store) {
    return store.snapshot("bob", Time::max()).value().size();
  };
  CHECK(thread.ask_and_wait(count) == 2);
}

TEST_CASE("store thread: at once comes no large letter, and none for a store that waits or works") {
  Gate gate;
  StoreThread memory(std::make_unique<db::MemoryStore>(Time{}));
  CHECK_FALSE(memory.commit_at_once(letter(std::string(db::content_piece + 1, 'x'))));

  Office office;
  CHECK_FALSE(office.thread.commit_at_once(letter()));

  gate.close();
  memory.tell([&](db::Store&) { gate.pass(); });
  REQUIRE(gate.wait_for_arrival());
  CHECK_FALSE(memory.commit_at_once(letter()));
  gate.open();
}
