#pragma once
// How the fuzz targets read their input, and what they share. The first line of most inputs chooses
// the world around what is tested, in words of one digit a choice, so that a person can write one:
//
//   010000 0020 37
//   EHLO client.example ...
//
// are settings, the answers from outside in their order, and the sizes of the pieces in which the
// rest is fed, over and over; none: octet by octet. What is not chosen is 0, the ordinary.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/targets.hpp"
#include "wire/event.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::fuzz {

inline void require(bool holds, const char* what) {
  if (!holds) throw Broken(what);
}

// With what it was about: only for where `detail` costs nothing, or in what runs seldom.
inline void require(bool holds, const char* what, std::string_view detail) {
  if (!holds) throw Broken(std::string(what) + ": " + std::string(detail.substr(0, 2000)));
}

// One digit after the other, each a number below `kinds`; any other octet is one, too.
class Choices {
 public:
  explicit Choices(std::string_view digits = {}) : digits_(digits) {}

  [[nodiscard]] unsigned next(unsigned kinds) {
    if (digits_.empty()) return 0;
    const auto digit = static_cast<unsigned char>(digits_.front() - '0');
    digits_.remove_prefix(1);
    return digit % kinds;
  }

 private:
  std::string_view digits_;
};

struct Input {
  Choices settings;
  Choices answers;
  std::string_view sizes;
  std::string_view bytes;

  explicit Input(std::string_view input) {
    const auto end = std::min(input.find('\n'), input.size());
    std::string_view first = input.substr(0, end);
    bytes = input.substr(std::min(end + 1, input.size()));
    const auto word = [&] {
      const auto blank = std::min(first.find(' '), first.size());
      const std::string_view found = first.substr(0, blank);
      first.remove_prefix(std::min(blank + 1, first.size()));
      return found;
    };
    settings = Choices(word());
    answers = Choices(word());
    sizes = word();
  }

  // `bytes` in pieces of those sizes.
  template <class Take>
  void in_pieces(Take take) const {
    std::size_t turn = 0;
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::size_t digit =
          sizes.empty() ? 1 : static_cast<unsigned char>(sizes[turn++ % sizes.size()] - '0');
      const std::size_t size = std::min(std::max<std::size_t>(digit, 1), rest.size());
      take(rest.substr(0, size));
      rest.remove_prefix(size);
    }
  }
};

// Hears what an engine tells, and sees that each event is one of the vocabulary.
class Ear final : public wire::Sink {
 public:
  explicit Ear(bool listens) : listens_(listens) {}

  [[nodiscard]] bool wanted() const override { return listens_; }

  void emit(std::string_view name, std::vector<wire::Field> fields) override {
    require(listens_, "an event that nobody wanted");
    const wire::EventForm* form = wire::find_event(name);
    require(form != nullptr, "an event that is not in the vocabulary", name);
    for (const wire::Field& field : fields) {
      require(wire::has_field(*form, field.name), "a field that its event does not have",
              field.name);
    }
    // A note is told the moment something odd arrives, in the middle of a line, too: when that is
    // depends on the pieces.
    if (name == wire::event::smtp_note || name == wire::event::pop3_note) return;
    wire::Event event;
    event.name = name;
    event.fields = std::move(fields);
    events.push_back(std::move(event));
  }

  // All of them, to be compared.
  [[nodiscard]] std::string told() const {
    std::string all;
    for (const wire::Event& event : events) {
      all += event.name;
      for (const wire::Field& field : event.fields) {
        all += '|';
        all += field.name;
        all += '=';
        if (const auto* text = std::get_if<std::string>(&field.value)) all += *text;
        if (const auto* number = std::get_if<std::int64_t>(&field.value))
          all += std::to_string(*number);
        if (const auto* flag = std::get_if<bool>(&field.value)) all += *flag ? "yes" : "no";
      }
      all += '\n';
    }
    return all;
  }

  std::vector<wire::Event> events;

 private:
  bool listens_;
};

// Takes one line off the front, with its CRLF.
[[nodiscard]] inline std::string_view take_crlf_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  const std::string_view line =
      text.substr(0, end == std::string_view::npos ? text.size() : end + 2);
  text.remove_prefix(line.size());
  return line;
}

// A CR without an LF behind it, or an LF without a CR before it.
[[nodiscard]] inline bool has_bare_cr_or_lf(std::string_view text) {
  std::size_t pairs = 0;
  for (auto at = text.find("\r\n"); at != std::string_view::npos; at = text.find("\r\n", at + 2))
    ++pairs;
  const auto count = [&](char c) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
  };
  return count('\r') != pairs || count('\n') != pairs;
}

// Each LF with a CR before it: the lines of an LF session as those of a CRLF session.
[[nodiscard]] inline std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

// What RFC 5321 §4.5.2 makes of dot-stuffed lines that end in CRLF, up to their lone dot.
struct Unstuffed {
  std::string text;
  std::size_t octets = 0;  // of the input, the final dot's line included
  bool ended = false;
};

[[nodiscard]] inline Unstuffed unstuff(std::string_view stuffed) {
  Unstuffed out;
  for (std::string_view rest = stuffed; !rest.empty() && !out.ended;) {
    std::string_view line = take_crlf_line(rest);
    out.octets += line.size();
    out.ended = line == ".\r\n";
    if (out.ended) break;
    if (line.starts_with('.')) line.remove_prefix(1);
    out.text += line;
  }
  return out;
}

// Takes telnet's answers (IAC, WONT or DONT, an option) off the front.
inline void skip_telnet_answers(std::string_view& text) {
  while (text.size() >= 3 && text[0] == '\xFF' && (text[1] == '\xFC' || text[1] == '\xFE'))
    text.remove_prefix(3);
}

// Plays the input against an engine: a Witness says it octet by octet and judges each answer; then
// Sessions say it in pieces and as a whole, and must come to the same.
template <class World, class Witness, class Session>
void play_session(std::string_view text) {
  const Input input(text);
  const World world(input.settings);

  Witness witness(world, input.answers);
  for (const char byte : input.bytes)
    witness.say(byte);
  witness.end();

  // The same in pieces, with a listener, and as a whole, with none. What stands behind STARTTLS
  // or STLS in the same piece is thrown away; so a client waits for the handshake.
  std::vector<std::size_t> cuts = witness.handshakes();
  cuts.push_back(input.bytes.size());
  Session pieces(world, input.answers, true);
  Session whole(world, input.answers, false);
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    Input part = input;
    part.bytes = input.bytes.substr(from, cut - from);
    part.in_pieces([&](std::string_view piece) { pieces.say(piece); });
    whole.say(part.bytes);
    from = cut;
  }
  pieces.end();
  whole.end();
  require(pieces.journal == witness.session.journal, "other outputs when fed in pieces");
  require(pieces.ear.told() == witness.session.ear.told(), "other events when fed in pieces");
  require(whole.journal == witness.session.journal, "other outputs when fed whole, unheard");

  // A client that does not wait: nothing of what it said in the clear counts after the handshake.
  if (witness.handshakes().empty()) return;
  Session hasty(world, input.answers, false);
  hasty.say(input.bytes);
  hasty.end();
  Session patient(world, input.answers, false);
  patient.say(input.bytes.substr(0, witness.handshakes().front()));
  patient.end();
  require(hasty.journal == patient.journal, "what was sent before the handshake counts after it");
}

}  // namespace sandpost::fuzz
