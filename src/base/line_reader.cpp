#include "base/line_reader.hpp"

#include <algorithm>
#include <utility>

namespace sandpost {
namespace {

// RFC 854, "TELNET COMMAND STRUCTURE"
constexpr unsigned char iac = 255;
constexpr unsigned char dont = 254;
constexpr unsigned char do_ = 253;
constexpr unsigned char wont = 252;
constexpr unsigned char will = 251;
constexpr unsigned char interrupt_process = 244;
constexpr unsigned char subnegotiation_begin = 250;
constexpr unsigned char subnegotiation_end = 240;

// In one line. Enough for a burst of negotiation; what a flood would add beyond it is not answered.
// Counted by the line, so that it does not matter in which pieces the bytes come.
constexpr std::size_t most_telnet_answers = 100;

}  // namespace

std::optional<CommandLine> LineReader::next(std::string_view& bytes) {
  while (!bytes.empty()) {
    if (telnet_ != Telnet::text) {
      // A line's end ends a telnet command, too: what only looks like one, octets of another
      // encoding say, must not swallow the lines behind it.
      if (bytes.front() == '\r' || bytes.front() == '\n') {
        telnet_ = Telnet::text;
        continue;
      }
      telnet_byte(static_cast<unsigned char>(bytes.front()));
      bytes.remove_prefix(1);
      continue;
    }
    const auto newline = bytes.find('\n');
    const auto telnet = bytes.substr(0, newline).find(static_cast<char>(iac));
    const auto stop = std::min(newline, telnet);
    append(bytes.substr(0, stop));
    if (stop == std::string_view::npos) {
      bytes = {};
      return std::nullopt;
    }
    const char found = bytes[stop];
    bytes.remove_prefix(stop + 1);
    if (found != '\n') {
      telnet_ = Telnet::command;
      had_telnet_ = true;
    } else if (ends_line()) {
      return finish();
    } else {
      append("\n");
    }
  }
  return std::nullopt;
}

std::string LineReader::take_telnet_answers() {
  return std::exchange(telnet_answers_, {});
}

void LineReader::append(std::string_view part) {
  if (part.empty()) return;
  last_was_cr_ = part.back() == '\r';
  // The CR that may turn out to belong to the line ending is kept beyond the limit.
  const std::size_t room = limit_ - std::min(limit_, line_.size());
  too_long_ = too_long_ || part.size() > room;
  line_.append(part.substr(0, room));
}

void LineReader::telnet_byte(unsigned char byte) {
  switch (telnet_) {
    case Telnet::text:
      break;
    case Telnet::command:
      telnet_verb_ = byte;
      if (byte == interrupt_process) interrupted_ = true;
      if (byte == iac) {
        append("\xFF");
        telnet_ = Telnet::text;
      } else if (byte >= will && byte <= dont) {
        telnet_ = Telnet::option;
      } else {
        telnet_ = byte == subnegotiation_begin ? Telnet::subnegotiation : Telnet::text;
      }
      break;
    case Telnet::option:
      if ((telnet_verb_ == do_ || telnet_verb_ == will) && answered_ < most_telnet_answers) {
        ++answered_;
        telnet_answers_ += static_cast<char>(iac);
        telnet_answers_ += static_cast<char>(telnet_verb_ == do_ ? wont : dont);
        telnet_answers_ += static_cast<char>(byte);
      }
      telnet_ = Telnet::text;
      break;
    case Telnet::subnegotiation:
      if (byte == iac) telnet_ = Telnet::subnegotiation_command;
      break;
    case Telnet::subnegotiation_command:
      telnet_ = byte == subnegotiation_end ? Telnet::text : Telnet::subnegotiation;
      break;
  }
}

// Whether the LF just met ends the line; the first one decides for the whole session.
bool LineReader::ends_line() {
  if (ending_ == LineEnding::undecided && (last_was_cr_ || allow_lf_)) {
    ending_ = last_was_cr_ ? LineEnding::crlf : LineEnding::lf;
  }
  return ending_ != LineEnding::crlf || last_was_cr_;
}

CommandLine LineReader::finish() {
  CommandLine out;
  const std::size_t ending_octets = ending_ == LineEnding::crlf ? 2 : 1;
  if (ending_ == LineEnding::crlf && !too_long_) line_.pop_back();
  out.too_long = too_long_ || line_.size() + ending_octets > limit_;
  out.text = std::exchange(line_, {});
  out.bare_lf = ending_ == LineEnding::undecided;
  out.had_telnet = std::exchange(had_telnet_, false);
  too_long_ = false;
  last_was_cr_ = false;
  answered_ = 0;
  return out;
}

}  // namespace sandpost
