#include "net/host.hpp"

#include "base/text.hpp"

namespace sandpost::net {

bool Directory::add(const std::string& account) {
  if (first_.empty()) first_ = account;
  return by_lower_case_.emplace(to_lower(account), account).second;
}

std::optional<std::string> Directory::find_account(std::string_view name) const {
  const auto found = by_lower_case_.find(to_lower(name));
  if (found == by_lower_case_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> Directory::find(std::string_view local_part) const {
  if (auto account = find_account(local_part)) return account;
  if (!first_.empty() && equals_ignoring_case(local_part, "postmaster")) return first_;
  return std::nullopt;
}

}  // namespace sandpost::net
