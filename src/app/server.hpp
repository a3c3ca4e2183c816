#pragma once
// Both mail servers, the mailbox and the event stream in one object: start() it, talk to its ports,
// stop() it. Owns the I/O thread and the store thread.
//
// Threads: start() and stop() may be called from any one thread that is not the server's own; the
// other functions from any between the two, the control socket's among them. Those that ask the
// store block until it answers.

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"
#include "base/clock.hpp"
#include "db/store.hpp"
#include "wire/bus.hpp"
#include "wire/faults.hpp"

namespace sandpost::app {

struct Ports {
  unsigned short smtp = 0;
  unsigned short pop3 = 0;
  unsigned short smtps = 0;  // 0: there is none
  unsigned short pop3s = 0;
};

// The server cannot start; what() is one line that says what to do.
class StartError : public std::runtime_error {
 public:
  enum class Kind { port, mailbox, other };
  StartError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  [[nodiscard]] Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// The mailbox could not do what was asked, and has changed nothing; what() is one line.
class MailboxError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// "mail.ntut.edu.tw": the name that the server gives itself.
[[nodiscard]] std::string server_name(const Config& config);

// What a POP3 client answers to the greeting's <...> with APOP (RFC 1939 §7).
[[nodiscard]] std::string apop_answer(const std::string& timestamp, const std::string& password);

// The time that the configuration asks for: the computer's, or one that starts at --clock.
[[nodiscard]] std::unique_ptr<Clock> make_clock(const Config& config);

class Server {
 public:
  // `clock` must outlive the server. `store`: in place of what the configuration names.
  Server(Config config, const Clock& clock, std::unique_ptr<db::Store> store = nullptr);
  ~Server();  // stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds both ports, opens the mailbox, writes the port file. Throws StartError; then nothing
  // runs, and nothing was written: but for a new mailbox, if only the port file could not be.
  void start();
  // Lets open transactions finish or tells them 421, stores what was accepted, frees the ports.
  void stop();

  [[nodiscard]] Ports ports() const;
  [[nodiscard]] wire::Bus& events();
  // The path of the control socket (app/control.hpp); empty where there is none.
  [[nodiscard]] std::string control() const;

  // The deliveries that are still to come, the next first. This and the next two throw
  // MailboxError.
  [[nodiscard]] std::vector<db::QueueEntry> queue();
  // Delivers at once what still waits; returns how many deliveries that were.
  std::size_t deliver_now();
  // What the account's maildrop would show to a login now.
  [[nodiscard]] std::size_t mailbox_count(const std::string& account);
  // Lays a letter into an account's maildrop as if it had come long ago: no session, no event.
  // `sender`: an address, or empty for <>; `content`: lines ended with CRLF. False if it cannot be
  // stored.
  [[nodiscard]] bool lay_in(const std::string& account, std::string_view sender,
                            std::string content);
  // To be called after the clock was moved by hand: announces what has become due.
  void clock_moved();

  // The faults that are injected from now on, in sessions that are open already, too. Each returns
  // once it holds, and may be called while the server runs only. Setting them also makes the
  // greylist forget.
  void set_faults(std::vector<wire::Faults::Rule> rules);
  void add_fault(wire::Faults::Rule rule);
  void clear_faults();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sandpost::app
