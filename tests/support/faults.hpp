#pragma once
// Injected faults for tests: rules as one would write them, and chances that are known beforehand.

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "wire/faults.hpp"

namespace sandpost::tests {

inline wire::Faults::Rule fault(const std::string& text) {
  auto rule = wire::Faults::parse(text);
  REQUIRE_MESSAGE(rule, text);
  return *rule;
}

inline std::vector<wire::Faults::Rule> fault_rules(const std::vector<std::string>& texts) {
  std::vector<wire::Faults::Rule> rules;
  for (const std::string& text : texts)
    rules.push_back(fault(text));
  return rules;
}

// `chances`: what comes of each draw, in their order; one more draw is the test's failure.
inline wire::Faults faults_of(const std::vector<std::string>& texts,
                              std::vector<double> chances = {}) {
  wire::Faults faults([chances = std::move(chances), next = std::size_t{0}]() mutable {
    REQUIRE(next < chances.size());
    return chances[next++];
  });
  faults.set(fault_rules(texts));
  return faults;
}

}  // namespace sandpost::tests
