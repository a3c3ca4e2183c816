#pragma once
// One connection: the socket, its deadline, and the place where an engine's events get their time
// and name. What is said is up to the protocol (net/smtp_session.hpp, net/pop3_session.hpp).
//
// It takes turns with its client. Its own turn is a coroutine; while it waits for the client's
// words, which is most of the time, there is none, and a session is this object and a read that is
// pending. (With TLS it stays in its turn.)
//
// Lifetime: shared by the turn or the read, and the server's list. I/O thread only.

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "net/host.hpp"
#include "net/task.hpp"
#include "net/tls_stream.hpp"
#include "wire/event.hpp"

namespace sandpost::net {

class SessionList;

enum class StopReason { none, timeout, shutdown };

class Session : public wire::Sink, public std::enable_shared_from_this<Session> {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // `encrypted`: TLS begins before the first word.
  Session(Socket socket, Host& host, bool encrypted);

  // Begins the conversation. The session is in the list until its connection is closed.
  void begin(SessionList& sessions);

  // Ends the session from outside: at once if it waits for the client, else as soon as it has
  // finished what it is doing. It says good-bye if the protocol has a word for it.
  void stop(StopReason reason);
  // Calls stop(timeout) if the deadline has passed and it is the client that is waited for.
  void check_deadline(SteadyTime now);

  // As TCP knows it, without brackets and port.
  [[nodiscard]] std::string_view client_address() const {
    return std::string_view(client_).substr(0, address_length_);
  }

  [[nodiscard]] bool wanted() const override { return host_.bus.wanted(); }
  void emit(std::string_view name, std::vector<wire::Field> fields) override;

 protected:
  // Says the first word. Like answer(), false if there is nothing more to hear.
  [[nodiscard]] virtual Task<bool> greet() = 0;
  // To what came. The bytes are valid until the first suspension.
  [[nodiscard]] virtual Task<bool> answer(std::string_view bytes) = 0;
  // `open`: the client is still there, as far as is known, and stop_reason() may say why that is
  // all; else what greet() or answer() did was the end.
  [[nodiscard]] virtual Task<void> say_good_bye(bool open) = 0;
  // For the client's next words. `mid_line`: it owes the rest of a line. A byte now and then earns
  // it no new patience; a whole line does, or a good piece of one.
  [[nodiscard]] virtual std::chrono::milliseconds patience() const = 0;
  [[nodiscard]] virtual bool mid_line() const = 0;
  // The account that an event shows the client to be, or nothing.
  [[nodiscard]] virtual std::string learner_of(std::string_view event,
                                               const std::vector<wire::Field>& fields) const = 0;

  // Whether bytes have come that nobody has read yet.
  [[nodiscard]] bool has_unread() const;
  // Keeps the bytes for the next flush(): replies that are ready together leave together.
  void say(std::string bytes);
  // Octets that wait for it.
  [[nodiscard]] std::size_t unsent() const { return unsent_.size(); }
  // To be awaited before all else that waits, pause() and the end of answer() too: a client that
  // waits for a reply sends nothing. False if the connection is lost.
  [[nodiscard]] Task<bool> flush();
  // Both.
  [[nodiscard]] Task<bool> write(std::string bytes);
  // Lets that time pass, or less: stop() ends it. It does not count as the client's silence.
  [[nodiscard]] Task<void> pause(std::chrono::milliseconds time);
  // Encrypts the connection from here on; false if the client did not manage the handshake.
  [[nodiscard]] Task<bool> start_tls();
  // Null without TLS.
  [[nodiscard]] const TlsStream* tls() const { return tls_.get(); }

  // The client has said good-bye: it sends nothing more that closing could meet unread.
  void part() { parted_ = true; }

  [[nodiscard]] StopReason stop_reason() const { return stop_reason_; }
  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] const Host& host() const { return host_; }
  [[nodiscard]] std::string local_address() const;
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::int64_t local_port() const;

 private:
  enum class Waiting { nothing, client, writing, pause };

  Detached take_turn(std::shared_ptr<Session> self, std::string_view bytes);
  void await_client();
  [[nodiscard]] Task<bool> first_words();
  [[nodiscard]] Task<std::string_view> read_encrypted();
  [[nodiscard]] std::string_view received(std::size_t octets);
  [[nodiscard]] Task<void> linger();
  void set_deadline(std::chrono::milliseconds patience);
  void renew_deadline();

  Socket socket_;
  std::unique_ptr<TlsStream> tls_;  // over socket_
  Timer* pause_ = nullptr;          // while Waiting::pause
  Host& host_;
  SessionList* sessions_ = nullptr;  // that it is in
  std::uint64_t number_;
  std::string client_;  // "127.0.0.1:40312"
  std::size_t address_length_ = 0;
  std::string learner_;
  SteadyTime deadline_ = SteadyTime::max();
  bool encrypted_;
  StopReason stop_reason_ = StopReason::none;
  Waiting waiting_ = Waiting::nothing;
  bool greeted_ = false;
  bool ended_ = false;  // nothing more comes
  bool parted_ = false;
  bool drained_ = false;  // the last read took all there was
  std::string unsent_;
  std::size_t unrewarded_ = 0;         // octets read since the deadline was set
  std::array<char, 96> first_octets_;  // of what comes next
};

}  // namespace sandpost::net
