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
          if (c == '.') ++unstuffed_;
          state_ = State::in_line;
        }
        break;
      case State::dot_cr:
        if (c == '\n') {
          bytes.remove_prefix(1);
          return true;
        }
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

// In a line: everything up to and including its next CR or LF, and the lines behind it as long as
// they are in order and begin with no dot.
void DotReader::take_text(std::string_view& bytes, std::string& out) {
  const std::size_t whole = whole_lines(bytes);
  out.append(bytes.substr(0, whole));
  bytes.remove_prefix(whole);
  if (whole > 0) {
    state_ = State::line_start;
    return;
  }
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

// The octets at the front that can be taken as they are: lines that end in CRLF and hold neither CR
// nor LF. In an LF session none can.
std::size_t DotReader::whole_lines(std::string_view bytes) const {
  std::size_t taken = 0;
  while (ending_ != LineEnding::lf && (taken == 0 || bytes[taken] != '.')) {
    const auto newline = bytes.find('\n', taken);
    if (newline == std::string_view::npos) break;
    const auto cr = bytes.substr(taken, newline - taken).find('\r');
    if (cr == std::string_view::npos || taken + cr + 1 != newline) break;
    taken = newline + 1;
    if (taken == bytes.size()) break;
  }
  return taken;
}

void DotWriter::write(std::string_view content, std::string& out) {
  std::size_t done = 0;
  for (auto dot = content.find('.'); dot != std::string_view::npos;
       dot = content.find('.', dot + 1)) {
    if (!begins_line(content, dot)) continue;
    out.append(content.substr(done, dot - done));
    out += '.';
    done = dot;
  }
  out.append(content.substr(done));
  if (content.empty()) return;
  before_last_ = content.size() > 1 ? content[content.size() - 2] : last_;
  last_ = content.back();
}

bool DotWriter::begins_line(std::string_view content, std::size_t at) const {
  const char last = at > 0 ? content[at - 1] : last_;
  const char before_last = at > 1 ? content[at - 2] : at == 1 ? last_ : before_last_;
  return before_last == '\r' && last == '\n';
}

void DotWriter::finish(std::string& out) const {
  if (before_last_ != '\r' || last_ != '\n') out += "\r\n";
}

std::string dot_stuffed(std::string_view content) {
  std::string out;
  out.reserve(content.size() + content.size() / 64 + 2);
  DotWriter writer;
  writer.write(content, out);
  writer.finish(out);
  return out;
}

}  // namespace sandpost::mail
