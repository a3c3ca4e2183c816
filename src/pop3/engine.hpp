#pragma once
// POP3 (RFC 1939 and what CAPA announces: RFC 2449, 2595, 5034, 6856) as a state machine over
// bytes. It sees no socket, clock or database: feed() gives it what came, next() says what to do,
// and answers from outside come back through the on_ methods. The same bytes in any split give the
// same outputs.
//
//   engine.feed(bytes);
//   for (;;) switch on engine.next() { Send: write it; Login: ask the store, then on_login(); ...
//                                      NeedBytes: read more and feed(); Close: hang up }
//
// Threads: one at a time. Memory: one command line, the bytes fed and not yet read, the snapshot,
// and while a message is fetched one piece of it twice.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/line_reader.hpp"
#include "mail/message.hpp"
#include "pop3/body.hpp"
#include "pop3/command.hpp"
#include "pop3/maildrop.hpp"
#include "pop3/replies.hpp"
#include "wire/event.hpp"
#include "wire/faults.hpp"
#include "wire/field_ref.hpp"
#include "wire/odd_bytes.hpp"
#include "wire/sasl_step.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::pop3 {

struct Limits {
  std::size_t command_line = 255;  // octets with the line ending; RFC 2449 §4
  std::size_t errors = 200;        // refused lines before a polite good-bye; people mistype a lot
  std::size_t told_lines = 200;    // lines of one reply that become events
  std::size_t auth_line = 12288;   // octets of a SASL response with the line ending
};

// Each deviation from the RFCs, with its reason.
struct Leniency {
  bool allow_address_as_user = true;  // `user s9360511@ntut.edu.tw`: what mail programs call a name
  bool allow_backspace = true;        // a raw terminal sends ^H: the line is read as it looked
  bool allow_blanks_around = true;  // blanks before the verb, doubled, and behind the last argument
  bool allow_slip_before_pass = true;  // a refused line between USER and PASS (RFC 1939 §7: none at
                                       // all): the name need not be typed again
  bool allow_lf = true;  // a session whose lines all end in LF (§3): nc's

  // For people who test their own client: none of them.
  [[nodiscard]] static Leniency none() { return {false, false, false, false, false}; }
};

struct Settings {
  std::string server_name = {};  // for the greeting, "mail.ntut.edu.tw"
  std::string domain = {};       // the local one, for allow_address_as_user
  Limits limits = {};
  Leniency leniency = {};
  std::string timestamp = {};  // for the greeting: with it APOP works; another one for each session
  bool offers_tls = false;
  bool tls = false;                          // the connection is encrypted from the start
  std::vector<std::string> mechanisms = {};  // for AUTH; empty: it is not offered
  wire::Faults* faults = nullptr;            // injected ones; null: none. Must outlive the engine
};

// What next() asks for.
struct NeedBytes {};
struct Send {
  std::string bytes;
};
struct Login {  // check, lock the maildrop, take the snapshot, then on_login()
  enum class Proof { password, apop_digest, sasl };  // sasl: it has been checked already
  std::string user;
  std::string secret;
  Proof proof = Proof::password;
};
struct StartTls {};       // make the handshake, then on_tls() or on_disconnect()
struct Authenticate {     // go on with the SASL exchange, then on_sasl()
  std::string mechanism;  // of the settings' list where an exchange begins, else empty
  std::optional<std::string> response;  // decoded; nothing: there was no initial response
};
struct Fetch {  // read that message from there on, then on_message(), or on_content() but for 0
  mail::QueueNumber queue = 0;
  std::size_t offset = 0;  // octets of its content
};
struct Update {  // QUIT: take these messages out, all or none, then on_updated()
  std::vector<mail::QueueNumber> queue;
};
struct Pause {  // a fault: let that time pass, then call next() again
  std::chrono::milliseconds time;
};
struct Close {};
using Output =
    std::variant<NeedBytes, Send, Login, StartTls, Authenticate, Fetch, Update, Pause, Close>;

enum class LoginResult { ok, refused, in_use, unavailable };

class Engine {
 public:
  // `sink` must outlive the engine.
  Engine(Settings settings, wire::Sink& sink);

  // Every verb that it knows, in capitals; what of them is offered depends on the settings.
  [[nodiscard]] static std::vector<std::string_view> verb_names();

  // The +OK line that opens the session. Call it once, before the first feed().
  [[nodiscard]] std::string greeting();

  void feed(std::string_view bytes);
  // After Login, Fetch and Update nothing further is read until the answer has come: call its on_
  // method before the next next(). After Close there is nothing more.
  [[nodiscard]] Output next();

  // The handshake is done: who said what before counts no more (RFC 2595 §4).
  void on_tls(const std::string& version, const std::string& cipher);
  void on_sasl(const wire::SaslStep& step);
  // What follows counts only with LoginResult::ok; see Maildrop.
  void on_login(LoginResult result, std::vector<Entry> snapshot = {},
                std::string unique_prefix = {});
  // `trace`: the lines that the servers put on top; together with the content they are what RETR
  // sends. `content`: its beginning, or all of its `octets`.
  void on_message(std::string_view trace, std::string_view content, std::size_t octets);
  void on_content(std::string_view piece);  // the next one; not empty
  // The store could not read it: -ERR [SYS/TEMP], or in the middle of it the end of the session.
  void on_message_unavailable();
  void on_updated(bool done);

