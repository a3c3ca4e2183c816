#include "sandbox/explain_connection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/language.hpp"
#include "base/text.hpp"
#include "wire/odd_bytes.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {

using wire::Cause;

std::string explain_note(const wire::Event& note) {
  switch (wire::cause_from(note.text("cause"))) {
    case Cause::early_talk:
      return tr(
          "You spoke before you could have read what the server said. It is taken here; other "
          "servers refuse it (554). A client waits for the 220, and then for each reply, unless "
          "EHLO offered PIPELINING.");
    case Cause::lf_only:
      return note.flag("tls") ? tr("Your lines end in LF alone, and CR LF is the rule. This server "
                                   "goes along; with others the dot would not end a letter. Start "
                                   "openssl s_client with -crlf the next time.")
                              : tr("Your lines end in LF alone, and CR LF is the rule. This server "
                                   "goes along; with others the dot would not end a letter. Start "
                                   "nc with -C the next time.");
    case Cause::telnet_bytes:
      return tr(
          "That was Ctrl-C in telnet: it sent FF F4 FF FD 06, and shows nothing until it has an "
          "answer. The server gave it. To leave, type QUIT, or press Ctrl-] and type quit.");
    default:
      return {};
  }
}

std::string explain_close(const wire::Event& close) {
  if (wire::cause_from(close.text("cause")) != Cause::s_client_quit) return {};
  return tr(
      "The encrypted connection ended without QUIT. openssl s_client ends it for a line that "
      "begins with a capital Q or R, and sends nothing of it. Type rcpt, retr and quit in small "
      "letters, or start it with -quiet.");
}

std::string explain_in_use(const std::optional<Holder>& holder) {
  if (!holder)
    return tr("Another session of yours holds the mailbox. Type QUIT there, then log in again.");
  return say(
      "Another session of yours holds the mailbox: number {0}, from {1}, since {2}. Type QUIT "
      "there, or close its window, then log in again.",
      holder->session, visible(holder->client), clock_text(holder->since));
}

std::string explain_too_early(const OnItsWay& letter, Time now) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(letter.due - now);
  return say(
      "The mailbox is empty: 250 meant queued, not delivered. Number {0} is due in {1} s. POP3 "
      "counts once, at login, so this session stays empty: QUIT, wait, and log in again.",
      letter.queue, left.count());
}

std::string explain_empty(const std::string& user, bool had_letters) {
  if (had_letters) return tr("The mailbox is empty: the letters that were in it are deleted.");
  return say("The mailbox is empty: nobody has written to {} yet, as far as I have seen.",
             visible(user));
}

std::string explain_hidden_bytes(std::string_view line) {
  const auto backspaces =
      std::count_if(line.begin(), line.end(), [](char c) { return c == 0x08 || c == 0x7F; });
  if (backspaces == 0) return {};
  const std::string read = visible(wire::with_backspaces_applied(line));
  if (backspaces == 1) {
    return say(
        "Your line held 1 backspace byte, which the screen hid. This server read it as \"{}\"; "
        "others would refuse it. After a slip, press Enter and begin a new line.",
        read);
  }
  return say(
      "Your line held {0} backspace bytes, which the screen hid. This server read it as \"{1}\"; "
      "others would refuse it. After a slip, press Enter and begin a new line.",
      backspaces, read);
}

}  // namespace sandpost::sandbox
