// g++ 12 destroys some temporaries of a co_await expression twice. These are the forms that it
// compiles right and that the code keeps to (STYLE 3.1); every object must die exactly once, and
// the address sanitizer looks on.

#include <doctest/doctest.h>

#include <asio/post.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "net/task.hpp"

using sandpost::net::Handler;
using sandpost::net::Operation;
using sandpost::net::Task;
using sandpost::net::use_task;

namespace {

int alive = 0;

// Counts itself, and owns memory that a second destruction would free again.
class Counted {
 public:
  explicit Counted(std::string text) : text_(std::make_unique<std::string>(std::move(text))) {
    ++alive;
  }
  Counted(const Counted& other) : text_(std::make_unique<std::string>(*other.text_)) { ++alive; }
  Counted(Counted&& other) noexcept : text_(std::move(other.text_)) { ++alive; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --alive; }
  [[nodiscard]] std::size_t size() const { return text_ ? text_->size() : 0; }

 private:
  std::unique_ptr<std::string> text_;
};

struct Aggregate {
  int number;
  Counted counted;
};

Aggregate make_aggregate() {
  return {1, Counted("made by a function")};
}

asio::io_context* loop = nullptr;  // of the test in work

Task<void> pause() {
  co_await asio::post(*loop, use_task);
}

Task<std::size_t> take(Counted counted) {
  co_await pause();
  co_return counted.size();
}

Task<std::size_t> take_aggregate(Aggregate aggregate) {
  co_await pause();
  co_return aggregate.counted.size();
}

Task<std::size_t> call(std::function<std::size_t()> work) {
  co_await pause();
  co_return work();
}

Task<std::size_t> take_pointer(std::unique_ptr<Counted> counted) {
  co_await pause();
  co_return counted->size();
}

Task<Aggregate> give() {
  co_await pause();
  co_return Aggregate{2, Counted("given back")};
}

Task<bool> yes() {
  co_await pause();
  co_return true;
}

// As StoreThread::ask: the capturing lambda stands in an ordinary function.
Operation<std::size_t> initiated(Counted counted) {
  return Operation<std::size_t>([&](Handler<std::size_t> handler) {
    auto shared = std::make_shared<Handler<std::size_t>>(std::move(handler));
    asio::post(*loop, [shared, inner = std::move(counted)] { (*shared)(inner.size()); });
  });
}

Task<std::size_t> all_forms() {
  std::size_t sum = 0;
  sum += co_await take(Counted("a class with a constructor, as a temporary"));
  Counted named("a named object, moved in");
  sum += co_await take(std::move(named));
  sum += co_await take_aggregate(make_aggregate());
  Aggregate aggregate{3, Counted("a named aggregate")};
  sum += co_await take_aggregate(std::move(aggregate));
  sum += co_await take_pointer(std::make_unique<Counted>("behind a pointer"));
  std::function<std::size_t()> work = [kept = Counted("in a named lambda")] { return kept.size(); };
  sum += co_await call(std::move(work));
  const Aggregate given = co_await give();
  sum += given.counted.size();
  if (const bool answer = co_await yes(); answer) sum += 1;
  const bool first = co_await yes();
  const bool second = co_await yes();
  sum += first && second ? 1U : 0U;
  const std::string left = "a sum ";
  sum += co_await take(Counted(left + "of strings"));
  sum += co_await initiated(Counted("through an ordinary function"));
  co_return sum;
}

}  // namespace

TEST_CASE("coroutines: in the forms that are allowed, g++ 12 destroys every object once") {
  for (int i = 0; i < 3; ++i) {
    asio::io_context io{1};
    std::size_t sum = 0;
    std::exception_ptr failure;
    loop = &io;
    const auto play = [&]() -> Task<void> { sum = co_await all_forms(); };
    sandpost::net::spawn(play(), [&](const std::exception_ptr& thrown) { failure = thrown; });
    io.run_for(std::chrono::seconds{30});
    CHECK(io.stopped());
    CHECK(failure == nullptr);
    CHECK(sum == 190);
    CHECK(alive == 0);
  }
}

TEST_CASE("coroutines: one that is given up in the middle destroys every object once, too") {
  for (int turns = 0; turns < 30; ++turns) {
    {
      asio::io_context io{1};
      loop = &io;
      sandpost::net::spawn(all_forms(), [](const std::exception_ptr&) {});
      for (int i = 0; i < turns; ++i)
        io.poll_one();
    }
    CHECK(alive == 0);
  }
}
