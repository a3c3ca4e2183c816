#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/language.hpp"
#include "base/text.hpp"
#include "cli/values.hpp"
#include "sandbox/languages.hpp"

namespace sandpost::cli {
namespace {

template <auto parse, auto member>
Result<void, std::string> put(Invocation& invocation, std::string_view text) {
  auto value = parse(text);
  if (!value) return Failure<std::string>{std::move(value.error())};
  invocation.config.*member = std::move(*value);
  return {};
}

Result<void, std::string> put_user(Invocation& invocation, std::string_view text) {
  auto account = parse_account(text);
  if (!account) return Failure<std::string>{std::move(account.error())};
  invocation.config.users.push_back(std::move(*account));
  return {};
}

Result<void, std::string> put_fault(Invocation& invocation, std::string_view text) {
  auto rule = wire::Faults::parse(text);
  if (!rule) return Failure<std::string>{std::move(rule.error())};
  invocation.config.faults.push_back(std::move(*rule));
  return {};
}

Result<void, std::string> put_attach(Invocation& invocation, std::string_view text) {
  auto name = parse_file_name(text);
  if (!name) return Failure<std::string>{std::move(name.error())};
  invocation.coach.port_file = std::move(*name);
  return {};
}

Result<void, std::string> put_learner(Invocation& invocation, std::string_view text) {
  if (text.empty()) return Failure<std::string>{"no name: write that of an account"};
  invocation.coach.learner = text;
  invocation.report.learner = text;
  return {};
}

Result<void, std::string> put_all(Invocation& invocation, std::string_view text) {
  const auto all = parse_switch(text);
  if (!all) return Failure<std::string>{all.error()};
  invocation.coach.all = *all;
  return {};
}

Result<void, std::string> put_fast(Invocation& invocation, std::string_view text) {
  const auto fast = parse_switch(text);
  if (!fast) return Failure<std::string>{fast.error()};
  invocation.fast = *fast;
  return {};
}

Result<void, std::string> put_json(Invocation& invocation, std::string_view text) {
  const auto json = parse_switch(text);
  if (!json) return Failure<std::string>{json.error()};
  invocation.json = *json;
  return {};
}

template <auto member>
Result<void, std::string> put_report(Invocation& invocation, std::string_view text) {
  auto value = parse_file_name(text);
  if (!value) return Failure<std::string>{std::move(value.error())};
  invocation.report.*member = std::move(*value);
  return {};
}

template <auto member>
Result<void, std::string> put_report_switch(Invocation& invocation, std::string_view text) {
  const auto value = parse_switch(text);
  if (!value) return Failure<std::string>{value.error()};
  invocation.report.*member = *value;
  return {};
}

// The language is chosen before anything is said: see chosen_language().
Result<void, std::string> check_language(Invocation&, std::string_view text) {
  if (sandbox::find_language(text) != nullptr) return {};
  return Failure<std::string>{
      fmt::format("there is no language '{}': write one of {}", text, sandbox::language_names())};
}

Result<void, std::string> put_format(Invocation& invocation, std::string_view text) {
  for (const std::string_view known : {"md", "html", "txt", "json", "cast", "svg"}) {
    if (known != text) continue;
    invocation.report.format = text;
    return {};
  }
  return Failure<std::string>{"write md, html, txt, json, cast or svg"};
}

constexpr auto flag = Option::Kind::flag;

constexpr std::array option_table{
    Option{"--host", "ADDRESS", tr_later("where to listen; beyond loopback others can get in"),
           put<parse_host, &Config::host>, [](const Config& c) { return c.host; }},
    Option{"--smtp-port", "N", tr_later("the SMTP server's port; 0 is any free one"),
           put<parse_port, &Config::smtp_port>,
           [](const Config& c) { return std::to_string(c.smtp_port); }},
    Option{"--pop3-port", "N", tr_later("the POP3 server's port; 0 is any free one"),
           put<parse_port, &Config::pop3_port>,
           [](const Config& c) { return std::to_string(c.pop3_port); }},
    Option{"--smtps-port", "N", tr_later("one more SMTP port, with TLS from the start [none]"),
           put<parse_port, &Config::smtps_port>},
    Option{"--pop3s-port", "N", tr_later("one more POP3 port, with TLS from the start [none]"),
           put<parse_port, &Config::pop3s_port>},
    Option{"--tls", "auto|off|FILES",
           tr_later("STARTTLS and STLS: with a certificate of its own making, not at all, or with "
                    "CERT.pem,KEY.pem"),
           put<net::parse_tls, &Config::tls>, [](const Config&) { return std::string("auto"); }},
    Option{"--max-size", "OCTETS", tr_later("the biggest message taken"),
           put<parse_max_size, &Config::max_size>,
           [](const Config& c) { return std::to_string(c.max_size); }},
    Option{"--port-file", "FILE",
           tr_later("once both listen, write {\"smtp\": N, \"pop3\": N, \"pid\": N ...} there"),
           put<parse_file_name, &Config::port_file>},
    Option{"--db", "FILE",
           tr_later("keep the mailbox in this file; without it the mailbox is thrown away"),
           put<parse_file_name, &Config::db>},
    Option{"--delay", "TIME",
           tr_later("from \"accepted\" to \"in the mailbox\": 0s, 250ms, 10m, or drawn from a "
                    "range 5s..30s"),
           put<parse_delay_range, &Config::delay>,
           [](const Config& c) { return to_text(c.delay); }},
    Option{"--as", "ADDRESS", tr_later("who you are; the domain is the servers' own"),
           put<parse_learner, &Config::as>, [](const Config& c) { return c.as.to_text(); }},
    Option{"--password", "WORD", tr_later("your password at the POP3 server"),
           put<parse_password, &Config::password>, [](const Config& c) { return c.password; }},
    Option{"--user", "NAME:PASSWORD", tr_later("one more account; can be repeated"), put_user,
           nullptr, Option::Kind::list},
    Option{"--clock", "TIME",
           tr_later("start the sandbox's own clock at this time, 2001-10-15T09:00:00+08:00"),
           put<parse_clock, &Config::clock>},
    Option{"--fault", "RULE",
           tr_later("fail on purpose: rcpt:451:0.3, retr:-ERR, greylist, delay:2s, drop:data, "
                    "login:refuse, quota:10k; can be repeated"),
           put_fault, nullptr, Option::Kind::list},
    Option{"--strict", "", tr_later("no leniency: for people who test their own client"),
           put<parse_switch, &Config::strict>, nullptr, flag},
    Option{"--attach", "PORTFILE",
           tr_later("coach: at servers that run already, with that --port-file"), put_attach},
    Option{"--learner", "NAME", tr_later("coach, report: whom, of several accounts [that of --as]"),
           put_learner},
    Option{"--all", "", tr_later("coach: each account, with a tutor of its own"), put_all, nullptr,
           flag},
    Option{"--fast", "", tr_later("demo: without pauses"), put_fast, nullptr, flag},
    Option{"--json", "", tr_later("lessons, lesson check: as JSON, for programs"), put_json,
           nullptr, flag},
    Option{"--record", "DIR",
           tr_later("serve, learn, coach: write every event into a file of its own there"),
           put<parse_file_name, &Config::record>},
    Option{"--format", "md|html|txt|json|cast|svg", tr_later("report: in which form"), put_format,
           [](const Config&) { return std::string("md"); }},
    Option{"--output", "FILE", tr_later("report: into this file; -o is short for it [stdout]"),
           put_report<&sandbox::ReportWish::output>},
    Option{"--name", "TEXT", tr_later("report: your name"), put_report<&sandbox::ReportWish::name>},
    Option{"--id", "TEXT", tr_later("report: your number [the account]"),
           put_report<&sandbox::ReportWish::id>},
    Option{"--anonymous", "", tr_later("report: without name, number and account"),
           put_report_switch<&sandbox::ReportWish::anonymous>, nullptr, flag},
    Option{"--force", "", tr_later("report: replace the file if it is there"),
           put_report_switch<&sandbox::ReportWish::force>, nullptr, flag},
    Option{"--compare", "DIR", tr_later("report: check it against the server's own records there"),
           put_report<&sandbox::ReportWish::compare>},
    Option{"--lang", "LANG", tr_later("the language of tutor, help and report"), check_language},
    Option{"--state-dir", "DIR",
           tr_later(
               "where your progress is kept [$XDG_STATE_HOME/sandpost or ~/.local/state/sandpost]"),
           put<parse_file_name, &Config::state_dir>},
    Option{"--no-state", "", tr_later("keep no progress, and look for none"),
           put<parse_switch, &Config::no_state>, nullptr, flag},
    Option{"--no-input", "", tr_later("never ask; lines come from a pipe or a file"),
           put<parse_switch, &Config::no_input>, nullptr, flag},
    Option{"--plain", "", tr_later("no line is rewritten, no colour"),
           put<parse_switch, &Config::plain>, nullptr, flag},
    Option{"--color", "auto|always|never", tr_later("auto: where a terminal can show it"),
           put<parse_color, &Config::color>, [](const Config&) { return std::string("auto"); }},
    Option{"--quiet", "", tr_later("say only what is needed"), put<parse_switch, &Config::quiet>,
           nullptr, flag},
    Option{"--verbose", "", tr_later("serve: show every line of every session on stderr"),
           put<parse_switch, &Config::verbose>, nullptr, flag},
};

constexpr std::array command_table{
    CommandForm{Command::learn, "learn", "[LESSON]", tr_later("the guided session")},
    CommandForm{Command::coach, "coach", "[LESSON]",
                tr_later("follows what you type in another window")},
    CommandForm{Command::demo, "demo", "[LESSON]", tr_later("plays the whole exercise by itself")},
    CommandForm{Command::serve, "serve", "", tr_later("the two mail servers only, until Ctrl-C")},
    CommandForm{Command::events, "events", "PORTFILE", tr_later("what happens at them, as JSON")},
    CommandForm{Command::lessons, "lessons", "", tr_later("lists the lessons there are")},
    CommandForm{Command::lesson_check, "lesson", "check [LESSON]... | new NAME",
                tr_later("for authors: examines lessons, or begins one")},
    CommandForm{Command::report, "report", "[RECORD]", tr_later("the lab report of a session")},
    CommandForm{Command::completion, "completion", "bash|zsh|fish|lessons",
                tr_later("prints what lets that shell complete these words")},
};

}  // namespace

std::span<const Option> options() {
  return option_table;
}

const Option* find_option(std::string_view name) {
  const auto* found = std::find_if(option_table.begin(), option_table.end(),
                                   [&](const Option& option) { return option.name == name; });
  return found == option_table.end() ? nullptr : found;
}

std::string variable_name(const Option& option) {
  std::string name = "SANDPOST_" + to_upper(option.name.substr(2));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::span<const CommandForm> commands() {
  return command_table;
}

const CommandForm* find_command(std::string_view name) {
  const auto* found = std::find_if(command_table.begin(), command_table.end(),
                                   [&](const CommandForm& form) { return form.name == name; });
  return found == command_table.end() ? nullptr : found;
}

}  // namespace sandpost::cli
