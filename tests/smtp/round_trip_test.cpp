// Engine against engine, with a store between them and no socket: what SMTP accepted is what POP3
// gives back.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/time.hpp"
#include "db/memory_store.hpp"
#include "mail/dots.hpp"
#include "pop3/engine.hpp"
#include "smtp/engine.hpp"
#include "support/recording_sink.hpp"

using namespace sandpost;

namespace {

const ZonedTime accepted = *parse_rfc3339("2001-10-15T09:00:00+08:00");
constexpr std::chrono::seconds delay{10};

// The two engines and what net/ does between them.
struct PostOffice {
  PostOffice() { REQUIRE(store.put_account("bob", "secret")); }

  std::string smtp(std::string_view bytes) {
    const smtp::Settings settings{"mail.ntut.edu.tw", "ntut.edu.tw", {}, {}};
    smtp::Engine engine(settings, {"127.0.0.1"}, sink);
    std::string out = engine.greeting();
    engine.feed(bytes);
    for (;;) {
      smtp::Output output = engine.next();
      if (auto* send = std::get_if<smtp::Send>(&output)) {
        out += send->bytes;
      } else if (auto* check = std::get_if<smtp::CheckMailbox>(&output)) {
        engine.on_mailbox(check->local_part);
      } else if (auto* piece = std::get_if<smtp::Content>(&output)) {
        if (piece->offset == 0) letter = Spool();
        letter.append(std::move(piece->octets));
      } else if (auto* accept = std::get_if<smtp::Accept>(&output)) {
        if (accept->octets == 0) letter = Spool();
        engine.on_stored(commit(std::move(*accept)));
      } else {
        return out;
      }
    }
  }

  mail::QueueNumber commit(smtp::Accept accept) {
    std::vector<db::Submission> submissions(1);
    db::Submission& message = submissions.front();
    message.envelope = std::move(accept.envelope);
    message.trace = {accept.helo_name, "127.0.0.1", "mail.ntut.edu.tw", accept.protocol, accepted};
    message.content = std::exchange(letter, Spool());
    message.maildrops = std::move(accept.maildrops);
    message.deliver_at = accepted.time + delay;
    const auto numbers = store.commit(submissions);
    REQUIRE(numbers);
    return numbers->front();
  }

  std::string pop3(std::string_view bytes, Time now) {
    const pop3::Settings settings{"mail.ntut.edu.tw", "ntut.edu.tw", {}, {}};
    pop3::Engine engine(settings, {}, sink);
    static_cast<void>(engine.greeting());
    std::string out;
    engine.feed(bytes);
    for (;;) {
      pop3::Output output = engine.next();
      if (auto* send = std::get_if<pop3::Send>(&output)) {
        out += send->bytes;
      } else if (auto* login = std::get_if<pop3::Login>(&output)) {
        REQUIRE(store.verify(login->user, login->secret) == true);
        const auto snapshot = store.snapshot(login->user, now);
        REQUIRE(snapshot);
        engine.on_login(pop3::LoginResult::ok, *snapshot, store.unique_prefix());
      } else if (auto* fetch = std::get_if<pop3::Fetch>(&output)) {
        const auto message = store.message("bob", fetch->queue);
        REQUIRE(message);
        const auto piece = store.content(fetch->queue, fetch->offset);
        REQUIRE(piece);
        if (fetch->offset == 0)
          engine.on_message(message->trace, message->content, message->octets);
        else
          engine.on_content(*piece);
      } else if (auto* update = std::get_if<pop3::Update>(&output)) {
        engine.on_updated(store.remove("bob", update->queue).has_value());
      } else {
        return out;
      }
    }
  }

  tests::RecordingSink sink;
  Spool letter;
  db::MemoryStore store{accepted.time};
};

const std::string envelope =
    "HELO ntut.edu.tw\r\nMAIL FROM:<ann@client.example>\r\nRCPT TO:<bob>\r\nDATA\r\n";
const std::string login = "USER bob\r\nPASS secret\r\n";

// The multi-line body of the last reply, unstuffed.
std::string body_of(const std::string& out, std::string_view status) {
  const auto start = out.rfind(status);
  REQUIRE(start != std::string::npos);
  std::string_view rest = std::string_view(out).substr(out.find("\r\n", start) + 2);
  mail::DotReader dots(LineEnding::crlf);
  std::string body;
  REQUIRE(dots.read(rest, body));
  CHECK(rest.empty());
  CHECK_FALSE(dots.bare_lf());
  return body;
}

}  // namespace

