#pragma once
// Which program listens at a TCP port of this computer, as far as its user may know: on Linux, of
// the programs of the same user. For any thread; looks through /proc, and takes milliseconds.

#include <sys/types.h>

#include <optional>
#include <string>

namespace sandpost::net {

struct PortOwner {
  std::string name;  // the program's, at most 15 octets, not to be trusted
  pid_t process = 0;

  friend bool operator==(const PortOwner&, const PortOwner&) = default;
};

// Nothing: nobody listens there, or it is not to be known.
[[nodiscard]] std::optional<PortOwner> port_owner(unsigned short port);

}  // namespace sandpost::net
