#pragma once
// Brings servers that were just started to where a learner left off.

#include <chrono>
#include <functional>
#include <vector>

#include "sandbox/lesson.hpp"
#include "sandbox/progress.hpp"
#include "sandbox/stage.hpp"

namespace sandpost::sandbox {

// Types the author's lines of the passed steps, one step after the other, so that the servers hold
// what the next step needs: an open transaction, or a letter in the mailbox. Nobody waits for a
// delivery. Only the lines of client and servers are shown, as far as `stage.show` lets them.
// False if a step did not pass by them; the steps before it are done.
bool replay(Stage& stage, const Lesson& lesson, const std::vector<StepRecord>& passed);

// Follows the servers until `wanted`, but no longer than that; false if it did not come true. What
// they tell by themselves comes a moment after their reply.
[[nodiscard]] bool comes_true(Stage& stage, std::chrono::milliseconds longest,
                              const std::function<bool()>& wanted);

}  // namespace sandpost::sandbox
