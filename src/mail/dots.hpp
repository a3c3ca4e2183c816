#pragma once
// Transparency: the content after DATA on its way in (RFC 5321 §4.5.2), multi-line replies on their
// way out (RFC 1939 §3). Decides where the content ends, and notices what could smuggle a second
// message: a line ending other than the session's own.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/line_reader.hpp"

namespace sandpost::mail {

class DotReader {
 public:
  // In a CRLF session only CRLF.CRLF ends the content; in an LF session only LF.LF does. The
  // session's ending is decided by then: a DATA command came before.
  explicit DotReader(LineEnding ending) : ending_(ending) {}

  // Takes bytes off the front of `bytes` and appends the content to `out`, stuffing removed, every
  // line ended with CRLF. True once the final dot was read; what follows it stays in `bytes`.
  [[nodiscard]] bool read(std::string_view& bytes, std::string& out);

  // A line has begun and not ended.
  [[nodiscard]] bool mid_line() const { return state_ != State::line_start; }

  // A CR or LF that ended no line was part of the content: it must be refused (550 5.5.2).
  [[nodiscard]] bool bare_cr() const { return bare_cr_; }
  [[nodiscard]] bool bare_lf() const { return bare_lf_; }
  // How many lines began with a doubled dot, as a sender does it that stuffs (RFC 5321 §4.5.2). A
  // single dot that is taken away from the front of a line is not counted.
  [[nodiscard]] std::size_t unstuffed() const { return unstuffed_; }

 private:
  enum class State { line_start, dot, dot_cr, in_line, cr };

  void take_text(std::string_view& bytes, std::string& out);
  [[nodiscard]] std::size_t whole_lines(std::string_view bytes) const;

  LineEnding ending_;
  State state_ = State::line_start;
  bool bare_cr_ = false;
  bool bare_lf_ = false;
  std::size_t unstuffed_ = 0;
};

// Content, whose lines end in CRLF, as the body of a multi-line reply: leading dots doubled, a
// missing last CRLF added. The final dot is not part of it.
class DotWriter {
 public:
  // Appends `content`, a piece of any size, to `out`.
  void write(std::string_view content, std::string& out);
  void finish(std::string& out) const;

 private:
  [[nodiscard]] bool begins_line(std::string_view content, std::size_t at) const;

  char before_last_ = '\r';  // the two octets in front of the next piece
  char last_ = '\n';
};

// The same for content that is there as a whole.
[[nodiscard]] std::string dot_stuffed(std::string_view content);

}  // namespace sandpost::mail
