#pragma once
// Tells the rows of two connections apart: as soon as a second one is open, what is said in each
// gets the number of its window in front. Pure.

#include <cstdint>
#include <map>

#include "sandbox/line.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

class Windows {
 public:
  // Follows connections as they come and go; says, once, what the numbers mean.
  [[nodiscard]] Lines on(const wire::Event& event);
  // Puts the numbers in front of what was said.
  void mark(Lines& lines) const;
  // Whether any connection is open, and how many are.
  [[nodiscard]] bool any_open() const { return !open_.empty(); }
  [[nodiscard]] std::size_t count() const { return open_.size(); }

 private:
  std::map<std::uint64_t, int> open_;  // the windows' numbers, by session
  bool explained_ = false;
};

}  // namespace sandpost::sandbox
