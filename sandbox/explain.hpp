#pragma once
// What the tutor knows by heart, whatever the lesson: what a reply's digits say, what each cause of
// a refusal means and what to type instead. Pure functions. Of letters: explain_letter.hpp; of
// connections: explain_connection.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/line.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

// "2 done   5 about mail   0  the mail action is done"; for POP3 what +OK or -ERR says. Empty for a
// line that is no reply.
[[nodiscard]] std::string explain_reply(std::string_view reply);

// What went wrong in an smtp.error or pop3.error, and what to do; never "wrong". Uses {me}, {user},
// {domain}, {smtp_port} and {pop3_port}. `lines`: what a correction may show, because it goes on
// from here if it is typed so; the first is due now.
[[nodiscard]] std::string explain_refusal(const wire::Event& error, const Variables& variables,
                                          const std::vector<std::string>& lines = {});

// Whether a refused line was meant for another listener: the POP3 server, the tutor.
[[nodiscard]] bool is_for_pop3(const wire::Event& error);
[[nodiscard]] bool is_for_the_tutor(const wire::Event& error);

// A word of the tutor's that went to a server, because it was typed in another program.
inline constexpr std::string_view explain_tutor_word = tr_later(
    "Words with a colon are for me, and I hear them in sandpost's own window only. The server does "
    "not know them.");

// Why an event that went well does not pass the step: what it waits for, and what came. Empty if it
// is another event that the step waits for. `session`: as for matches().
[[nodiscard]] std::string explain_near_miss(const Matcher& pass, const wire::Event& event,
                                            const Variables& variables,
                                            std::optional<std::uint64_t> session);

// Something to know about what was accepted: a line typed with a space, without brackets, in
// capitals, a letter without an empty line. Empty where there is nothing to say.
[[nodiscard]] std::string explain_accepted(const wire::Event& event);

}  // namespace sandpost::sandbox
