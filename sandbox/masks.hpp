#pragma once
// Words that are not to be read, and what stands in their place. Pure.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandpost::sandbox {

class Masks {
 public:
  // A password; one of less than four octets stands in too many words that are none, and is left.
  void add_secret(const std::string& secret);
  // Any word, also as it stands in base64.
  void add(const std::string& word, const std::string& by);
  [[nodiscard]] bool knows(std::string_view word) const;
  [[nodiscard]] bool empty() const { return masks_.empty(); }

  // The text with each of them replaced, in any letter case, where it is no part of a longer word.
  [[nodiscard]] std::string apply(std::string_view text) const;

 private:
  std::vector<std::pair<std::string, std::string>> masks_;
};

inline constexpr std::string_view secret_mask = "********";

}  // namespace sandpost::sandbox
