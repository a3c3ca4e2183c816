// What `sandpost lesson check` tells an author: one flaw for each kind, with its line and its mend.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "sandbox/lesson_check.hpp"
#include "sandbox/lesson_texts.hpp"

namespace sandpost::tests {
namespace {

using sandbox::check_lesson;
using sandbox::Finding;

const std::vector<std::string> known{"ntut-2001", "small"};

// A lesson without a flaw.
const std::string sound = R"(format  = 1
id      = "small"
title   = "A small one"
intro   = "Hello"
end     = "Bye"
[servers]
delay   = "1h"
[[step]]
id    = "greet"
title = "Connect and greet"
say   = "HELO {domain}"
rfc   = ["5321 4.1.1.1"]
type  = [":connect smtp", "HELO {domain}"]
pass  = { event = "smtp.helo" }
bind  = { name = "name" }
after = "You are {name}."
hint  = ["HELO {domain}"]
why   = "Because."
[[step.mistake]]
cause   = "misspelt_verb"
example = [":connect smtp", "HELLO x"]
say     = "One L, {user}."
[[step]]
id    = "noop"
title = "Nothing"
say   = "NOOP does nothing."
rfc   = ["5321 4.1.1.9"]
type  = "NOOP"
pass  = { event = "smtp.noop", same = "smtp" }
optional = true
hint  = ["NOOP"]
why   = "Because."
[[step]]
id    = "send"
title = "Send"
say   = "Send a letter."
rfc   = ["5321 3.3"]
type  = ["MAIL FROM:<{me}>", "RCPT TO:<{me}>", "DATA", "Subject: x", "", "x", "."]
pass  = { event = "smtp.message", same = "smtp" }
hint  = ["A dot"]
why   = "Because."
[[step.mistake]]
cause   = "no_blank_line"
example = ["MAIL FROM:<{me}>", "RCPT TO:<{me}>", "DATA", "Subject: x", "x", "."]
say     = "An empty line is missing."
[[step]]
id    = "wait"
title = "Wait"
say   = "Wait."
rfc   = ["5321 4.5.4.1"]
type  = ":wait"
pass  = { event = "queue.delivered" }
hint  = [":now"]
why   = "Because."
)";

std::string with(std::string_view part, std::string_view other) {
  std::string text = sound;
  const auto at = text.find(part);
  REQUIRE_MESSAGE(at != std::string::npos, std::string(part));
  return text.replace(at, part.size(), other);
}

std::string rows_of(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& one : findings)
    out += std::to_string(one.line) + ':' + std::to_string(one.column) + ": " + one.text + '\n';
  return out;
}

struct Flaw {
  const char* what;
  std::string toml;
  std::uint32_t line;
  const char* text;          // a part of what is said
  std::uint32_t column = 0;  // 0: wherever in that line
};

void check_flaw(const Flaw& one) {
  CAPTURE(std::string(one.what));
  const auto findings = check_lesson(one.toml, known);
  const bool told = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.line == one.line && (one.column == 0 || finding.column == one.column) &&
           finding.text.find(one.text) != std::string::npos;
  });
  CHECK_MESSAGE(told, rows_of(findings));
  CHECK_MESSAGE(findings.size() <= 3, rows_of(findings));
}

}  // namespace

TEST_CASE("lesson check: nothing is found in a sound lesson, though it waits an hour") {
  CHECK(rows_of(check_lesson(sound, known)).empty());
}

