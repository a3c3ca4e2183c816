#pragma once
// A whole lesson without sockets, threads or waiting: the real engines, a mailbox in memory, and a
// tutor that is told what happens just as the server tells it (net/session.hpp). Tests type bytes
// into windows and read what the tutor prints.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "db/memory_store.hpp"
#include "net/sasl.hpp"
#include "pop3/engine.hpp"
#include "sandbox/library.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/screen.hpp"
#include "sandbox/tutor.hpp"
#include "smtp/engine.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::tests {

using sandbox::Protocol;

inline sandbox::Lesson lab() {
  auto lesson = sandbox::find_lesson(sandbox::first_lesson);
  REQUIRE(lesson);
  return std::move(*lesson);
}

inline sandbox::Variables lab_variables() {
  return {{"me", "s9360511@ntut.edu.tw"}, {"user", "s9360511"},  {"pass", "sandbox"},
          {"domain", "ntut.edu.tw"},      {"host", "127.0.0.1"}, {"smtp_port", "2525"},
          {"server", "mail.ntut.edu.tw"}, {"pop3_port", "1110"}};
}

// What the tutor says, one row for each line: "NO It is written like this. ..."
inline std::string rows_of(const sandbox::Lines& lines) {
  std::string out;
  for (const sandbox::Line& line : lines) {
    std::string text = line.text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    out += std::string(sandbox::word_of(line.role)) + text;
    if (!line.note.empty()) out += "  | " + line.note;
    out += '\n';
  }
  return out;
}

inline bool has(std::string_view text, std::string_view fragment) {
  return text.find(fragment) != std::string_view::npos;
}

// The rows that begin with this word.
inline std::string rows_with(std::string_view rows, std::string_view word) {
  std::string out;
  for (const std::string& row : split(rows, '\n')) {
    if (row.starts_with(word)) out += row + '\n';
  }
  return out;
}

