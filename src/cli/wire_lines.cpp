#include "cli/wire_lines.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::cli {
namespace {

// Sessions beyond that many are the oldest, and long gone.
constexpr std::size_t most_sessions = 50'000;

struct ValueText {
  ZonedTime when;
  std::string_view name;

  std::string operator()(bool value) const { return value ? "yes" : "no"; }
  std::string operator()(std::int64_t value) const {
    if (name != "due") return std::to_string(value);
    return clock_text({Time{std::chrono::milliseconds{value}}, when.offset});
  }
  std::string operator()(const std::string& value) const {
    const bool bare = !value.empty() && value.find_first_of(" \"") == std::string::npos;
    return bare ? visible(value) : fmt::format("\"{}\"", visible(value));
  }
};

std::string fields_text(const wire::Event& event) {
  std::string out(event.name);
  for (const wire::Field& field : event.fields) {
    out += fmt::format(" {}={}", field.name,
                       std::visit(ValueText{event.when, field.name}, field.value));
  }
  return out;
}

}  // namespace

std::string WireLines::line(const wire::Event& event) {
  const auto protocol = protocol_of(event);
  std::string out = clock_text(event.when);
  if (event.session != 0) out += fmt::format(" #{}", event.session);
  if (!protocol.empty()) out += fmt::format(" {}", protocol);
  if (event.name == wire::event::client_line) {
    out += " C: " + visible(event.text("text"));
  } else if (event.name == wire::event::server_line) {
    out += " S: " + visible(event.text("text"));
  } else {
    out += " " + fields_text(event);
  }
  return out + '\n';
}

// What a line of the wire belongs to is known from the session's other events; its first is that
// of the connection.
std::string_view WireLines::protocol_of(const wire::Event& event) {
  const auto protocol = event.name.starts_with("smtp.")   ? std::string_view("SMTP")
                        : event.name.starts_with("pop3.") ? std::string_view("POP3")
                                                          : std::string_view();
  if (event.session == 0) return protocol;
  if (protocol.empty()) {
    const auto known = protocols_.find(event.session);
    return known == protocols_.end() ? std::string_view() : known->second;
  }
  protocols_[event.session] = protocol;
  if (protocols_.size() > most_sessions) protocols_.erase(protocols_.begin());
  return protocol;
}

}  // namespace sandpost::cli