TEST_CASE("lesson check: each kind of flaw is told with its line and its mend") {
  const std::string wide(73, 'x');
  const Flaw flaws[] = {
      {"not readable", with("title   =", "titel   ="), 3, "did you mean `title`?"},
      {"too wide", with("\"Hello\"", '"' + wide + '"'), 4, "73 columns wide: make it 72 at most"},
      {"too wide, inside a long text", with("\"Hello\"", "\"\"\"\nfine\n" + wide + "\"\"\""), 6,
       "73 columns wide"},
      {"too wide with its names filled in",
       with("\"Hello\"", '"' + std::string(60, 'x') + "{me}\""), 4, "80 columns wide"},
      {"title too long", with("\"Send\"", '"' + std::string(41, 'x') + '"'), 35,
       "41 columns wide: make it 40 at most"},
      {"not ASCII", with("\"Bye\"", "\"Bye \xE2\x80\x94 bye\""), 5,
       "not every terminal shows `\xE2\x80\x94` well: write it in ASCII"},
      {"unknown name", with("HELO {domain}\"\nrfc", "HELO {domian}\"\nrfc"), 11,
       "there is no name {domian} here; did you mean `domain`?"},
      {"a name before it is bound", with("\"NOOP does nothing.\"", "\"{nmae}\""), 26,
       "did you mean `name`?"},
      {"a placeholder", with("\"NOOP does nothing.\"", "\"NOOP <your words>\""), 26,
       "a learner would type <your words> as it is: write a real example"},
      {"no section", with("rfc   = [\"5321 4.1.1.9\"]\n", ""), 23,
       "a step needs something to read"},
      {"a strange section", with("5321 4.1.1.9", "RFC 5321"), 27,
       "write the number and the section"},
      {"the last hint hides the line", with("hint  = [\"NOOP\"]", "hint  = [\"Four letters\"]"), 31,
       "let it hold `NOOP`"},
      {"an empty text", with("\"NOOP does nothing.\"", "\"\""), 26, "this text is empty"},
      {"needs a lesson that is not there", with("intro ", "needs = [\"smal\"]\nintro "), 4,
       "there is no lesson `smal`; did you mean `small`?"},
      {"a name of the program's own", with("[servers]", "[vars]\nuser = \"amy\"\n[servers]"), 7,
       "{user} is the program's own and will be `s9360511`"},
      {"a letter for nobody",
       with("[[step]]", "[[servers.mailbox]]\nto = \"ben\"\ntext = \"x\"\n[[step]]"), 9,
       "there is no account `ben`; there are: s9360511"},
      {"a solution that does not pass", with("type  = \"NOOP\"", "type  = \"NOPE\""), 28,
       "these lines do not pass the step; the tutor said: "},
      {"a step that is passed too early",
       with("{ event = \"smtp.noop\", same = \"smtp\" }", "{ event = \"smtp.connect\" }"), 29,
       "what an earlier step types passes this one already"},
      {"nothing to type", with("type  = \"NOOP\"\n", ""), 28, "this step has no `type`"},
      {"cannot be left out",
       with("\"MAIL FROM:<{me}>\"", "\"NOOP\", \"QUIT\", \"MAIL FROM:<{me}>\""), 30,
       "without this step the lines of `send` do not pass"},
      {"the last step left out", with(":now\"]", ":now\"]\noptional = true"), 54,
       "the last step cannot be left out"},
      {"an example that is no mistake", with("\"HELLO x\"", "\"HELO x\""), 21,
       "nothing is wrong with this for the server: `misspelt_verb` does not come of it"},
      {"an example of another mistake", with("\"HELLO x\"", "\"FISH\""), 21,
       "this makes `unknown_verb`, not `misspelt_verb`"},
      {"an example near something else",
       with("cause   = \"misspelt_verb\"\n", "cause   = \"misspelt_verb\"\nnear = \"MAIL\"\n"), 22,
       "not `misspelt_verb near MAIL`"},
      {"an example that passes the step", with("\"HELLO x\"", "\"HELLO x\", \"HELO x\""), 21,
       "this passes the step all the same"},
      {"words that are never heard",
       with("say     = \"One L, {user}.\"\n",
            "say     = \"One L.\"\n[[step.mistake]]\ncause = \"misspelt_verb\"\n"
            "example = [\":connect smtp\", \"HELLO x\"]\nsay = \"Never.\"\n"),
       26, "the learner does not hear this"},
      {"a common mistake that is none",
       sound + "[[mistake]]\ncause = \"relay\"\nexample = \"NOOP\"\nsay = \"No.\"\n", 57,
       "`relay` does not come of it"},
  };
  for (const Flaw& one : flaws)
    check_flaw(one);
}