class Classroom {
 public:
  using milliseconds = std::chrono::milliseconds;
  static constexpr milliseconds delay{10'000};

  explicit Classroom(sandbox::Lesson lesson = lab()) : lesson_(std::move(lesson)) {
    begun = tutor.begin(clock.now());
    printed = rows_of(begun);
    put_account("s9360511", "sandbox");
  }

  void put_account(const std::string& name, const std::string& password) {
    REQUIRE(store.put_account(name, password));
    accounts_.push_back(name);
  }

  // Opens a window; it is the one that type() means from now on.
  std::string connect(Protocol protocol) {
    const std::size_t before = printed.size();
    windows_.push_back(std::make_unique<Window>(*this, protocol, windows_.size() + 1));
    current = windows_.size();
    windows_.back()->greet();
    return printed.substr(before);
  }

  // A client that does not wait for the greeting; net/smtp_session.cpp notices.
  std::string connect_talking(std::string_view bytes) {
    const std::size_t before = printed.size();
    connect(Protocol::smtp);
    window().talk_early();
    send(bytes);
    return printed.substr(before);
  }

  // Sends these bytes in the current window; returns what the tutor said because of them.
  std::string send(std::string_view bytes) {
    const std::size_t before = printed.size();
    if (byte_by_byte) {
      for (const char byte : bytes)
        window().feed(std::string_view(&byte, 1));
    } else {
      window().feed(bytes);
    }
    return printed.substr(before);
  }
  std::string type(std::string_view line) { return send(std::string(line) + "\r\n"); }
  std::string type(std::initializer_list<std::string_view> typed) {
    std::string out;
    for (const std::string_view line : typed)
      out += type(line);
    return out;
  }

  // The window is closed without a word.
  std::string drop() {
    const std::size_t before = printed.size();
    window().hang_up();
    return printed.substr(before);
  }

  // The server hangs up, because nothing came for too long.
  std::string time_out() {
    const std::size_t before = printed.size();
    window().time_out();
    return printed.substr(before);
  }

  // Nothing is said for so long, in any window.
  std::string silence(std::chrono::seconds time) {
    clock.advance(time);
    return rows_of(tutor.on_tick(clock.now().time));
  }

  // Lets time pass; the postman announces what is due.
  std::string wait(milliseconds time = delay) {
    const std::size_t before = printed.size();
    const Time until = clock.now().time + time;
    for (;;) {
      const auto next =
          std::min_element(deliveries_.begin(), deliveries_.end(),
                           [](const Delivery& a, const Delivery& b) { return a.due < b.due; });
      if (next == deliveries_.end() || next->due > until) break;
      const Delivery delivery = *next;
      deliveries_.erase(next);
      clock.advance(delivery.due - clock.now().time);
      tell(0, wire::event::queue_delivered,
           {{"queue", delivery.number},
            {"mailbox", delivery.maildrop},
            {"waited", std::int64_t{delay.count()}}});
    }
    clock.advance(until - clock.now().time);
    return printed.substr(before);
  }

  // The postman hurries: what waits is delivered before it is due.
  void deliver_now() {
    for (const Delivery& delivery : std::exchange(deliveries_, {})) {
      tell(0, wire::event::queue_delivered,
           {{"queue", delivery.number},
            {"mailbox", delivery.maildrop},
            {"waited", std::int64_t{0}}});
    }
  }

  // Does what the author of the lesson does in this step.
  std::string do_step() {
    std::string out;
    for (const std::string& line : tutor.solution()) {
      if (line == ":connect smtp") {
        out += connect(Protocol::smtp);
      } else if (line == ":connect pop3") {
        out += connect(Protocol::pop3);
      } else if (line == ":wait") {
        out += wait();
      } else if (line == ":drop") {
        out += drop();
      } else {
        out += type(line);
      }
    }
    return out;
  }

  // Does all steps before the one with this id.
  void go_to(std::string_view id) {
    while (!tutor.finished() && tutor.step().id != id) {
      const std::size_t step = tutor.step_number();
      do_step();
      REQUIRE(tutor.step_number() > step);
    }
    REQUIRE_FALSE(tutor.finished());
  }

  [[nodiscard]] bool at(std::string_view id) const {
    return !tutor.finished() && tutor.step().id == id;
  }
  [[nodiscard]] bool open() const { return windows_.at(current - 1)->open(); }
  [[nodiscard]] std::size_t letters() {
    const auto shown = store.snapshot("s9360511", clock.now().time);
    REQUIRE(shown);
    return shown->size();
  }

  std::size_t current = 0;    // the window that type() means, from 1
  bool byte_by_byte = false;  // how it is sent
  bool tls = false;           // from the start of each connection
  smtp::Settings smtp{"mail.ntut.edu.tw", "ntut.edu.tw", {}, {}};
  pop3::Settings pop3{"mail.ntut.edu.tw", "ntut.edu.tw", {}, {}};
  ManualClock clock{*parse_rfc3339("2026-11-23T14:03:22+08:00")};
  db::MemoryStore store{clock.now().time};
  bool disk_works = true;

 private:
  sandbox::Lesson lesson_;

 public:
  sandbox::Tutor tutor{lesson_, lab_variables()};
  std::vector<wire::Event> events;  // all that the tutor was told
  sandbox::Lines begun;
  sandbox::Lines lines;  // all that it said since
  std::string printed;   // the same as rows

 private:
  struct Delivery {
    Time due;
    mail::QueueNumber number;
    std::string maildrop;
  };

  // One connection; what net/smtp_session.cpp and net/pop3_session.cpp do, without the waiting.
  class Window : public wire::Sink {
   public:
    Window(Classroom& room, Protocol protocol, std::uint64_t number)
        : room_(room), number_(number) {
      if (protocol == Protocol::smtp)
        smtp_.emplace(room.smtp, smtp::Connection{"127.0.0.1", {}, room.tls}, *this);
      else
        pop3_.emplace(room.pop3, pop3::Connection{{}, room.tls}, *this);
    }

    [[nodiscard]] bool wanted() const override { return true; }
    void emit(std::string_view name, std::vector<wire::Field> fields) override {
      room_.tell(number_, name, std::move(fields));
    }

    void greet() {
      if (smtp_) {
        emit(wire::event::smtp_connect, {{"port", std::int64_t{2525}}});
        (void)smtp_->greeting();
      } else {
        emit(wire::event::pop3_connect, {{"port", std::int64_t{1110}}});
        (void)pop3_->greeting();
      }
    }

    void talk_early() { smtp_->on_early_talk(); }

    void feed(std::string_view bytes) {
      if (!open_) return;
      if (smtp_) {
        smtp_->feed(bytes);
        while (open_ && serve_smtp()) {
        }
      } else {
        pop3_->feed(bytes);
        while (open_ && serve_pop3()) {
        }
      }
    }

    void hang_up() {
      open_ = false;
      if (smtp_)
        smtp_->on_disconnect();
      else
        pop3_->on_disconnect();
      release();
    }

    void time_out() {
      if (smtp_)
        (void)smtp_->on_timeout();
      else
        pop3_->on_timeout();
      hang_up();
    }

    [[nodiscard]] bool open() const { return open_; }

   private:
    bool serve_smtp() {
      smtp::Output output = smtp_->next();
      if (std::holds_alternative<smtp::NeedBytes>(output)) return false;
      if (std::holds_alternative<smtp::Close>(output)) {
        hang_up();
      } else if (const auto* check = std::get_if<smtp::CheckMailbox>(&output)) {
        smtp_->on_mailbox(room_.find(check->local_part));
      } else if (auto* piece = std::get_if<smtp::Content>(&output)) {
        if (piece->offset == 0) letter_.clear();
        letter_ += piece->octets;
      } else if (auto* accept = std::get_if<smtp::Accept>(&output)) {
        if (accept->octets == 0) letter_.clear();
        room_.keep(*smtp_, number_, std::move(*accept), letter_);
      } else if (const auto* exchange = std::get_if<smtp::Authenticate>(&output)) {
        smtp_->on_sasl(authenticate(exchange->mechanism, exchange->response));
      }
      return true;
    }

    bool serve_pop3() {
      pop3::Output output = pop3_->next();
      if (std::holds_alternative<pop3::NeedBytes>(output)) return false;
      if (std::holds_alternative<pop3::Close>(output)) {
        hang_up();
      } else if (const auto* login = std::get_if<pop3::Login>(&output)) {
        log_in(*login);
      } else if (const auto* exchange = std::get_if<pop3::Authenticate>(&output)) {
        pop3_->on_sasl(authenticate(exchange->mechanism, exchange->response));
      } else if (const auto* fetch = std::get_if<pop3::Fetch>(&output)) {
        const auto message = room_.store.message(maildrop_, fetch->queue);
        if (message && room_.disk_works)
          pop3_->on_message(message->trace, message->content, message->octets);
        else
          pop3_->on_message_unavailable();
      } else if (const auto* update = std::get_if<pop3::Update>(&output)) {
        const std::string maildrop = maildrop_;
        release();
        pop3_->on_updated(room_.disk_works &&
                          room_.store.remove(maildrop, update->queue).has_value());
      }
      return true;
    }

    // What net/sasl_exchange.cpp does, without the store's thread.
    wire::SaslStep authenticate(const std::string& mechanism,
                                const std::optional<std::string>& response) {
      if (!mechanism.empty()) {
        sasl_.emplace(*net::find_sasl_mechanism(mechanism), room_.sasl_accounts(), room_.decoys_);
      }
      using Outcome = wire::SaslStep::Outcome;
      auto result =
          sasl_->step(response ? std::optional<std::string_view>(*response) : std::nullopt);
      if (result && result->done) return {Outcome::accepted, {}, sasl_->user()};
      if (result) return {Outcome::challenge, result->output, {}};
      const bool malformed = result.error() == net::SaslError::malformed;
      return {malformed ? Outcome::malformed : Outcome::refused, {}, {}};
    }

    void log_in(const pop3::Login& login) {
      const std::string user = room_.find(login.user).value_or(login.user);
      const bool shown = login.proof == pop3::Login::Proof::sasl;
      if (!shown && !*room_.store.verify(user, login.secret))
        return pop3_->on_login(pop3::LoginResult::refused, {});
      auto& held = room_.held_;
      if (std::find(held.begin(), held.end(), user) != held.end())
        return pop3_->on_login(pop3::LoginResult::in_use, {});
      held.push_back(user);
      maildrop_ = user;
      const auto snapshot = room_.store.snapshot(user, room_.clock.now().time);
      REQUIRE(snapshot);
      pop3_->on_login(pop3::LoginResult::ok, *snapshot, room_.store.unique_prefix());
    }

    void release() { std::erase(room_.held_, std::exchange(maildrop_, {})); }

    Classroom& room_;
    std::uint64_t number_;
    std::optional<smtp::Engine> smtp_;
    std::string letter_;  // while it comes in
    std::optional<pop3::Engine> pop3_;
    std::optional<net::SaslServer> sasl_;
    std::string maildrop_;
    bool open_ = true;
  };

  Window& window() { return *windows_.at(current - 1); }

  void tell(std::uint64_t session, std::string_view name, std::vector<wire::Field> fields) {
    // A name or a field that is not in the vocabulary is a mistake of this file, or of an engine.
    const wire::EventForm* form = wire::find_event(name);
    REQUIRE(form != nullptr);
    for (const wire::Field& field : fields)
      CHECK_MESSAGE(wire::has_field(*form, field.name), std::string(name) << " " << field.name);
    wire::Event event;
    event.when = clock.now();
    event.session = session;
    event.client = session == 0 ? "" : "127.0.0.1:" + std::to_string(40'000 + session);
    event.name = name;
    event.fields = std::move(fields);
    const sandbox::Lines said = tutor.on(event);
    events.push_back(std::move(event));
    printed += rows_of(said);
    lines.insert(lines.end(), said.begin(), said.end());
  }

  [[nodiscard]] std::optional<std::string> find(std::string_view name) const {
    for (const std::string& account : accounts_) {
      if (equals_ignoring_case(account, name)) return account;
    }
    return std::nullopt;
  }

  void keep(smtp::Engine& engine, std::uint64_t session, smtp::Accept accept, std::string& letter) {
    if (!disk_works) return engine.on_not_stored(smtp::StoreFailure::busy);
    db::Submission message;
    message.envelope = std::move(accept.envelope);
    message.trace = {accept.helo_name, "127.0.0.1", smtp.server_name, accept.protocol, clock.now()};
    message.content = Spool(std::exchange(letter, {}));
    message.maildrops = std::move(accept.maildrops);
    std::sort(message.maildrops.begin(), message.maildrops.end());
    message.maildrops.erase(std::unique(message.maildrops.begin(), message.maildrops.end()),
                            message.maildrops.end());
    message.deliver_at = clock.now().time + delay;
    const auto octets = static_cast<std::int64_t>(message.content.size());
    const auto numbers = store.commit({&message, 1});
    REQUIRE(numbers);
    const mail::QueueNumber number = numbers->front();
    engine.on_stored(number);
    for (const std::string& maildrop : message.maildrops) {
      tell(session, wire::event::queue_accepted,
           {{"queue", number},
            {"mailbox", maildrop},
            {"size", octets},
            {"due", std::int64_t{message.deliver_at.time_since_epoch().count()}}});
      deliveries_.push_back({message.deliver_at, number, maildrop});
    }
  }

  net::SaslAccounts sasl_accounts() {
    net::SaslAccounts accounts;
    accounts.check = [this](const std::string& user, const std::string& password) {
      return store.verify(user, password);
    };
    return accounts;
  }

  net::SaslDecoys decoys_;
  std::vector<std::string> accounts_;
  std::vector<std::string> held_;  // maildrops that a session has locked
  std::vector<Delivery> deliveries_;
  std::vector<std::unique_ptr<Window>> windows_;
};

inline constexpr std::string_view me = "<s9360511@ntut.edu.tw>";
inline const std::string smtp_half =
    "helo ntut.edu.tw\r\nMAIL FROM: <s9360511@ntut.edu.tw>\r\nRCPT TO: <s9360511@ntut.edu.tw>\r\n"
    "DATA\r\nSubject: my first mail by hand\r\n\r\nHello, this is me.\r\n.\r\nQUIT\r\n";
inline const std::string pop3_half =
    "user s9360511\r\npass sandbox\r\nLIST\r\nRETR 1\r\nDELE 1\r\nLIST\r\nQUIT\r\n";

}  // namespace sandpost::tests
