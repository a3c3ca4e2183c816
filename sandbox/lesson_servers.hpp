#pragma once
// The servers as a lesson wants them.

#include <functional>
#include <string>

#include "app/config.hpp"
#include "app/server.hpp"
#include "sandbox/lesson.hpp"

namespace sandpost::sandbox {

// The configuration with the lesson's [servers] and `strict` in it. What the user has chosen
// otherwise than the default stays.
[[nodiscard]] Config with_lesson(Config config, const Lesson& lesson);

// The lesson's names for what the command line says: me, user, pass, domain, server, host,
// smtp_port and pop3_port; and apop, which each POP3 connection of the built-in client fills anew.
[[nodiscard]] Variables variables_of(const Config& config, app::Ports ports);

// Puts the lesson's letters where they are to lie; a mailbox that holds some already keeps what it
// has. The server is started.
void lay_in_letters(const Lesson& lesson, app::Server& server, const Variables& variables);

// The same for servers that are reached otherwise: how many letters an account has, and how one is
// laid in (account, sender, content with CRLF).
void lay_in_letters(const Lesson& lesson, const Variables& variables,
                    const std::function<std::size_t(const std::string& account)>& count,
                    const std::function<void(const std::string& account, const std::string& sender,
                                             const std::string& content)>& lay_in);

}  // namespace sandpost::sandbox
