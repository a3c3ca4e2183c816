#pragma once
// SMTP (RFC 5321 and the extensions that EHLO announces, see smtp/extensions.cpp) as a state
// machine over bytes. It sees no socket, clock or database: feed() gives it what came, next() says
// what to do, and answers from outside come back through the on_ methods. The same bytes in any
// split give the same outputs.
//
//   engine.feed(bytes);
//   for (;;) switch on engine.next() { Send: write it; CheckMailbox, Accept: ask, then on_...();
//                                      NeedBytes: read more and feed(); Close: hang up }
//
// Threads: one at a time. Memory: one command line, the bytes fed and not yet read, the recipients,
// and a piece of the content of at most as many octets as were fed at once.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/boxed.hpp"
#include "base/line_reader.hpp"
#include "base/time.hpp"
#include "mail/content_scan.hpp"
#include "mail/dots.hpp"
#include "mail/message.hpp"
#include "smtp/reply.hpp"
#include "wire/event.hpp"
#include "wire/faults.hpp"
#include "wire/sasl_step.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::smtp {

struct Limits {
  std::size_t command_line = 2048;        // octets with the line ending; RFC 5321 §4.5.3.1.4: 512
                                          // and what extensions add
  std::size_t recipients = 1000;          // RFC 5321 §4.5.3.1.8: at least 100
  std::size_t message_size = 25U << 20U;  // octets; RFC 5321 §4.5.3.1.7: at least 64 KiB
  std::size_t errors = 1000;  // refused lines since the last good letter before a polite good-bye
  std::size_t told_lines = 1000;     // lines of one letter that become events
  std::size_t auth_line = 12288;     // octets with the line ending; RFC 4954 §4
  std::size_t received_lines = 100;  // more of them are a loop; RFC 5321 §6.3
};

// Each deviation from RFC 5321, with its reason. The lab is typed by people.
struct Leniency {
  bool allow_space_around_colon = true;  // `MAIL FROM: <a@b>`: the lab sheet types it so
  bool allow_no_brackets = true;         // `MAIL FROM: a@b`: the lab's web page shows it so
  bool allow_no_domain = true;           // `RCPT TO:<s9360511>`: a name of this server's own
  bool allow_backspace = true;           // a raw terminal sends ^H: the line is read as it looked
  bool allow_blanks_around = true;       // blanks before the verb and at the end (§4.1.1 asks for
                                         // the latter)
  bool allow_any_helo_name = true;       // `HELO my_pc`: many computers' names are no domain names
  bool allow_lf = true;                  // a session whose lines all end in LF (§2.3.8): nc's

  // For people who test their own client: none of them.
  [[nodiscard]] static Leniency none() { return {false, false, false, false, false, false, false}; }
};

struct Settings {
  std::string server_name = {};  // "mail.ntut.edu.tw"
  std::string domain = {};       // the one it takes mail for, "ntut.edu.tw"
  std::string own_literal = {};  // the address that was connected to, "[127.0.0.1]"; can be empty
  Limits limits = {};
  Leniency leniency = {};
  bool offers_tls = false;
  bool tls = false;                          // the connection is encrypted from the start
  std::vector<std::string> mechanisms = {};  // for AUTH; empty: it is not offered
  // How long a client may ask a message to be held back (RFC 4865), and until when at the latest;
  // no time: FUTURERELEASE is not offered.
  std::optional<Time> now = {};
  std::chrono::seconds longest_hold{longest_delay};
  wire::Faults* faults = nullptr;  // injected ones; null: none. Must outlive the engine
};

// What next() asks for.
struct NeedBytes {};
struct Send {
  std::string bytes;
};
struct CheckMailbox {  // does this local part have a maildrop? then on_mailbox()
  std::string local_part;
};
struct Content {  // a piece of a letter: keep it for its Accept, which may never come
  std::string octets;
  std::size_t offset = 0;  // of the first one in the letter; 0: a new letter begins
};
struct Accept {  // store it durably, then on_stored() or on_not_stored()
  mail::Envelope envelope;
  std::vector<std::string> maildrops;  // in the order of RCPT, doubles included
  std::string helo_name;
  std::string protocol;    // for the Received line (RFC 3848): SMTP, ESMTP, ESMTPSA ...
  std::size_t octets = 0;  // of the content; its last line ends in CRLF, too
  // FUTURERELEASE, one of the two or none: instead of the server's own delay. HOLDUNTIL's time may
  // have passed.
  std::optional<std::chrono::seconds> hold_for;
  std::optional<Time> hold_until;
};
struct StartTls {};       // make the handshake, then on_tls() or on_disconnect()
struct Authenticate {     // go on with the exchange, then on_sasl()
  std::string mechanism;  // of the settings' list where an exchange begins, else empty
  std::optional<std::string> response;  // decoded; nothing: there was no initial response
};
struct Pause {  // a fault: let that time pass, then call next() again
  std::chrono::milliseconds time;
};
struct Close {
  bool after_quit = false;  // the client said good-bye, and sends nothing more
};
using Output = std::variant<NeedBytes, Send, CheckMailbox, Content, Accept, StartTls, Authenticate,
                            Pause, Close>;

