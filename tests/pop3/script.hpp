#pragma once
// Plays what a client says against a POP3 engine and a maildrop that lives in the test. Everything
// is played twice, in one piece and byte by byte, and must come out the same.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pop3/engine.hpp"
#include "support/conversation.hpp"
#include "support/recording_sink.hpp"

namespace sandpost::tests {

struct Letter {
  std::string trace;
  std::string content;
};

// The world around the engine.
struct World {
  pop3::Settings settings{"mail.ntut.edu.tw", "ntut.edu.tw", {}, {}};
  pop3::Connection connection;
  std::string user = "s9360511";
  std::string password = "sandbox";
  pop3::LoginResult right_password = pop3::LoginResult::ok;
  std::string digest = "c4c9334bac560ecc979e58001b3e22fb";  // APOP's of the right secret
  std::vector<wire::SaslStep> sasl;  // the answers to Authenticate, in their order; then refused
  bool can_read = true;
  std::size_t piece = 7;                    // octets that the store gives at once
  std::size_t readable_pieces = 1'000'000;  // in all, then it fails
  bool can_update = true;
  std::vector<Letter> letters;
};

struct Played : Conversation {
  std::size_t sends = 0;
  std::vector<std::string> logins;  // "user|password"
  std::vector<pop3::Login::Proof> proofs;
  std::size_t fetches = 0;
  std::vector<mail::QueueNumber> deleted;
};

class Session {
 public:
  explicit Session(const World& world)
      : world_(world), engine(world.settings, world.connection, sink) {
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
    pop3::Output output = engine.next();
    if (auto* send = std::get_if<pop3::Send>(&output)) {
      CHECK_FALSE(send->bytes.empty());
      played.out += send->bytes;
      played.largest_send = std::max(played.largest_send, send->bytes.size());
      ++played.sends;
    } else if (auto* login = std::get_if<pop3::Login>(&output)) {
      answer(*login);
    } else if (auto* fetch = std::get_if<pop3::Fetch>(&output)) {
      const Letter& letter = world_.letters.at(static_cast<std::size_t>(fetch->queue - 101));
      const std::string piece = letter.content.substr(fetch->offset, world_.piece);
      const bool can_read = world_.can_read && played.fetches++ < world_.readable_pieces;
      if (can_read && fetch->offset == 0)
        engine.on_message(letter.trace, piece, letter.content.size());
      else if (can_read)
        engine.on_content(piece);
      else
        engine.on_message_unavailable();
    } else if (auto* update = std::get_if<pop3::Update>(&output)) {
      CHECK_FALSE(update->queue.empty());
      if (world_.can_update) played.deleted = update->queue;
      engine.on_updated(world_.can_update);
    } else if (std::holds_alternative<pop3::StartTls>(output)) {
      ++played.handshakes;
      engine.on_tls("TLSv1.3", "TLS_AES_256_GCM_SHA384");
    } else if (auto* request = std::get_if<pop3::Authenticate>(&output)) {
      const std::size_t step = played.sasl.size();
      played.sasl.push_back(request->mechanism + '|' + request->response.value_or("-"));
      engine.on_sasl(step < world_.sasl.size() ? world_.sasl[step] : wire::SaslStep{});
    } else if (const auto* pause = std::get_if<pop3::Pause>(&output)) {
      played.pauses.push_back(pause->time.count());
    } else {
      played.closed = std::holds_alternative<pop3::Close>(output);
      return false;
    }
    return true;
  }

 private:
  void answer(const pop3::Login& login) {
    played.logins.push_back(login.user + '|' + login.secret);
    played.proofs.push_back(login.proof);
    const std::string right = login.proof == pop3::Login::Proof::password      ? world_.password
                              : login.proof == pop3::Login::Proof::apop_digest ? world_.digest
                                                                               : "";
    if (login.user != world_.user || login.secret != right)
      return engine.on_login(pop3::LoginResult::refused, {});
    std::vector<pop3::Entry> snapshot;
    for (const Letter& letter : world_.letters) {
      const auto number = static_cast<mail::QueueNumber>(101 + snapshot.size());
      snapshot.push_back({number, letter.trace.size() + letter.content.size()});
    }
    engine.on_login(world_.right_password, std::move(snapshot), "uid-");
  }

  const World& world_;

 public:
  RecordingSink sink;
  pop3::Engine engine;
  Played played;
};

// The same whole and byte by byte.
inline Played play(const World& world, std::string_view bytes) {
  Session whole(world);
  for (const std::string_view part : up_to_handshakes(bytes, "STLS\r\n"))
    whole.say(part);
  Session pieces(world);
  for (const char byte : bytes)
    pieces.say(std::string_view(&byte, 1));
  Played a = whole.result();
  const Played b = pieces.result();
  check_same(a, b);
  check_events(a);
  CHECK(a.deleted == b.deleted);
  CHECK(a.logins == b.logins);
  CHECK(a.proofs == b.proofs);
  return a;
}

// The letter of the lab, as the maildrop keeps it.
inline Letter lab_letter() {
  return {
      "Return-Path: <s9360511@ntut.edu.tw>\r\n"
      "Received: from ntut.edu.tw ([127.0.0.1])\r\n"
      "    by mail.ntut.edu.tw with SMTP id 1;\r\n"
      "    Mon, 23 Nov 2026 14:03:22 +0800\r\n",
      "Subject: my first mail by hand\r\n\r\nHello, this is me.\r\n"};
}

// With that many letters: "Subject: n", a body of two lines.
inline World world_with(std::size_t letters) {
  World world;
  for (std::size_t n = 1; n <= letters; ++n) {
    world.letters.push_back(
        {"Return-Path: <>\r\n", "Subject: " + std::to_string(n) + "\r\n\r\nbody\r\n.hidden\r\n"});
  }
  return world;
}

inline constexpr std::string_view login = "USER s9360511\r\nPASS sandbox\r\n";

// The reply to `line`, said after a login to a maildrop with `letters` messages, without the
// login's.
inline std::string after_login(std::string_view line, std::size_t letters = 2) {
  const World world = world_with(letters);
  const std::string before = play(world, login).out;
  const Played played = play(world, std::string(login) + std::string(line) + "\r\n");
  REQUIRE(played.out.starts_with(before));
  return played.out.substr(before.size());
}

// The reply to `line`, said before any login.
inline std::string before_login(std::string_view line) {
  const World world = world_with(2);
  const std::string before = play(world, "").out;
  return play(world, std::string(line) + "\r\n").out.substr(before.size());
}

}  // namespace sandpost::tests
