#pragma once
// The unique-ids of messages (RFC 1939 §7, UIDL), the same for every kind of store.

#include <string>

#include "base/time.hpp"

namespace sandpost::db {

// A unique-id is "<creation time of the mailbox, ms, hexadecimal>.<number>": needs no random
// source, and the ids of two mailboxes differ unless both were created in the same millisecond: by
// the computer's own clock, since one that is set can come to the same time again. At most 36
// characters. This is the part before the number.
[[nodiscard]] std::string unique_prefix(Time mailbox_created);

}  // namespace sandpost::db
