#include "cli/announcement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/values.hpp"

namespace sandpost::cli {
namespace {

// An address that telnet can be given: "any address of this computer" is none.
std::string telnet_host(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "::") return "::1";
  return host;
}

std::string names_of(const std::vector<Account>& accounts) {
  std::string out;
  for (const Account& account : accounts) {
    if (!out.empty()) out += ", ";
    out += account.name;
  }
  return out;
}

std::string rules_of(const std::vector<wire::Faults::Rule>& faults) {
  std::string out;
  for (const wire::Faults::Rule& rule : faults) {
    if (!out.empty()) out += ", ";
    out += rule.text;
  }
  return out;
}

}  // namespace

std::string announcement(const Config& config, app::Ports ports) {
  const std::string host = telnet_host(config.host);
  const std::string smtp = fmt::format("telnet {} {}", host, ports.smtp);
  const std::string pop3 = fmt::format("telnet {} {}", host, ports.pop3);
  const std::size_t column = std::max(smtp.size(), pop3.size()) + 3;
  std::string out = "Two mail servers run here now. In another window, type\n\n";
  out += fmt::format("  {:<{}}SMTP: send a letter\n", smtp, column);
  out += fmt::format("  {:<{}}POP3: fetch it\n\n", pop3, column);
  out +=
      fmt::format("You are     {}, password {}\n", config.as.to_text(), visible(config.password));
  if (!config.users.empty()) out += fmt::format("Also here   {}\n", names_of(config.users));
  out +=
      config.db.empty()
          ? std::string("Mailbox     throw-away: it ends with this program (--db FILE keeps it)\n")
          : fmt::format("Mailbox     {}\n", visible(config.db));
  out += fmt::format("Delay       {} from \"accepted\" to \"in the mailbox\" (--delay)\n",
                     to_text(config.delay));
  if (!config.faults.empty()) {
    out += fmt::format("Faults      on purpose: {} (--fault)\n", rules_of(config.faults));
  }
  out += '\n';
  out += "Ctrl-C stops.\n";
  return out;
}

std::optional<std::string> host_warning(const Config& config) {
  if (is_loopback(config.host)) return std::nullopt;
  return fmt::format(
      "sandpost: warning: --host {}: other computers can reach these servers, and passwords and "
      "letters travel readable; leave --host out to stay on this computer\n",
      config.host);
}

}  // namespace sandpost::cli
