#pragma once
// Command lines out of a stream of bytes, for SMTP and POP3 alike: the line ending rule, the length
// limit, and telnet's own commands (RFC 854), which are taken out of the line and answered.
// Not for the content after DATA: there every octet counts, see mail/dots.hpp.
// Holds no more than one line of `limit` octets, whatever is sent.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sandpost {

// What ends a line in this session. The first line decides, and it never changes after that:
// a session in which both end a line is how messages are smuggled.
enum class LineEnding { undecided, crlf, lf };

struct CommandLine {
  std::string text;         // without its line ending; in a CRLF session it can hold a bare LF
  bool too_long = false;    // the text is cut off: answer 500 and go on
  bool had_telnet = false;  // telnet commands were taken out
  bool bare_lf = false;     // it ended in LF, and may not: answer 500 and go on
};

class LineReader {
 public:
  // `limit` counts octets and includes the line ending (RFC 5321 §4.5.3.1.4). Without `allow_lf` no
  // session's lines end in LF (§2.3.8): until the first CRLF each that does is `bare_lf`.
  explicit LineReader(std::size_t limit, bool allow_lf = true)
      : limit_(limit), allow_lf_(allow_lf) {}

  // Takes one line off the front of `bytes`, or all of them if the line is not complete yet.
  [[nodiscard]] std::optional<CommandLine> next(std::string_view& bytes);

  // The line that has begun but not ended, as far as it came.
  [[nodiscard]] bool mid_line() const {
    return !line_.empty() || too_long_ || telnet_ != Telnet::text;
  }

  [[nodiscard]] LineEnding ending() const { return ending_; }

  // For the lines that begin from now on.
  void set_limit(std::size_t limit) { limit_ = limit; }

  // What telnet must be told (WONT for DO, DONT for WILL); empty most of the time. Until Debian's
  // telnet gets it after a Ctrl-C, it shows nothing of what the server says.
  [[nodiscard]] std::string take_telnet_answers();
  // Whether telnet's Ctrl-C (IAC IP) came since this was asked last.
  [[nodiscard]] bool take_interrupt() { return std::exchange(interrupted_, false); }

 private:
  enum class Telnet { text, command, option, subnegotiation, subnegotiation_command };

  void append(std::string_view part);
  void telnet_byte(unsigned char byte);
  [[nodiscard]] bool ends_line();
  [[nodiscard]] CommandLine finish();

  std::size_t limit_;
  bool allow_lf_;
  LineEnding ending_ = LineEnding::undecided;
  std::string line_;
  bool too_long_ = false;
  bool had_telnet_ = false;
  bool interrupted_ = false;
  bool last_was_cr_ = false;
  Telnet telnet_ = Telnet::text;
  unsigned char telnet_verb_ = 0;
  std::string telnet_answers_;
  std::size_t answered_ = 0;  // telnet requests, in this line
};

}  // namespace sandpost
