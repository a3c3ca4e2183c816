// Reading lessons: the built-in one, and what an author is told about a file with a mistake in it.

#include "sandbox/lesson_file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "sandbox/lesson_texts.hpp"
#include "sandbox/library.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::tests {
namespace {

using sandbox::parse_lesson;

// A small lesson without a mistake. Line 9 is [[step]], 17 is pass, 20 is [[step.mistake]].
const std::string sound = R"(format  = 1
id      = "small"
version = 3
title   = "A small one"
lang    = "en"
minutes = 2
intro   = "Hello"
end     = "Bye"
[[step]]
id    = "helo"
title = "Say who you are"
say   = """
HELO, and a name.
  helo {domain}"""
rfc   = ["5321 4.1.1.1"]
type  = "helo {domain}"
pass  = { event = "smtp.helo", code = "2xx", same = "smtp", verb = ["HELO", "EHLO"] }
why   = "Because."
hint  = ["Four letters.", "helo {domain}"]
[[step.mistake]]
cause   = "misspelt_verb"
near    = "HELO"
example = "hello"
say     = "One L."
)";

std::string with(std::string_view part, std::string_view other) {
  std::string text = sound;
  const auto at = text.find(part);
  REQUIRE_MESSAGE(at != std::string::npos, std::string(part));
  return text.replace(at, part.size(), other);
}

struct Broken {
  const char* what;
  std::string toml;
  std::uint32_t line;
  std::uint32_t column;
  const char* text;  // a part of what is said
};

}  // namespace

TEST_CASE("lesson file: the built-in lesson parses") {
  REQUIRE_FALSE(sandbox::lesson_texts().empty());
  for (const sandbox::LessonText& text : sandbox::lesson_texts()) {
    const auto lesson = parse_lesson(text.toml);
    REQUIRE_MESSAGE(lesson, lesson.error().text);
    CHECK(lesson->id == text.id);
    const auto found = sandbox::find_lesson(text.id);
    REQUIRE(found);
    CHECK(found->title == lesson->title);
  }
  CHECK(sandbox::lessons().front().id == sandbox::first_lesson);
  CHECK_FALSE(sandbox::find_lesson("no such lesson"));
  CHECK(sandbox::find_lesson(sandbox::first_lesson)->steps.size() == 14);
}

TEST_CASE("lesson file: every key comes through") {
  const auto lesson = parse_lesson(sound);
  REQUIRE(lesson);
  CHECK(lesson->id == "small");
  CHECK(lesson->version == 3);
  CHECK(lesson->title == "A small one");
  CHECK(lesson->lang == "en");
  CHECK(lesson->minutes == 2);
  CHECK(lesson->intro == "Hello");
  CHECK(lesson->end == "Bye");
  REQUIRE(lesson->steps.size() == 1);
  const sandbox::Step& step = lesson->steps[0];
  CHECK(step.say == "HELO, and a name.\n  helo {domain}");
  CHECK(step.rfc == std::vector<std::string>{"5321 4.1.1.1"});
  CHECK(step.type == std::vector<std::string>{"helo {domain}"});
  CHECK(step.hint.size() == 2);
  CHECK(step.pass.event == "smtp.helo");
  CHECK(step.pass.same_session);
  REQUIRE(step.pass.conditions.size() == 2);
  CHECK(step.silence == std::chrono::seconds{20});
  CHECK_FALSE(step.optional);
  REQUIRE(step.mistakes.size() == 1);
  CHECK(step.mistakes[0].cause == wire::Cause::misspelt_verb);
  CHECK(step.mistakes[0].near == "HELO");
  CHECK(step.mistakes[0].example == std::vector<std::string>{"hello"});
  CHECK(step.mistakes[0].say == "One L.");
  CHECK(step.mistakes[0].blocks);
}

TEST_CASE("lesson file: what may be left out, and what may be put in") {
  const auto lesson = parse_lesson(with("why   =", R"(optional = true
bind  = { name = "name" }
after = "Well done, {name}."
silence = { seconds = 45, say = "Hm?" }
why   =)") + "[[mistake]]\ncause = \"relay\"\nsay = \"No.\"\n");
  REQUIRE_MESSAGE(lesson, lesson.error().text);
  const sandbox::Step& step = lesson->steps[0];
  CHECK(step.optional);
  CHECK(step.bind.at("name") == "name");
  CHECK(step.after == "Well done, {name}.");
  CHECK(step.silence == std::chrono::seconds{45});
  CHECK(step.silence_say == "Hm?");
  CHECK(lesson->mistakes.at(0).cause == wire::Cause::relay);
  const auto bare = parse_lesson(with("version = 3\n", ""));
  REQUIRE(bare);
  CHECK(bare->version == 1);
}

