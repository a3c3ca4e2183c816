#pragma once
// What the tutor knows by heart of a letter: the lines that are typed between DATA and the dot, the
// letter as a whole, and who wrote which line of it when it comes back. Pure: no clock, no I/O.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/event.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {

// A line of the letter that its writer may have meant otherwise (smtp.line with a cause). Empty
// where there is nothing to say.
[[nodiscard]] std::string explain_content_line(const wire::Event& event);

// The blanks of a line that is only a dot and blanks, or only blanks: a screen does not show them.
// Empty for any other.
[[nodiscard]] std::string explain_blanks(std::string_view line);

// The head or the empty line that an accepted letter lacks (smtp.message with a cause).
[[nodiscard]] std::string explain_missing_head(const wire::Event& message);

// Follows one SMTP session, from the envelope to what is typed behind the dot.
class LetterWatch {
 public:
  // Each event of the session, in order.
  void on(const wire::Event& event);

  // What else to know about the letter that was accepted: a line that ended its head too early, a
  // From, Date or Message-ID that says nothing to a program (RFC 5322 §3.3, §3.4, §3.6.4), raw
  // bytes beyond ASCII, a To: line that names others than RCPT TO did.
  [[nodiscard]] std::vector<std::string> remarks(const wire::Event& message) const;

  // Why the server says nothing in the middle of the letter, and what to type.
  [[nodiscard]] std::string silence() const;

  // A refused line that stood behind the dot of an accepted letter, and was probably meant to be a
  // line of it. Empty for any other.
  [[nodiscard]] std::string cut_short(const wire::Event& error) const;

 private:
  struct Head {
    bool in_to = false;  // the line before belongs to To:
    std::string to;
    bool content_type = false;
    std::vector<std::string> fields;  // unfolded: "Subject: one two"
    std::string ended_by;             // the first line that is neither of the head nor empty
    bool over = false;                // by an empty line
    bool empty_after = false;         // an empty line stands behind that one
  };

  void begin();
  void content_line(const wire::Event& line);
  [[nodiscard]] std::string broken_head(const wire::Event& message) const;

  std::string line_;  // what the client said last
  std::vector<std::string> recipients_;
  bool utf8_ = false;  // SMTPUTF8 was asked for
  Head head_;
  std::size_t lines_ = 0;
  wire::Cause last_ = wire::Cause::none;  // of the last line of the letter
  std::optional<std::int64_t> over_;  // the letter's number, until a command is understood again
  std::size_t stray_ = 0;             // lines behind its dot that were no commands
};

// Follows the lines of one RETR reply and says who wrote each.
class LetterReader {
 public:
  // `added`: how many lines on top the servers wrote; `own`: the tutor saw the learner send it.
  explicit LetterReader(std::int64_t added, bool own = true) : added_(added), own_(own) {}
  [[nodiscard]] std::string who_wrote(std::string_view line);

 private:
  std::int64_t added_;
  bool own_;
  bool in_received_ = false;
  bool in_body_ = false;
};

}  // namespace sandpost::sandbox
