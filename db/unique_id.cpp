#include "db/unique_id.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace sandpost::db {

std::string unique_prefix(Time mailbox_created) {
  // A sandbox clock may stand before 1970; the sign would only be noise.
  const auto created = static_cast<std::uint64_t>(mailbox_created.time_since_epoch().count());
  return fmt::format("{:x}.", created);
}

}  // namespace sandpost::db