enum class StoreFailure { full, busy, over_quota };

class Engine {
 public:
  // `client_address`: as TCP knows it, without brackets. `sink` must outlive the engine.
  Engine(Settings settings, std::string client_address, wire::Sink& sink);

  // Every verb that it knows, in capitals; what of them is offered depends on the settings.
  [[nodiscard]] static std::vector<std::string_view> verb_names();

  // The 220 line that opens the session. Call it once, before the first feed().
  [[nodiscard]] std::string greeting();

  // What time it is, where FUTURERELEASE is offered: before what comes is fed.
  void set_now(Time now);

  void feed(std::string_view bytes);
  // After CheckMailbox and Accept nothing further is read until the answer has come: call its on_
  // method before the next next(). After Close there is nothing more.
  [[nodiscard]] Output next();

  // The client spoke before it could have read the greeting, or sent a second line before the reply
  // to its first. That is told, not refused. Call it before the feed() of those bytes.
  void on_early_talk();

  // A command or a line of the letter has begun and not ended: the client still owes the rest.
  [[nodiscard]] bool mid_line() const;

  // A letter comes in, by DATA or BDAT; else what Content gave counts no more.
  [[nodiscard]] bool in_letter() const { return static_cast<bool>(letter_); }

  // Between MAIL and the end of the letter: one is on its way.
  [[nodiscard]] bool in_transaction() const {
    return state_ == State::mail || state_ == State::rcpt || in_letter();
  }

  // The name of the maildrop that the local part leads to, or nothing. `full`: it holds as much as
  // the faults' quota allows, or more.
  void on_mailbox(const std::optional<std::string>& maildrop, bool full = false);
  void on_stored(mail::QueueNumber number);
  void on_not_stored(StoreFailure failure);
  // The handshake is done: the session begins anew (RFC 3207 §4.2).
  void on_tls(const std::string& version, const std::string& cipher);
  void on_sasl(const wire::SaslStep& step);

  // The client is gone; there is nothing to say and nobody to say it to.
  void on_disconnect();
  // RFC 5321 §3.8: what to write before closing, because nothing came for too long, or because the
  // server stops. The transaction is lost.
  [[nodiscard]] std::string on_timeout();
  [[nodiscard]] std::string on_shutdown();

 private:
  // auth: the next line is the client's response. chunk: octets of a BDAT. chunked: between two.
  enum class State { connected, greeted, auth, mail, rcpt, data, chunk, chunked, storing, closed };
  enum class Body { seven_bit, eight_bit, binary };

  // What RSET, HELO and EHLO forget.
  struct Transaction {
    mail::Envelope envelope;
    std::vector<std::string> maildrops;
    Body body = Body::seven_bit;
    bool utf8 = false;
    std::optional<std::chrono::seconds> hold_for;
    std::optional<Time> hold_until;
  };

  // The letter while it comes in.
  struct Letter {
    explicit Letter(LineEnding ending) : dots(ending) {}
    mail::DotReader dots;
    mail::ContentScan scan;
    mail::LineEndingCheck endings;  // of what BDAT brings
    std::size_t octets = 0;
    bool too_big = false;
    bool in_head = true;
    std::string raw_line;  // as typed, for the events
    std::size_t lines = 0;
    std::size_t chunk_left = 0;  // octets of the BDAT in work that are still to come
    bool last_chunk = false;
  };

  // What a mailbox is asked about for.
  enum class Question { none, recipient, verify };

  struct Verb {
    std::string_view name;
    void (Engine::*handle)(std::string_view argument);
    bool takes_argument;
    std::string_view usage;
  };
  static std::span<const Verb> verbs();
  static const Verb* find_verb(std::string_view name);

  // Names what was wrong with the line in work; see smtp.error in wire/vocabulary.cpp.
  struct Refusal {
    wire::Cause cause = wire::Cause::none;
    std::string_view near = {};
    std::string_view need = {};
    bool lost = false;  // the transaction went with it
  };

  // How a chunk is answered when its octets have come.
  struct RefusedChunk {
    Reply reply;
    Refusal refusal;
  };

