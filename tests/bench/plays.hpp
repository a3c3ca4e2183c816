#pragma once
// Fixed inputs played against the engines, with nothing around them: no socket, no store. What is
// the same for every run, so that instructions can be counted and loops be timed.
// Each returns how many octets went through; 0 octets mean that something was not as expected.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sandpost::bench {

// A letter of about that many octets, lines of 72, ended with CRLF; `dotted`: each line begins with
// a dot.
[[nodiscard]] std::string letter(std::size_t octets, bool dotted = false);

// So many messages over one connection, each in four writes, as a client sends them.
std::size_t smtp_messages(std::size_t messages, std::string_view content);
// The same number of RETR, one at a time.
std::size_t pop3_retrievals(std::size_t messages, std::string_view content);
// So many MAIL, RCPT and RSET, and nothing else.
std::size_t smtp_commands(std::size_t rounds);
// So many STAT, LIST n and NOOP.
std::size_t pop3_commands(std::size_t rounds);
// Login to a maildrop of so many messages, LIST and UIDL.
std::size_t pop3_listing(std::size_t messages);
std::size_t unstuff(std::string_view stuffed);
std::size_t stuff(std::string_view content);

struct Play {
  std::string_view name;
  std::size_t (*run)();
};
// Those whose instructions are counted.
[[nodiscard]] std::span<const Play> counted_plays();

}  // namespace sandpost::bench
