#include "sandbox/lesson_keys.hpp"

#include <fmt/format.h>

#include <array>

#include "base/suggestion.hpp"

namespace sandpost::sandbox {
namespace {

constexpr bool needed = true;

constexpr std::array forms{
    KeyForm{"lesson", "format", "number", needed, "1: what this text describes"},
    KeyForm{"lesson", "id", "text", needed, "the lesson's name, as one types it: small letters"},
    KeyForm{"lesson", "version", "number", false, "of the lesson; a report names it [1]"},
    KeyForm{"lesson", "title", "text", needed, "one line, for lists"},
    KeyForm{"lesson", "lang", "text", false, "the language of the texts [en]"},
    KeyForm{"lesson", "minutes", "number", false, "about how long it takes [10]"},
    KeyForm{"lesson", "needs", "texts", false, "ids of the lessons that should come before"},
    KeyForm{"lesson", "intro", "text", needed, "said at the start"},
    KeyForm{"lesson", "end", "text", needed, "said when all steps are done"},
    KeyForm{"lesson", "order", "\"steps\" or \"any\"", false,
            "whether the steps are done one after the other [steps]"},
    KeyForm{"lesson", "strict", "texts", false,
            "what is not forgiven: brackets, colon-space, helo"},
    KeyForm{"lesson", "servers", "table", false, "how the servers are set up"},
    KeyForm{"lesson", "vars", "table", false, "names of your own for {name}, each with its text"},
    KeyForm{"lesson", "step", "tables", needed, "[[step]]: what the learner does"},
    KeyForm{"lesson", "mistake", "tables", false, "[[mistake]]: explained in every step"},
    KeyForm{"lesson", "question", "tables", false, "[[question]]: to think about, never blocking"},
    KeyForm{"lesson", "report", "table", false, "what the lab report is made of"},

    KeyForm{"servers", "delay", "text", false, "from accepted to delivered: \"10s\", \"5s..30s\""},
    KeyForm{"servers", "domain", "text", false, "the servers' own domain"},
    KeyForm{"servers", "accounts", "tables", false, "who has a mailbox; the first is the learner"},
    KeyForm{"servers", "mailbox", "tables", false, "letters that are there at the start"},
    KeyForm{"servers", "tls", "true or false", false, "whether STARTTLS and STLS are offered"},
    KeyForm{"servers", "faults", "texts", false,
            "replies that go wrong: \"rcpt:451:0.3\" is 451 to 3 of 10 RCPT"},

    KeyForm{"account", "user", "text", needed, "the name, without the domain"},
    KeyForm{"account", "password", "text", needed, "at the POP3 server"},

    KeyForm{"letter", "to", "text", needed, "the account that has it; {user} is the learner"},
    KeyForm{"letter", "from", "text", false, "the sender's address [none: <>]"},
    KeyForm{"letter", "text", "text", needed, "head lines, an empty line, the text"},

    KeyForm{"step", "id", "text", needed, "a name for it, once in the lesson"},
    KeyForm{"step", "title", "text", needed, "a few words; 40 columns"},
    KeyForm{"step", "say", "text", needed, "what to do, and as much of why as is needed"},
    KeyForm{"step", "rfc", "text or texts", needed, "what to read: \"5321 4.1.1.1\""},
    KeyForm{"step", "type", "text or texts", false,
            "your own solution: the lines, and words such as :connect smtp"},
    KeyForm{"step", "pass", "pattern", needed, "what the servers see when it is done"},
    KeyForm{"step", "bind", "table", false, "{ q = \"queue\" }: from now on {q} is that field"},
    KeyForm{"step", "optional", "true or false", false, "left out if a later step is done first"},
    KeyForm{"step", "after", "text", false, "said when it is done"},
    KeyForm{"step", "why", "text", needed, "what :why says"},
    KeyForm{"step", "hint", "text or texts", needed,
            "what :hint says, one after the other; the "
            "last gives it away"},
    KeyForm{"step", "silence", "table", false, "what is said when nothing is typed"},
    KeyForm{"step", "mistake", "tables", false, "[[step.mistake]]: explained in this step"},

    KeyForm{"silence", "seconds", "number", false, "after so long [20]"},
    KeyForm{"silence", "say", "text", needed, "once in each step"},

    KeyForm{"mistake", "cause", "text", needed, "what the server found, from docs/events.md"},
    KeyForm{"mistake", "near", "text", false, "only where this command was meant"},
    KeyForm{"mistake", "need", "text", false,
            "of wrong_order: only where this command comes first"},
    KeyForm{"mistake", "example", "text or texts", false, "lines that make it"},
    KeyForm{"mistake", "say", "text", needed, "what it means, and what to type"},
    KeyForm{"mistake", "blocks", "true or false", false,
            "false: what was accepted passes the step all the same [true]"},

    KeyForm{"pattern", "event", "text", false, "its name; beside it, its fields and their values"},
    KeyForm{"pattern", "same", "\"smtp\" or \"pop3\"", false,
            "in the session in which the step before was passed"},
    KeyForm{"pattern", "times", "number", false, "so many such events [1]"},
    KeyForm{"pattern", "exact", "true or false", false, "letter case counts [false]"},
    KeyForm{"pattern", "state", "table", false, "what the servers hold"},
    KeyForm{"pattern", "account", "text", false, "whose mailbox `state` is about"},
    KeyForm{"pattern", "all", "list of patterns", false, "each of them"},
    KeyForm{"pattern", "any", "list of patterns", false, "one of them"},

    KeyForm{"condition", "min", "number", false, "at least"},
    KeyForm{"condition", "max", "number", false, "at most"},
    KeyForm{"condition", "not", "value or values", false, "none of these"},
    KeyForm{"condition", "has", "text", false, "a text that holds this one"},
    KeyForm{"condition", "exact", "true or false", false, "letter case counts [false]"},

    KeyForm{"question", "ask", "text", needed, "one question"},
    KeyForm{"question", "answer", "text or texts", needed, "good answers"},

    KeyForm{"report", "title", "text", false, "its heading [the lesson's]"},
    KeyForm{"report", "transcripts", "texts", false, "smtp, pop3 [both]"},
    KeyForm{"report", "redact", "texts", false, "variables whose values are not shown"},
};

}  // namespace

std::span<const KeyForm> lesson_keys() {
  return forms;
}

std::vector<std::string_view> keys_of(std::string_view table) {
  std::vector<std::string_view> out;
  for (const KeyForm& form : forms) {
    if (form.table == table) out.push_back(form.key);
  }
  return out;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t slips_in_short_words = 2;  // an author reads what is meant in the file
  const std::string_view nearest = suggestion(word, known, slips_in_short_words);
  return nearest.empty() ? "" : fmt::format("; did you mean `{}`?", nearest);
}

}  // namespace sandpost::sandbox
