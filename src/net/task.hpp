#pragma once
// The coroutine and socket types of this program, bound to the one executor it has: io_context's
// own, without type erasure. Everything in net/ runs on the I/O thread unless it says otherwise.
//
// Coroutines of our own, and not Asio's, for what they cost: asio::awaitable needs a frame of its
// own for each operation, three more below the first coroutine, and a trip through the scheduler to
// begin and to end one. These begin at once, on the stack of whoever calls them; what does not have
// to wait is done when the call returns.
//
//   Task<bool> said = write(...);    runs until it has to wait
//   const bool done = co_await said; goes on when it is done, with what it returned or threw
//   co_await timer.async_wait(asio::redirect_error(use_task, error));
//
// Who waits is owned by what it waits for: where Asio drops an operation whose end will never come,
// as an io_context does that is destroyed, all that waits for it is destroyed from the bottom up.

#include <asio/async_result.hpp>
#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace sandpost::net {

using Executor = asio::io_context::executor_type;

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

// What coroutines know of each other: who waits for whom.
struct Coroutine {
  std::coroutine_handle<> frame;
  Coroutine* caller = nullptr;  // null: nobody waits yet, or ever

  void resume() const { frame.resume(); }
  // What this waits for will never come.
  void give_up() const {
    const Coroutine* bottom = this;
    while (bottom->caller != nullptr)
      bottom = bottom->caller;
    bottom->frame.destroy();
  }
};

// What comes of a coroutine or of an operation, once: a value, or what was thrown.
template <class T>
class Completion {
 public:
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  void set(Value value) { value_.emplace(std::move(value)); }
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  [[nodiscard]] bool is_there() const { return value_ || failure_; }
  [[nodiscard]] T take() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if constexpr (!std::is_void_v<T>) return std::move(*value_);
  }

 private:
  std::optional<Value> value_;
  std::exception_ptr failure_;
};

namespace detail {

template <class T>
struct Returning : Coroutine {
  void return_value(T value) { completion.set(std::move(value)); }
  Completion<T> completion;
};
template <>
struct Returning<void> : Coroutine {
  void return_void() { completion.set({}); }
  Completion<void> completion;
};

// At the end of a Task: its caller goes on, if it has one by then.
struct End {
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  [[nodiscard]] std::coroutine_handle<> await_suspend(
      std::coroutine_handle<Promise> task) const noexcept {
    const Coroutine* caller = task.promise().caller;
    return caller == nullptr ? std::noop_coroutine() : caller->frame;
  }
  void await_resume() const noexcept {}
};

}  // namespace detail

// A coroutine whose end another one awaits, once. Owns its frame.
template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type : detail::Returning<T> {
    [[nodiscard]] Task get_return_object() {
      this->frame = Frame::from_promise(*this);
      return Task(Frame::from_promise(*this));
    }
    [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
    [[nodiscard]] detail::End final_suspend() const noexcept { return {}; }
    void unhandled_exception() { this->completion.fail(std::current_exception()); }
  };

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (frame_) frame_.destroy();
  }

  [[nodiscard]] bool await_ready() const { return frame_.done(); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> caller) {
    frame_.promise().caller = &caller.promise();
  }
  T await_resume() { return frame_.promise().completion.take(); }

 private:
  using Frame = std::coroutine_handle<promise_type>;

  explicit Task(Frame frame) : frame_(frame) {}

  Frame frame_;
};

// A coroutine that nobody awaits. Its frame ends with it; it must let no exception out.
struct Detached {
  struct promise_type : Coroutine {
    [[nodiscard]] Detached get_return_object() {
      frame = std::coroutine_handle<promise_type>::from_promise(*this);
      return {};
    }
    [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const {}
    [[noreturn]] void unhandled_exception() const { std::terminate(); }
  };
};

// Awaits the task; `done` gets what it threw, or null.
template <class T, class Done>
Detached spawn(Task<T> task, Done done) {
  std::exception_ptr failure;
  try {
    co_await task;
  } catch (...) {
    failure = std::current_exception();
  }
  done(failure);
}

template <class T>
class Handler;

// Something that is under way outside, and that a coroutine awaits at once.
template <class T>
class [[nodiscard]] Operation {
 public:
  // `start` gets the Handler to call at the end, on the thread of whoever waits and not before
  // `start` has returned.
  template <class Start>
  explicit Operation(Start&& start) {
    std::forward<Start>(start)(Handler<T>(*this));
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  [[nodiscard]] bool await_ready() const { return completion_.is_there(); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiting) {
    waiting_ = &waiting.promise();
  }
  T await_resume() { return completion_.take(); }

 private:
  friend class Handler<T>;

  Completion<T> completion_;
  const Coroutine* waiting_ = nullptr;
};

// Called once with the result. One that is destroyed before gives up whoever waits.
template <class T>
class Handler {
 public:
  explicit Handler(Operation<T>& operation) : operation_(&operation) {}
  Handler(Handler&& other) noexcept : operation_(std::exchange(other.operation_, nullptr)) {}
  Handler& operator=(Handler&&) = delete;
  ~Handler() {
    if (operation_ != nullptr && operation_->waiting_ != nullptr) operation_->waiting_->give_up();
  }

  void operator()(typename Completion<T>::Value value = {}) {
    Completion<T> completion;
    completion.set(std::move(value));
    end(std::move(completion));
  }
  void end(Completion<T> completion) {
    Operation<T>& operation = *std::exchange(operation_, nullptr);
    operation.completion_ = std::move(completion);
    if (operation.waiting_ != nullptr) operation.waiting_->resume();
  }

 private:
  Operation<T>* operation_;
};

// Asio's completion token: the operation's result is awaited; errors go where redirect_error says.
struct UseTask {};
inline constexpr UseTask use_task{};

}  // namespace sandpost::net

template <class... Results>
class asio::async_result<sandpost::net::UseTask, void(Results...)> {
  template <class...>
  struct Only {
    using Type = void;
  };
  template <class Result>
  struct Only<Result> {
    using Type = std::decay_t<Result>;
  };

 public:
  using return_type = sandpost::net::Operation<typename Only<Results...>::Type>;

  template <class Initiation, class... Arguments>
  static return_type initiate(Initiation&& initiation, sandpost::net::UseTask,
                              Arguments&&... arguments) {
    return return_type([&](auto handler) {
      std::forward<Initiation>(initiation)(std::move(handler),
                                           std::forward<Arguments>(arguments)...);
    });
  }
};
