#pragma once
// The report that a sender asked for with NOTIFY=SUCCESS (RFC 3461 §6): a message of its own, in
// the form of RFC 3464. Composes text; whether one is due, and who gets it, is for others to say.

#include <string>
#include <string_view>
#include <vector>

#include "mail/message.hpp"

namespace sandpost::mail {

// Whether a report is owed: the sender is no null reverse-path and asked for success somewhere.
[[nodiscard]] bool wants_success_report(const Envelope& envelope);

// What of the content the report will carry: the head. RET=FULL asks for more in the report of a
// failure only (RFC 3461 §4.3), and what was taken here is delivered.
[[nodiscard]] std::string_view returned_part(std::string_view content);

// The report's content, lines ended with CRLF. `returned`: from returned_part(). `number`: the
// queue number of the message that is reported of.
[[nodiscard]] std::string success_report(const Envelope& envelope, const Trace& trace,
                                         QueueNumber number, std::string_view returned);

}  // namespace sandpost::mail
