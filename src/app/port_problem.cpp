#include "app/port_problem.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/language.hpp"
#include "base/text.hpp"
#include "net/port_owner.hpp"

namespace sandpost::app {
namespace {

// What is to be typed besides, for another port.
std::string way_out(const PortProblem& problem) {
  constexpr int first_free = 2500;  // 25 is 2525 then, as by default
  const bool permitted = problem.error != std::errc::permission_denied;
  return fmt::format("{} {}", problem.option, permitted ? 0 : problem.port + first_free);
}

std::string in_words(const PortProblem& problem, const std::string& host) {
  if (problem.error == std::errc::permission_denied) {
    return say("not permitted to listen on port {}", problem.port);
  }
  if (problem.error != std::errc::address_in_use) {
    return say("cannot listen on {0} port {1}: {2}", host, problem.port, problem.error.message());
  }
  const auto owner = net::port_owner(problem.port);
  return owner ? say("{0} port {1} is in use by {2} (process {3})", host, problem.port,
                     visible(owner->name), owner->process)
               : say("{0} port {1} is in use", host, problem.port);
}

}  // namespace

std::string in_words(const std::vector<PortProblem>& problems, const std::string& host) {
  std::string what;
  std::string options;
  const auto any_is = [&](std::errc wanted) {
    return std::any_of(problems.begin(), problems.end(),
                       [&](const PortProblem& one) { return one.error == wanted; });
  };
  if (any_is(std::errc::address_not_available))
    return say("this computer has no address {}; choose another --host", host);
  for (const PortProblem& problem : problems) {
    what += (what.empty() ? "" : tr("; ")) + in_words(problem, host);
    options += (options.empty() ? "" : " ") + way_out(problem);
  }
  if (any_is(std::errc::address_in_use))
    return say("{0}; end the other program, or add {1}", what, options);
  if (any_is(std::errc::permission_denied))
    return say("{0}; those below 1024 are root's: add {1}", what, options);
  return say("{0}; choose another --host, or add {1}", what, options);
}

}  // namespace sandpost::app
