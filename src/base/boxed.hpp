#pragma once
// An optional value that lives on the heap: while there is none, it takes no more room than a
// pointer. For what a session has only for a moment. Value type; moves, does not copy.

#include <concepts>
#include <memory>
#include <utility>

namespace sandpost {

template <class T>
class Boxed {
 public:
  template <class Value>
  requires std::constructible_from<T, Value&&> Boxed& operator=(Value&& value) {
    value_ = std::make_unique<T>(std::forward<Value>(value));
    return *this;
  }
  template <class... Arguments>
  void emplace(Arguments&&... arguments) {
    value_ = std::make_unique<T>(std::forward<Arguments>(arguments)...);
  }
  void reset() { value_.reset(); }

  [[nodiscard]] explicit operator bool() const { return value_ != nullptr; }
  // There must be one.
  [[nodiscard]] const T& operator*() const { return *value_; }
  [[nodiscard]] T* operator->() { return value_.get(); }
  [[nodiscard]] const T* operator->() const { return value_.get(); }
  // Leaves nothing behind.
  [[nodiscard]] T take() {
    const std::unique_ptr<T> taken = std::exchange(value_, nullptr);
    return std::move(*taken);
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace sandpost
