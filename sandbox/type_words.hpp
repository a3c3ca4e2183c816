#pragma once
// The words that a lesson's `type` and `example` may hold beside the lines for a server.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sandpost::sandbox {

enum class Protocol { smtp, pop3 };

// The one that has events of this name.
[[nodiscard]] Protocol protocol_of(std::string_view event_name);

struct TypeWord {
  enum class Kind {
    connect,
    drop,  // ends the connection without a word
    wait,  // for the delivery
    now,   // delivers at once what waits
  };
  // How a connection becomes encrypted.
  enum class Tls { none, from_the_start, by_command };

  Kind kind = Kind::connect;
  Protocol protocol = Protocol::smtp;
  Tls tls = Tls::none;
};

// As they are written, for messages.
[[nodiscard]] std::span<const std::string_view> type_words();

// Nothing for a line that is typed as it is.
[[nodiscard]] std::optional<TypeWord> type_word(std::string_view line);

// A line with a colon in front that is none of the words; "::text" is not, it types ":text".
[[nodiscard]] bool is_unknown_type_word(std::string_view line);

// What is sent for a line that is no word.
[[nodiscard]] std::string typed_text(std::string_view line);

}  // namespace sandpost::sandbox
