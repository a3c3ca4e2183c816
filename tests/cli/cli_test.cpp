#include "cli/cli.hpp"

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace sandpost::cli {
namespace {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;
using Parse = std::variant<Invocation, Message>;

const std::vector<sandbox::LessonTitle> one_lesson{{"ntut-2001", "Send and fetch"}};
const std::vector<sandbox::LessonTitle> three_lessons{
    {"ntut-2001", "Send and fetch"}, {"envelope", "Who gets it"}, {"dots", "Dots"}};

Parse parse_with(const Words& words, const Variables& variables = {},
                 const std::vector<sandbox::LessonTitle>& lessons = one_lesson) {
  const auto environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  return parse(
      words, environment, [&] { return std::span(lessons); }, 80);
}

Invocation invocation(const Words& words, const Variables& variables = {}) {
  const auto parsed = parse_with(words, variables);
  const auto* message = std::get_if<Message>(&parsed);
  INFO((message ? message->text : std::string()));
  REQUIRE(std::holds_alternative<Invocation>(parsed));
  return std::get<Invocation>(parsed);
}

Config config(const Words& words, const Variables& variables = {}) {
  return invocation(words, variables).config;
}

// The error's text after "sandpost: ", without the newline; it must be one line, with status 2.
std::string error(const Parse& parsed) {
  const auto* message = std::get_if<Message>(&parsed);
  if (!message) return "accepted";
  CHECK(message->status == 2);
  REQUIRE(message->text.starts_with("sandpost: "));
  REQUIRE(message->text.find('\n') == message->text.size() - 1);
  return message->text.substr(10, message->text.size() - 11);
}

std::string error(const Words& words, const Variables& variables = {}) {
  return error(parse_with(words, variables));
}

std::string shown(const Words& words) {
  const auto parsed = parse_with(words);
  const auto* message = std::get_if<Message>(&parsed);
  REQUIRE(message);
  CHECK(message->status == 0);
  return message->text;
}

TEST_CASE("cli: nothing typed names no command and leaves the defaults") {
  const Invocation found = invocation({});
  CHECK_FALSE(found.command);
  CHECK(found.lesson == "ntut-2001");
  CHECK_FALSE(found.fast);
  const Config& config = found.config;
  CHECK(config.host == "127.0.0.1");
  CHECK(config.smtp_port == 2525);
  CHECK(config.pop3_port == 1110);
  CHECK(config.port_file.empty());
  CHECK(config.db.empty());
  CHECK(to_text(config.delay) == "10s");
  CHECK(config.as.to_text() == "s9360511@ntut.edu.tw");
  CHECK(config.password == "sandbox");
  CHECK(config.users.empty());
  CHECK_FALSE(config.clock);
  CHECK(config.color == Color::automatic);
  CHECK_FALSE((config.no_input || config.plain || config.quiet || config.verbose));
}

TEST_CASE("cli: the three commands") {
  CHECK(invocation({"learn"}).command == Command::learn);
  CHECK(invocation({"demo"}).command == Command::demo);
  CHECK(invocation({"serve"}).command == Command::serve);
  CHECK(invocation({"--", "serve"}).command == Command::serve);
  CHECK(invocation({"learn", "ntut-2001"}).lesson == "ntut-2001");
  CHECK(invocation({"demo", "--fast"}).fast);
  CHECK(invocation({"--fast", "demo", "ntut-2001"}).fast);
}

// For each option: a value, how the configuration shows it was understood, and one that is refused.
struct OptionCase {
  const char* option;
  const char* value;
  bool (*holds)(const Config& config);
  const char* bad;
  const char* reason;
};

const std::array option_cases{
    OptionCase{"--host", "::1", [](const Config& c) { return c.host == "::1"; }, "localhost",
               "'localhost' is a name: write 127.0.0.1 or ::1"},
    OptionCase{"--smtp-port", "0", [](const Config& c) { return c.smtp_port == 0; }, "65536",
               "'65536' is not a port: write a number from 0 to 65535, 0 for any free one"},
    OptionCase{"--pop3-port", "65535", [](const Config& c) { return c.pop3_port == 65535; }, "-1",
               "'-1' is not a port: write a number from 0 to 65535, 0 for any free one"},
    OptionCase{"--smtps-port", "465", [](const Config& c) { return c.smtps_port == 465; }, "x",
               "'x' is not a port: write a number from 0 to 65535, 0 for any free one"},
    OptionCase{"--pop3s-port", "0", [](const Config& c) { return c.pop3s_port == 0; }, "9x",
               "'9x' is not a port: write a number from 0 to 65535, 0 for any free one"},
    OptionCase{"--tls", "cert.pem,key.pem",
               [](const Config& c) {
                 return c.tls.mode == net::TlsSettings::Mode::files &&
                        c.tls.certificate_file == "cert.pem" && c.tls.key_file == "key.pem";
               },
               nullptr, nullptr},
    OptionCase{"--max-size", "65536", [](const Config& c) { return c.max_size == 65536; }, "65535",
               "'65535' is not a size: write octets, from 65536 to 1073741824"},
    OptionCase{"--port-file", "a/b.json", [](const Config& c) { return c.port_file == "a/b.json"; },
               nullptr, nullptr},
    OptionCase{"--db", "x y.db", [](const Config& c) { return c.db == "x y.db"; }, nullptr,
               nullptr},
    OptionCase{"--state-dir", "my state", [](const Config& c) { return c.state_dir == "my state"; },
               nullptr, nullptr},
    OptionCase{"--record", "my records", [](const Config& c) { return c.record == "my records"; },
               nullptr, nullptr},
    OptionCase{"--delay", "5s..30s", [](const Config& c) { return to_text(c.delay) == "5s..30s"; },
               "soon",
               "'soon' is not a time: write a number and a unit (ms, s, m, h), such as 10s"},
    OptionCase{"--as", "me@example.org",
               [](const Config& c) { return c.as.to_text() == "me@example.org"; }, "me",
               "'me' is not a plain address: write it like s9360511@ntut.edu.tw"},
    OptionCase{"--password", "[a,b]", [](const Config& c) { return c.password == "[a,b]"; }, "a\tb",
               "the password holds a control character: write one that can be typed"},
    OptionCase{"--user", "al:w:l",
               [](const Config& c) {
                 return c.users.size() == 1 && c.users[0].name == "al" &&
                        c.users[0].password == "w:l";
               },
               "alice", "'alice' has no colon: write NAME:PASSWORD, like alice:wonderland"},
    OptionCase{"--clock", "2001-10-15T09:00:00+08:00",
               [](const Config& c) {
                 return c.clock && c.clock->time.time_since_epoch().count() == 1003107600000 &&
                        c.clock->offset == std::chrono::hours{8};
               },
               "yesterday",
               "'yesterday' is not a time of RFC 3339: write it like 2001-10-15T09:00:00+08:00"},
    OptionCase{"--fault", "rcpt:451:0.3",
               [](const Config& c) {
                 return c.faults.size() == 1 && c.faults[0].text == "rcpt:451:0.3" &&
                        c.faults[0].code == 451;
               },
               "rcpt:999",
               "'999' is no reply code of a refusal: write one from 400 to 459 or from 500 to 559"},
    OptionCase{"--color", "never", [](const Config& c) { return c.color == Color::never; }, "red",
               "'red' is not a choice: write auto, always or never"},
};

struct FlagCase {
  const char* option;
  bool Config::*field;
};

const std::array flag_cases{
    FlagCase{"--no-input", &Config::no_input}, FlagCase{"--plain", &Config::plain},
    FlagCase{"--no-state", &Config::no_state}, FlagCase{"--quiet", &Config::quiet},
    FlagCase{"--verbose", &Config::verbose},   FlagCase{"--strict", &Config::strict}};

std::string variable_of(const char* option) {
  return variable_name(*find_option(option));
}

TEST_CASE("cli: coach and events, and what belongs to them") {
  const Invocation attached = invocation({"coach", "--attach", "p.json", "--learner", "amy"});
  CHECK(attached.command == Command::coach);
  CHECK(attached.coach.port_file == "p.json");
  CHECK(attached.coach.learner == "amy");
  CHECK(invocation({"coach", "ntut-2001", "--all"}).coach.all);
  CHECK(invocation({"events", "p.json"}).port_file == "p.json");
  CHECK(error({"events"}) ==
        "events: the file is missing: write events PORTFILE, that of serve --port-file");
  CHECK(error({"learn", "--attach", "p"}) ==
        "--attach: belongs to coach: write sandpost coach --attach");
  CHECK(error({"coach", "--all", "--learner", "amy"}) ==
        "--all: cannot be together with --learner: leave one of them out");
  CHECK(error({"coach", "--attach", "p", "--delay", "1s"}) ==
        "--delay: is for the servers, and with --attach they run already: leave it out");
}

TEST_CASE(
    "cli: --lang is chosen before the rest is read, and a language that is not there is refused") {
  const auto chosen = [](const std::vector<std::string>& words, const char* variable = "") {
    return std::string(chosen_language(
                           words,
                           [&](const std::string& name) -> std::optional<std::string> {
                             if (name == "SANDPOST_LANG") return variable;
                             return name == "LANG" ? "C.UTF-8" : "";
                           },
                           false)
                           .spoken->name);
  };
  CHECK(chosen({}) == "en");
  CHECK(chosen({"learn", "--lang", "zh-TW"}) == "zh-TW");
  CHECK(chosen({"--lang=zh_TW", "--help"}) == "zh-TW");
  CHECK(chosen({"--lang", "zh-TW", "--lang", "en"}) == "en");
  CHECK(chosen({"--lang"}) == "en");
  CHECK(chosen({"--", "--lang", "zh-TW"}) == "en");
  CHECK(chosen({}, "zh-TW") == "zh-TW");
  CHECK(chosen({"--lang", "en"}, "zh-TW") == "en");
  CHECK(error({"--lang", "klingon"}) ==
        "--lang: there is no language 'klingon': write one of en, zh-TW");
  CHECK(error({"--lang"}) == "--lang: its value is missing: write --lang LANG");
  CHECK(invocation({"--lang", "zh-TW", "serve"}).command == Command::serve);
}

TEST_CASE("cli: the tables of this test cover every option but those of one command") {
  constexpr std::size_t others =
      6 + 7;  // --fast --json --attach --learner --all --lang, the report's
  CHECK(option_cases.size() + flag_cases.size() + others == options().size());
  CHECK(variable_of("--smtp-port") == "SANDPOST_SMTP_PORT");
  CHECK(variable_of("--no-input") == "SANDPOST_NO_INPUT");
  CHECK(variable_of("--db") == "SANDPOST_DB");
}

TEST_CASE("cli: every option works before and after the command, and with =") {
  for (const OptionCase& c : option_cases) {
    CAPTURE(c.option);
    CHECK_FALSE(c.holds(Config{}));
    CHECK(c.holds(config({c.option, c.value})));
    CHECK(c.holds(config({c.option, c.value, "serve"})));
    CHECK(c.holds(config({"serve", c.option, c.value})));
    CHECK(c.holds(config({"learn", "ntut-2001", std::string(c.option) + "=" + c.value})));
    CHECK(invocation({c.option, c.value, "serve"}).command == Command::serve);
  }
}

TEST_CASE("cli: every option has a variable, which the command line outweighs") {
  for (const OptionCase& c : option_cases) {
    CAPTURE(c.option);
    const std::string variable = variable_of(c.option);
    CHECK(c.holds(config({}, {{variable, c.value}})));
    CHECK(c.holds(config({"serve"}, {{variable, c.value}})));
    CHECK_FALSE(c.holds(config({}, {{variable, ""}})));
    if (c.bad) CHECK(c.holds(config({c.option, c.value}, {{variable, c.bad}})));
  }
  CHECK(config({"--smtp-port", "1"}, {{"SANDPOST_SMTP_PORT", "2"}}).smtp_port == 1);
}

TEST_CASE("cli: a bad value names where it came from") {
  for (const OptionCase& c : option_cases) {
    if (!c.bad) continue;
    CAPTURE(c.option);
    CHECK(error({c.option, c.bad}) == std::string(c.option) + ": " + c.reason);
    CHECK(error({"serve", c.option, c.bad}) == std::string(c.option) + ": " + c.reason);
    CHECK(error({}, {{variable_of(c.option), c.bad}}) == variable_of(c.option) + ": " + c.reason);
  }
}

TEST_CASE("cli: an option without its value says what belongs there") {
  for (const Option& option : options()) {
    if (option.kind == Option::Kind::flag) continue;
    const std::string name(option.name);
    CAPTURE(name);
    const std::string expected =
        name + ": its value is missing: write " + name + " " + std::string(option.value_name);
    CHECK(error({name}) == expected);
    CHECK(error({"serve", name}) == expected);
    CHECK(error({name, "--quiet", "serve"}) == expected);
    CHECK(error({name, "--smtp-port=1"}) == expected);
  }
}

TEST_CASE("cli: an empty value is refused, and does not take the next word") {
  for (const char* option : {"--db", "--port-file"}) {
    CAPTURE(option);
    const std::string expected =
        std::string(option) + ": the name of the file is empty: write one, or leave the option out";
    CHECK(error({option, ""}) == expected);
    CHECK(error({std::string(option) + "=", "serve"}) == expected);
  }
  CHECK(error({"--password="}) == "--password: the password is empty: write one");
  CHECK(error({"--smtp-port", ""}) ==
        "--smtp-port: '' is not a port: write a number from 0 to 65535, 0 for any free one");
}

TEST_CASE("cli: of a repeated option the last counts") {
  CHECK(config({"--smtp-port", "1", "serve", "--smtp-port", "2"}).smtp_port == 2);
  CHECK(config({"--db", "a", "--db=b"}).db == "b");
  CHECK(config({"--quiet", "--quiet"}).quiet);
  CHECK_FALSE(config({"--quiet", "--quiet=no"}).quiet);
}

TEST_CASE("cli: every flag works, is switched off by =no, and has its variable") {
  for (const FlagCase& c : flag_cases) {
    CAPTURE(c.option);
    const std::string variable = variable_of(c.option);
    CHECK(config({c.option}).*c.field);
    CHECK(config({"demo", c.option}).*c.field);
    CHECK(invocation({c.option, "serve"}).command == Command::serve);
    CHECK_FALSE(config({std::string(c.option) + "=off"}).*c.field);
    for (const char* on : {"1", "true", "yes", "on", "Yes"})
      CHECK(config({}, {{variable, on}}).*c.field);
    for (const char* off : {"0", "false", "no", "off", ""})
      CHECK_FALSE(config({}, {{variable, off}}).*c.field);
    CHECK_FALSE(config({std::string(c.option) + "=no"}, {{variable, "1"}}).*c.field);
    const std::string reason =
        ": 'maybe' is neither yes nor no: write yes or no (1, 0, true, false, on, off)";
    CHECK(error({std::string(c.option) + "=maybe"}) == c.option + reason);
    CHECK(error({}, {{variable, "maybe"}}) == variable + reason);
  }
}

TEST_CASE("cli: --user does not take the word behind its value") {
  const Invocation found =
      invocation({"learn", "--user", "alice:w", "ntut-2001", "--user", "bob:b"});
  CHECK(found.lesson == "ntut-2001");
  REQUIRE(found.config.users.size() == 2);
  CHECK(found.config.users[0].name == "alice");
  CHECK(found.config.users[1].name == "bob");
}

TEST_CASE("cli: --fault can be repeated, and SANDPOST_FAULT holds one rule on each line") {
  const auto rules = [](const Config& found) {
    std::string all;
    for (const auto& rule : found.faults)
      all += rule.text + ' ';
    return all;
  };
  CHECK(rules(config({"serve", "--fault", "greylist", "--fault=delay:2s"})) ==
        "greylist delay:2s ");
  const Variables two{{"SANDPOST_FAULT", "drop:data\n\nquota:10k\n"}};
  CHECK(rules(config({"learn"}, two)) == "drop:data quota:10k ");
  CHECK(rules(config({"demo", "--fault", "greylist"}, two)) == "greylist ");
  CHECK(config({}).faults.empty());
}

TEST_CASE("cli: SANDPOST_USER holds one account on each line, and --user replaces them all") {
  const Variables two{{"SANDPOST_USER", "alice:won der\nbob:b\n\n"}};
  const Config from_variable = config({}, two);
  REQUIRE(from_variable.users.size() == 2);
  CHECK(from_variable.users[0].password == "won der");
  CHECK(from_variable.users[1].name == "bob");
  const Config from_both = config({"--user", "carol:c"}, two);
  REQUIRE(from_both.users.size() == 1);
  CHECK(from_both.users[0].name == "carol");
}

TEST_CASE("cli: two accounts of one name are refused, whatever the letter case") {
  CHECK(error({"--user", "alice:a", "--user", "Alice:b"}) ==
        "--user: 'Alice' is there twice: choose another name");
  CHECK(error({}, {{"SANDPOST_USER", "bob:a\nbob:b"}}) ==
        "SANDPOST_USER: 'bob' is there twice: choose another name");
  CHECK(error({"--user", "S9360511:a"}) ==
        "--user: 'S9360511' is your own name (--as): choose another name");
  CHECK(error({"--user", "me:a", "--as", "Me@x.tw"}) ==
        "--user: 'me' is your own name (--as): choose another name");
  CHECK(config({"--user", "s9360511:a", "--as", "me@x.tw"}).users.size() == 1);
}

TEST_CASE("cli: two servers on one port were told to end another program") {
  CHECK(error({"serve", "--smtp-port", "2600", "--pop3-port", "2600"}) ==
        "--pop3-port: 2600 is --smtp-port's port already: choose another for one of them");
  CHECK(error({"--smtp-port", "1110"}) ==
        "--pop3-port: 1110 is --smtp-port's port already: choose another for one of them");
  CHECK(error({"serve", "--smtps-port", "995", "--pop3s-port", "995"}) ==
        "--pop3s-port: 995 is --smtps-port's port already: choose another for one of them");
  CHECK(config({"serve", "--smtp-port", "0", "--pop3-port", "0", "--smtps-port", "0"}).smtps_port ==
        0);
}

TEST_CASE("cli: a port for TLS and no TLS is a wrong command line") {
  CHECK(error({"serve", "--tls", "off", "--smtps-port", "0"}) ==
        "--smtps-port: needs TLS: leave out --tls off");
  CHECK(error({"serve", "--tls", "off", "--pop3s-port", "995"}) ==
        "--pop3s-port: needs TLS: leave out --tls off");
}

TEST_CASE("cli: quiet and verbose exclude each other, unless the command line outweighs") {
  CHECK(error({"--quiet", "--verbose"}) ==
        "--quiet: cannot be together with --verbose: leave one of them out");
  CHECK(error({}, {{"SANDPOST_QUIET", "1"}, {"SANDPOST_VERBOSE", "1"}}) ==
        "SANDPOST_QUIET: cannot be together with SANDPOST_VERBOSE: leave one of them out");
  const Config verbose = config({"--verbose"}, {{"SANDPOST_QUIET", "1"}});
  CHECK((verbose.verbose && !verbose.quiet));
  const Config quiet = config({"--quiet"}, {{"SANDPOST_VERBOSE", "1"}});
  CHECK((quiet.quiet && !quiet.verbose));
  CHECK(config({"--quiet", "--verbose=no"}).quiet);
}

TEST_CASE("cli: the report's options, and nowhere else") {
  const Invocation found = invocation({"report", "a.jsonl", "--format", "html", "-o", "x.html",
                                       "--name", "Amy", "--id", "42", "--anonymous", "--force"});
  CHECK(found.command == Command::report);
  CHECK(found.report.record == "a.jsonl");
  CHECK(found.report.format == "html");
  CHECK(found.report.output == "x.html");
  CHECK(found.report.name == "Amy");
  CHECK(found.report.id == "42");
  CHECK((found.report.anonymous && found.report.force));
  CHECK(invocation({"report", "a.json", "--compare", "d"}).report.compare == "d");
  CHECK(invocation({"report", "--learner", "amy"}).report.learner == "amy");
  CHECK(invocation({"coach", "--record", "d"}).config.record == "d");
  CHECK(error({"report", "--format", "pdf"}) == "--format: write md, html, txt, json, cast or svg");
  CHECK(error({"learn", "--name", "Amy"}) ==
        "--name: belongs to the report: write sandpost report --name");
  CHECK(error({"demo", "--record", "d"}) ==
        "--record: belongs to serve, learn and coach: write sandpost serve --record DIR");
}

TEST_CASE("cli: --fast belongs to the demo") {
  const std::string expected = "--fast: belongs to the demo: write sandpost demo --fast";
  CHECK(error({"--fast"}) == expected);
  CHECK(error({"learn", "--fast"}) == expected);
  CHECK(error({"--fast", "serve"}) == expected);
  CHECK(invocation({"demo"}, {{"SANDPOST_FAST", "yes"}}).fast);
  CHECK_FALSE(invocation({"demo", "--fast=no"}, {{"SANDPOST_FAST", "yes"}}).fast);
  CHECK(invocation({"serve"}, {{"SANDPOST_FAST", "yes"}}).command == Command::serve);
}

TEST_CASE("cli: completion wants one of its words") {
  CHECK(invocation({"completion", "bash"}).command == Command::completion);
  CHECK(invocation({"completion", "lessons"}).topic == "lessons");
  CHECK(error({"completion"}) == "completion: write one of bash, zsh, fish, lessons");
  CHECK(error({"completion", "csh"}) ==
        "completion: 'csh' is not known: write one of bash, zsh, fish, lessons");
  CHECK(error({"completion", "bash", "x"}) == "unexpected word 'x' after completion: leave it out");
}

TEST_CASE("cli: every command has its help") {
  for (const CommandForm& form : commands()) {
    const auto help = parse_with({"help", std::string(form.name)});
    REQUIRE(std::holds_alternative<Message>(help));
    CHECK(std::get<Message>(help).status == exit_status::done);
    CHECK(std::get<Message>(help).text.starts_with("sandpost " + std::string(form.name) + " - "));
  }
}

TEST_CASE("cli: lessons and lesson") {
  CHECK(invocation({"lessons"}).command == Command::lessons);
  CHECK(invocation({"lessons", "--json"}).json);
  const Invocation check = invocation({"lesson", "check", "ntut-2001", "./a.toml"});
  CHECK(check.command == Command::lesson_check);
  CHECK(check.lessons == std::vector<std::string>{"ntut-2001", "./a.toml"});
  CHECK(invocation({"lesson", "check"}).lessons == std::vector<std::string>{"ntut-2001"});
  const Invocation made = invocation({"lesson", "new", "mine"});
  CHECK(made.command == Command::lesson_new);
  CHECK(made.lessons == std::vector<std::string>{"mine"});
  CHECK(invocation({"learn", "a.toml"}).lesson == "a.toml");
  CHECK(error({"lesson"}) == "lesson: write lesson check or lesson new NAME");
  CHECK(error({"lesson", "chekc"}) == "unknown word 'chekc' after lesson: did you mean check?");
  CHECK(error({"lesson", "play"}) == "unknown word 'play' after lesson: write check or new");
  CHECK(error({"lesson", "new"}) == "lesson new: the name is missing: write lesson new NAME");
  CHECK(error({"lesson", "new", "a", "b"}) ==
        "unexpected word 'b' after lesson new a: leave it out");
  CHECK(error({"lesson", "check", "ntut-201"}) ==
        "unknown lesson 'ntut-201': there is only ntut-2001");
  CHECK(error({"lessons", "x"}) == "unexpected word 'x' after lessons: leave it out");
  CHECK(error({"learn", "--json"}) ==
        "--json: belongs to lessons and lesson check: write sandpost lessons --json");
}

TEST_CASE("cli: a lesson in the user's folder is its file") {
  const std::vector<sandbox::LessonTitle> lessons{
      {"ntut-2001", "Send"}, {"mine", "My own", 5, {}, "/home/a/mine.toml", {}}};
  const auto parsed = parse_with({"learn", "mine"}, {}, lessons);
  REQUIRE(std::holds_alternative<Invocation>(parsed));
  CHECK(std::get<Invocation>(parsed).lesson == "/home/a/mine.toml");
}

TEST_CASE("cli: the folder for a user's own lessons") {
  const auto folder = [](const Variables& variables) {
    return lesson_folder([&](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
  };
  CHECK(folder({{"XDG_DATA_HOME", "/d"}, {"HOME", "/h"}}) == "/d/sandpost/lessons");
  CHECK(folder({{"HOME", "/h"}}) == "/h/.local/share/sandpost/lessons");
  CHECK(folder({{"XDG_DATA_HOME", "d"}, {"HOME", "/h"}}) == "/h/.local/share/sandpost/lessons");
  CHECK(folder({}).empty());
}

TEST_CASE("cli: an unknown command gets a guess, or the list") {
  CHECK(error({"serv"}) == "unknown command 'serv': did you mean serve?");
  CHECK(error({"--quiet", "leaarn"}) == "unknown command 'leaarn': did you mean learn?");
  CHECK(error({"hlep"}) == "unknown command 'hlep': did you mean help?");
  CHECK(error({"xyzzy"}) ==
        "unknown command 'xyzzy': write one of learn, coach, demo, serve, events, lessons, lesson, "
        "report, completion, help");
  CHECK(error({""}) ==
        "unknown command '': write one of learn, coach, demo, serve, events, lessons, lesson, "
        "report, completion, help");
  CHECK(error({"-"}) ==
        "unknown command '-': write one of learn, coach, demo, serve, events, lessons, lesson, "
        "report, completion, help");
  CHECK(error({"help", "serv"}) == "unknown command 'serv': did you mean serve?");
  CHECK(error({"ntut-2001"}) == "ntut-2001 is a lesson: write sandpost learn ntut-2001");
}

TEST_CASE("cli: an unknown option gets a guess, or the way to the list") {
  CHECK(error({"--hots", "1"}) == "unknown option --hots: did you mean --host?");
  CHECK(error({"serve", "--smpt-port=25"}) ==
        "unknown option --smpt-port: did you mean --smtp-port?");
  CHECK(error({"serve", "-delay", "3s"}) == "unknown option -delay: did you mean --delay?");
  CHECK(error({"learn", "--port-fil", "3"}) ==
        "unknown option --port-fil: did you mean --port-file?");
  // More than one begins like that.
  CHECK(error({"learn", "--smtp", "3"}) == "unknown option --smtp: sandpost --help lists them all");
  CHECK(error({"--hlep"}) == "unknown option --hlep: did you mean --help?");
  CHECK(error({"--frobnicate"}) == "unknown option --frobnicate: sandpost --help lists them all");
  CHECK(error({"-x"}) == "unknown option -x: sandpost --help lists them all");
  CHECK(error({"-1"}) == "unknown option -1: sandpost --help lists them all");
}

TEST_CASE("cli: words too many are refused") {
  CHECK(error({"serve", "now"}) == "unexpected word 'now' after serve: leave it out");
  CHECK(error({"learn", "ntut-2001", "x"}) == "unexpected word 'x' after learn: leave it out");
  CHECK(error({"help", "serve", "x"}) == "unexpected word 'x' after help: leave it out");
  CHECK(error({"learn", "ntut-2001", "demo"}) ==
        "unexpected word 'demo' after learn: leave it out");
}

TEST_CASE("cli: an unknown lesson gets the list of those there are") {
  CHECK(error({"learn", "nttu-2001"}) == "unknown lesson 'nttu-2001': there is only ntut-2001");
  CHECK(error({"demo", "serve"}) == "unknown lesson 'serve': there is only ntut-2001");
  CHECK(error(parse_with({"learn", "dot"}, {}, three_lessons)) ==
        "unknown lesson 'dot': did you mean dots? there are ntut-2001, envelope, dots");
  CHECK(error(parse_with({"learn", "x"}, {}, three_lessons)) ==
        "unknown lesson 'x': there are ntut-2001, envelope, dots");
  const auto parsed = parse_with({"learn", "envelope"}, {}, three_lessons);
  REQUIRE(std::holds_alternative<Invocation>(parsed));
  CHECK(std::get<Invocation>(parsed).lesson == "envelope");
}

TEST_CASE("cli: an error stays on one line whatever was typed") {
  CHECK(error({"a\nb"}) ==
        "unknown command 'a^Jb': write one of learn, coach, demo, serve, events, lessons, lesson, "
        "report, completion, help");
  CHECK(error({"--delay", "1\n2"}) ==
        "--delay: '1^J2' is not a time: write a number and a unit (ms, s, m, h), such as 10s");
  CHECK(error({"--x\ny"}) == "unknown option --x^Jy: sandpost --help lists them all");
  CHECK(error({"--host", "\xFF\x1B[2J"}).starts_with("--host: '\\xFF^[[2J' is not"));
}

TEST_CASE("cli: the password of an account is in no error") {
  for (const Words& words :
       {Words{"--user", "a@b:hush"}, Words{"--user", "alice:hush\t"}, Words{"--password", "hush\t"},
        Words{"--user", "s9360511:hush"}, Words{"--user", ":hush"}}) {
    CAPTURE(words[1]);
    CHECK(error(words) != "accepted");
    CHECK(error(words).find("hush") == std::string::npos);
  }
}

TEST_CASE("cli: the help is printed, and nothing else is looked at") {
  const std::string general = shown({"--help"});
  CHECK(general.starts_with("sandpost - "));
  for (const Words& words :
       {Words{"-h"}, Words{"help"}, Words{"help", "help"}, Words{"help", "--help"},
        Words{"--help", "--bogus", "x"}, Words{"--help", "--delay", "soon"}}) {
    CAPTURE(words);
    CHECK(shown(words) == general);
  }
  const auto parsed = parse_with({"--help"}, {{"SANDPOST_DELAY", "soon"}});
  CHECK(std::holds_alternative<Message>(parsed));
  CHECK(std::get<Message>(parsed).text == general);
}

TEST_CASE("cli: there is help for a telnet of one's own") {
  const std::string help = shown({"help", "telnet"});
  CHECK(help.starts_with("sandpost help telnet - "));
  CHECK(shown({"--help"}).find("\n  help telnet ") != std::string::npos);
}

TEST_CASE("cli: each command has its own help") {
  for (const CommandForm& form : commands()) {
    const std::string name(form.name);
    CAPTURE(name);
    const std::string help = shown({"help", name});
    CHECK(help.starts_with("sandpost " + name + " - "));
    CHECK(shown({name, "--help"}) == help);
    CHECK(shown({"--help", name}) == help);
    CHECK(shown({name, "-h", "x"}) == help);
  }
}

TEST_CASE("cli: the version is one line") {
  CHECK(shown({"--version"}) == "sandpost " SANDPOST_VERSION "\n");
  CHECK(shown({"serve", "--version"}) == "sandpost " SANDPOST_VERSION "\n");
}

TEST_CASE("cli: a variable that is not set has no value") {
  CHECK_FALSE(process_environment("SANDPOST_NO_SUCH_VARIABLE"));
  CHECK(process_environment("PATH"));
}

}  // namespace
}  // namespace sandpost::cli
