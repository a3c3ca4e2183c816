#pragma once
// Plays what a client says against an SMTP engine whose mailboxes and store live in the test.
// Everything is played three times, in one piece, line by line and byte by byte, and must come out
// the same. Each reply must have the form of RFC 5321 §4.2, each event that of the vocabulary.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "smtp/engine.hpp"
#include "support/conversation.hpp"
#include "support/recording_sink.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::smtp_tests {

// The world around the engine.
struct World {
  smtp::Settings settings{"mail.ntut.edu.tw", "ntut.edu.tw", {}, {}};
  smtp::Connection connection{"127.0.0.1", {}, false};
  Time now{};
  std::set<std::string> mailboxes{"s9360511", "bob", "john smith"};  // and postmaster
  std::optional<smtp::StoreFailure> failure;                         // what becomes of each letter
  std::vector<wire::SaslStep> sasl;  // the answers to Authenticate, in their order; then refused
  std::set<std::string> full;        // mailboxes beyond the quota
};

// What the store would get.
struct Accepted : smtp::Accept {
  std::string content;
};

struct Played : tests::Conversation {
  std::vector<std::string> asked;  // local parts
  std::vector<Accepted> accepted;
  std::string letter;  // what came of the one in work
  std::size_t largest_piece = 0;

  // The first three characters of each reply's last line: "220 250 354".
  [[nodiscard]] std::string codes() const {
    std::string all;
    for (const std::string& line : lines()) {
      if (line.size() > 3 && line[3] == '-') continue;
      all += (all.empty() ? "" : " ") + line.substr(0, 3);
    }
    return all;
  }
};

inline std::string to_text(const Accepted& accept) {
  std::string all = accept.protocol + ' ' + accept.helo_name + '\n';
  all += '<' + accept.envelope.reverse_path.to_text() + ">\n";
  for (const mail::Recipient& recipient : accept.envelope.recipients)
    all += '<' + recipient.forward_path.to_text() + ">\n";
  for (const std::string& maildrop : accept.maildrops)
    all += maildrop + '\n';
  return all + accept.content;
}

// What DSN and FUTURERELEASE ask for.
inline std::string wishes(const smtp::Accept& accept) {
  std::string all = accept.envelope.envelope_id + (accept.envelope.return_full ? " full" : " head");
  for (const mail::Recipient& recipient : accept.envelope.recipients) {
    all += '\n' + recipient.original + (recipient.notify.success ? " success" : "") +
           (recipient.notify.failure ? " failure" : "");
  }
  return all + (accept.hold_for ? '\n' + std::to_string(accept.hold_for->count()) : "");
}

class Dialogue {
 public:
  explicit Dialogue(const World& world)
      : world_(world), engine(world.settings, world.connection, sink) {
    engine.set_now(world.now);
    played.out = engine.greeting();
  }

  void say(std::string_view bytes) {
    engine.feed(bytes);
    while (step()) {
    }
  }

  Played result() {
    played.events = sink.events;
    return played;
  }

  // True as long as there is more to do without new bytes.
  bool step() {
    smtp::Output output = engine.next();
    if (auto* send = std::get_if<smtp::Send>(&output)) {
      CHECK_FALSE(send->bytes.empty());
      played.out += send->bytes;
      played.largest_send = std::max(played.largest_send, send->bytes.size());
    } else if (auto* check = std::get_if<smtp::CheckMailbox>(&output)) {
      played.asked.push_back(check->local_part);
      engine.on_mailbox(maildrop(check->local_part), world_.full.contains(check->local_part));
    } else if (auto* piece = std::get_if<smtp::Content>(&output)) {
      if (piece->offset == 0) played.letter.clear();
      CHECK(piece->offset == played.letter.size());
      CHECK_FALSE(piece->octets.empty());
      played.letter += piece->octets;
      played.largest_piece = std::max(played.largest_piece, piece->octets.size());
    } else if (auto* accept = std::get_if<smtp::Accept>(&output)) {
      if (accept->octets == 0) played.letter.clear();
      CHECK(accept->octets == played.letter.size());
      played.accepted.push_back({std::move(*accept), std::exchange(played.letter, {})});
      if (world_.failure)
        engine.on_not_stored(*world_.failure);
      else
        engine.on_stored(static_cast<mail::QueueNumber>(played.accepted.size()));
    } else if (std::holds_alternative<smtp::StartTls>(output)) {
      ++played.handshakes;
      engine.on_tls("TLSv1.3", "TLS_AES_256_GCM_SHA384");
    } else if (auto* request = std::get_if<smtp::Authenticate>(&output)) {
      const std::size_t step = played.sasl.size();
      played.sasl.push_back(request->mechanism + '|' + request->response.value_or("-"));
      engine.on_sasl(step < world_.sasl.size() ? world_.sasl[step] : wire::SaslStep{});
    } else if (const auto* pause = std::get_if<smtp::Pause>(&output)) {
      played.pauses.push_back(pause->time.count());
    } else {
      played.closed = std::holds_alternative<smtp::Close>(output);
      return false;
    }
    return true;
  }