TEST_CASE("lesson check: a word for the tutor that `learn` does not know stood in a text unseen") {
  const std::string say = "\"NOOP does nothing.\"";
  const Flaw flaws[] = {
      {"in say", with(say, "\"NOOP, then :dorp.\""), 26,
       "the tutor knows no word `:dorp`; did you mean `:drop`?", 21},
      {"in the third line of say", with(say, "\"\"\"\nNOOP\nand :hnit.\"\"\""), 28,
       "the tutor knows no word `:hnit`; did you mean `:hint`?", 5},
      {"behind letters of two octets", with(say, "\"\xC3\xA9 :dorp\""), 26, "`:dorp`", 12},
      {"in a hint", with("[\"NOOP\"]", "[\"Try (:shwo)\", \"NOOP\"]"), 31, "did you mean `:show`?",
       16},
      {"in why", with("\"Because.\"", "\":stat\""), 18, "did you mean `:state`?", 10},
      {"in after", with("You are {name}.", "Now :quti"), 16, "did you mean `:quit`?", 14},
      {"in silence",
       with("optional = true", "silence = { say = \"Still there? :hitn\" }\noptional = true"), 30,
       "did you mean `:hint`?", 33},
      {"in what is said of a mistake", with("One L, {user}.", "One L. :bakc"), 22,
       "did you mean `:back`?", 19},
      {"in a question", sound + "[[question]]\nask = \":quue?\"\nanswer = \"x\"\n", 56,
       "did you mean `:queue`?", 8},
      {"one for `type` only", with(say, "\"Type :wait\""), 26,
       "the tutor knows no word `:wait`; there are: :hint, ", 15},
      {"no server to connect to", with(say, "\"Type :connect imap or so.\""), 26,
       "the tutor knows no word `:connect imap`; did you mean `:connect smtp`?", 15},
      {"a misspelt way to encrypt", with(say, "\"Type :connect smtp --tsl.\""), 26,
       "did you mean `:connect smtp --tls`?", 15},
  };
  for (const Flaw& one : flaws)
    check_flaw(one);
  for (const char* fine :
       {":hint", "(:show, :why)", "Type :connect pop3 or :drop.", ":connect smtp --starttls", ":q",
        ":lang zh-TW", "::dorp", "a:dorp", "<s9360511>", "10:30", ":-) :D", "here: :queue"}) {
    CHECK_MESSAGE(rows_of(check_lesson(with(say, '"' + std::string(fine) + '"'), known)).empty(),
                  fine);
  }
}

TEST_CASE("lesson check: names that have no value, wherever they are asked for") {
  const std::string last = "{ event = \"queue.delivered\" }";
  const Flaw flaws[] = {
      {"in the second line of a text", with("\"NOOP does nothing.\"", "\"\"\"\nx\n{usr}\"\"\""), 28,
       "there is no name {usr} here; did you mean `user`?", 1},
      {"in type", with("type  = \"NOOP\"", "type  = [\"NOOP\", \"NOOP {usr}\"]"), 28, "{usr}", 24},
      {"in an example", with("\"HELLO x\"", "\"HELLO {domian}\""), 21, "did you mean `domain`?",
       36},
      {"in pass", with("\"smtp.helo\" }", "\"smtp.helo\", name = \"{domian}\" }"), 14,
       "there is no name {domian} here; did you mean `domain`?", 40},
      {"in has", with("\"smtp.helo\" }", "\"smtp.helo\", name = { has = \"{usr}\" } }"), 14,
       "{usr}"},
      {"in not", with("\"smtp.helo\" }", "\"smtp.helo\", name = { not = \"{usr}\" } }"), 14,
       "{usr}"},
      {"in the second part of all",
       with(last, "{ all = [ " + last + ", { event = \"smtp.quit\", code = \"{usr}\" } ] }"), 52,
       "{usr}"},
      {"in one of any",
       with(last, "{ any = [ { event = \"smtp.mail\", from = \"{usr}\" }, " + last + " ] }"), 52,
       "{usr}"},
      {"whose mailbox", with(last, "{ state = { mailbox.count = 1 }, account = \"{usr}\" }"), 52,
       "{usr}"},
      {"nobody's mailbox", with(last, "{ state = { mailbox.count = 1 }, account = \"ben\" }"), 52,
       "there is no account `ben`; there are: s9360511", 53},
      {"in the report", with("[servers]", "[report]\nredact = [\"pass\", \"nmae\"]\n[servers]"), 7,
       "there is no variable `nmae`; did you mean `name`?", 19},
      {"the lesson itself", with("intro ", "needs = [\"small\"]\nintro "), 4,
       "a lesson cannot need itself: leave it out"},
      {"a lesson unlike any", with("intro ", "needs = [\"zzzzz\"]\nintro "), 4,
       "there is no lesson `zzzzz`; sandpost lessons lists what there is"},
  };
  for (const Flaw& one : flaws)
    check_flaw(one);
}

