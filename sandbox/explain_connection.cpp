#include "sandbox/explain_connection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "wire/odd_bytes.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {

using wire::Cause;

std::string explain_note(const wire::Event& note) {
  switch (wire::cause_from(note.text("cause"))) {
    case Cause::early_talk:
      return "You spoke before you could have read what the server said. It is taken here; other "
             "servers refuse it (554). A client waits for the 220, and then for each reply, unless "
             "EHLO offered PIPELINING.";
    case Cause::lf_only:
      return fmt::format(
          "Your lines end in LF alone, and CR LF is the rule. This server goes along; with others "
          "the dot would not end a letter. Start {} the next time.",
          note.flag("tls") ? "openssl s_client with -crlf" : "nc with -C");
    case Cause::telnet_bytes:
      return "That was Ctrl-C in telnet: it sent FF F4 FF FD 06, and shows nothing until it has an "
             "answer. The server gave it. To leave, type QUIT, or press Ctrl-] and type quit.";
    default:
      return {};
  }
}

std::string explain_close(const wire::Event& close) {
  if (wire::cause_from(close.text("cause")) != Cause::s_client_quit) return {};
  return "The encrypted connection ended without QUIT. openssl s_client ends it for a line that "
         "begins with a capital Q or R, and sends nothing of it. Type rcpt, retr and quit in small "
         "letters, or start it with -quiet.";
}

std::string explain_in_use(const std::optional<Holder>& holder) {
  if (!holder)
    return "Another session of yours holds the mailbox. Type QUIT there, then log in "
           "again.";
  return fmt::format(
      "Another session of yours holds the mailbox: number {}, from {}, since {}. Type QUIT there, "
      "or close its window, then log in again.",
      holder->session, visible(holder->client), clock_text(holder->since));
}

std::string explain_too_early(const OnItsWay& letter, Time now) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(letter.due - now);
  return fmt::format(
      "The mailbox is empty: 250 meant queued, not delivered. Number {} is due in {} s. POP3 "
      "counts "
      "once, at login, so this session stays empty: QUIT, wait, and log in again.",
      letter.queue, left.count());
}

std::string explain_hidden_bytes(std::string_view line) {
  const auto backspaces =
      std::count_if(line.begin(), line.end(), [](char c) { return c == 0x08 || c == 0x7F; });
  if (backspaces == 0) return {};
  return fmt::format(
      "Your line held {} backspace byte{}, which the screen hid. This server read it as \"{}\"; "
      "others would refuse it. After a slip, press Enter and begin a new line.",
      backspaces, backspaces == 1 ? "" : "s", visible(wire::with_backspaces_applied(line)));
}

}  // namespace sandpost::sandbox
