#pragma once
// One line of text for each event, for a terminal that watches: "14:03:22 #1 SMTP C: helo x".
// Control bytes are made visible. Keeps the protocol of each session; one thread.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "wire/event.hpp"

namespace sandpost::cli {

class WireLines {
 public:
  // The line with its newline.
  [[nodiscard]] std::string line(const wire::Event& event);

 private:
  [[nodiscard]] std::string_view protocol_of(const wire::Event& event);

  std::map<std::uint64_t, std::string_view> protocols_;  // by session
};

}  // namespace sandpost::cli
