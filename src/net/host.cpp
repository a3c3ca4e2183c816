#include "net/host.hpp"

#include "base/text.hpp"

namespace sandpost::net {

bool Directory::add(const std::string& account, const std::string& password) {
  if (first_.empty()) first_ = account;
  secrets_.emplace(account, password);
  return by_lower_case_.emplace(to_lower(saslprep(account)), account).second;
}

std::optional<std::string> Directory::find_account(std::string_view name) const {
  const auto found = by_lower_case_.find(to_lower(saslprep(name)));
  if (found == by_lower_case_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> Directory::find(std::string_view local_part) const {
  // SASLprep makes full-width letters narrow, which is for logins (RFC 4013); an address that is
  // spelt so is another one.
  auto account = find_account(local_part);
  if (account && is_ascii(*account) == is_ascii(local_part)) return account;
  if (!first_.empty() && equals_ignoring_case(local_part, "postmaster")) return first_;
  return std::nullopt;
}

std::optional<std::string> Directory::secret(const std::string& account) const {
  const auto found = secrets_.find(account);
  if (found == secrets_.end()) return std::nullopt;
  return found->second;
}

}  // namespace sandpost::net
