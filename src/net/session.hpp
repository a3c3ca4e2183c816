#pragma once
// One connection: the socket, its deadline, and the place where an engine's events get their time
// and name. What is said is up to the protocol (net/smtp_session.hpp, net/pop3_session.hpp).
//
// Lifetime: shared by the coroutine that runs it and the server's list. I/O thread only.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "net/host.hpp"
#include "net/task.hpp"
#include "net/tls_stream.hpp"
#include "wire/event.hpp"

namespace sandpost::net {

enum class StopReason { none, timeout, shutdown };

class Session : public wire::Sink, public std::enable_shared_from_this<Session> {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // `encrypted`: TLS begins before the first word.
  Session(Socket socket, Host& host, bool encrypted);

  // The whole conversation; never throws. Ends when the connection is closed.
  [[nodiscard]] Task<void> run();

  // Ends the session from outside: at once if it waits for the client, else as soon as it has
  // finished what it is doing. It says good-bye if the protocol has a word for it.
  void stop(StopReason reason);
  // Calls stop(timeout) if the deadline has passed.
  void check_deadline(SteadyTime now);

  // As TCP knows it, without brackets and port.
  [[nodiscard]] const std::string& client_address() const { return client_address_; }

  [[nodiscard]] bool wanted() const override { return host_.bus.wanted(); }
  void emit(std::string_view name, std::vector<wire::Field> fields) override;

 protected:
  // Says the greeting, then talks until the end.
  [[nodiscard]] virtual Task<void> talk() = 0;
  // The account that an event shows the client to be, or nothing.
  [[nodiscard]] virtual std::string learner_of(std::string_view event,
                                               const std::vector<wire::Field>& fields) const = 0;

  // What came, valid until the next suspension; empty: there is nothing more to come, and
  // stop_reason() says why if it was not the client's doing. `mid_line`: the client owes the rest
  // of a line. A byte now and then earns it no new patience; a whole line does, or a good piece of
  // one.
  [[nodiscard]] Task<std::string_view> read(std::chrono::milliseconds patience, bool mid_line);
  // Whether bytes have come that nobody has read yet.
  [[nodiscard]] bool has_unread() const;
  // Keeps the bytes for the next flush(): replies that are ready together leave together.
  void say(std::string bytes);
  // Octets that wait for it.
  [[nodiscard]] std::size_t unsent() const { return unsent_.size(); }
  // To be awaited before all else that waits, read() and pause() too: a client that waits for a
  // reply sends nothing. False if the connection is lost.
  [[nodiscard]] Task<bool> flush();
  // Both.
  [[nodiscard]] Task<bool> write(std::string bytes);
  // Lets that time pass, or less: stop() ends it. It does not count as the client's silence.
  [[nodiscard]] Task<void> pause(std::chrono::milliseconds time);
  // Encrypts the connection from here on; false if the client did not manage the handshake.
  [[nodiscard]] Task<bool> start_tls(std::chrono::milliseconds patience);
  // Null without TLS.
  [[nodiscard]] const TlsStream* tls() const { return tls_.get(); }

  // The client has said good-bye: it sends nothing more that closing could meet unread.
  void part() { parted_ = true; }

  [[nodiscard]] StopReason stop_reason() const { return stop_reason_; }
  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] const Host& host() const { return host_; }
  [[nodiscard]] const std::string& local_address() const { return local_address_; }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::int64_t local_port() const { return local_port_; }

 private:
  enum class Waiting { nothing, client, writing, pause };

  [[nodiscard]] Task<std::string_view> read_encrypted();
  [[nodiscard]] Task<void> linger();
  [[nodiscard]] Task<void> give_way();
  void set_deadline(std::chrono::milliseconds patience);
  void renew_deadline(std::chrono::milliseconds patience, bool mid_line);

  Socket socket_;
  std::unique_ptr<TlsStream> tls_;  // over socket_
  Timer* pause_ = nullptr;          // while Waiting::pause
  Host& host_;
  std::uint64_t number_;
  std::string client_address_;
  std::string client_;  // with the port
  std::string local_address_;
  std::int64_t local_port_ = 0;
  std::string learner_;
  SteadyTime deadline_ = SteadyTime::max();
  bool encrypted_;
  StopReason stop_reason_ = StopReason::none;
  Waiting waiting_ = Waiting::nothing;
  bool parted_ = false;
  bool drained_ = false;  // the last read took all there was
  std::string unsent_;
  std::size_t unrewarded_ = 0;  // octets read since the deadline was set
  int turns_ = 0;               // reads and writes since the session last waited for anything
};

}  // namespace sandpost::net
