#pragma once
// A language for the time of one test.

#include <doctest/doctest.h>

#include <string_view>

#include "sandbox/languages.hpp"

namespace sandpost::tests {

class Speaking {
 public:
  explicit Speaking(std::string_view name) {
    const sandbox::Language* language = sandbox::find_language(name);
    REQUIRE(language != nullptr);
    before_ = use_catalogue(catalogue_of(*language));
  }
  ~Speaking() { use_catalogue(before_); }
  Speaking(const Speaking&) = delete;
  Speaking& operator=(const Speaking&) = delete;

 private:
  const Catalogue* before_ = nullptr;
};

}  // namespace sandpost::tests
