// The SMTP engine, with mailboxes, store, TLS and SASL played by the input.
//
// Settings: which leniencies are off; TLS 0 no, 1 offered, 2 from the start; AUTH 0 no, 1 PLAIN and
// LOGIN, 2 SCRAM-SHA-256 as well; limits 0 the usual, 1 tiny; FUTURERELEASE; the end 0 the client
// is gone, 1 it was silent too long, 2 the server stops. Answers, 0 being yes: a mailbox 1 no; the
// store 1 full, 2 busy, 3 the client is gone; TLS 1 the client is gone; SASL 1 refused, 2 to 4 a
// challenge, 5 malformed, 6 unavailable.

#include "smtp/engine.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include "mail/content_scan.hpp"
#include "mail/message.hpp"
#include "wire/typed_line.hpp"

namespace sandpost::fuzz {
namespace {

namespace event = wire::event;

enum class End { disconnect, timeout, shutdown };

struct World {
  smtp::Settings settings{"mail.ntut.edu.tw", "ntut.edu.tw", "[127.0.0.1]", {}, {}};
  End end = End::disconnect;

  explicit World(Choices choices) {
    const unsigned strict = choices.next(64);
    smtp::Leniency& leniency = settings.leniency;
    leniency.allow_space_around_colon = (strict & 1U) == 0;
    leniency.allow_no_brackets = (strict & 2U) == 0;
    leniency.allow_no_domain = (strict & 4U) == 0;
    leniency.allow_backspace = (strict & 8U) == 0;
    leniency.allow_blanks_around = (strict & 16U) == 0;
    leniency.allow_any_helo_name = (strict & 32U) == 0;
    const unsigned tls = choices.next(3);
    settings.offers_tls = tls == 1;
    settings.tls = tls == 2;
    const unsigned auth = choices.next(3);
    if (auth > 0) settings.mechanisms = {"PLAIN", "LOGIN"};
    if (auth > 1) settings.mechanisms.insert(settings.mechanisms.begin(), "SCRAM-SHA-256");
    if (choices.next(2) == 1) {
      settings.limits = {.command_line = 80,
                         .recipients = 2,
                         .message_size = 64,
                         .errors = 5,
                         .told_lines = 3,
                         .auth_line = 40,
                         .received_lines = 1};
    }
    if (choices.next(2) == 1) settings.now = Time{std::chrono::milliseconds{1'795'000'000'123}};
    end = static_cast<End>(choices.next(3));
  }
};

// A transaction as the events tell it; the order is RFC 5321 §4.1.4's.
struct Told {
  bool helo = false;
  bool extended = false;
  bool mail = false;
  bool data = false;
  std::size_t recipients = 0;
  std::string from;
  std::string name;
  std::size_t commands = 0;
  std::size_t closes = 0;
  std::string last_command;

  void hear(const wire::Event& heard) {
    const std::string_view name_of = heard.name;
    if (name_of == event::client_line) {
      require(data == heard.flag("data"), "a command within DATA, or a letter outside");
      if (!data) {
        ++commands;
        last_command = heard.text("text");
      }
    } else if (name_of == event::smtp_helo) {
      forget();
      helo = true;
      extended = heard.text("verb") == "EHLO";
      name = heard.text("name");
    } else if (name_of == event::smtp_starttls) {
      forget();
      helo = extended = false;
    } else if (name_of == event::smtp_rset || name_of == event::smtp_message) {
      forget();
    } else if (name_of == event::smtp_error) {
      if (heard.flag("lost")) forget();
    } else if (name_of == event::smtp_auth) {
      require(extended && !mail, "AUTH without EHLO, or within a transaction");
    } else if (name_of == event::smtp_mail) {
      require(helo && !mail, "MAIL before HELO, or after MAIL");
      mail = true;
      from = heard.text("from");
    } else if (name_of == event::smtp_rcpt) {
      require(mail && !data, "RCPT before MAIL");
      ++recipients;
    } else if (name_of == event::smtp_data) {
      require(recipients > 0, "DATA before RCPT");
      data = true;
    } else if (name_of == event::smtp_bdat) {
      require(recipients > 0, "BDAT before RCPT");
    } else if (name_of == event::smtp_close) {
      ++closes;
      forget();
    }
  }

 private:
  void forget() {
    mail = data = false;
    recipients = 0;
    from.clear();
  }
};

class Session {
 public:
  Session(const World& world, Choices answers, bool listens)
      : ear(listens), world_(world), answers_(answers), engine_(world.settings, "127.0.0.1", ear) {
    send(engine_.greeting());
  }

  void say(std::string_view bytes) {
    if (closed) return;
    engine_.feed(bytes);
    fed_ = std::max(fed_, bytes.size());
    // Each octet may end a line; each line has its reply, and may have a question.
    const std::size_t most = 4 * bytes.size() + 16;
    std::size_t steps = 0;
    while (step())
      require(++steps < most, "the engine does not come to rest");
  }

