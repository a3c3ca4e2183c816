#include "tests/bench/plays.hpp"

#include <array>
#include <utility>
#include <variant>
#include <vector>

#include "mail/dots.hpp"
#include "pop3/engine.hpp"
#include "smtp/engine.hpp"

namespace sandpost::bench {
namespace {

// Nobody listens, as in `serve` without --verbose.
class DeafSink final : public wire::Sink {
 public:
  [[nodiscard]] bool wanted() const override { return false; }
  void emit(std::string_view /*name*/, std::vector<wire::Field> /*fields*/) override {}
};

class Smtp {
 public:
  Smtp() { out_ = engine_.greeting().size(); }

  void say(std::string_view bytes) {
    through_ += bytes.size();
    engine_.feed(bytes);
    for (;;) {
      smtp::Output output = engine_.next();
      if (const auto* send = std::get_if<smtp::Send>(&output))
        out_ += send->bytes.size();
      else if (std::holds_alternative<smtp::CheckMailbox>(output))
        engine_.on_mailbox("box");
      else if (std::holds_alternative<smtp::Accept>(output))
        engine_.on_stored(static_cast<mail::QueueNumber>(++stored_));
      else if (!std::holds_alternative<smtp::Content>(output))
        return;
    }
  }

  [[nodiscard]] std::size_t stored() const { return stored_; }
  [[nodiscard]] std::size_t octets() const { return through_ + out_; }

 private:
  DeafSink sink_;
  smtp::Settings settings_{"mail.server.example", "server.example", {}, {}};
  smtp::Engine engine_{settings_, {"127.0.0.1"}, sink_};
  std::size_t through_ = 0;
  std::size_t out_ = 0;
  std::size_t stored_ = 0;
};

class Pop3 {
 public:
  Pop3(std::string_view content, std::size_t messages) : content_(content), messages_(messages) {
    out_ = engine_.greeting().size();
    say("USER box\r\n");
    say("PASS pw\r\n");
  }

  void say(std::string_view bytes) {
    through_ += bytes.size();
    engine_.feed(bytes);
    for (;;) {
      pop3::Output output = engine_.next();
      if (const auto* send = std::get_if<pop3::Send>(&output))
        out_ += send->bytes.size();
      else if (std::holds_alternative<pop3::Login>(output))
        log_in();
      else if (std::holds_alternative<pop3::Fetch>(output))
        engine_.on_message("Return-Path: <load@client.example>\r\n", content_, content_.size());
      else
        return;
    }
  }

  [[nodiscard]] std::size_t octets() const { return through_ + out_; }

 private:
  void log_in() {
    std::vector<pop3::Entry> snapshot(messages_);
    mail::QueueNumber number = 0;
    for (pop3::Entry& entry : snapshot) {
      entry.number = ++number;
      entry.octets = content_.size() + 36;
    }
    engine_.on_login(pop3::LoginResult::ok, std::move(snapshot), "0123456789abcdef.");
  }

  DeafSink sink_;
  pop3::Settings settings_{"mail.server.example", "server.example", {}, {}};
  pop3::Engine engine_{settings_, {}, sink_};
  std::string_view content_;
  std::size_t messages_;
  std::size_t through_ = 0;
  std::size_t out_ = 0;
};

constexpr std::size_t counted_messages = 100;

constexpr std::array<Play, 7> all_plays{{
    {"smtp_1k", [] { return smtp_messages(counted_messages, letter(1024)); }},
    {"smtp_64k", [] { return smtp_messages(10, letter(65'536)); }},
    {"smtp_commands", [] { return smtp_commands(counted_messages); }},
    {"pop3_retr_1k", [] { return pop3_retrievals(counted_messages, letter(1024)); }},
    {"pop3_retr_64k", [] { return pop3_retrievals(10, letter(65'536)); }},
    {"pop3_commands", [] { return pop3_commands(counted_messages); }},
    {"pop3_listing", [] { return pop3_listing(10'000); }},
}};

}  // namespace

std::string letter(std::size_t octets, bool dotted) {
  std::string text = "From: <load@client.example>\r\nSubject: load\r\n\r\n";
  while (text.size() + 72 <= octets)
    text += (dotted ? "." : "x") + std::string(69, 'x') + "\r\n";
  return text;
}

std::size_t smtp_messages(std::size_t messages, std::string_view content) {
  Smtp session;
  const std::string data = std::string(content) + ".\r\n";
  session.say("EHLO client.example\r\n");
  for (std::size_t i = 0; i < messages; ++i) {
    session.say("MAIL FROM:<load@client.example>\r\n");
    session.say("RCPT TO:<box@server.example>\r\n");
    session.say("DATA\r\n");
    session.say(data);
  }
  return session.stored() == messages ? session.octets() : 0;
}

std::size_t smtp_commands(std::size_t rounds) {
  Smtp session;
  session.say("EHLO client.example\r\n");
  for (std::size_t i = 0; i < rounds; ++i) {
    session.say("MAIL FROM:<load@client.example> SIZE=1024 BODY=8BITMIME\r\n");
    session.say("RCPT TO:<box@server.example>\r\n");
    session.say("RSET\r\n");
  }
  return session.octets();
}

std::size_t pop3_retrievals(std::size_t messages, std::string_view content) {
  Pop3 session(content, messages);
  for (std::size_t i = 1; i <= messages; ++i)
    session.say("RETR " + std::to_string(i) + "\r\n");
  return session.octets() > messages * content.size() ? session.octets() : 0;
}

std::size_t pop3_commands(std::size_t rounds) {
  Pop3 session("", 1);
  for (std::size_t i = 0; i < rounds; ++i) {
    session.say("STAT\r\n");
    session.say("LIST 1\r\n");
    session.say("NOOP\r\n");
  }
  return session.octets();
}

std::size_t pop3_listing(std::size_t messages) {
  Pop3 session("", messages);
  session.say("LIST\r\n");
  session.say("UIDL\r\n");
  return session.octets() > messages * 10 ? session.octets() : 0;
}

std::size_t unstuff(std::string_view stuffed) {
  mail::DotReader reader(LineEnding::crlf);
  std::string out;
  std::string_view rest = stuffed;
  return reader.read(rest, out) ? out.size() : 0;
}

std::size_t stuff(std::string_view content) {
  mail::DotWriter writer;
  std::string out;
  writer.write(content, out);
  writer.finish(out);
  return out.size();
}

std::span<const Play> counted_plays() {
  return all_plays;
}

}  // namespace sandpost::bench
