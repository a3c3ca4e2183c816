#pragma once
// Lines that end in CRLF, out of content that comes in pieces of any size. A CR or LF alone is part
// of its line. Value type; memory: the beginning of one line.

#include <cstddef>
#include <string>
#include <string_view>

namespace sandpost::mail {

class CrlfLines {
 public:
  // `kept`: octets of a line that line() gives at most.
  explicit CrlfLines(std::size_t kept) : kept_(kept) {}

  // Takes bytes off the front of `bytes`, up to the end of one line; true if it came to that end.
  [[nodiscard]] bool next(std::string_view& bytes);

  // The line in work, or the one that has just ended: its beginning, without the ending.
  [[nodiscard]] const std::string& line() const { return line_; }
  // Of all that came of it; without the ending once it has ended.
  [[nodiscard]] std::size_t octets() const { return octets_; }
  // A line has begun and not ended.
  [[nodiscard]] bool mid_line() const { return !ended_ && octets_ > 0; }

 private:
  std::size_t kept_;
  std::string line_;
  std::size_t octets_ = 0;
  char last_ = '\0';  // the octet before the next one, within the line
  bool ended_ = false;
};

}  // namespace sandpost::mail
