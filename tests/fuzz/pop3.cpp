// The POP3 engine, with maildrop, TLS and SASL played by the input.
//
// Settings: which leniencies are off; TLS 0 no, 1 offered, 2 from the start; AUTH 0 no, 1 PLAIN, 2
// SCRAM-SHA-256 as well; limits 0 the usual, 1 tiny; APOP; the letters 0 two, 1 none, 2 all; the
// end 0 the client is gone, 1 it was silent too long. Answers, 0 being yes: a login 1 refused,
// 2 in use, 3 unavailable; the rest of a letter 1 unavailable, 2 to 4 a piece of it; the update
// 1 not done; TLS 1 the client is gone; SASL 1 refused, 2 to 4 a challenge, 5 malformed,
// 6 unavailable.

#include "pop3/engine.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include "wire/typed_line.hpp"

namespace sandpost::fuzz {
namespace {

namespace event = wire::event;

// As a store has them: lines end in CRLF; BINARYMIME lets bare CRs and LFs in.
std::string letter(std::size_t number) {
  switch (number) {
    case 0:
      return "Subject: first\r\n\r\nbody\r\n.hidden\r\n..\r\n.\r\nend\r\n";
    case 1:
      return "no head\r\n";
    case 2:
      return "";
    case 3:
      return "Subject: long\r\n\r\n" + std::string(1500, 'x') + "\r\n\xFF\xC3\xA9\r\n";
    default:
      return "Subject: binary\r\n\r\n\n.\n\r.\r\r\n\n.\r\n";
  }
}

constexpr std::string_view trace = "Return-Path: <>\r\nReceived: from x ([127.0.0.1])\r\n";
constexpr mail::QueueNumber first_queue = 101;

struct World {
  pop3::Settings settings{"mail.ntut.edu.tw", "ntut.edu.tw", {}, {}};
  pop3::Connection connection;
  std::size_t letters = 2;
  bool silent = false;

  explicit World(Choices choices) {
    const unsigned strict = choices.next(16);
    pop3::Leniency& leniency = settings.leniency;
    leniency.allow_address_as_user = (strict & 1U) == 0;
    leniency.allow_backspace = (strict & 2U) == 0;
    leniency.allow_blanks_around = (strict & 4U) == 0;
    leniency.allow_slip_before_pass = (strict & 8U) == 0;
    const unsigned tls = choices.next(3);
    settings.offers_tls = tls == 1;
    connection.tls = tls == 2;
    const unsigned auth = choices.next(3);
    if (auth > 0) settings.mechanisms = {"PLAIN"};
    if (auth > 1) settings.mechanisms.insert(settings.mechanisms.begin(), "SCRAM-SHA-256");
    if (choices.next(2) == 1)
      settings.limits = {.command_line = 40, .errors = 5, .told_lines = 3, .auth_line = 24};
    if (choices.next(2) == 1) connection.timestamp = "<1896.697170952@mail.ntut.edu.tw>";
    constexpr std::array<std::size_t, 3> counts{2, 0, 5};
    letters = counts[choices.next(counts.size())];
    silent = choices.next(2) == 1;
  }
};

class Session {
 public:
  Session(const World& world, Choices answers, bool listens)
      : ear(listens),
        world_(world),
        answers_(answers),
        engine_(world.settings, world.connection, ear) {
    send(engine_.greeting());
  }

  void say(std::string_view bytes) {
    if (closed) return;
    engine_.feed(bytes);
    // Each octet may end a line; each line has its reply, and may have two questions; and so many
    // more as a letter has pieces.
    const std::size_t most = 4 * bytes.size() + 16;
    std::size_t steps = 0;
    while (step())
      require(++steps < most + 2 * pieces_, "the engine does not come to rest");
  }

  void end() {
    if (!closed) {
      if (world_.silent) engine_.on_timeout();
      engine_.on_disconnect();
      engine_.on_disconnect();
    }
    engine_.feed("NOOP\r\nUSER x\r\nPASS y\r\nQUIT\r\n");
    for (int i = 0; i < 3; ++i)
      require(std::holds_alternative<pop3::Close>(engine_.next()), "something comes after the end");
  }

