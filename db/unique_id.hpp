#pragma once
// The unique-id of a message (RFC 1939 §7, UIDL), the same for every kind of store.

#include <string>

#include "base/time.hpp"
#include "mail/message.hpp"

namespace sandpost::db {

// "<creation time of the mailbox, ms, hexadecimal>.<number>": needs no random source, and the ids
// of two mailboxes differ unless both were created in the same millisecond. At most 36 characters.
[[nodiscard]] std::string unique_id(Time mailbox_created, mail::QueueNumber number);

}  // namespace sandpost::db
