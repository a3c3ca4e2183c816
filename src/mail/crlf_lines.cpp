#include "mail/crlf_lines.hpp"

#include <algorithm>
#include <utility>

namespace sandpost::mail {

bool CrlfLines::next(std::string_view& bytes) {
  if (std::exchange(ended_, false)) {
    line_.clear();
    octets_ = 0;
    last_ = '\0';
  }
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const bool found = newline != std::string_view::npos;
    const std::string_view part = bytes.substr(0, found ? newline + 1 : newline);
    const bool ends = found && (newline > 0 ? bytes[newline - 1] : last_) == '\r';
    bytes.remove_prefix(part.size());
    octets_ += part.size();
    last_ = part.back();
    line_.append(part.substr(0, kept_ - line_.size()));
    if (!ends) continue;
    octets_ -= 2;
    line_.resize(std::min(line_.size(), octets_));
    ended_ = true;
    return true;
  }
  return false;
}

}  // namespace sandpost::mail
