#include "sandbox/lesson_skeleton.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::string_view before_id = R"(# A lesson for sandpost. docs/lessons.md tells all keys.
#   sandpost lesson check THIS-FILE    plays it and says what does not fit
#   sandpost learn THIS-FILE           is how a learner sees it
# In ~/.local/share/sandpost/lessons/ it has a name: sandpost learn NAME
format  = 1
id      = ")";

constexpr std::string_view behind_id = R"("
version = 1
title   = "A first lesson"
minutes = 5
# needs = ["ntut-2001"]          # lessons that should come before
intro   = """
You greet a mail server and leave again. Lines of a text have 72 columns
at most; a blank line begins a paragraph.
  A line with two blanks in front stays as it is."""
end     = "You have greeted a mail server."

# How the servers are set up; all of it can be left out.
[servers]
delay    = "10s"
domain   = "ntut.edu.tw"
accounts = [ { user = "s9360511", password = "sandbox" } ]

# One step: what to do, how the program knows that it is done, and help.
[[step]]
id    = "connect"
title = "Connect"
say   = "Open a connection. In SMTP the server speaks first."
rfc   = ["5321 3.1"]
# Your own solution. :connect, :drop, :wait and :now are words for the program.
type  = ":connect smtp"
# An event from docs/events.md. It may come from any client.
pass  = { event = "smtp.connect" }
hint  = ["Press Enter, or in another window: telnet {host} {smtp_port}"]
why   = "The greeting tells you which server you have reached."

[[step]]
id    = "hello"
title = "Say who you are"
say   = """
HELO, one blank, and the name of your computer.
  HELO {domain}"""
rfc   = ["5321 4.1.1.1"]
type  = "HELO {domain}"
# Beside the event, fields and what they have to be: a value, a list of
# values, { min = 1 }, { not = "x" }, { has = "x" }; "2xx" is a class of codes.
pass  = { event = "smtp.helo", code = "2xx" }
# From now on {name} is what the learner called himself.
bind  = { name = "name" }
after = "The server believes that you are {name}. It did not check."
# One after the other; the last one gives it away.
hint  = ["Four letters and one word.", "HELO {domain}"]
why   = "Both sides name themselves, so that logs have names in them."
# What goes wrong most often, in your own words.
[[step.mistake]]
cause   = "misspelt_verb"
example = "HELLO {domain}"       # lines that make it; checked, too
say     = "HELO has one L. The connection is fine: type it again."

[[step]]
id    = "quit"
title = "Leave"
say   = "QUIT ends the talk politely."
rfc   = ["5321 4.1.1.10"]
type  = "QUIT"
# `same`: in the session in which the step before was passed.
pass  = { event = "smtp.quit", same = "smtp" }
hint  = ["QUIT"]
why   = "Without it the server would wait for you for five minutes."

[[question]]
ask    = "How did the server know that your name is right?"
answer = "It did not: anyone can claim any name."
)";

}  // namespace

std::string lesson_skeleton(std::string_view id) {
  return std::string(before_id) + std::string(id) + std::string(behind_id);
}

}  // namespace sandpost::sandbox