  void end() {
    if (!closed) {
      if (world_.end == End::timeout) send(engine_.on_timeout());
      if (world_.end == End::shutdown) send(engine_.on_shutdown());
      engine_.on_disconnect();
      engine_.on_disconnect();
    }
    engine_.feed("NOOP\r\n.\r\nQUIT\r\n");
    for (int i = 0; i < 3; ++i)
      require(std::holds_alternative<smtp::Close>(engine_.next()), "something comes after the end");
  }

  [[nodiscard]] bool mid_line() const { return engine_.mid_line(); }

  Ear ear;
  bool closed = false;
  std::string out;      // all that was sent
  std::string journal;  // that, and each question where it was asked
  std::vector<std::string> challenges;
  std::size_t handshakes = 0;
  std::size_t secrets = 0;  // that came in the line before
  std::size_t letters = 0;
  std::optional<smtp::Accept> letter;  // the last one
  std::string content;                 // of it

 private:
  void send(const std::string& bytes) {
    require(bytes.size() < 20'000, "more is sent at once than the bound");
    out += bytes;
    journal += bytes;
  }

  // True as long as there is more to do without new bytes.
  bool step() {
    smtp::Output output = engine_.next();
    if (auto* sent = std::get_if<smtp::Send>(&output)) {
      require(!sent->bytes.empty(), "nothing is sent");
      send(sent->bytes);
    } else if (auto* check = std::get_if<smtp::CheckMailbox>(&output)) {
      answer(*check);
    } else if (const auto* piece = std::get_if<smtp::Content>(&output)) {
      take(*piece);
    } else if (auto* accept = std::get_if<smtp::Accept>(&output)) {
      answer(*accept);
    } else if (std::holds_alternative<smtp::StartTls>(output)) {
      require(world_.settings.offers_tls, "STARTTLS where it is not offered");
      journal += "handshake\n";
      ++handshakes;
      if (answers_.next(2) == 0)
        engine_.on_tls("TLSv1.3", "TLS_AES_256_GCM_SHA384");
      else
        engine_.on_disconnect();
    } else if (auto* request = std::get_if<smtp::Authenticate>(&output)) {
      answer(*request);
    } else {
      closed = std::holds_alternative<smtp::Close>(output);
      return false;
    }
    return true;
  }

  void answer(const smtp::CheckMailbox& check) {
    require(check.local_part.size() <= 64, "a local part of more than 64 octets");
    journal += "mailbox " + check.local_part + '\n';
    if (answers_.next(2) == 0)
      engine_.on_mailbox("s9360511");
    else
      engine_.on_mailbox(std::nullopt);
  }

  void take(const smtp::Content& piece) {
    if (piece.offset == 0) in_work_.clear();
    require(piece.offset == in_work_.size(), "a piece of a letter does not follow the one before");
    require(!piece.octets.empty(), "a piece of a letter is empty");
    require(piece.octets.size() <= 2 * fed_ + 70'000, "a piece of a letter is too big");
    in_work_ += piece.octets;
  }

  void answer(smtp::Accept& accept) {
    if (accept.octets == 0) in_work_.clear();
    require(accept.octets == in_work_.size(), "a letter has another size than its pieces");
    content = std::exchange(in_work_, {});
    journal += "accept " + accept.protocol + ' ' + accept.helo_name + ' ' +
               accept.envelope.envelope_id + (accept.envelope.return_full ? " full" : " head") +
               " <" + accept.envelope.reverse_path.to_text() + ">\n";
    for (const mail::Recipient& recipient : accept.envelope.recipients) {
      journal += '<' + recipient.forward_path.to_text() + "> " + recipient.original +
                 (recipient.notify.success ? " success" : "") +
                 (recipient.notify.failure ? " failure\n" : "\n");
    }
    if (accept.hold_for) journal += std::to_string(accept.hold_for->count()) + '\n';
    journal += content;
    letter = std::move(accept);
    ++letters;
    switch (answers_.next(4)) {
      case 1:
        return engine_.on_not_stored(smtp::StoreFailure::full);
      case 2:
        return engine_.on_not_stored(smtp::StoreFailure::busy);
      case 3:
        return engine_.on_disconnect();
      default:
        return engine_.on_stored(static_cast<mail::QueueNumber>(letters));
    }
  }

  void answer(const smtp::Authenticate& request) {
    journal += "sasl " + request.mechanism + ' ' + request.response.value_or("-") + '\n';
    if (request.response && !request.response->empty()) ++secrets;
    using Outcome = wire::SaslStep::Outcome;
    const unsigned choice = answers_.next(7);
    switch (choice) {
      case 0:
        return engine_.on_sasl({Outcome::accepted, "", "s9360511"});
      case 1:
        return engine_.on_sasl({Outcome::refused, "", ""});
      case 5:
        return engine_.on_sasl({Outcome::malformed, "", ""});
      case 6:
        return engine_.on_sasl({Outcome::unavailable, "", ""});
      default:
        challenges.emplace_back(choice == 2 ? 0 : choice == 3 ? 40 : 600, '\x80');
        return engine_.on_sasl({Outcome::challenge, challenges.back(), ""});
    }
  }

  const World& world_;
  Choices answers_;
  smtp::Engine engine_;
  std::string in_work_;  // the letter, as far as it came
  std::size_t fed_ = 0;  // at once, at most
};

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
// (RFC 5321 §4.2), with the enhanced code of RFC 2034 §4 in each line of a reply or in none.
void check_replies(std::string_view out, const std::vector<std::string>& challenges) {
  std::size_t challenge = 0;
  std::string first;
  bool said_good_bye = false;
  while (skip_telnet_answers(out), !out.empty()) {
    require(!said_good_bye, "something is said after 221 or 421", out);
    std::string_view line = take_crlf_line(out);
    require(line.ends_with("\r\n"), "a reply line without CRLF", line);
    line.remove_suffix(2);
    const bool sasl = line.starts_with("334 ");  // RFC 4954 §4: up to 12288 octets
    require(line.size() <= 510 || sasl, "a reply line of more than 512 octets", line);
    require(is_printable(line), "a reply line with octets that are not printable ASCII", line);
    require(line.size() >= 4, "a reply line without a code", line);
    require(line[0] >= '2' && line[0] <= '5' && line[1] >= '0' && line[1] <= '5' &&
                line[2] >= '0' && line[2] <= '9' && (line[3] == ' ' || line[3] == '-'),
            "no reply code", line);
    std::string head(line.substr(0, 3));
    if (line.size() > 8 && line[5] == '.' && line[7] == '.') {
      require(line[4] == line[0], "an enhanced code of another class", line);
      head += line.substr(4, 5);
    }
    require(first.empty() || head == first, "the lines of a reply have different codes", line);
    const bool last = line[3] == ' ';
    first = last ? std::string() : head;
    if (sasl) {
      require(challenge < challenges.size(), "a challenge that nobody made");
      require(base64_decode(line.substr(4)) == challenges[challenge],
              "a challenge is not what was to be sent", line);
      ++challenge;
    }
    said_good_bye = last && (line.starts_with("221") || line.starts_with("421"));
  }
  require(first.empty(), "a reply that does not end");
}

// What a letter is accepted with becomes header fields of it.
void check_trace(const smtp::Accept& letter, const std::string& content) {
  const mail::Trace trace{letter.helo_name, "127.0.0.1", "mail.ntut.edu.tw", letter.protocol, {}};
  const std::string lines = mail::trace_above(content, letter.envelope.reverse_path, trace, 1);
  std::string_view rest = lines;
  for (const std::string_view begin : {"Return-Path: <", "Received: from ", "    by ", "    "}) {
    const std::string_view line = take_crlf_line(rest);
    require(line.starts_with(begin) && line.ends_with("\r\n"), "a trace line is torn", lines);
    require(line.size() <= 1000, "a trace line of more than 1000 octets", lines);
  }
  require(rest.empty() || rest == "\r\n", "the trace has other lines than its own", lines);
  require(!has_bare_cr_or_lf(lines) && lines.find('\0') == std::string::npos,
          "the trace has a bare CR, LF or NUL", lines);
}

// Octet by octet, so that it is known with which one everything happened.
class Witness {
 public:
  explicit Witness(const World& world, Choices answers)
      : world_(world), session(world, answers, true) {}

  void say(char byte) {
    const bool data = told_.data;
    if (data) raw_ += byte;
    if (chunk_open_) chunk_ += byte;
    const std::size_t commands = told_.commands;
    const std::size_t said = session.out.size();
    const std::size_t letters = session.letters;
    const std::size_t handshakes = session.handshakes;
    const std::size_t secrets = session.secrets;
    const bool chunk_was_open = chunk_open_;

    session.say(std::string_view(&byte, 1));

    if (session.letters > letters) check_letter(data);
    hear();
    if (data && !told_.data && session.letters == letters && !session.closed) check_refusal();
    check_count(std::string_view(session.out).substr(said),
                told_.commands > commands || data || chunk_was_open);
    require(session.secrets == secrets || told_.last_command.ends_with(wire::asterisks),
            "a secret was told", told_.last_command);
    if (!told_.data) raw_.clear();
    if (told_.recipients == 0) chunk_.clear();
    if (session.handshakes > handshakes) handshakes_.push_back(octets_ + 1);
    ++octets_;
    if (session.closed) return;
    const bool replied = session.out.size() > said && session.out.ends_with("\r\n");
    if (chunk_was_open && replied) {
      chunk_open_ = false;
      if (!std::string_view(session.out).substr(said).starts_with("250"))
        chunk_.resize(chunk_begin_);
    }
    if (told_.commands > commands && !replied) {
      require(session.mid_line(), "a command got no reply", told_.last_command);
      chunk_open_ = true;
      chunk_begin_ = chunk_.size();
    }
  }

  void end() {
    session.end();
    hear();
    require(told_.closes == 1, "the end was not told once");
    check_replies(session.out, session.challenges);
    check_told(session.out);
  }

  // How many octets were said when each handshake was asked for.
  [[nodiscard]] const std::vector<std::size_t>& handshakes() const { return handshakes_; }

 private:
  void hear() {
    for (; heard_ < session.ear.events.size(); ++heard_)
      told_.hear(session.ear.events[heard_]);
  }

  void check_letter(bool by_data) {
    const smtp::Accept& letter = *session.letter;
    const std::string& content = session.content;
    require(told_.mail && told_.recipients > 0, "a letter is accepted before MAIL and RCPT");
    require(letter.envelope.recipients.size() == told_.recipients &&
                letter.maildrops.size() == told_.recipients,
            "a letter has other recipients than RCPT named");
    require(told_.recipients <= world_.settings.limits.recipients,
            "more recipients than the limit");
    require(letter.envelope.reverse_path.to_text() == told_.from,
            "a letter has another sender than MAIL named");
    require(letter.helo_name == told_.name, "a letter has another HELO name");
    require(content.empty() || content.ends_with("\r\n"), "a letter does not end in CRLF");
    require(content.size() <= world_.settings.limits.message_size + 2,
            "a letter is bigger than the limit");
    require(by_data || !told_.data, "a letter is accepted without its final dot");
    if (by_data) {
      const bool crlf = raw_.ends_with("\r\n.\r\n") || raw_ == ".\r\n";
      require(crlf || raw_.ends_with("\n.\n") || raw_ == ".\n", "a letter ends without a lone dot");
      require(!has_bare_cr_or_lf(content), "a letter with a bare CR or LF is accepted");
      const Unstuffed plain = unstuff(crlf ? raw_ : with_crlf(raw_));
      require(plain.ended && plain.octets == (crlf ? raw_ : with_crlf(raw_)).size(),
              "a letter goes on behind its lone dot");
      require(content == plain.text, "a letter is not what was sent");
    } else {
      std::string expected = chunk_;
      if (!expected.empty() && !expected.ends_with("\r\n")) expected += "\r\n";
      require(content == expected, "a letter is not the chunks that were sent");
      chunk_open_ = false;
    }
    check_trace(letter, content);
  }

  // One reply for each line, but for the good-bye of a server that has had enough.
  static void check_count(std::string_view out, bool may_reply) {
    skip_telnet_answers(out);
    std::size_t replies = 0;
    for (std::string_view rest = out; !rest.empty();) {
      const std::string_view line = take_crlf_line(rest);
      if (line.size() > 3 && line[3] == ' ' && !line.starts_with("421")) ++replies;
    }
    require(replies <= (may_reply ? 1U : 0U), "more replies than one to a line", out);
  }

  // A letter that ended and was not to be stored.
  void check_refusal() const {
    const bool crlf = raw_.ends_with("\r\n.\r\n") || raw_ == ".\r\n";
    const std::string sent = crlf ? raw_ : with_crlf(raw_);
    const std::string content = unstuff(sent).text;
    const smtp::Limits& limits = world_.settings.limits;
    mail::ContentScan scan;
    scan.add(content);
    require(has_bare_cr_or_lf(sent) || content.size() > limits.message_size ||
                scan.received_lines() > limits.received_lines,
            "a letter is refused for nothing", raw_);
  }

  // Every reply line was told, too.
  void check_told(std::string_view out) const {
    for (const wire::Event& heard : session.ear.events) {
      if (heard.name != event::server_line) continue;
      skip_telnet_answers(out);
      const std::string line = heard.text("text") + "\r\n";
      require(out.starts_with(line), "a reply line was told otherwise", line);
      out.remove_prefix(line.size());
    }
    skip_telnet_answers(out);
    require(out.empty(), "a reply line was not told", out);
  }

  const World& world_;
  Told told_;
  std::size_t heard_ = 0;  // events
  std::size_t octets_ = 0;
  std::string raw_;              // said since DATA
  std::string chunk_;            // said in the chunks of this letter that were not refused
  std::size_t chunk_begin_ = 0;  // of the chunk that is open
  bool chunk_open_ = false;
  std::vector<std::size_t> handshakes_;

 public:
  Session session;
};

}  // namespace

void smtp(std::string_view text) {
  play_session<World, Witness, Session>(text);
}

}  // namespace sandpost::fuzz
