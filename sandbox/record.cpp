#include "sandbox/record.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/language.hpp"
#include "base/text.hpp"
#include "wire/json.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

using Json = nlohmann::json;

// Offsets beyond a day are no time zone.
constexpr std::int64_t widest_offset = 24 * 60;

constexpr std::string_view answer_note = "answer";

std::int64_t number_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string text_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

Time time_in(const Json& json) {
  return Time{std::chrono::milliseconds{number_in(json, "time")}};
}

std::int64_t count(Time time) {
  return time.time_since_epoch().count();
}

RecordHead head_from(const Json& json) {
  RecordHead head;
  head.started.time = time_in(json);
  const auto offset = number_in(json, "offset");
  if (offset > -widest_offset && offset < widest_offset) {
    head.started.offset = std::chrono::minutes{offset};
  }
  head.lesson = text_in(json, "lesson");
  head.version = static_cast<int>(number_in(json, "version"));
  head.delay = text_in(json, "delay");
  head.toml = text_in(json, "toml");
  for (const char* name : {"me", "user", "domain", "server"}) {
    if (auto text = text_in(json, name); !text.empty()) head.names[name] = std::move(text);
  }
  return head;
}

// False: it is no line of a record.
bool take_line(std::string_view line, Record& record, bool& head_seen) {
  const auto offset = record.head.started.offset;
  if (auto event = wire::event_from_json(line, offset)) {
    record.events.push_back(std::move(*event));
    return true;
  }
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return false;
  if (json.contains("record")) {
    if (number_in(json, "record") != 1 || head_seen) return false;
    record.head = head_from(json);
    head_seen = true;
    return true;
  }
  if (json.contains("dropped")) {
    record.problems.push_back(
        say("{} events came too fast to be recorded", number_in(json, "dropped")));
    return true;
  }
  if (json.contains("left_out")) {
    const auto session = static_cast<std::uint64_t>(number_in(json, "left_out"));
    std::erase_if(record.events, [&](const auto& event) { return event.session == session; });
    return true;
  }
  if (!json.contains("note")) return false;
  if (text_in(json, "note") == answer_note) {
    record.answers.push_back({{time_in(json), offset},
                              static_cast<std::size_t>(number_in(json, "question")),
                              text_in(json, "ask"),
                              text_in(json, "answer"),
                              flag_in(json, "good")});
    return true;
  }
  record.notes.push_back({{time_in(json), offset}, text_in(json, "note"), text_in(json, "step")});
  return true;
}

}  // namespace

std::string to_line(const RecordHead& head) {
  std::string out =
      fmt::format(R"({{"record":1,"time":{},"offset":{},"lesson":{},"version":{},"delay":{})",
                  count(head.started.time), head.started.offset.count(),
                  wire::json_text(head.lesson), head.version, wire::json_text(head.delay));
  for (const char* name : {"me", "user", "domain", "server"}) {
    const auto found = head.names.find(name);
    if (found == head.names.end()) continue;
    out += fmt::format(R"(,"{}":{})", name, wire::json_text(found->second));
  }
  if (!head.toml.empty()) out += fmt::format(R"(,"toml":{})", wire::json_text(head.toml));
  return out + '}';
}

std::string to_line(const RecordNote& note) {
  return fmt::format(R"({{"time":{},"note":{},"step":{}}})", count(note.when.time),
                     wire::json_text(note.kind), wire::json_text(note.step));
}

std::string to_line(const RecordAnswer& answer) {
  return fmt::format(R"({{"time":{},"note":"{}","question":{},"ask":{},"answer":{},"good":{}}})",
                     count(answer.when.time), answer_note, answer.question,
                     wire::json_text(answer.ask), wire::json_text(answer.answer), answer.good);
}

std::string dropped_line(std::uint64_t count) {
  return fmt::format(R"({{"dropped":{}}})", count);
}

std::string left_out_line(std::uint64_t session) {
  return fmt::format(R"({{"left_out":{}}})", session);
}

Result<Record, std::string> parse_record(std::string_view octets) {
  Record record;
  bool head_seen = false;
  std::size_t number = 0;
  std::size_t bad = 0;
  std::size_t first_bad = 0;
  const bool cut = !octets.empty() && octets.back() != '\n';
  while (!octets.empty()) {
    const auto end = octets.find('\n');
    const std::string_view line = octets.substr(0, end);
    octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 1);
    ++number;
    if (line.empty() || take_line(line, record, head_seen)) continue;
    if (bad++ == 0) first_bad = number;
  }
  if (!head_seen && record.events.empty()) {
    return Failure<std::string>{tr("it is no record: sandpost serve --record DIR writes one")};
  }
  if (bad > 0) {
    record.problems.push_back(
        say("{0} of {1} lines of the record could not be read, the first of them line {2}", bad,
            number, first_bad));
  }
  if (cut) record.problems.emplace_back(tr("the record breaks off in the middle of a line"));
  if (!head_seen) {
    record.problems.emplace_back(tr("the record's first line is missing: times are UTC"));
    record.head.started = record.events.front().when;
  }
  return record;
}

Record record_of(const Record& record, const std::string& account) {
  std::set<std::uint64_t> sessions;
  std::set<std::int64_t> letters;
  const auto is_theirs = [&](const wire::Event& event) {
    return equals_ignoring_case(event.learner, account);
  };
  for (const wire::Event& event : record.events) {
    if (event.session != 0 && is_theirs(event)) sessions.insert(event.session);
    if (event.name == wire::event::queue_accepted && sessions.contains(event.session)) {
      letters.insert(event.number("queue"));
    }
  }
  Record out = record;
  std::erase_if(out.events, [&](const wire::Event& event) {
    return event.session != 0 ? !sessions.contains(event.session)
                              : !is_theirs(event) && !letters.contains(event.number("queue"));
  });
  out.head.names["user"] = account;
  const auto domain = record.head.names.find("domain");
  if (domain != record.head.names.end()) out.head.names["me"] = account + '@' + domain->second;
  return out;
}

}  // namespace sandpost::sandbox