TEST_CASE("lesson file: ranges and alternatives in pass") {
  const std::string pass =
      R"({ event = "smtp.helo", code = "2xx", same = "smtp", verb = ["HELO", "EHLO"] })";
  const auto range =
      parse_lesson(with(pass, R"({ event = "pop3.list", count = { min = 1, max = 5 } })"));
  REQUIRE(range);
  const sandbox::Condition& count = range->steps[0].pass.conditions.at(0);
  CHECK(count.field == "count");
  CHECK(count.min == 1);
  CHECK(count.max == 5);
  const auto any = parse_lesson(with(
      pass, R"({ any = [ { event = "smtp.quit" }, { event = "smtp.close", clean = false } ] })"));
  REQUIRE(any);
  REQUIRE(any->steps[0].pass.any.size() == 2);
  CHECK(any->steps[0].pass.any[1].event == "smtp.close");
}

TEST_CASE("lesson file: every other way to say what passes") {
  const std::string pass =
      R"({ event = "smtp.helo", code = "2xx", same = "smtp", verb = ["HELO", "EHLO"] })";
  const auto read = [&](const std::string& toml) {
    const auto lesson = parse_lesson(with(pass, toml));
    REQUIRE_MESSAGE(lesson, lesson.error().text);
    return lesson->steps[0].pass;
  };
  const auto text = read(
      R"({ event = "smtp.message", subject = { has = "hi", exact = true }, from = { not = ["a", "b"] } })");
  REQUIRE(text.conditions.size() == 2);
  CHECK(text.conditions[0].field == "from");
  CHECK(text.conditions[0].none_of.size() == 2);
  CHECK(text.conditions[1].has == "hi");
  CHECK(text.conditions[1].exact);
  CHECK_FALSE(text.conditions[0].exact);
  CHECK(read(R"({ event = "smtp.helo", exact = true, name = "Me" })").conditions[0].exact);
  // `count` is the field of an event that has one, and else how often.
  CHECK(read(R"({ event = "smtp.rset", count = 3 })").times == 3);
  CHECK(read(R"({ event = "pop3.list", count = 3 })").times == 1);
  CHECK(read(R"({ event = "pop3.list", count = 3, times = 2 })").times == 2);
  const auto all = read(R"({ all = [ { event = "pop3.quit", state = "UPDATE" },
                  { state = { "mailbox.count" = 0, queue.count = { max = 2 } }, account = "ben" } ] })");
  REQUIRE(all.all.size() == 2);
  CHECK(all.all[0].conditions.at(0).field == "state");
  CHECK(all.all[1].event.empty());
  CHECK(all.all[1].account == "ben");
  REQUIRE(all.all[1].state.size() == 2);
  CHECK(all.all[1].state[0].field == "mailbox.count");
  CHECK(all.all[1].state[1].field == "queue.count");
  CHECK(all.all[1].state[1].max == 2);
  CHECK(read(R"({ any = [ { all = [ { event = "tick" } ] } ] })").any.at(0).all.size() == 1);
}