TEST_CASE("round trip: the lab's letter, from the first keystroke to RETR") {
  PostOffice office;
  CHECK(office.smtp(envelope + "This is a test.\r\n.\r\nQUIT\r\n")
            .find("250 2.0.0 ok, queued as number 1\r\n") != std::string::npos);
  const std::string session = login + "LIST\r\nRETR 1\r\nDELE 1\r\nLIST\r\nQUIT\r\n";
  CHECK(office.pop3(login + "STAT\r\n", accepted.time).ends_with("+OK 0 0\r\n"));
  CHECK(office.pop3(session, accepted.time + delay) ==
        "+OK now the password\r\n"
        "+OK maildrop locked, 1 message (174 octets)\r\n"
        "+OK 1 message (174 octets)\r\n"
        "1 174\r\n"
        ".\r\n"
        "+OK 174 octets\r\n"
        "Return-Path: <ann@client.example>\r\n"
        "Received: from ntut.edu.tw ([127.0.0.1])\r\n"
        "    by mail.ntut.edu.tw with SMTP id 1;\r\n"
        "    Mon, 15 Oct 2001 09:00:00 +0800\r\n\r\n"
        "This is a test.\r\n"
        ".\r\n"
        "+OK message 1 marked, QUIT will delete it\r\n"
        "+OK 0 messages (0 octets)\r\n"
        ".\r\n"
        "+OK bye, 1 message deleted\r\n");
  CHECK(office.pop3(login + "STAT\r\n", accepted.time + delay).ends_with("+OK 0 0\r\n"));
}

TEST_CASE("round trip: any content comes back as it was sent, with the size that LIST names") {
  const std::string all_octets = [] {
    std::string octets;
    for (int c = 0; c < 256; ++c) {
      if (c != '\r' && c != '\n') octets += static_cast<char>(c);
    }
    return octets + "\r\n";
  }();
  std::vector<std::string> contents{
      "",
      "\r\n",
      "\r\n\r\n",
      ".\r\n",
      "..\r\n",
      ".\r\n.\r\n..\r\n...\r\n",
      "Subject: x\r\n\r\n.hidden\r\n..\r\n",
      " .\r\n. \r\n",
      all_octets,
      "\xE4\xBD\xA0\xE5\xA5\xBD\r\n",
      std::string(100'000, '.') + "\r\n",
      "Return-Path: <forged>\r\nReceived: from nowhere\r\n\r\nx\r\n",
  };
  std::string many;
  for (int i = 0; i < 5000; ++i)
    many += std::string(static_cast<std::size_t>(i % 5), '.') + "line\r\n";
  contents.push_back(many);
  for (const std::string& content : contents) {
    CAPTURE(content.substr(0, 60));
    PostOffice office;
    office.smtp(envelope + mail::dot_stuffed(content) + ".\r\n");
    const Time later = accepted.time + delay;
    const auto stored = office.store.message("bob", 1);
    REQUIRE(stored);
    const std::string body = body_of(office.pop3(login + "RETR 1\r\n", later), "+OK ");
    CHECK(body == stored->trace + content);
    CHECK(office.pop3(login + "STAT\r\n", later)
              .ends_with("+OK 1 " + std::to_string(body.size()) + "\r\n"));
  }
}

TEST_CASE("round trip: a letter to two recipients and one twice is in each maildrop once") {
  PostOffice office;
  office.smtp(
      "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob>\r\nRCPT TO:<ann>\r\nRCPT TO:<bob>\r\n"
      "DATA\r\nhello\r\n.\r\n");
  const Time later = accepted.time + delay;
  CHECK(office.store.snapshot("bob", later)->size() == 1);
  CHECK(office.store.snapshot("ann", later)->size() == 1);
  const std::string letter = body_of(office.pop3(login + "RETR 1\r\n", later), "+OK ");
  CHECK(letter.starts_with("Return-Path: <>\r\nReceived: from x ([127.0.0.1])\r\n"));
  CHECK(letter.find(" with ESMTP id 1;\r\n") != std::string::npos);
}

TEST_CASE("round trip: a letter that was refused, or cut off, is nowhere") {
  PostOffice office;
  office.smtp(envelope + "a\nb\r\n.\r\n");
  office.smtp(envelope + "half a letter");
  office.smtp(envelope + "x\r\n.");
  CHECK(office.store.snapshot("bob", accepted.time + delay)->empty());
  CHECK(office.smtp(envelope + "x\r\n.\r\n").ends_with("queued as number 1\r\n"));
}
