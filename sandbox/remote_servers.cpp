#include "sandbox/remote_servers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "base/text.hpp"
#include "wire/json.hpp"

namespace sandpost::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Throws app::ControlError.
template <class T = std::int64_t>
T number_in(const wire::JsonObject& object, std::string_view name) {
  const std::string text = wire::member(object, name);
  T number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) {
    throw app::ControlError(
        fmt::format("the servers say '{}' for {}, which is no such number", visible(text), name));
  }
  return number;
}

}  // namespace

RemoteServers::RemoteServers(const std::string& path, const std::string& name)
    : client_(path, name) {
  client_.ask("events");
  const auto info = client_.ask("info").back();
  const auto port = [&](const char* which) { return number_in<unsigned short>(info, which); };
  ports = {port("smtp"), port("pop3"), port("smtps"), port("pop3s")};
  host = wire::member(info, "host");
  learner = wire::member(info, "learner");
  domain = wire::member(info, "domain");
  accounts = split(wire::member(info, "accounts"), '\n');
  std::erase(accounts, "");
  has_usual_password = wire::member(info, "usual_password") == "true";
  if (const auto range = parse_delay_range(wire::member(info, "delay"))) delay = *range;
  start_ = {Time{milliseconds{number_in(info, "time")}},
            std::chrono::minutes{number_in(info, "offset")}};
}

ZonedTime RemoteServers::now() const {
  const auto passed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun_);
  return {start_.time + passed, start_.offset};
}

std::vector<wire::Event> RemoteServers::take() {
  std::vector<wire::Event> out;
  for (const std::string& line : client_.take()) {
    if (auto event = wire::event_from_json(line, start_.offset)) out.push_back(std::move(*event));
  }
  return out;
}

std::vector<db::QueueEntry> RemoteServers::queue() {
  auto answer = client_.ask("queue");
  answer.pop_back();
  std::vector<db::QueueEntry> out;
  for (const wire::JsonObject& letter : answer) {
    db::QueueEntry entry;
    entry.number = number_in(letter, "queue");
    entry.reverse_path = wire::member(letter, "from");
    entry.maildrop = wire::member(letter, "mailbox");
    entry.octets = number_in<std::size_t>(letter, "size");
    entry.due = Time{milliseconds{number_in(letter, "due")}};
    out.push_back(std::move(entry));
  }
  return out;
}

std::size_t RemoteServers::deliver_now() {
  return number_in<std::size_t>(client_.ask("now").back(), "delivered");
}

std::size_t RemoteServers::letters_of(const std::string& account) {
  return number_in<std::size_t>(client_.ask("count " + account).back(), "letters");
}

void RemoteServers::lay_in(const std::string& account, const std::string& sender,
                           const std::string& content) {
  client_.ask(fmt::format("{{\"command\":\"lay\",\"account\":{},\"sender\":{},\"content\":{}}}",
                          wire::json_text(account), wire::json_text(sender),
                          wire::json_text(content)));
}

}  // namespace sandpost::sandbox
