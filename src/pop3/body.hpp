#pragma once
// The body of a multi-line reply, while it goes out in pieces. Value types.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mail/crlf_lines.hpp"
#include "mail/dots.hpp"

namespace sandpost::pop3 {

// TOP's part of a message: the head, the empty line, `lines` lines of the body. A message without
// an empty line is all head. RFC 1939 §7
class TopCut {
 public:
  explicit TopCut(std::uint64_t lines) : lines_left_(lines) {}

  // What of the message's next piece is to be sent: its beginning.
  [[nodiscard]] std::string_view take(std::string_view piece);
  [[nodiscard]] bool done() const { return !in_head_ && lines_left_ == 0; }

 private:
  mail::CrlfLines lines_{0};
  bool in_head_ = true;
  std::uint64_t lines_left_;
};

// A message on its way to the client.
struct Body {
  std::size_t octets = 0;     // of the content
  std::size_t read = 0;       // of those, so far
  std::optional<TopCut> top;  // without: all of it
  mail::DotWriter dots;
};

// What of a body was told in events: the first lines, and of each its beginning.
struct ToldBody {
  static constexpr std::size_t longest_line = 1000;  // octets
  mail::CrlfLines lines{longest_line};
  std::size_t count = 0;
};

}  // namespace sandpost::pop3