  [[nodiscard]] bool logged_in() const { return engine_.logged_in(); }

  Ear ear;
  bool closed = false;
  std::string out;      // all that was sent
  std::string journal;  // that, and each question where it was asked
  std::vector<std::string> challenges;
  std::size_t handshakes = 0;
  std::size_t secrets = 0;  // that came in the line before
  std::size_t passwords = 0;
  std::size_t fetches = 0;
  std::string fetched;  // the last one
  bool torn = false;    // it could not be read to its end
  std::vector<mail::QueueNumber> deleted;
  std::size_t updates = 0;

 private:
  void send(const std::string& bytes) {
    require(bytes.size() < 30'000, "more is sent at once than the bound");
    out += bytes;
    journal += bytes;
  }

  // True as long as there is more to do without new bytes.
  bool step() {
    pop3::Output output = engine_.next();
    require(updates == 0 || !std::holds_alternative<pop3::NeedBytes>(output),
            "the session goes on after the update");
    if (auto* sent = std::get_if<pop3::Send>(&output)) {
      require(!sent->bytes.empty(), "nothing is sent");
      send(sent->bytes);
    } else if (auto* login = std::get_if<pop3::Login>(&output)) {
      answer(*login);
    } else if (auto* fetch = std::get_if<pop3::Fetch>(&output)) {
      answer(*fetch);
    } else if (auto* update = std::get_if<pop3::Update>(&output)) {
      answer(*update);
    } else if (std::holds_alternative<pop3::StartTls>(output)) {
      require(world_.settings.offers_tls && !logged_in_, "STLS where it is not offered");
      journal += "handshake\n";
      ++handshakes;
      if (answers_.next(2) == 0)
        engine_.on_tls("TLSv1.3", "TLS_AES_256_GCM_SHA384");
      else
        engine_.on_disconnect();
    } else if (auto* request = std::get_if<pop3::Authenticate>(&output)) {
      answer(*request);
    } else {
      closed = std::holds_alternative<pop3::Close>(output);
      return false;
    }
    return true;
  }

  void answer(const pop3::Login& login) {
    require(!logged_in_, "a login after the login");
    journal += "login " + login.user + ' ' + login.secret + '\n';
    using Proof = pop3::Login::Proof;
    if (login.proof == Proof::password) {
      require(!login.secret.empty(), "a login without a password");
      ++passwords;
    }
    if (login.proof == Proof::apop_digest)
      require(!world_.connection.timestamp.empty(), "APOP where it is not offered");
    if (login.proof == Proof::sasl)
      require(login.user == "s9360511", "a SASL login as somebody else");
    else
      ++secrets;
    std::vector<pop3::Entry> snapshot;
    for (std::size_t i = 0; i < world_.letters; ++i) {
      snapshot.push_back(
          {first_queue + static_cast<mail::QueueNumber>(i), trace.size() + letter(i).size()});
    }
    constexpr std::array results{pop3::LoginResult::ok, pop3::LoginResult::refused,
                                 pop3::LoginResult::in_use, pop3::LoginResult::unavailable};
    const pop3::LoginResult result = results[answers_.next(results.size())];
    logged_in_ = result == pop3::LoginResult::ok;
    engine_.on_login(result, std::move(snapshot), "uid-");
  }

  // The store gives a letter out in pieces.
  void answer(const pop3::Fetch& fetch) {
    journal += "fetch " + std::to_string(fetch.queue) + ' ' + std::to_string(fetch.offset) + '\n';
    require(logged_in_, "a letter is read before the login");
    const auto number = static_cast<std::size_t>(fetch.queue - first_queue);
    require(number < world_.letters, "a letter is read that the snapshot does not have");
    constexpr std::array<std::size_t, 5> sizes{100'000, 0, 1, 7, 90};
    const std::size_t size = sizes[answers_.next(sizes.size())];
    const std::string content = letter(number);
    const bool first = fetch.offset == 0;
    require(first || fetch.offset < content.size(), "more of a letter is read than there is");
    if (size == 0) {
      torn = !first;
      return engine_.on_message_unavailable();
    }
    const std::string piece = content.substr(fetch.offset, size);
    ++pieces_;
    if (!first) return engine_.on_content(piece);
    ++fetches;
    fetched = std::string(trace) + content;
    engine_.on_message(trace, piece, content.size());
  }

  void answer(const pop3::Update& update) {
    journal += "update";
    for (const mail::QueueNumber queue : update.queue)
      journal += ' ' + std::to_string(queue);
    journal += '\n';
    require(logged_in_ && !update.queue.empty() && ++updates == 1, "an update out of turn");
    deleted = update.queue;
    engine_.on_updated(answers_.next(2) == 0);
  }

  void answer(const pop3::Authenticate& request) {
    require(!logged_in_, "AUTH after the login");
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
  pop3::Engine engine_;
  bool logged_in_ = false;
  std::size_t pieces_ = 0;  // of letters
};

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void check_line(std::string_view line) {
  require(line.ends_with("\r\n"), "a reply line without CRLF", line);
  require(line.size() <= 512, "a reply line of more than 512 octets", line);
  require(is_printable(line.substr(0, line.size() - 2)),
          "a reply line with octets that are not printable ASCII", line);
}

// The head, the empty line, and that many lines of the body (RFC 1939 §7).
std::string_view top(std::string_view letter, std::uint64_t lines) {
  std::string_view rest = letter;
  while (!rest.empty() && take_crlf_line(rest) != "\r\n") {
  }
  for (; lines > 0 && !rest.empty(); --lines)
    static_cast<void>(take_crlf_line(rest));
  return letter.substr(0, letter.size() - rest.size());
}

// Octet by octet, so that it is known what each line got for an answer.
class Witness {
 public:
  explicit Witness(const World& world, Choices answers)
      : world_(world), session(world, answers, true) {
    check_reply(session.out);
  }

  void say(char byte) {
    const std::size_t said = session.out.size();
    const std::size_t secrets = session.secrets;
    const std::size_t passwords = session.passwords;
    const std::size_t fetches = session.fetches;
    const std::size_t updates = session.updates;
    const std::size_t handshakes = session.handshakes;
    const std::size_t commands = commands_;
    const bool named = named_;
    verb_ = {};
    session.say(std::string_view(&byte, 1));
    hear();
    ++octets_;
    if (session.handshakes > handshakes) handshakes_.push_back(octets_);
    std::string_view reply = std::string_view(session.out).substr(said);
    skip_telnet_answers(reply);
    require(session.secrets == secrets || last_command_.ends_with(wire::asterisks),
            "a secret was told", last_command_);
    if (session.passwords > passwords) {
      require(named, "a login by PASS before USER", last_command_);
      named_ = false;
    }
    require(commands_ <= commands + 1, "two lines end with one octet");
    if (commands_ > commands) {
      require(!reply.empty(), "a command got no reply", last_command_);
      if (session.fetches > fetches)
        check_letter(reply);
      else
        check_reply(reply);
    } else {
      require(reply.empty(), "a reply to nothing", reply);
    }
    if (session.updates > updates) {
      require(session.deleted == marked(), "other letters are deleted than DELE marked");
      require(session.closed, "the session goes on after the update");
    }
  }

  void end() {
    session.end();
    hear();
    require(closes_ == 1, "the end was not told once");
    require(challenge_ == session.challenges.size(), "a challenge was not sent");
  }

  // How many octets were said when each handshake was asked for.
  [[nodiscard]] const std::vector<std::size_t>& handshakes() const { return handshakes_; }

 private:
  void hear() {
    for (; heard_ < session.ear.events.size(); ++heard_) {
      const wire::Event& heard = session.ear.events[heard_];
      if (heard.name == event::client_line) {
        ++commands_;
        last_command_ = heard.text("text");
        continue;
      }
      if (heard.name == event::server_line) continue;
      if (heard.name == event::pop3_close) ++closes_;
      if (heard.name == event::pop3_user) named_ = true;
      if (heard.name == event::pop3_top)
        top_lines_ = static_cast<std::uint64_t>(heard.number("lines"));
      if (heard.name == event::pop3_stls) named_ = false;
      if (heard.name == event::pop3_dele) {
        require(marks_.insert(heard.number("queue")).second, "a letter is marked twice");
        require(heard.number("marked") == static_cast<std::int64_t>(marks_.size()),
                "the marks are miscounted");
      }
      if (heard.name == event::pop3_rset) marks_.clear();
      if (heard.name != event::pop3_close && verb_.empty()) verb_ = heard.name;
    }
  }

  [[nodiscard]] std::vector<mail::QueueNumber> marked() const {
    return {marks_.begin(), marks_.end()};
  }

  // response = single-line / multi-line; the latter only where the RFCs have one.
  void check_reply(std::string_view reply) {
    std::string_view rest = reply;
    const std::string_view line = take_crlf_line(rest);
    if (line.starts_with("+ ")) {
      require(challenge_ < session.challenges.size(), "a challenge that nobody made", reply);
      require(line.ends_with("\r\n") && rest.empty() &&
                  base64_decode(line.substr(2, line.size() - 4)) == session.challenges[challenge_],
              "a challenge is not what was to be sent", reply);
      ++challenge_;
      return;
    }
    check_line(line);
    require(line.starts_with("+OK") || line.starts_with("-ERR"), "no status indicator", line);
    if (rest.empty()) return;
    require(line.starts_with("+OK"), "a refusal of more than one line", reply);
    const Unstuffed body = unstuff(rest);
    require(body.ended && body.octets == rest.size(), "a reply ends elsewhere than at its end",
            reply);
    while (!rest.empty())
      check_line(take_crlf_line(rest));
    const bool listing = verb_ == event::pop3_capa || verb_ == event::pop3_list ||
                         verb_ == event::pop3_uidl || verb_.empty();  // LANG has no event
    require(listing, "a reply of more lines than one", reply);
    if (verb_ == event::pop3_list || verb_ == event::pop3_uidl) {
      const auto lines = std::count(body.text.begin(), body.text.end(), '\n');
      require(static_cast<std::size_t>(lines) == world_.letters - marks_.size(),
              "a listing has other letters than those that are not marked", reply);
    }
  }

  // RETR gives the letter and its size, TOP the beginning of it.
  void check_letter(std::string_view reply) {
    std::string_view rest = reply;
    const std::string_view line = take_crlf_line(rest);
    check_line(line);
    require(line.starts_with("+OK"), "a letter with a refusal", line);
    const Unstuffed body = unstuff(rest);
    if (session.torn) {
      require(!body.ended && session.closed,
              "a letter that could not be read ends as if it were one", reply);
      return;
    }
    require(body.ended && body.octets == rest.size(), "a letter ends elsewhere than at its end",
            reply);
    if (verb_ == event::pop3_retr) {
      require(body.text == session.fetched, "RETR gives another letter", reply);
      require(
          line.find(' ' + std::to_string(session.fetched.size()) + ' ') != std::string_view::npos,
          "RETR tells another size", line);
    } else {
      require(verb_ == event::pop3_top, "a letter that nobody asked for", verb_);
      require(body.text == top(session.fetched, top_lines_), "TOP gives another part", reply);
    }
  }

  const World& world_;
  std::size_t heard_ = 0;  // events
  std::size_t octets_ = 0;
  std::size_t commands_ = 0;
  std::size_t closes_ = 0;
  std::size_t challenge_ = 0;
  std::string last_command_;
  std::string_view verb_;  // what the line in work meant
  bool named_ = false;     // USER was said
  std::uint64_t top_lines_ = 0;
  std::set<mail::QueueNumber> marks_;
  std::vector<std::size_t> handshakes_;

 public:
  Session session;
};

}  // namespace

void pop3(std::string_view text) {
  play_session<World, Witness, Session>(text);
}

}  // namespace sandpost::fuzz