  void enter(State state);
  void forget_transaction();
  bool step();
  void read_line(CommandLine line);
  void dispatch(std::string_view line);
  void unknown(std::string_view line, std::string_view verb);
  // The command in work as it may be told: what is secret in it is masked.
  const std::string& told_line();
  [[nodiscard]] bool has_secret();  // a part of it is masked
  [[nodiscard]] bool heard() const { return sink_.wanted(); }
  // What piece_ has grown by since it had `before` octets is the letter's.
  void count_content(std::size_t before);
  // Takes content off the front of `bytes`.
  void read_content(std::string_view& bytes);
  void tell_content_line(bool is_end);
  void finish_content();

  void helo(std::string_view argument);
  void ehlo(std::string_view argument);
  void mail(std::string_view argument);
  void rcpt(std::string_view argument);
  void data(std::string_view argument);
  void rset(std::string_view argument);
  void noop(std::string_view argument);
  void vrfy(std::string_view argument);
  void help(std::string_view argument);
  void quit(std::string_view argument);

  [[nodiscard]] bool is_local(std::string_view domain) const;
  bool accept_name(std::string_view verb, std::string_view name);
  std::optional<mail::Path> path_after(std::string_view keyword, std::string_view argument,
                                       std::string_view usage, bool& space);
  void expn(std::string_view argument);
  void bdat(std::string_view argument);
  void starttls(std::string_view argument);
  void auth(std::string_view argument);
  void auth_response(std::string_view line);
  void end_auth();
  bool read_chunk();
  void end_chunk();
  // Answers when the octets have come (RFC 3030 §2).
  void refuse_chunk(std::uint64_t octets, Reply reply, Refusal refusal);
  void end_refused_chunk();
  [[nodiscard]] bool authenticates() const;

  struct Parameter;
  bool accept_parameters(std::string_view text, bool of_mail);
  bool accept_mail_parameter(const Parameter& parameter);
  bool accept_rcpt_parameter(const Parameter& parameter);
  bool accept_size(const Parameter& parameter);
  bool accept_hold(const Parameter& parameter);
  bool held_too_long();
  bool bad_parameter(const Parameter& parameter);
  [[nodiscard]] Reply extensions() const;
  [[nodiscard]] std::string protocol() const;

  // True if a fault strikes there: it has answered, hung up, or makes the engine wait, after which
  // resume() comes back to the same place: to that line, or to the letter that is complete.
  bool fault_strikes(std::string_view point, std::string_view line = {});
  void resume();
  void end_by_fault(const wire::Faults::Rule& rule, std::string_view point);

  void answer(const Reply& reply);
  void refuse(const Reply& reply, Refusal refusal);
  void refuse_content(const Reply& reply, wire::Cause cause);
  void tell_error(const Reply& reply, const Refusal& refusal);
  // `cause` none: it is not told as an error.
  void hang_up(const Reply& reply, wire::Cause cause);
  std::string last_words(const Reply& reply, wire::Cause cause);
  void close(bool clean, wire::Cause cause = wire::Cause::none);
  void note(wire::Cause cause);
  void tell(std::string_view name, std::vector<wire::Field> fields);

  Settings settings_;
  std::string client_address_;
  wire::Sink& sink_;
  LineReader lines_;
  bool tls_;  // the connection is encrypted
  State state_ = State::connected;
  bool extended_ = false;  // EHLO was said
  bool authenticated_ = false;
  std::string mechanism_;   // of the exchange in work
  std::uint64_t skip_ = 0;  // octets of a refused chunk that are still to come
  Boxed<RefusedChunk> refused_chunk_;
  mail::Recipient recipient_;  // the one of the RCPT in work
  std::string helo_name_;
  Transaction transaction_;
  Boxed<Letter> letter_;
  std::string piece_;                // of the letter, not yet handed out
  std::size_t piece_offset_ = 0;     // of its first octet
  std::string line_;                 // the command in work, as it was typed
  std::optional<std::string> told_;  // and as it is told; nothing: nobody has asked yet
  bool had_telnet_ = false;          // it had telnet commands in it
  std::string input_;
  std::size_t read_ = 0;  // octets of input_ that were read
  std::string out_;
  Boxed<Output> request_;
  Question question_ = Question::none;
  mail::Address asked_;                       // the address that VRFY is about
  std::vector<wire::Field> pending_message_;  // smtp.message, until its number is known
  std::size_t errors_ = 0;
  bool paused_ = false;
  std::string held_line_;                  // the command that waits; empty: the letter
  Boxed<wire::Faults::Verdict> verdict_;   // what is to happen to it then
  Boxed<wire::Faults::Rule> chunk_fault_;  // how the BDAT in work is answered
  bool closing_ = false;
  bool quit_ = false;  // that is why
  bool told_close_ = false;
  bool told_lf_ = false;
  bool base64_newline_ = false;  // a response of this AUTH decodes to text that ends in a newline
};

}  // namespace sandpost::smtp
