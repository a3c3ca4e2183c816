#pragma once
// Both servers on real ports, with everything between the sockets and the store in the test's
// hands: clock, store, time-outs, limits. What app::Server does on its own, without its sweep: the
// test looks at the deadlines itself.

#include <doctest/doctest.h>

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/host.hpp"
#include "net/listener.hpp"
#include "net/pop3_session.hpp"
#include "net/smtp_session.hpp"
#include "tests/net/fake_store.hpp"
#include "tests/net/silent_log.hpp"

namespace sandpost::tests {

inline constexpr ZonedTime servers_start{Time{std::chrono::milliseconds{1'003'107'600'000}},
                                         std::chrono::hours{8}};

class Servers {
 public:
  // `prepare` sees the host before any session does.
  explicit Servers(const std::function<void(net::Host&)>& prepare = {},
                   const net::ConnectionLimits& limits = {})
      : store_(std::make_unique<FakeStore>(control)), host_(clock, bus, store_, tls_) {
    store_.answer_on(io_.get_executor());
    host_.smtp.server_name = host_.pop3.server_name = "mail.ntut.edu.tw";
    host_.smtp.domain = host_.pop3.domain = "ntut.edu.tw";
    for (const char* name : {"s9360511", "bob"}) {
      host_.directory.add(name, "sandbox");
      const std::function<db::StoreResult<void>(db::Store&)> put = [name](db::Store& store) {
        return store.put_account(name, "sandbox");
      };
      REQUIRE(store_.ask_and_wait(put));
    }
    host_.on_accepted = [this](mail::QueueNumber number, const db::Submission& message) {
      accepted.emplace_back(number, message);
    };
    if (prepare) prepare(host_);
    const asio::ip::tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
    smtp_ = std::make_unique<net::Listener>(
        io_, any,
        [this](net::Socket socket) {
          return std::make_shared<net::SmtpSession>(std::move(socket), host_, false);
        },
        sessions_, limits, "421 too many\r\n");
    pop3_ = std::make_unique<net::Listener>(
        io_, any,
        [this](net::Socket socket) {
          return std::make_shared<net::Pop3Session>(std::move(socket), host_, false);
        },
        sessions_, limits, "-ERR too many\r\n");
    smtp_port = smtp_->port();
    pop3_port = pop3_->port();
    net::spawn(smtp_->run(), net::report);
    net::spawn(pop3_->run(), net::report);
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Servers() {
    control.gate.open();
    on_io([this] {
      smtp_->stop();
      pop3_->stop();
      sessions_.stop_all(net::StopReason::shutdown);
    });
    io_.stop();
    thread_.join();
    store_.stop();
  }
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  // Does `work` on the I/O thread, between two turns of the sessions, and waits for it.
  void on_io(const std::function<void()>& work) {
    const auto done = std::make_shared<std::promise<void>>();
    asio::post(io_, [&work, done] {
      work();
      done->set_value();
    });
    done->get_future().get();
  }
  void stop_sessions() {
    on_io([this] { sessions_.stop_all(net::StopReason::shutdown); });
  }
  [[nodiscard]] std::size_t sessions() {
    std::size_t count = 0;
    on_io([&] { count = sessions_.size(); });
    return count;
  }
  // Looks at the deadlines, again and again, until that is true; false if it never is.
  [[nodiscard]] bool check_deadlines_until(const std::function<bool()>& reached) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!reached()) {
      if (std::chrono::steady_clock::now() > end) return false;
      on_io([this] { sessions_.check_deadlines(); });
    }
    return true;
  }
  [[nodiscard]] bool no_session_left() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (sessions() > 0) {
      if (std::chrono::steady_clock::now() > end) return false;
    }
    return true;
  }
  // What the maildrop shows once all is delivered.
  [[nodiscard]] std::vector<db::ScanEntry> maildrop(const std::string& name) {
    using Snapshot = db::StoreResult<std::vector<db::ScanEntry>>;
    const std::function<Snapshot(db::Store&)> take = [&](db::Store& store) {
      return store.snapshot(name, Time::max());
    };
    return store_.ask_and_wait(take).value();
  }

  StoreControl control;
  ManualClock clock{servers_start};
  wire::Bus bus;
  unsigned short smtp_port = 0;
  unsigned short pop3_port = 0;
  std::vector<std::pair<mail::QueueNumber, db::Submission>> accepted;  // I/O thread

 private:
  net::StoreThread store_;
  net::TlsContext tls_{{.mode = net::TlsSettings::Mode::automatic,
                        .certificate_file = {},
                        .key_file = {},
                        .server_name = "mail.ntut.edu.tw",
                        .domain = "ntut.edu.tw"}};
  net::Host host_;
  asio::io_context io_{1};
  asio::executor_work_guard<net::Executor> guard_{io_.get_executor()};
  net::SessionList sessions_;
  std::unique_ptr<net::Listener> smtp_;
  std::unique_ptr<net::Listener> pop3_;
  std::thread thread_;
};

}  // namespace sandpost::tests