TEST_CASE("lesson check: a byte order mark and CR LF are no flaws, and move no place") {
  std::string windows = "\xEF\xBB\xBF";
  for (const char c : with("\"NOOP does nothing.\"", "\"\"\"\nx\n{usr}\"\"\""))
    windows += c == '\n' ? "\r\n" : std::string(1, c);
  const auto findings = check_lesson(windows, known);
  REQUIRE_MESSAGE(findings.size() == 1, rows_of(findings));
  CHECK(findings[0].line == 28);
  CHECK(findings[0].column == 1);
}

TEST_CASE("lesson check: blocks = false lets a remark pass the step") {
  const auto findings =
      check_lesson(with("say     = \"An empty", "blocks  = false\nsay     = \"An empty"), known);
  CHECK(rows_of(findings).empty());
}

TEST_CASE("lesson check: a mistake of every step needs one step only that can make it") {
  const auto findings = check_lesson(
      sound + "[[mistake]]\ncause = \"wrong_order\"\nexample = \"DATA\"\nsay = \"Not yet.\"\n",
      known);
  CHECK(rows_of(findings).empty());
}

TEST_CASE("lesson check: letters that lie there, other accounts, another domain") {
  const std::string toml = R"(format = 1
id = "letters"
title = "Letters"
intro = "x"
end = "x"
order = "any"
strict = ["brackets"]
[servers]
domain = "example.org"
accounts = [ { user = "amy", password = "a" }, { user = "ben", password = "b" } ]
[[servers.mailbox]]
to = "ben"
from = "{me}"
text = "Subject: one\n\nx"
[[servers.mailbox]]
to = "ben"
text = "Subject: two\n\nx"
[[step]]
id = "drop"
title = "Mark one, and lose the line"
say = "As ben."
rfc = ["1939 6"]
type = [":connect pop3", "USER ben", "PASS b", "DELE 1", ":drop"]
pass = { all = [ { event = "pop3.close", clean = false, marks_lost = 1 },
                 { state = { "mailbox.count" = 2 } } ] }
hint = [":drop"]
why = "x"
[[step]]
id = "looked"
title = "Two letters"
say = "What the first step has shown."
rfc = ["1939 5"]
pass = { event = "pop3.auth", count = 2 }
hint = ["x"]
why = "x"
[[step]]
id = "strict"
title = "No brackets"
say = "x"
rfc = ["5321 4.1.1.2"]
type = [":connect smtp", "HELO x", "MAIL FROM:amy@example.org"]
pass = { event = "smtp.error", code = "5xx", cause = "no_brackets" }
hint = ["x"]
why = "x"
)";
  CHECK(rows_of(check_lesson(toml, known)).empty());
}

TEST_CASE("lesson check: a state that is never reached passes no step") {
  const std::string last = "{ event = \"queue.delivered\" }";
  for (const char* state : {"mailbox.count = 2", "mailbox.count = { max = 0 }", "queue.count = 1",
                            "smtp.phase = \"closed\"", "pop3.phase = \"transaction\""}) {
    const auto pass = "{ event = \"queue.delivered\", state = { " + std::string(state) + " } }";
    check_flaw({state, with(last, pass), 51, "these lines do not pass the step"});
  }
  for (const char* state : {"mailbox.count = 1", "queue.count = 0", "smtp.phase = \"idle\""}) {
    const auto pass = "{ event = \"queue.delivered\", state = { " + std::string(state) + " } }";
    CHECK_MESSAGE(rows_of(check_lesson(with(last, pass), known)).empty(), state);
  }
}

TEST_CASE("lesson check: the built-in lessons go as they say, in TLS and with APOP, too") {
  std::vector<std::string> ids;
  for (const sandbox::LessonText& text : sandbox::lesson_texts())
    ids.emplace_back(text.id);
  for (const sandbox::LessonText& text : sandbox::lesson_texts()) {
    const auto lesson = sandbox::parse_lesson(text.toml);
    REQUIRE(lesson);
    if (!lesson->servers.faults.empty()) continue;  // its servers' faults are not there yet
    const std::string found = rows_of(check_lesson(text.toml, ids));
    CHECK_MESSAGE(found.empty(), std::string(text.id), "\n", found);
  }
}

}  // namespace sandpost::tests
