#include "tests/bench/load/script.hpp"

#include <utility>

namespace sandpost::load {
namespace {

constexpr Expected ok{Form::smtp_reply, '2'};
constexpr Expected go_on{Form::smtp_reply, '3'};
constexpr Expected plus{Form::pop3_line, '+'};
constexpr Expected body{Form::pop3_body, '+'};

std::string user_name(const Options& options, std::size_t connection) {
  std::string name = options.user;
  if (const auto at = name.find('%'); at != std::string::npos)
    name.replace(at, 1, std::to_string(connection));
  return name;
}

Script smtp(const Options& options) {
  const std::string mail = "MAIL FROM:<load@client.example>\r\n";
  const std::string rcpt = "RCPT TO:<" + options.rcpt + ">\r\n";
  std::vector<Step> unit;
  if (options.pipeline > 1) {
    unit = {{mail + rcpt + "DATA\r\n", {ok, ok, go_on}}};
  } else {
    unit = {{mail, {ok}}, {rcpt, {ok}}, {"DATA\r\n", {go_on}}};
  }
  unit.push_back({message(options.size), {ok}});
  Script script;
  script.opening = {{"", {ok}}, {"EHLO client.example\r\n", {ok}}};
  script.loop = std::move(unit);
  if (options.connection_each) {
    script.closes = true;
    script.loop.insert(script.loop.begin(), script.opening.begin(), script.opening.end());
    script.loop.push_back({"QUIT\r\n", {ok}});
    script.opening.clear();
  }
  script.loop.front().begins_unit = true;
  script.loop.back().ends_unit = true;
  return script;
}

Script retr(const Options& options, std::size_t connection) {
  Script script;
  script.opening = {{"", {plus}},
                    {"USER " + user_name(options, connection) + "\r\n", {plus}},
                    {"PASS " + options.password + "\r\n", {plus}}};
  for (std::size_t n = 1; n <= options.messages; ++n)
    script.loop.push_back({"RETR " + std::to_string(n) + "\r\n", {body}, true, true});
  script.window = options.pipeline;
  return script;
}

Script session(const Options& options, std::size_t connection) {
  Script script;
  script.loop = {{"", {plus}, true, false},
                 {"USER " + user_name(options, connection) + "\r\n", {plus}},
                 {"PASS " + options.password + "\r\n", {plus}},
                 {"STAT\r\n", {plus}},
                 {"QUIT\r\n", {plus}, false, true}};
  script.closes = true;
  return script;
}

Script ping() {
  return {{{"", {ok}}}, {{"NOOP\r\n", {ok}, true, true}}};
}

}  // namespace

std::string message(std::size_t octets) {
  std::string text =
      "From: <load@client.example>\r\nTo: <box@server.example>\r\nSubject: load\r\n\r\n";
  const std::string line = std::string(70, 'x') + "\r\n";
  while (text.size() + line.size() <= octets)
    text += line;
  if (text.size() + 2 <= octets) text += std::string(octets - text.size() - 2, 'y') + "\r\n";
  return text + ".\r\n";
}

Script script_for(const Options& options, std::size_t connection) {
  switch (options.work) {
    case Work::smtp:
      return smtp(options);
    case Work::retr:
      return retr(options, connection);
    case Work::sessions:
      return session(options, connection);
    case Work::ping:
      return ping();
    case Work::idle:
    case Work::sink:
      break;
  }
  return {};
}

}  // namespace sandpost::load
