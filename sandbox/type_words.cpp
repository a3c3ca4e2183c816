#include "sandbox/type_words.hpp"

#include <algorithm>
#include <array>

namespace sandpost::sandbox {
namespace {

using Kind = TypeWord::Kind;
using Tls = TypeWord::Tls;

constexpr std::array<std::string_view, 9> names{":connect smtp",
                                                ":connect pop3",
                                                ":connect smtp --tls",
                                                ":connect smtp --starttls",
                                                ":connect pop3 --tls",
                                                ":connect pop3 --starttls",
                                                ":drop",
                                                ":wait",
                                                ":now"};

constexpr std::array<TypeWord, 9> words{
    TypeWord{Kind::connect, Protocol::smtp, Tls::none},
    TypeWord{Kind::connect, Protocol::pop3, Tls::none},
    TypeWord{Kind::connect, Protocol::smtp, Tls::from_the_start},
    TypeWord{Kind::connect, Protocol::smtp, Tls::by_command},
    TypeWord{Kind::connect, Protocol::pop3, Tls::from_the_start},
    TypeWord{Kind::connect, Protocol::pop3, Tls::by_command},
    TypeWord{Kind::drop},
    TypeWord{Kind::wait},
    TypeWord{Kind::now}};

}  // namespace

Protocol protocol_of(std::string_view event_name) {
  return event_name.starts_with("pop3") ? Protocol::pop3 : Protocol::smtp;
}

std::span<const std::string_view> type_words() {
  return names;
}

std::optional<TypeWord> type_word(std::string_view line) {
  const auto* found = std::find(names.begin(), names.end(), line);
  if (found == names.end()) return std::nullopt;
  return words.at(static_cast<std::size_t>(found - names.begin()));
}

bool is_unknown_type_word(std::string_view line) {
  return line.starts_with(':') && !line.starts_with("::") && !type_word(line);
}

std::string typed_text(std::string_view line) {
  return std::string(line.starts_with("::") ? line.substr(1) : line);
}

}  // namespace sandpost::sandbox
