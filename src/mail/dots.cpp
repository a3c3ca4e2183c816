#include "mail/dots.hpp"

#include <algorithm>

namespace sandpost::mail {

bool DotReader::read(std::string_view& bytes, std::string& out) {
  const bool lf = ending_ == LineEnding::lf;
  while (!bytes.empty()) {
    const char c = bytes.front();
    switch (state_) {
      case State::line_start:
        state_ = c == '.' ? State::dot : State::in_line;
        if (c == '.') bytes.remove_prefix(1);
        break;
      case State::dot:
        if (lf ? c == '\n' : c == '\r') {
          bytes.remove_prefix(1);
          if (lf) return true;
          state_ = State::dot_cr;
        } else {
          ++unstuffed_;
          state_ = State::in_line;
        }
        break;
      case State::dot_cr:
        if (c == '\n') {
          bytes.remove_prefix(1);
          return true;
        }
        ++unstuffed_;
        out += '\r';
        bare_cr_ = true;
        state_ = State::in_line;
        break;
      case State::in_line:
        take_text(bytes, out);
        break;
      case State::cr:
        if (c == '\n') {
          out += "\r\n";
          bytes.remove_prefix(1);
          state_ = State::line_start;
        } else {
          out += '\r';
          bare_cr_ = true;
          state_ = State::in_line;
        }
        break;
    }
  }
  return false;
}

// In a line: everything up to and including its next CR or LF.
void DotReader::take_text(std::string_view& bytes, std::string& out) {
  const bool lf = ending_ == LineEnding::lf;
  const auto newline = bytes.find('\n');
  const std::string_view line = bytes.substr(0, newline);
  const auto cr = line.find('\r');
  const auto stop = std::min(cr, line.size());
  out.append(line.substr(0, stop));
  if (cr != std::string_view::npos) {
    bytes.remove_prefix(stop + 1);
    if (lf) {
      out += '\r';
      bare_cr_ = true;
    } else {
      state_ = State::cr;
    }
  } else if (newline != std::string_view::npos) {
    bytes.remove_prefix(stop + 1);
    if (lf) {
      out += "\r\n";
      state_ = State::line_start;
    } else {
      out += '\n';
      bare_lf_ = true;
    }
  } else {
    bytes = {};
  }
}

bool has_bare_line_ending(std::string_view content) {
  for (auto at = content.find_first_of("\r\n"); at != std::string_view::npos;
       at = content.find_first_of("\r\n", at + 2)) {
    if (content.substr(at, 2) != "\r\n") return true;
  }
  return false;
}

std::string dot_stuffed(std::string_view content) {
  std::string out;
  out.reserve(content.size() + content.size() / 64 + 2);
  while (!content.empty()) {
    if (content.front() == '.') out += '.';
    const auto end = content.find("\r\n");
    out.append(content.substr(0, end));
    out += "\r\n";
    if (end == std::string_view::npos) break;
    content.remove_prefix(end + 2);
  }
  return out;
}

}  // namespace sandpost::mail
