#include "app/control_commands.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "app/server.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "wire/json.hpp"

namespace sandpost::app {
namespace {

using wire::json_text;

// A command with its parts by name.
struct Request {
  std::string command;
  wire::JsonObject parts;

  [[nodiscard]] std::string part(std::string_view name) const { return wire::member(parts, name); }
};

std::string ok(const std::string& more = {}) {
  return "{\"control\":\"ok\"" + more + "}\n";
}

std::string error(std::string_view text) {
  return fmt::format("{{\"control\":\"error\",\"text\":{}}}\n", json_text(visible(text)));
}

// What stands behind the word is the part that the command needs.
std::string part_of(std::string_view command) {
  return command == "fault" ? "rule" : command == "count" ? "account" : std::string();
}

Request read_request(std::string_view line) {
  Request request;
  if (auto object = line.starts_with('{') ? wire::parse_json_object(line) : std::nullopt) {
    request.command = wire::member(*object, "command");
    request.parts = std::move(*object);
    return request;
  }
  const auto end = line.find(' ');
  request.command = line.substr(0, end);
  const std::string part = part_of(request.command);
  if (end != std::string_view::npos) request.parts[part] = trim(line.substr(end));
  return request;
}

std::string names(const Config& config) {
  std::string out = json_text(config.as.local_part);
  for (const Account& account : config.users)
    out += ',' + json_text(account.name);
  return out;
}

// No password: whoever needs one was told it. That it is the usual one is no secret.
std::string info(const Server& server, const Config& config, const Clock& clock) {
  const Ports ports = server.ports();
  const ZonedTime now = clock.now();
  std::string out =
      fmt::format(",\"host\":{},\"smtp\":{},\"pop3\":{},\"smtps\":{},\"pop3s\":{}",
                  json_text(config.host), ports.smtp, ports.pop3, ports.smtps, ports.pop3s);
  out += fmt::format(",\"learner\":{},\"domain\":{},\"accounts\":[{}]",
                     json_text(config.as.local_part), json_text(config.as.domain), names(config));
  out += fmt::format(",\"usual_password\":{},\"delay\":{}", config.password == Config{}.password,
                     json_text(to_text(config.delay)));
  out += fmt::format(",\"time\":{},\"offset\":{}", now.time.time_since_epoch().count(),
                     now.offset.count());
  return ok(out);
}

std::string fault(const Request& request, Server& server) {
  const std::string text = request.part("rule");
  if (text == "clear") {
    server.clear_faults();
    return ok();
  }
  auto rule = wire::Faults::parse(text);
  if (!rule) return error(rule.error());
  server.add_fault(std::move(*rule));
  return ok();
}

std::string queue(Server& server) {
  std::string out;
  for (const db::QueueEntry& entry : server.queue()) {
    out += fmt::format(
        "{{\"control\":\"letter\",\"queue\":{},\"from\":{},\"mailbox\":{},\"size\":{},\"due\":{}}}"
        "\n",
        entry.number, json_text(entry.reverse_path), json_text(entry.maildrop), entry.octets,
        entry.due.time_since_epoch().count());
  }
  return out + ok();
}

// The account that the request names, as it is spelt here; else why there is none.
Result<std::string, std::string> account_in(const Request& request, const Config& config) {
  const std::string wanted = request.part("account");
  std::string known = config.as.local_part;
  if (equals_ignoring_case(wanted, known)) return known;
  for (const Account& account : config.users) {
    if (equals_ignoring_case(wanted, account.name)) return account.name;
    known += ", " + account.name;
  }
  const std::string what = wanted.empty() ? "the account is missing"
                                          : fmt::format("there is no account '{}' here", wanted);
  return Failure(fmt::format("{}: name one of {}", what, known));
}

// POP3 sends lines that end in CRLF, so the store holds no others: LIST would count them wrong.
std::string with_crlf(std::string_view content) {
  std::string out;
  for (std::size_t at = 0; at < content.size(); ++at) {
    const char c = content[at];
    const bool whole = c == '\r' && content.substr(at + 1).starts_with('\n');
    if (whole) ++at;
    out += whole || c == '\r' || c == '\n' ? std::string("\r\n") : std::string(1, c);
  }
  if (!out.empty() && !out.ends_with('\n')) out += "\r\n";
  return out;
}

std::string count(const Request& request, Server& server, const Config& config) {
  const auto account = account_in(request, config);
  if (!account) return error(account.error());
  return ok(fmt::format(",\"letters\":{}", server.mailbox_count(*account)));
}

std::string lay(const Request& request, Server& server, const Config& config) {
  const auto account = account_in(request, config);
  if (!account) return error(account.error());
  const std::string content = with_crlf(request.part("content"));
  const bool laid = server.lay_in(*account, request.part("sender"), content);
  return laid ? ok() : error("the letter cannot be stored");
}

}  // namespace

std::string answer_command(std::string_view command, Server& server, const Config& config,
                           const Clock& clock) {
  const Request request = read_request(command);
  if (request.command == "info") return info(server, config, clock);
  if (request.command == "fault") return fault(request, server);
  if (request.command == "now") {
    return ok(fmt::format(",\"delivered\":{}", server.deliver_now()));
  }
  if (request.command == "queue") return queue(server);
  if (request.command == "count") return count(request, server, config);
  if (request.command == "lay") return lay(request, server, config);
  return error(
      fmt::format("'{}' is no command: there are events, info, fault RULE, fault clear, "
                  "now, queue, count NAME and lay",
                  request.command));
}

}  // namespace sandpost::app