  // The session ends without QUIT: the connection broke, or the server stops. Deletes nothing.
  void on_disconnect();
  // The autologout timer of RFC 1939 §3 ran out: close without a word. Deletes nothing.
  void on_timeout();

  // A command has begun and not ended: the client still owes the rest.
  [[nodiscard]] bool mid_line() const { return lines_.mid_line(); }
  // The greeting's; empty without APOP.
  [[nodiscard]] const std::string& timestamp() const { return settings_.timestamp; }
  // The messages behind the one that was fetched last, see Maildrop::following().
  [[nodiscard]] std::vector<mail::QueueNumber> following(std::size_t most_octets) const {
    return maildrop_.following(number_, most_octets);
  }
  // AUTHORIZATION is over: the session holds a maildrop.
  [[nodiscard]] bool logged_in() const {
    return state_ == State::transaction || state_ == State::update;
  }

 private:
  enum class State { authorization, transaction, update, closed };
  // response: the next line is the client's part of a SASL exchange.
  // content: for more of the message that is going out.
  enum class Waiting { nothing, tls, sasl, response, login, retr, top, content, update, pause };

  struct Verb {
    std::string_view name;
    bool in_authorization;
    bool in_transaction;
    std::size_t min_arguments;
    std::size_t max_arguments;
    void (Engine::*act)(const Command&);
    std::string_view usage;  // the line as it should be written
  };
  [[nodiscard]] static std::span<const Verb> verbs();
  [[nodiscard]] static const Verb* find_verb(std::string_view name);
  [[nodiscard]] static const Verb* near_verb(std::string_view word);

  // Names what was wrong with the line in work; see pop3.error in wire/vocabulary.cpp.
  struct Refusal {
    wire::Cause cause = wire::Cause::none;
    std::string_view near = {};
    std::string_view need = {};
  };

  void enter(State state);
  bool step();
  void read_line(CommandLine line);
  void tell_line();
  void tell_close();
  void hang_up();
  [[nodiscard]] std::string as_told(const std::string& line) const;
  [[nodiscard]] std::optional<wire::Oddity> find_oddity(const std::string& text,
                                                        const Command& command) const;
  void dispatch(const Command& command);
  void unknown(const Command& command);
  [[nodiscard]] std::string verbs_now() const;
  void refuse_state();
  void refuse_arguments(const Verb& verb, const Command& command);

  void user(const Command& command);
  void pass(const Command& command);
  void capa(const Command& command);
  void apop(const Command& command);
  void auth(const Command& command);
  void auth_response(std::string_view line);
  void stls(const Command& command);
  void utf8(const Command& command);
  void lang(const Command& command);
  void stat(const Command& command);
  void list(const Command& command);
  void uidl(const Command& command);
  void retr(const Command& command);
  void top(const Command& command);
  void dele(const Command& command);
  void noop(const Command& command);
  void rset(const Command& command);
  void quit(const Command& command);
  void fetch(const Command& command, Waiting what_for);
  // The message that the first argument names; null: it was refused.
  [[nodiscard]] const Entry* message(const Command& command, std::uint64_t& number);
  [[nodiscard]] std::string account_of(const std::string& name) const;
  void log_in(std::string secret, Login::Proof proof, std::string mechanism);
  void answer_challenge(const std::string& base64);
  void login_failed(const Reply& reply, wire::Cause cause);

  // True if a fault strikes there: it has answered, hung up, or makes `command` wait, which is then
  // dispatched again. Only a login has no command.
  bool fault_strikes(std::string_view point, const Command* command);
  void end_by_fault(const wire::Faults::Rule& rule, std::string_view point);

  void answer(const Reply& reply);
  // `body`: dot-stuffed lines, without the final dot.
  void answer(const Reply& reply, std::string_view body);
  void begin_body(const Reply& reply);
  void tell_body(std::string_view stuffed);
  void end_body();
  void send_piece(std::string_view piece);
  void refuse(const Reply& reply, Refusal refusal);
  void answer_error(const Reply& reply);
  void tell_error(const Refusal& refusal);
  void tell(std::string_view name, std::initializer_list<wire::FieldRef> fields);
  void note(wire::Cause cause);

  Settings settings_;
  wire::Sink& sink_;
  LineReader lines_;
  State state_ = State::authorization;
  Waiting waiting_ = Waiting::nothing;
  std::string input_;
  std::size_t read_ = 0;  // octets of input_
  std::string out_;
  std::optional<Output> request_;  // goes out when out_ is empty
  std::string line_;               // the line in work as it may be told: secrets masked
  bool had_telnet_ = false;        // it had telnet commands in it
  std::string user_;
  bool tls_;                    // the connection is encrypted
  std::string mechanism_;       // by which the login in work was made: PASS, APOP, PLAIN ...
  bool pass_expected_ = false;  // the line before was a good USER
  bool password_ends_in_blank_ = false;
  bool said_quit_ = false;
  bool client_left_ = false;  // it is gone without QUIT
  bool told_lf_ = false;
  bool base64_newline_ = false;  // a response of this AUTH decodes to text that ends in a newline
  Maildrop maildrop_;
  std::uint64_t number_ = 0;  // of the message being fetched
  std::uint64_t top_lines_ = 0;
  std::optional<Body> body_;  // of the message that is going out
  ToldBody told_;             // of the reply in work
  std::size_t errors_ = 0;
  Command held_;                                  // the command that waits for a pause to end
  std::optional<wire::Faults::Verdict> verdict_;  // what is to happen to it then
};

}  // namespace sandpost::pop3
