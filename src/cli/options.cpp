#include "cli/options.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "cli/values.hpp"

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
    Option{"--host", "ADDRESS", "where to listen; beyond loopback others can get in",
           put<parse_host, &Config::host>, [](const Config& c) { return c.host; }},
    Option{"--smtp-port", "N", "the SMTP server's port; 0 is any free one",
           put<parse_port, &Config::smtp_port>,
           [](const Config& c) { return std::to_string(c.smtp_port); }},
    Option{"--pop3-port", "N", "the POP3 server's port; 0 is any free one",
           put<parse_port, &Config::pop3_port>,
           [](const Config& c) { return std::to_string(c.pop3_port); }},
    Option{"--smtps-port", "N", "one more SMTP port, with TLS from the start [none]",
           put<parse_port, &Config::smtps_port>},
    Option{"--pop3s-port", "N", "one more POP3 port, with TLS from the start [none]",
           put<parse_port, &Config::pop3s_port>},
    Option{"--tls", "auto|off|FILES",
           "STARTTLS and STLS: with a certificate of its own making, not at all, or with "
           "CERT.pem,KEY.pem",
           put<net::parse_tls, &Config::tls>, [](const Config&) { return std::string("auto"); }},
    Option{"--max-size", "OCTETS", "the biggest message taken",
           put<parse_max_size, &Config::max_size>,
           [](const Config& c) { return std::to_string(c.max_size); }},
    Option{"--port-file", "FILE",
           "once both listen, write {\"smtp\": N, \"pop3\": N, \"pid\": N ...} there",
           put<parse_file_name, &Config::port_file>},
    Option{"--db", "FILE", "keep the mailbox in this file; without it the mailbox is thrown away",
           put<parse_file_name, &Config::db>},
    Option{"--delay", "TIME",
           "from \"accepted\" to \"in the mailbox\": 0s, 250ms, 10m, or drawn from a range 5s..30s",
           put<parse_delay_range, &Config::delay>,
           [](const Config& c) { return to_text(c.delay); }},
    Option{"--as", "ADDRESS", "who you are; the domain is the servers' own",
           put<parse_learner, &Config::as>, [](const Config& c) { return c.as.to_text(); }},
    Option{"--password", "WORD", "your password at the POP3 server",
           put<parse_password, &Config::password>, [](const Config& c) { return c.password; }},
    Option{"--user", "NAME:PASSWORD", "one more account; can be repeated", put_user, nullptr,
           Option::Kind::list},
    Option{"--clock", "TIME",
           "start the sandbox's own clock at this time, 2001-10-15T09:00:00+08:00",
           put<parse_rfc3339, &Config::clock>},
    Option{"--fault", "RULE",
           "fail on purpose: rcpt:451:0.3, retr:-ERR, greylist, delay:2s, drop:data, login:refuse, "
           "quota:10k; can be repeated",
           put_fault, nullptr, Option::Kind::list},
    Option{"--strict", "", "no leniency: for people who test their own client",
           put<parse_switch, &Config::strict>, nullptr, flag},
    Option{"--attach", "PORTFILE", "coach: at servers that run already, with that --port-file",
           put_attach},
    Option{"--learner", "NAME", "coach, report: whom, of several accounts [that of --as]",
           put_learner},
    Option{"--all", "", "coach: each account, with a tutor of its own", put_all, nullptr, flag},
    Option{"--fast", "", "demo: without pauses", put_fast, nullptr, flag},
    Option{"--json", "", "lessons, lesson check: as JSON, for programs", put_json, nullptr, flag},
    Option{"--record", "DIR", "serve, learn, coach: write every event into a file of its own there",
           put<parse_file_name, &Config::record>},
    Option{"--format", "md|html|txt|json|cast|svg", "report: in which form", put_format,
           [](const Config&) { return std::string("md"); }},
    Option{"--output", "FILE", "report: into this file; -o is short for it [stdout]",
           put_report<&sandbox::ReportWish::output>},
    Option{"--name", "TEXT", "report: your name", put_report<&sandbox::ReportWish::name>},
    Option{"--id", "TEXT", "report: your number [the account]",
           put_report<&sandbox::ReportWish::id>},
    Option{"--anonymous", "", "report: without name, number and account",
           put_report_switch<&sandbox::ReportWish::anonymous>, nullptr, flag},
    Option{"--force", "", "report: replace the file if it is there",
           put_report_switch<&sandbox::ReportWish::force>, nullptr, flag},
    Option{"--compare", "DIR", "report: check it against the server's own records there",
           put_report<&sandbox::ReportWish::compare>},
    Option{"--state-dir", "DIR",
           "where your progress is kept [$XDG_STATE_HOME/sandpost or ~/.local/state/sandpost]",
           put<parse_file_name, &Config::state_dir>},
    Option{"--no-state", "", "keep no progress, and look for none",
           put<parse_switch, &Config::no_state>, nullptr, flag},
    Option{"--no-input", "", "never ask; lines come from a pipe or a file",
           put<parse_switch, &Config::no_input>, nullptr, flag},
    Option{"--plain", "", "no line is rewritten, no colour", put<parse_switch, &Config::plain>,
           nullptr, flag},
    Option{"--color", "auto|always|never", "auto: where a terminal can show it",
           put<parse_color, &Config::color>, [](const Config&) { return std::string("auto"); }},
    Option{"--quiet", "", "say only what is needed", put<parse_switch, &Config::quiet>, nullptr,
           flag},
    Option{"--verbose", "", "serve: show every line of every session on stderr",
           put<parse_switch, &Config::verbose>, nullptr, flag},
};

constexpr std::array command_table{
    CommandForm{Command::learn, "learn", "[LESSON]", "the guided session"},
    CommandForm{Command::coach, "coach", "[LESSON]", "follows what you type in another window"},
    CommandForm{Command::demo, "demo", "[LESSON]", "plays the whole exercise by itself"},
    CommandForm{Command::serve, "serve", "", "the two mail servers only, until Ctrl-C"},
    CommandForm{Command::events, "events", "PORTFILE", "what happens at them, as JSON"},
    CommandForm{Command::lessons, "lessons", "", "lists the lessons there are"},
    CommandForm{Command::lesson_check, "lesson", "check [LESSON]... | new NAME",
                "for authors: examines lessons, or begins one"},
    CommandForm{Command::report, "report", "[RECORD]", "the lab report of a session"},
    CommandForm{Command::completion, "completion", "bash|zsh|fish|lessons",
                "prints what lets that shell complete these words"},
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
