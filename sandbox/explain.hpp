#pragma once
// What the tutor knows by heart, whatever the lesson: what a reply's digits say, what each cause of
// a refusal means and what to type instead, and who wrote which line of a letter. Pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/lesson.hpp"
#include "sandbox/line.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

// "2 done   5 about mail   0  the mail action is done"; for POP3 what +OK or -ERR says. Empty for a
// line that is no reply.
[[nodiscard]] std::string explain_reply(std::string_view reply);

// What went wrong in an smtp.error or pop3.error, and what to do; never "wrong". Uses {me}, {user},
// {domain}, {smtp_port} and {pop3_port}.
[[nodiscard]] std::string explain_refusal(const wire::Event& error, const Variables& variables);

// Why an event that went well does not pass the step: what it waits for, and what came. Empty if it
// is another event that the step waits for. `session`: as for matches().
[[nodiscard]] std::string explain_near_miss(const Matcher& pass, const wire::Event& event,
                                            const Variables& variables,
                                            std::optional<std::uint64_t> session);

// Something to know about a line that was accepted: typed with a space, without brackets, without
// an empty line. Empty where there is nothing to say.
[[nodiscard]] std::string explain_accepted(const wire::Event& event);

// A line of the letter that its writer may have meant otherwise (smtp.line with a cause).
[[nodiscard]] std::string explain_content_line(const wire::Event& event);

// Backspace bytes and the like in a line, which the screen did not show. Empty if there are none.
[[nodiscard]] std::string explain_hidden_bytes(std::string_view line);

// Follows the lines of one RETR reply and says who wrote each.
class LetterReader {
 public:
  // `added`: how many lines on top the servers wrote.
  explicit LetterReader(std::int64_t added) : added_(added) {}
  [[nodiscard]] std::string who_wrote(std::string_view line);

 private:
  std::int64_t added_;
  bool in_received_ = false;
  bool in_body_ = false;
};

}  // namespace sandpost::sandbox
