#pragma once
// SMTP (RFC 5321; SIZE 1870, PIPELINING 2920, 8BITMIME 6152, ENHANCEDSTATUSCODES 2034) as a state
// machine over bytes. It sees no socket, clock or database: feed() gives it what came, next() says
// what to do, and answers from outside come back through the on_ methods. The same bytes in any
// split give the same outputs.
//
//   engine.feed(bytes);
//   for (;;) switch on engine.next() { Send: write it; CheckMailbox, Accept: ask, then on_...();
//                                      NeedBytes: read more and feed(); Close: hang up }
//
// Threads: one at a time. Memory: one command line, the bytes fed and not yet read, the recipients,
// and one content of at most Limits::message_size.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/line_reader.hpp"
#include "mail/dots.hpp"
#include "mail/message.hpp"
#include "smtp/reply.hpp"
#include "wire/event.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::smtp {

struct Limits {
  std::size_t command_line = 2048;        // octets with the line ending; RFC 5321 §4.5.3.1.4: 512
                                          // and what extensions add
  std::size_t recipients = 1000;          // RFC 5321 §4.5.3.1.8: at least 100
  std::size_t message_size = 25U << 20U;  // octets; RFC 5321 §4.5.3.1.7: at least 64 KiB
  std::size_t errors = 200;               // refused lines before a polite good-bye; people mistype
  std::size_t told_lines = 1000;          // lines of one letter that become events
};

// Each deviation from RFC 5321, with its reason. The lab is typed by people.
struct Leniency {
  bool allow_space_after_colon = true;  // `MAIL FROM: <a@b>`: the lab sheet types it so
  bool allow_no_brackets = true;        // `MAIL FROM: a@b`: the lab's web page shows it so
  bool allow_no_domain = true;          // `RCPT TO:<s9360511>`: a name of this server's own
  bool allow_backspace = true;          // a raw terminal sends ^H: the line is read as it looked
  bool allow_blanks_around = true;      // blanks before the verb and at the end (§4.1.1 asks for
                                        // the latter)
  bool allow_any_helo_name = true;      // `HELO my_pc`: many computers' names are no domain names
};

struct Settings {
  std::string server_name;  // "mail.ntut.edu.tw"
  std::string domain;       // the one it takes mail for, "ntut.edu.tw"
  Limits limits;
  Leniency leniency;
};

// What next() asks for.
struct NeedBytes {};
struct Send {
  std::string bytes;
};
struct CheckMailbox {  // does this local part have a maildrop? then on_mailbox()
  std::string local_part;
};
struct Accept {  // store it durably, then on_stored() or on_not_stored()
  mail::Envelope envelope;
  std::vector<std::string> maildrops;  // in the order of RCPT, doubles included
  std::string helo_name;
  std::string protocol;  // for the Received line: SMTP or ESMTP
  std::string content;
};
struct Close {};
using Output = std::variant<NeedBytes, Send, CheckMailbox, Accept, Close>;

enum class StoreFailure { full, busy };

class Engine {
 public:
  // `client_address`: as TCP knows it, without brackets. `sink` must outlive the engine.
  Engine(Settings settings, std::string client_address, wire::Sink& sink);

  // The 220 line that opens the session. Call it once, before the first feed().
  [[nodiscard]] std::string greeting();

  void feed(std::string_view bytes);
  // After CheckMailbox and Accept nothing further is read until the answer has come: call its on_
  // method before the next next(). After Close there is nothing more.
  [[nodiscard]] Output next();

  // The name of the maildrop that the local part leads to, or nothing.
  void on_mailbox(const std::optional<std::string>& maildrop);
  void on_stored(mail::QueueNumber number);
  void on_not_stored(StoreFailure failure);

  // The client is gone; there is nothing to say and nobody to say it to.
  void on_disconnect();
  // RFC 5321 §3.8: what to write before closing, because nothing came for too long, or because the
  // server stops. The transaction is lost.
  [[nodiscard]] std::string on_timeout();
  [[nodiscard]] std::string on_shutdown();

 private:
  enum class State { connected, greeted, mail, rcpt, data, storing, closed };

  // What RSET, HELO and EHLO forget.
  struct Transaction {
    mail::Envelope envelope;
    std::vector<std::string> maildrops;
  };

  // The letter while it comes in.
  struct Content {
    explicit Content(LineEnding ending) : dots(ending) {}
    mail::DotReader dots;
    std::string text;
    bool too_big = false;
    bool in_head = true;
    std::string raw_line;  // as typed, for the events
    std::size_t lines = 0;
  };

  // What a mailbox is asked about for.
  enum class Question { none, recipient, verify };

  struct Verb {
    std::string_view name;
    void (Engine::*handle)(std::string_view argument);
    bool takes_argument;
    std::string_view usage;
  };
  static const Verb* find_verb(std::string_view name);

  // Names what was wrong with the line in work; see smtp.error in wire/vocabulary.cpp.
  struct Refusal {
    wire::Cause cause = wire::Cause::none;
    std::string_view near = {};
    std::string_view need = {};
    bool lost = false;  // the transaction went with it
  };

  void enter(State state);
  void forget_transaction();
  bool step();
  void read_line(CommandLine line);
  void dispatch(std::string_view line);
  void unknown(std::string_view line, std::string_view verb);
  bool read_content();
  void tell_content_line();
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

  bool accept_name(std::string_view verb, std::string_view name);
  std::optional<mail::Path> path_after(std::string_view keyword, std::string_view argument,
                                       std::string_view usage, bool& space);
  bool accept_parameters(std::string_view text, bool of_mail);
  bool size_parameter(std::string_view parameter, std::string_view value);

  void answer(const Reply& reply);
  void refuse(const Reply& reply, Refusal refusal);
  void refuse_content(const Reply& reply, wire::Cause cause);
  void close(bool clean);
  std::string last_words(const Reply& reply);
  void tell(std::string_view name, std::vector<wire::Field> fields);

  Settings settings_;
  std::string client_address_;
  wire::Sink& sink_;
  LineReader lines_;
  State state_ = State::connected;
  bool extended_ = false;  // EHLO was said
  std::string helo_name_;
  Transaction transaction_;
  std::optional<Content> content_;
  std::string line_;  // the command in work, as it is told
  std::string input_;
  std::size_t read_ = 0;  // octets of input_ that were read
  std::string out_;
  std::optional<Output> request_;
  Question question_ = Question::none;
  mail::Address asked_;                       // the address the question is about
  std::vector<wire::Field> pending_message_;  // smtp.message, until its number is known
  std::size_t errors_ = 0;
  bool closing_ = false;
  bool told_close_ = false;
};

}  // namespace sandpost::smtp
