#pragma once
// What the tutor knows by heart of connections: how lines arrive, how a session ends, why a mailbox
// is held or empty. Pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

// Something odd that was not refused: smtp.note, pop3.note.
[[nodiscard]] std::string explain_note(const wire::Event& note);

// How the connection ended, where there is something to learn from it: smtp.close, pop3.close.
// Empty otherwise.
[[nodiscard]] std::string explain_close(const wire::Event& close);

// The session that holds a mailbox.
struct Holder {
  std::uint64_t session = 0;
  std::string client;  // address and port
  ZonedTime since;
};
// A login refused because of `holder`; nothing: it is not known.
[[nodiscard]] std::string explain_in_use(const std::optional<Holder>& holder);

// A letter on its way to the mailbox.
struct OnItsWay {
  std::int64_t queue = 0;
  Time due;
};
// A login at `now` that found nothing, although this letter is on its way.
[[nodiscard]] std::string explain_too_early(const OnItsWay& letter, Time now);

// A login that found nothing, and nothing is on its way. `had_letters`: some have been there.
[[nodiscard]] std::string explain_empty(const std::string& user, bool had_letters);

// Backspace bytes and the like in a line, which the screen did not show. Empty if there are none.
[[nodiscard]] std::string explain_hidden_bytes(std::string_view line);

}  // namespace sandpost::sandbox
