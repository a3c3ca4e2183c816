#include "net/task.hpp"

#include <doctest/doctest.h>

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

using namespace sandpost::net;

namespace {

// Waits for `open()` on nobody's thread but the caller's.
struct Gate {
  Operation<std::string> pass() {
    return Operation<std::string>(
        [&](Handler<std::string> handler) { waiting.emplace(std::move(handler)); });
  }
  std::optional<Handler<std::string>> waiting;
};

Task<std::string> at_once() {
  co_return "at once";
}

Task<std::string> through(Gate& gate) {
  std::string word = co_await gate.pass();
  co_return word + "!";
}

Task<void> throws_behind(Gate& gate) {
  const std::string word = co_await through(gate);
  throw std::runtime_error(word);
}

std::string text_of(const std::exception_ptr& failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& thrown) {
    return thrown.what();
  }
  return "";
}

}  // namespace

TEST_CASE("tasks: what need not wait is done when the call returns") {
  std::string said;
  const auto play = [&]() -> Task<void> { said = co_await at_once(); };
  bool done = false;
  spawn(play(), [&](const std::exception_ptr& failure) { done = failure == nullptr; });
  CHECK(said == "at once");
  CHECK(done);
}

TEST_CASE("tasks: who awaits goes on in the handler's call, and gets the value") {
  Gate gate;
  std::string said;
  const auto play = [&]() -> Task<void> { said = co_await through(gate); };
  spawn(play(), [](const std::exception_ptr&) {});
  REQUIRE(gate.waiting);
  CHECK(said.empty());
  (*gate.waiting)("come");
  CHECK(said == "come!");
}

TEST_CASE("tasks: what is thrown reaches who awaits, before and after a wait") {
  Gate gate;
  std::exception_ptr failure;
  spawn(throws_behind(gate), [&](const std::exception_ptr& thrown) { failure = thrown; });
  CHECK(failure == nullptr);
  (*gate.waiting)("late");
  CHECK(text_of(failure) == "late!");

  const auto early = []() -> Task<void> {
    throw std::runtime_error("early");
    co_return;
  };
  spawn(early(), [&](const std::exception_ptr& thrown) { failure = thrown; });
  CHECK(text_of(failure) == "early");
}

TEST_CASE("tasks: an operation that fails throws where it is awaited") {
  Gate gate;
  std::exception_ptr failure;
  spawn(throws_behind(gate), [&](const std::exception_ptr& thrown) { failure = thrown; });
  Completion<std::string> broken;
  broken.fail(std::make_exception_ptr(std::runtime_error("broken")));
  gate.waiting->end(std::move(broken));
  CHECK(text_of(failure) == "broken");
}

TEST_CASE("tasks: a handler that is dropped gives up all who wait, once, and calls nobody") {
  const auto alive = std::make_shared<int>(0);
  bool called = false;
  {
    Gate gate;
    const auto hold = [&](std::shared_ptr<int> held) -> Task<void> {
      const std::string word = co_await through(gate);
      *held += static_cast<int>(word.size());
    };
    spawn(hold(alive), [&](const std::exception_ptr&) { called = true; });
    CHECK(alive.use_count() == 2);
  }
  CHECK(alive.use_count() == 1);
  CHECK_FALSE(called);
}

TEST_CASE("tasks: an io_context that ends gives up who waits for it") {
  const auto alive = std::make_shared<int>(0);
  {
    asio::io_context io{1};
    const auto wait = [&](std::shared_ptr<int>) -> Task<void> {
      Timer timer(io.get_executor(), std::chrono::hours{1});
      std::error_code error;
      co_await timer.async_wait(asio::redirect_error(use_task, error));
    };
    spawn(wait(alive), [](const std::exception_ptr&) {});
    io.poll();
    CHECK(alive.use_count() == 2);
  }
  CHECK(alive.use_count() == 1);
}

TEST_CASE("tasks: a hundred thousand that need not wait take no room on the stack") {
  std::size_t letters = 0;
  const auto count = [&]() -> Task<void> {
    for (int i = 0; i < 100'000; ++i) {
      const std::string word = co_await at_once();
      letters += word.size();
    }
  };
  spawn(count(), [](const std::exception_ptr&) {});
  CHECK(letters == 700'000);
}

TEST_CASE("tasks: an error goes where redirect_error says") {
  asio::io_context io{1};
  std::error_code error;
  const auto wait = [&](Timer& timer) -> Task<void> {
    co_await timer.async_wait(asio::redirect_error(use_task, error));
  };
  Timer timer(io.get_executor(), std::chrono::hours{1});
  spawn(wait(timer), [](const std::exception_ptr&) {});
  timer.cancel();
  io.run_for(std::chrono::seconds{30});
  CHECK(error == asio::error::operation_aborted);
}