TEST_CASE("lesson file: servers, names, questions and the report") {
  const auto lesson = parse_lesson(with("intro ", R"(needs = ["ntut-2001"]
order = "any"
strict = ["brackets", "helo"]
intro )") + R"([servers]
delay = "1s..2s"
domain = "example.org"
accounts = [ { user = "amy", password = "a" }, { user = "ben", password = "b" } ]
tls = false
faults = ["rcpt:451:0.3"]
[[servers.mailbox]]
to = "ben"
from = "amy@example.org"
text = "Subject: hi\n\nHello"
[vars]
friend = "ben@example.org"
[[question]]
ask = "Why?"
answer = ["Because", "because"]
[report]
title = "A report"
transcripts = ["pop3"]
redact = ["pass"]
)");
  REQUIRE_MESSAGE(lesson, lesson.error().text);
  CHECK(lesson->needs == std::vector<std::string>{"ntut-2001"});
  CHECK(lesson->any_order);
  CHECK(lesson->strict == std::vector<std::string>{"brackets", "helo"});
  const sandbox::LessonServers& servers = lesson->servers;
  CHECK(servers.delay == DelayRange{std::chrono::seconds{1}, std::chrono::seconds{2}});
  CHECK(servers.domain == "example.org");
  REQUIRE(servers.accounts.size() == 2);
  CHECK(servers.accounts[1].user == "ben");
  CHECK(servers.accounts[1].password == "b");
  CHECK(servers.tls == false);
  REQUIRE(servers.faults.size() == 1);
  CHECK(servers.faults.front().text == "rcpt:451:0.3");
  REQUIRE(servers.letters.size() == 1);
  CHECK(servers.letters[0].to == "ben");
  CHECK(servers.letters[0].from == "amy@example.org");
  CHECK(servers.letters[0].text == "Subject: hi\n\nHello");
  CHECK(lesson->vars.at("friend") == "ben@example.org");
  CHECK(lesson->questions.at(0).answers.size() == 2);
  CHECK(lesson->report.title == "A report");
  CHECK(lesson->report.transcripts == std::vector<std::string>{"pop3"});
  CHECK(lesson->report.redact == std::vector<std::string>{"pass"});
}

TEST_CASE("lesson file: a value's place is found, or that of what it stands in") {
  const auto file = sandbox::parse_lesson_file(sound);
  REQUIRE(file);
  CHECK(file->place("title").line == 4);
  CHECK(file->place("step.0.hint.1").line == 19);
  CHECK(file->place("step.0.hint.1").column == 27);
  CHECK(file->place("step.0.mistake.0.say").line == 24);
  CHECK(file->place("step.0.after").line == 9);
  CHECK(file->place("nothing").line == 0);
}

TEST_CASE("lesson file: line endings of Windows are accepted") {
  std::string windows;
  for (const char c : sound)
    windows += c == '\n' ? "\r\n" : std::string(1, c);
  const auto lesson = parse_lesson(windows);
  REQUIRE_MESSAGE(lesson, lesson.error().text);
  CHECK(lesson->steps[0].say == "HELO, and a name.\n  helo {domain}");
}

TEST_CASE("lesson file: a mistake is told with its place and its mend") {
  const std::string pass =
      R"({ event = "smtp.helo", code = "2xx", same = "smtp", verb = ["HELO", "EHLO"] })";
  const Broken broken[] = {
      {"unknown key of the lesson", with("minutes", "minuts"), 6, 1,
       "a lesson has no key `minuts`; did you mean `minutes`?"},
      {"unknown key, nothing like it", with("minutes", "colour"), 6, 1,
       "a lesson has no key `colour`"},
      {"unknown key of a step", with("hint  =", "hints ="), 19, 1,
       "a step has no key `hints`; did you mean `hint`?"},
      {"unknown key of a mistake", with("example =", "exmaple ="), 23, 1,
       "a mistake has no key `exmaple`; did you mean `example`?"},
      {"unknown key of silence", with("why   =", "silence = { second = 3, say = \"x\" }\nwhy   ="),
       18, 13, "`silence` has no key `second`; did you mean `seconds`?"},
      {"unknown key of a range", with("\"2xx\"", "{ mni = 1 }"), 17, 41,
       "a condition has no key `mni`; did you mean `min`?"},
      {"a key that had no effect", with("[[step]]", "[servers]\nextensions = [\"SIZE\"]\n[[step]]"),
       10, 1, "[servers] has no key `extensions`; it has: "},
      {"a strictness that had no effect", with("minutes = 2", "minutes = 2\nstrict = [\"crlf\"]"),
       7, 11, "there is no strictness `crlf`"},
      {"no title", with("title   = \"A small one\"\n", ""), 1, 1, "a lesson needs the key `title`"},
      {"a step without id", with("id    = \"helo\"\n", ""), 9, 1, "a step needs the key `id`"},
      {"a step without pass", with("pass  = " + pass + "\n", ""), 9, 1,
       "a step needs the key `pass`"},
      {"a step without hint", with("hint  = [\"Four letters.\", \"helo {domain}\"]\n", ""), 9, 1,
       "a step needs at least one `hint`"},
      {"an empty list of hints", with("[\"Four letters.\", \"helo {domain}\"]", "[]"), 9, 1,
       "a step needs at least one `hint`"},
      {"a mistake without words", with("say     = \"One L.\"\n", ""), 20, 1,
       "a mistake needs the key `say`"},
      {"pass without event", with("event = \"smtp.helo\", ", ""), 17, 9,
       "`pass` needs the key `event`"},
      {"a number for a text", with("\"A small one\"", "7"), 4, 11, "`title` is a text in quotes"},
      {"a number in a list of texts", with("[\"Four letters.\",", "[4,"), 19, 10,
       "`hint` is a text in quotes"},
      {"a text for a number", with("minutes = 2", "minutes = \"2\""), 6, 11,
       "`minutes` is a whole number from 0 to 100000"},
      {"a number out of range", with("minutes = 2", "minutes = -2"), 6, 11, "from 0 to 100000"},
      {"a text for a flag", with("why   =", "optional = \"yes\"\nwhy   ="), 18, 12,
       "`optional` is true or false"},
      {"a text for pass", with(pass, "\"smtp.helo\""), 17, 9, "`pass` is a table"},
      {"[step] for [[step]]", with("[[step]]", "[step]"), 9, 1, "write it as [[step]]"},
      {"a list of other things for step", sound.substr(0, sound.find("[[step]]")) + "step = [1]\n",
       9, 9, "write it as [[step]]"},
      {"unknown event", with("smtp.helo", "smtp.hello"), 17, 19,
       "there is no event `smtp.hello`; did you mean `smtp.helo`?"},
      {"an event that is a number", with("\"smtp.helo\"", "4"), 17, 19, "`event` is a text"},
      {"unknown field", with("code =", "reply ="), 17, 32,
       "the event `smtp.helo` has no field `reply`; it has: verb name code"},
      {"a date as a value", with("\"2xx\"", "2001-10-15"), 17, 39,
       "write a text, a number, true or false here"},
      {"unknown cause", with("\"misspelt_verb\"", "\"mispelt_verb\""), 21, 11,
       "there is no cause `mispelt_verb`; did you mean `misspelt_verb`?"},
      {"`none` is no cause", with("\"misspelt_verb\"", "\"none\""), 21, 11, "no cause `none`"},
      {"`same` of the other protocol", with("same = \"smtp\"", "same = \"pop3\""), 17, 53,
       "write it as same = \"smtp\" here"},
      {"`same` that is no text", with("same = \"smtp\"", "same = true"), 17, 53,
       "write it as same = \"smtp\" here"},
      {"any beside event", with("event = \"smtp.helo\"", "any = [], event = \"smtp.helo\""), 17, 17,
       "write it as any = ["},
      {"any with nothing in it", with(pass, "{ any = [] }"), 17, 17, "write it as any = ["},
      {"any with nothing in it, inside any", with(pass, "{ any = [ { any = [] } ] }"), 17, 27,
       "write it as any = ["},
      {"all of other things", with(pass, "{ all = [ 1 ] }"), 17, 19, "write it as { event = ... }"},
      {"all beside event", with(pass, "{ all = [ { event = \"tick\" } ], times = 2 }"), 17, 17,
       "write it as all = ["},
      {"a misspelt field", with("verb =", "vreb ="), 17, 61,
       "the event `smtp.helo` has no field `vreb`; did you mean `verb`?"},
      {"unknown state", with(pass, "{ state = { \"mailbox.coutn\" = 0 } }"), 17, 21,
       "there is no state `mailbox.coutn`; did you mean `mailbox.count`?"},
      {"unknown state, as a table in a table", with(pass, "{ state = { mailbox.size = 0 } }"), 17,
       29, "there is no state `mailbox.size`"},
      {"a field without an event", with(pass, "{ state = { queue.count = 0 }, code = 1 }"), 17, 40,
       "`code` cannot stand here without `event`"},
      {"an empty condition", with("\"2xx\"", "{}"), 17, 39, "write { min = 1 }"},
      {"an empty list of values", with("\"2xx\"", "[]"), 17, 39, "write at least one value"},
      {"no times at all", with("code = \"2xx\"", "times = 0"), 17, 40,
       "`times` is a whole number from 1 to 100000"},
      {"`same` for a delivery", with(pass, "{ event = \"queue.delivered\", same = \"smtp\" }"), 17,
       45, "leave `same` out"},
      {"unknown word in type", with("\"helo {domain}\"\npass", "\":conect smtp\"\npass"), 16, 9,
       "there is no word `:conect smtp`; did you mean `:connect smtp`?"},
      {"unknown word in an example", with("\"hello\"", "[\"hello\", \":wiat\"]"), 23, 21,
       "there is no word `:wiat`; did you mean `:wait`?"},
      {"a word that takes nothing", with("\"helo {domain}\"\npass", "\":drop smtp\"\npass"), 16, 9,
       "there is no word `:drop smtp`; did you mean `:drop`?"},
      {"a wait of so many seconds", with("\"helo {domain}\"\npass", "\":wait 5\"\npass"), 16, 9,
       "there is no word `:wait 5`; did you mean `:wait`?"},
      {"a delivery of one letter", with("\"helo {domain}\"\npass", "\":now 5\"\npass"), 16, 9,
       "there is no word `:now 5`; did you mean `:now`?"},
      {"a connection to nobody", with("\"helo {domain}\"\npass", "\":connect\"\npass"), 16, 9,
       "there is no word `:connect`; there are: :connect smtp, "},
      {"a connection to what is not there",
       with("\"helo {domain}\"\npass", "\":connect pop\"\npass"), 16, 9,
       "there is no word `:connect pop`; did you mean `:connect pop3`?"},
      {"a connection to a port", with("\"helo {domain}\"\npass", "\":connect smtp 25\"\npass"), 16,
       9, "there is no word `:connect smtp 25`; did you mean `:connect smtp`?"},
      {"a misspelt way to encrypt",
       with("\"helo {domain}\"\npass", "\":connect smtp --tsl\"\npass"), 16, 9,
       "there is no word `:connect smtp --tsl`; did you mean `:connect smtp --tls`?"},
      {"a line with a colon in front", with("\"helo {domain}\"\npass", "\":-)\"\npass"), 16, 9,
       "a line that begins with a colon is written with two"},
      {"two lines in one", with("\"hello\"", "\"hello\\nhelo\""), 23, 11, "`example` is one line"},
      {"an id twice", sound + sound.substr(sound.find("[[step]]")), 26, 9,
       "another step is called `helo` already"},
      {"an id that is none", with("\"small\"", "\"Small one\""), 2, 11,
       "`Small one` is no name: write small letters"},
      {"unknown order", with("minutes = 2", "order = \"all\""), 6, 9,
       "there is no order `all`; did you mean `any`?"},
      {"unknown strictness", with("minutes = 2", "strict = [\"helo\", \"bracket\"]"), 6, 19,
       "there is no strictness `bracket`; did you mean `brackets`?"},
      {"unknown key of servers", with("[[step]]", "[servers]\ndealy = \"1s\"\n[[step]]"), 10, 1,
       "[servers] has no key `dealy`; did you mean `delay`?"},
      {"a delay that is none", with("[[step]]", "[servers]\ndelay = \"soon\"\n[[step]]"), 10, 9,
       ""},
      {"a domain that is none", with("[[step]]", "[servers]\ndomain = \"a b\"\n[[step]]"), 10, 10,
       "`a b` is no domain"},
      {"an account without a password",
       with("[[step]]", "[servers]\naccounts = [ { user = \"amy\" } ]\n[[step]]"), 10, 14,
       "an account needs the key `password`"},
      {"an account that is an address",
       with("[[step]]", "[servers]\naccounts = [ { user = \"a@b\", password = \"x\" } ]\n[[step]]"),
       10, 23, "`a@b` is no plain name"},
      {"an account twice",
       with("[[step]]",
            "[servers]\naccounts = [ { user = \"a\", password = \"x\" },\n"
            "{ user = \"a\", password = \"y\" } ]\n[[step]]"),
       11, 10, "`a` is there twice"},
      {"a letter from nowhere",
       with("[[step]]",
            "[[servers.mailbox]]\nto = \"amy\"\nfrom = \"ben\"\ntext = \"x\"\n[[step]]"),
       11, 8, "`ben` is no address"},
      {"a question without an answer", sound + "[[question]]\nask = \"Why?\"\n", 25, 1,
       "a question needs the key `answer`"},
      {"an unknown transcript", sound + "[report]\ntranscripts = [\"pop\"]\n", 26, 16,
       "there is no transcript `pop`; did you mean `pop3`?"},
      {"bind without an event",
       with(pass, "{ state = { queue.count = 0 } }\nbind = { q = \"queue\" }"), 18, 14,
       "there is no event in `pass`"},
      {"bind of a field that is not there", with("why   =", "bind = { q = \"queue\" }\nwhy   ="),
       18, 14, "the event `smtp.helo` has no field `queue`; it has: verb name code"},
      {"bind of a number", with("why   =", "bind = { q = 1 }\nwhy   ="), 18, 14,
       "`bind` is a text in quotes"},
      {"not TOML", with("minutes = 2", "minutes = = 2"), 6, 11, ""},
      {"a text without its end", with("\"Hello\"", "\"Hello"), 7, 17, ""},
      {"a key twice", with("minutes = 2", "minutes = 2\nminutes = 3"), 7, 11, "minutes"},
      {"format 2", with("format  = 1", "format  = 2"), 1, 11, "this program reads `format = 1`"},
      {"no format", with("format  = 1\n", ""), 1, 1, "`format = 1`: write that line at the top"},
      {"a text for the format", with("format  = 1", "format  = \"1\""), 1, 11,
       "`format = 1`: write that line at the top"},
      {"nothing at all", "", 1, 1, "`format = 1`: write that line at the top"},
      {"half a minute", with("minutes = 2", "minutes = 0.5"), 6, 11,
       "`minutes` is a whole number from 0 to 100000"},
      {"a phase that is none", with(pass, "{ state = { \"smtp.phase\" = \"idel\" } }"), 17, 36,
       "write one of these for `smtp.phase`: closed connected greeted mail rcpt data idle"},
      {"a phase that is a number", with(pass, "{ state = { \"pop3.phase\" = 1 } }"), 17, 36,
       "write one of these for `pop3.phase`: closed authorization transaction"},
      {"Latin-1", with("\"Hello\"", "\"H\xE9llo\""), 7, 13,
       "this is not UTF-8: save the file in that encoding"},
      {"UTF-16",
       std::string("\xFF\xFE"
                   "f\0",
                   4),
       1, 1, "this is not UTF-8: save the file"},
      {"lines that end as on an old Macintosh", "format = 1\rid = \"x\"\r", 1, 12,
       "end lines with LF, or with CR LF"},
      {"a quote that is missing", with("\"Hello\"", "\"Hello"), 7, 17,
       "is the closing quote missing?"},
      {"[step] and [[step]]", with("[[step]]", "[step]\n[[step]]"), 10, 1,
       "write it with two brackets at each place"},
      {"no lesson at all", "<html></html>\n", 1, 1, "sandpost lesson new NAME writes one"},
      {"two equals signs", with("minutes = 2", "minutes = = 2"), 6, 11,
       "docs/lessons.md has an example"},
      {"no steps", sound.substr(0, sound.find("[[step]]")), 1, 1,
       "a lesson needs at least one [[step]]"},
  };
  for (const Broken& one : broken) {
    CAPTURE(std::string(one.what));
    const auto lesson = parse_lesson(one.toml);
    REQUIRE_FALSE(lesson);
    CHECK_MESSAGE(lesson.error().text.find(one.text) != std::string::npos, lesson.error().text);
    CHECK_FALSE(lesson.error().text.empty());
    CHECK(lesson.error().line == one.line);
    CHECK(lesson.error().column == one.column);
  }
}

TEST_CASE("lesson file: no bytes at all, and bytes that are no text, are errors, not crashes") {
  for (const std::string& bytes : {std::string(), std::string("\0\0", 2), std::string("\xFF\xFE"),
                                   std::string(5000, '['), std::string("a = \"\xC3\x28\"")}) {
    const auto lesson = parse_lesson(bytes);
    CHECK_FALSE(lesson);
  }
}

TEST_CASE("lesson file: a key of a hundred thousand parts is an error, not a crash") {
  std::string key = "format = 1\na";
  for (int i = 0; i < 100'000; ++i)
    key += ".a";
  const auto lesson = parse_lesson(key + " = 1\n");
  REQUIRE_FALSE(lesson);
  CHECK(lesson.error().text == "a line of more than 4096 octets; break it");
  CHECK(lesson.error().line == 2);
  CHECK(lesson.error().column == 4097);
}

TEST_CASE("lesson file: a mistake may hold for one order only") {
  const auto lesson = parse_lesson(with("near    = \"HELO\"", "need    = \"MAIL\""));
  REQUIRE(lesson);
  CHECK(lesson->steps.at(0).mistakes.at(0).need == "MAIL");
  CHECK(lesson->steps.at(0).mistakes.at(0).near.empty());
}

}  // namespace sandpost::tests
