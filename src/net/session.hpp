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
#include "wire/event.hpp"

namespace sandpost::net {

enum class StopReason { none, timeout, shutdown };

class Session : public wire::Sink, public std::enable_shared_from_this<Session> {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  Session(Socket socket, Host& host);

  // The whole conversation; never throws. Ends when the connection is closed.
  [[nodiscard]] Task<void> run();

  // Ends the session from outside: at once if it waits for the client, else as soon as it has
  // finished what it is doing. It says good-bye if the protocol has a word for it.
  void stop(StopReason reason);
  // Calls stop(timeout) if the deadline has passed.
  void check_deadline(SteadyTime now);

  [[nodiscard]] bool wanted() const override { return host_.bus.wanted(); }
  void emit(std::string_view name, std::vector<wire::Field> fields) override;

 protected:
  // Says the greeting, then talks until the end.
  [[nodiscard]] virtual Task<void> talk() = 0;
  // The account that an event shows the client to be, or nothing.
  [[nodiscard]] virtual std::string learner_of(std::string_view event,
                                               const std::vector<wire::Field>& fields) const = 0;

  // What came, in the host's buffer until the next suspension; empty: there is nothing more to
  // come, and stop_reason() says why if it was not the client's doing.
  [[nodiscard]] Task<std::string_view> read(std::chrono::milliseconds patience);
  // False if the connection is lost.
  [[nodiscard]] Task<bool> write(std::string bytes);

  [[nodiscard]] StopReason stop_reason() const { return stop_reason_; }
  [[nodiscard]] const std::string& client_address() const { return client_address_; }
  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] const Host& host() const { return host_; }
  [[nodiscard]] std::int64_t local_port() const { return local_port_; }

 private:
  enum class Waiting { nothing, client, writing };

  [[nodiscard]] Task<void> linger();
  void set_deadline(std::chrono::milliseconds patience);

  Socket socket_;
  Host& host_;
  std::uint64_t number_;
  std::string client_address_;
  std::string client_;  // with the port
  std::int64_t local_port_ = 0;
  std::string learner_;
  SteadyTime deadline_ = SteadyTime::max();
  StopReason stop_reason_ = StopReason::none;
  Waiting waiting_ = Waiting::nothing;
};

}  // namespace sandpost::net
