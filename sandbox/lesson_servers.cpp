#include "sandbox/lesson_servers.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

// The first account is the learner, unless the user is somebody already.
void add_accounts(const std::vector<LessonAccount>& accounts, const Config& defaults,
                  Config& config) {
  const bool is_somebody = config.as.local_part != defaults.as.local_part;
  if (!accounts.empty() && !is_somebody) {
    config.as.local_part = accounts.front().user;
    if (config.password == defaults.password) config.password = accounts.front().password;
  }
  for (const LessonAccount& account : accounts) {
    const bool taken =
        equals_ignoring_case(account.user, config.as.local_part) ||
        std::any_of(config.users.begin(), config.users.end(), [&](const Account& other) {
          return equals_ignoring_case(other.name, account.user);
        });
    if (!taken) config.users.push_back({account.user, account.password});
  }
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const std::string& line : split(text, '\n'))
    out += line + "\r\n";
  return out;
}

}  // namespace

Config with_lesson(Config config, const Lesson& lesson) {
  const Config defaults;
  const LessonServers& wanted = lesson.servers;
  if (wanted.delay && config.delay == defaults.delay) config.delay = *wanted.delay;
  if (!wanted.domain.empty() && config.as.domain == defaults.as.domain) {
    config.as.domain = wanted.domain;
  }
  add_accounts(wanted.accounts, defaults, config);
  if (config.faults.empty()) config.faults = wanted.faults;
  if (wanted.tls == false) config.tls.mode = net::TlsSettings::Mode::off;
  const auto is_strict = [&](std::string_view what) {
    return std::find(lesson.strict.begin(), lesson.strict.end(), what) != lesson.strict.end();
  };
  config.strict_in = {is_strict("brackets"), is_strict("colon-space"), is_strict("helo")};
  return config;
}

Variables variables_of(const Config& config, app::Ports ports) {
  return {{"me", config.as.to_text()},
          {"user", config.as.local_part},
          {"pass", config.password},
          {"domain", config.as.domain},
          {"server", app::server_name(config)},
          {"host", config.host},
          {"smtp_port", std::to_string(ports.smtp)},
          {"pop3_port", std::to_string(ports.pop3)},
          {"apop", ""}};
}

void lay_in_letters(const Lesson& lesson, app::Server& server, const Variables& variables) {
  lay_in_letters(
      lesson, variables, [&](const std::string& account) { return server.mailbox_count(account); },
      [&](const std::string& account, const std::string& sender, const std::string& content) {
        (void)server.lay_in(account, sender, content);
      });
}

void lay_in_letters(const Lesson& lesson, const Variables& variables,
                    const std::function<std::size_t(const std::string& account)>& count,
                    const std::function<void(const std::string& account, const std::string& sender,
                                             const std::string& content)>& lay_in) {
  std::set<std::string> empty;
  for (const LessonLetter& letter : lesson.servers.letters) {
    const std::string to = expand(letter.to, variables);
    if (count(to) == 0) empty.insert(to);
  }
  for (const LessonLetter& letter : lesson.servers.letters) {
    const std::string to = expand(letter.to, variables);
    if (!empty.contains(to)) continue;
    lay_in(to, expand(letter.from, variables), with_crlf(expand(letter.text, variables)));
  }
}

}  // namespace sandpost::sandbox