 private:
  [[nodiscard]] std::optional<std::string> maildrop(const std::string& local_part) const {
    const std::string name = to_lower(local_part);
    if (name == "postmaster") return "s9360511";
    if (world_.mailboxes.contains(name)) return name;
    return std::nullopt;
  }

  const World& world_;

 public:
  tests::RecordingSink sink;
  smtp::Engine engine;
  Played played;
};

// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF, with the
// enhanced code of RFC 2034 §4 in each line of a reply or in none.
inline void check_form(const std::vector<std::string>& lines) {
  std::string first;  // of the reply in work: its code, and its enhanced code if it has one
  for (const std::string& line : lines) {
    CAPTURE(line);
    REQUIRE(line.size() >= 4);
    CHECK(line.size() <= (line.starts_with("334 ") ? 12'286 : 510));  // RFC 4954 §4
    CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    CHECK((line[0] >= '2' && line[0] <= '5'));
    CHECK((line[1] >= '0' && line[1] <= '5'));
    CHECK((line[2] >= '0' && line[2] <= '9'));
    CHECK((line[3] == ' ' || line[3] == '-'));
    std::string enhanced;
    if (line.size() > 8 && line[5] == '.' && line[7] == '.') enhanced = line.substr(4, 5);
    if (!enhanced.empty()) CHECK(enhanced[0] == line[0]);
    const std::string head = line.substr(0, 3) + enhanced;
    if (!first.empty()) CHECK(head == first);
    first = line[3] == '-' ? head : "";
  }
  CHECK(first.empty());  // the last reply has ended
}

// No reply that was not told.
inline void check_told(const Played& played) {
  std::string said;
  for (const wire::Event& event : played.events) {
    if (event.name == wire::event::server_line) said += event.text("text") + "\r\n";
  }
  CHECK(said == played.out);
}

// The greeting is out before any byte comes; `world` stays as it is.
inline Played play(const World& world, std::string_view bytes) {
  Dialogue whole(world);
  for (const std::string_view part : tests::up_to_handshakes(bytes, "STARTTLS\r\n"))
    whole.say(part);
  Dialogue by_line(world);
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    by_line.say(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  Dialogue by_byte(world);
  for (const char byte : bytes)
    by_byte.say(std::string_view(&byte, 1));

  Played a = whole.result();
  for (Dialogue* other : {&by_line, &by_byte}) {
    const Played b = other->result();
    check_same(a, b);
    CHECK(a.asked == b.asked);
    REQUIRE(a.accepted.size() == b.accepted.size());
    for (std::size_t i = 0; i < a.accepted.size(); ++i) {
      CHECK(to_text(a.accepted[i]) == to_text(b.accepted[i]));
      CHECK(wishes(a.accepted[i]) == wishes(b.accepted[i]));
    }
  }
  if (a.out.find('\xFF') == std::string::npos) {
    check_form(a.lines());
    check_told(a);
  }
  check_events(a);
  return a;
}

inline const std::string helo = "HELO client.example\r\n";
inline const std::string ehlo = "EHLO client.example\r\n";
inline const std::string sender = helo + "MAIL FROM:<ann@client.example>\r\n";
inline const std::string recipient = sender + "RCPT TO:<s9360511@ntut.edu.tw>\r\n";
inline const std::string data = recipient + "DATA\r\n";

// What comes back for `bytes` when they are said after `before`.
inline std::string answer(const World& world, const std::string& before, const std::string& bytes) {
  const std::string out = play(world, before).out;
  const Played played = play(world, before + bytes);
  REQUIRE(played.out.starts_with(out));
  return played.out.substr(out.size());
}

inline std::string answer(const std::string& before, const std::string& line) {
  return answer(World{}, before, line + "\r\n");
}

// "field=value field=value" of that event, in the order in which it was told.
inline std::string fields_of(const wire::Event& event) {
  std::string all;
  for (const wire::Field& field : event.fields) {
    if (!all.empty()) all += ' ';
    all += std::string(field.name) + '=';
    if (const auto* text = std::get_if<std::string>(&field.value)) all += *text;
    if (const auto* number = std::get_if<std::int64_t>(&field.value))
      all += std::to_string(*number);
    if (const auto* flag = std::get_if<bool>(&field.value)) all += *flag ? "yes" : "no";
  }
  return all;
}

// One line for each event but what the server said.
inline std::string meanings(const Played& played) {
  std::string all;
  for (const wire::Event& event : played.events) {
    if (event.name == wire::event::server_line) continue;
    all += std::string(event.name) + ' ' + fields_of(event) + '\n';
  }
  return all;
}

}  // namespace sandpost::smtp_tests
