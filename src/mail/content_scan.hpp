#pragma once
// Looks at a letter's content as it comes, in pieces of any size, and keeps what can be said of it
// without knowing MIME. Lines end in CRLF. Value types; memory: one line's beginning.

#include <cstddef>
#include <string>
#include <string_view>

#include "mail/crlf_lines.hpp"

namespace sandpost::mail {

// For the lesson, which teaches the empty line.
struct ContentSummary {
  std::size_t head_lines = 0;   // the lines at the top that look like header fields
  std::size_t body_lines = 0;   // all others but the empty line between the two
  bool has_blank_line = false;  // an empty line stands where the head ends
  std::string subject;          // the Subject field's text, unfolded; empty without one
  bool eight_bit = false;
};

class ContentScan {
 public:
  ContentScan();

  void add(std::string_view piece);
  // The last line, too, has ended.
  void finish();

  [[nodiscard]] const ContentSummary& summary() const { return summary_; }
  // How many Received fields stood in the head: each is a server it came through.
  [[nodiscard]] std::size_t received_lines() const { return received_lines_; }

 private:
  // fields: only header fields so far. head: up to the empty line, whatever stands in it.
  enum class Part { fields, head, body };

  void end_line();
  void count_lines(std::string_view piece);
  void end_field_line(std::string_view line, bool folded);

  Part part_ = Part::fields;
  CrlfLines lines_;
  ContentSummary summary_;
  std::size_t received_lines_ = 0;
  bool in_subject_ = false;
  char last_ = '\0';       // the octet before the next one, in the body
  bool mid_line_ = false;  // in the body
};

// Notices a CR or LF that is not part of a CRLF, in content that comes in pieces.
class LineEndingCheck {
 public:
  void add(std::string_view piece);
  // Call it at the end: a CR at the very end counts.
  [[nodiscard]] bool found_bare() const { return bare_ || last_ == '\r'; }
  // The last line has ended, or there is none.
  [[nodiscard]] bool ends_line() const { return ends_line_; }

 private:
  [[nodiscard]] bool has_bare(std::string_view piece) const;

  bool bare_ = false;
  bool ends_line_ = true;
  char last_ = '\0';
};

// Whether a line looks like a header field: a name of printable characters, then a colon.
[[nodiscard]] bool is_header_line(std::string_view line);

}  // namespace sandpost::mail
