#pragma once
// Which of an author's lines are still to be typed: what the sessions have heard and accepted,
// compared with the lines of a step. Pure; time and sockets are not asked.

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/type_words.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

// The command that a line begins with, in capitals: "MAIL" for "mail from:<>"; ":connect" for a
// word of a lesson's. Empty for an empty line.
[[nodiscard]] std::string verb_of(std::string_view line);

// The line as RFC 5321 §3.3 writes it: no blank behind the colon of MAIL FROM: and RCPT TO:.
[[nodiscard]] std::string strict_form(std::string_view line);

// The same for two lines that a server takes for the same: in strict form and in capitals.
[[nodiscard]] std::string one_spelling(std::string_view line);

class DueLines {
 public:
  // Each event of every session, in order.
  void follow(const wire::Event& event);
  // A step begins: commands that leave no trace in a session count from here on.
  void begin_step();

  // Which lines are not done yet, in their order, from 0; a line counts as done, too, if one behind
  // it with another command is. `wanted`: the server that lines before the first :connect are for.
  [[nodiscard]] std::vector<std::size_t> left(std::span<const std::string> lines,
                                              Protocol wanted) const;

 private:
  // What one open connection has heard.
  struct Talk {
    Protocol protocol = Protocol::smtp;
    std::uint64_t used = 0;  // the higher, the later
    bool encrypted = false;
    std::string greeted;  // HELO or EHLO, what was said last
    bool has_sender = false;
    std::set<std::string> recipients;  // in lower case
    bool in_letter = false;
    std::vector<std::string> letter;  // its lines so far
    std::string named;                // by USER, in lower case
    std::string logged_in;            // likewise
    std::size_t responses = 0;        // of an AUTH exchange that is under way
    std::set<std::string> marked;     // numbers
    std::string last_line;            // that is being answered
  };

  void follow_smtp(Talk& talk, const wire::Event& event);
  void follow_pop3(Talk& talk, const wire::Event& event);
  void answered(Talk& talk, std::string_view reply);
  [[nodiscard]] const Talk* latest(Protocol protocol) const;
  [[nodiscard]] bool is_done(std::string_view line, Protocol protocol) const;
  [[nodiscard]] bool is_typed(std::string_view content) const;

  std::map<std::uint64_t, Talk> talks_;  // by the session
  std::uint64_t uses_ = 0;
  std::set<std::string> accepted_;  // commands since the step began, in one spelling
};

}  // namespace sandpost::sandbox
