#include "app/server.hpp"

#include <fmt/format.h>

#include <asio/error.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <filesystem>
#include <future>
#include <map>
#include <thread>
#include <utility>

#include "app/control.hpp"
#include "app/control_commands.hpp"
#include "app/port_file.hpp"
#include "app/port_problem.hpp"
#include "app/postman.hpp"
#include "base/language.hpp"
#include "base/log.hpp"
#include "db/memory_store.hpp"
#include "db/sqlite/sqlite_store.hpp"
#include "net/apop.hpp"
#include "net/host.hpp"
#include "net/listener.hpp"
#include "net/pop3_session.hpp"
#include "net/smtp_session.hpp"
#include "pop3/replies.hpp"
#include "smtp/reply.hpp"

namespace sandpost::app {
namespace {

using std::chrono::milliseconds;

// How long stop() waits for sessions to finish what they are doing.
constexpr milliseconds longest_stop{2000};
constexpr milliseconds sweep_interval{1000};

constexpr const char* smtp_option = "--smtp-port";
constexpr const char* pop3_option = "--pop3-port";
constexpr const char* smtps_option = "--smtps-port";
constexpr const char* pop3s_option = "--pop3s-port";

net::TlsSettings tls_settings(const Config& config) {
  net::TlsSettings settings = config.tls;
  settings.server_name = server_name(config);
  settings.domain = config.as.domain;
  return settings;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

std::string server_name(const Config& config) {
  return "mail." + config.as.domain;
}

std::string apop_answer(const std::string& timestamp, const std::string& password) {
  return net::apop_digest(timestamp, password);
}

std::unique_ptr<Clock> make_clock(const Config& config) {
  if (config.clock) return std::make_unique<SandboxClock>(*config.clock);
  return std::make_unique<SystemClock>();
}

class Server::Impl {
 public:
  Impl(Config config, const Clock& clock, std::unique_ptr<db::Store> store)
      : config_(std::move(config)),
        clock_(clock),
        tls_(tls_settings(config_)),
        own_store_(std::move(store)) {}

  // `answer`: what the control socket's commands do.
  void start(Control::Answer answer);
  void stop();
  [[nodiscard]] Ports ports() const { return ports_; }
  [[nodiscard]] std::string control() const { return control_ ? control_->path() : std::string(); }
  [[nodiscard]] wire::Bus& events() { return bus_; }

  template <class T>
  db::StoreResult<T> ask(std::function<db::StoreResult<T>(db::Store&)> work) {
    return store_->ask_and_wait(std::move(work));
  }
  // What the store answers. Throws MailboxError.
  template <class T>
  T answer_of(std::function<db::StoreResult<T>(db::Store&)> work) {
    auto answer = ask(std::move(work));
    if (!answer) throw MailboxError("the mailbox fails: " + answer.error().text);
    return std::move(*answer);
  }
  [[nodiscard]] Time now() const { return clock_.now().time; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] const Config& config() const { return config_; }
  void post(std::function<void(Postman&)> work) {
    asio::post(io_, [this, work = std::move(work)] { work(*postman_); });
  }
  void change_faults(const std::function<void(wire::Faults&)>& change);

 private:
  void start_all(Control::Answer answer);
  // Nothing runs, and no port is taken.
  void give_up();
  void check_tls();
  void check_different_ports() const;
  void listen_on_all();
  // The port it got; 0: none, and why is added to the problems.
  template <class Session>
  unsigned short listen(const char* option, unsigned short port, bool encrypted,
                        std::vector<PortProblem>& problems);
  void open_store();
  void fill_accounts(db::Store& store);
  void make_host();
  void expect_what_waits();
  void run_io();
  net::Task<void> sweep();
  net::Task<void> drain();

  Config config_;
  const Clock& clock_;
  wire::Bus bus_;
  net::TlsContext tls_;
  Ports ports_;
  PortFile port_file_;
  std::unique_ptr<db::Store> own_store_;  // until it is started

  // What the sessions use stands above the io_context, whose end ends them.
  std::unique_ptr<net::StoreThread> store_;
  std::unique_ptr<net::Host> host_;
  asio::io_context io_{1};
  net::SessionList sessions_;
  std::unique_ptr<Postman> postman_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::unique_ptr<net::Timer> sweep_timer_;
  std::thread io_thread_;
  std::unique_ptr<Control> control_;
};

void Server::Impl::start(Control::Answer answer) {
  try {
    start_all(std::move(answer));
  } catch (const StartError&) {
    give_up();
    throw;
  } catch (const std::exception& failure) {
    give_up();
    throw StartError(StartError::Kind::other, fmt::format("cannot start: {}", failure.what()));
  }
}

void Server::Impl::give_up() {
  if (io_thread_.joinable()) return stop();
  listeners_.clear();
  if (store_) store_->stop();
}

void Server::Impl::start_all(Control::Answer answer) {
  // The ports first: a port that is in use must not leave a new mailbox behind.
  check_tls();
  check_different_ports();
  listen_on_all();
  open_store();
  make_host();
  postman_ = std::make_unique<Postman>(io_, clock_, bus_);
  if (!config_.db.empty()) expect_what_waits();
  sweep_timer_ = std::make_unique<net::Timer>(io_.get_executor());
  io_thread_ = std::thread([this] { run_io(); });
  if (config_.control || !config_.port_file.empty()) {
    control_ = std::make_unique<Control>(bus_, std::move(answer));
  }
  if (!config_.port_file.empty()) {
    port_file_.write(config_.port_file, ports_, control_->path());
  }
}

void Server::Impl::check_tls() {
  try {
    tls_.check();
  } catch (const std::runtime_error& failure) {
    throw StartError(StartError::Kind::other, fmt::format("--tls: {}", failure.what()));
  }
  if (!tls_.enabled() && (config_.smtps_port || config_.pop3s_port)) {
    throw StartError(StartError::Kind::other,
                     "--smtps-port and --pop3s-port need TLS; leave out --tls off");
  }
}

// Two of one number are no other program's fault. 0 can be wanted more than once.
void Server::Impl::check_different_ports() const {
  std::map<unsigned short, const char*> wanted;
  const auto check = [&](const char* option, unsigned short port) {
    const auto [first, is_new] = wanted.try_emplace(port, option);
    if (is_new || port == 0) return;
    throw StartError(StartError::Kind::port,
                     say("{0} and {1} name the same port {2}; for another one add {1} 0",
                         first->second, option, port));
  };
  check(smtp_option, config_.smtp_port);
  check(pop3_option, config_.pop3_port);
  if (config_.smtps_port) check(smtps_option, *config_.smtps_port);
  if (config_.pop3s_port) check(pop3s_option, *config_.pop3s_port);
}

void Server::Impl::listen_on_all() {
  std::vector<PortProblem> problems;
  ports_.smtp = listen<net::SmtpSession>(smtp_option, config_.smtp_port, false, problems);
  ports_.pop3 = listen<net::Pop3Session>(pop3_option, config_.pop3_port, false, problems);
  if (config_.smtps_port) {
    ports_.smtps = listen<net::SmtpSession>(smtps_option, *config_.smtps_port, true, problems);
  }
  if (config_.pop3s_port) {
    ports_.pop3s = listen<net::Pop3Session>(pop3s_option, *config_.pop3s_port, true, problems);
  }
  if (problems.empty()) return;
  throw StartError(StartError::Kind::port, in_words(problems, config_.host));
}

template <class Session>
unsigned short Server::Impl::listen(const char* option, unsigned short port, bool encrypted,
                                    std::vector<PortProblem>& problems) {
  std::error_code error;
  const auto address = asio::ip::make_address(config_.host, error);
  if (error) {
    throw StartError(
        StartError::Kind::other,
        fmt::format("--host {} is not a numeric address; write it like 127.0.0.1", config_.host));
  }
  const auto make_session = [this, encrypted](net::Socket socket) {
    return std::make_shared<Session>(std::move(socket), *host_, encrypted);
  };
  constexpr bool is_smtp = std::is_same_v<Session, net::SmtpSession>;
  const std::string refusal =
      is_smtp ? smtp::replies::too_many_connections(server_name(config_)).wire_lines().front()
              : pop3::replies::too_many_connections().line();
  try {
    listeners_.push_back(std::make_unique<net::Listener>(
        io_, asio::ip::tcp::endpoint(address, port), make_session, sessions_,
        net::ConnectionLimits{},
        // In the clear a client that expects TLS would not understand it.
        encrypted ? "" : refusal + "\r\n"));
    return listeners_.back()->port();
  } catch (const std::system_error& failure) {
    // Asio's own category compares with no std::errc.
    problems.push_back({option, port, {failure.code().value(), std::generic_category()}});
    return 0;
  }
}

void Server::Impl::open_store() {
  // Of the computer's own clock, for it is in the unique-ids: --clock begins alike for each
  // mailbox.
  const Time created = config_.repeatable ? now() : SystemClock().now().time;
  std::unique_ptr<db::Store> store = std::move(own_store_);
  if (!store && config_.db.empty()) store = std::make_unique<db::MemoryStore>(created);
  if (!store) {
    auto opened = db::open_sqlite_file(config_.db, created);
    if (!opened) throw StartError(StartError::Kind::mailbox, opened.error());
    store = std::move(*opened);
  }
  if (!config_.db.empty()) fill_accounts(*store);
  store_ = std::make_unique<net::StoreThread>(std::move(store));
  store_->answer_on(io_.get_executor());
  // Hashing passwords takes a millisecond each. What can fail must do so now; in memory nothing
  // can, and whoever logs in comes behind it in the queue.
  if (config_.db.empty()) store_->tell([this](db::Store& memory) { fill_accounts(memory); });
}

void Server::Impl::fill_accounts(db::Store& store) {
  std::vector<Account> accounts{{config_.as.local_part, config_.password}};
  accounts.insert(accounts.end(), config_.users.begin(), config_.users.end());
  for (const Account& account : accounts) {
    const auto put = store.put_account(account.name, net::saslprep(account.password));
    if (!put) {
      throw StartError(StartError::Kind::mailbox,
                       fmt::format("cannot write the account {} to the mailbox: {}", account.name,
                                   put.error().text));
    }
  }
}

void Server::Impl::make_host() {
  host_ = std::make_unique<net::Host>(clock_, bus_, *store_, tls_);
  host_->smtp.server_name = host_->pop3.server_name = server_name(config_);
  host_->smtp.domain = host_->pop3.domain = config_.as.domain;
  host_->delay = config_.delay;
  host_->repeatable = config_.repeatable;
  host_->spool.in_memory = db::content_piece;
  // Beside the mailbox: where there is room for the one there is room for the other.
  if (!config_.db.empty()) host_->spool.folder = folder_of(config_.db);
  host_->smtp.offers_tls = host_->pop3.offers_tls = tls_.enabled();
  host_->smtp.mechanisms = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"};
  host_->pop3.mechanisms = {"PLAIN", "CRAM-MD5", "SCRAM-SHA-256"};
  host_->smtp.limits.message_size = config_.max_size;
  if (config_.strict) {
    host_->smtp.leniency = smtp::Leniency::none();
    host_->pop3.leniency = pop3::Leniency::none();
  }
  smtp::Leniency& leniency = host_->smtp.leniency;
  if (config_.strict_in.brackets) leniency.allow_no_brackets = false;
  if (config_.strict_in.colon_space) leniency.allow_space_around_colon = false;
  if (config_.strict_in.helo_name) leniency.allow_any_helo_name = false;
  // The same clock gives the same delays: a lesson's run can be repeated.
  host_->random.seed(config_.clock ? 1U : std::random_device{}());
  host_->faults.set(config_.faults);
  // The learner is the first, and so reads postmaster's mail.
  host_->directory.add(config_.as.local_part, config_.password);
  for (const Account& account : config_.users)
    host_->directory.add(account.name, account.password);
  host_->on_accepted = [this](mail::QueueNumber number, const db::Submission& message) {
    for (const std::string& maildrop : message.maildrops) {
      postman_->expect(number, maildrop, message.trace.accepted.time, message.deliver_at);
    }
  };
}

void Server::Impl::expect_what_waits() {
  using Queue = db::StoreResult<std::vector<db::QueueEntry>>;
  const auto waiting =
      store_->ask_and_wait<Queue>([now = now()](db::Store& store) { return store.queue(now); });
  if (!waiting) {
    log::error(fmt::format("cannot tell when what waits is delivered: {}", waiting.error().text));
    return;
  }
  for (const db::QueueEntry& entry : *waiting)
    postman_->expect(entry.number, entry.maildrop, entry.accepted, entry.due);
}

void Server::Impl::run_io() {
  for (const auto& listener : listeners_)
    net::spawn(listener->run(), net::report);
  net::spawn(sweep(), net::report);
  const auto guard = asio::make_work_guard(io_);
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (const std::exception& failure) {
      log::error(fmt::format("unexpected: {}", failure.what()));
    }
  }
}

// One coarse look at all deadlines instead of a timer for each session.
net::Task<void> Server::Impl::sweep() {
  std::error_code error;
  while (!error) {
    sweep_timer_->expires_after(sweep_interval);
    co_await sweep_timer_->async_wait(asio::redirect_error(net::use_task, error));
    sessions_.check_deadlines();
    store_->refuse_older(std::chrono::steady_clock::now() - host_->timeouts.store);
  }
}

// Waits: who types a line afterwards can count on it.
void Server::Impl::change_faults(const std::function<void(wire::Faults&)>& change) {
  if (!io_thread_.joinable()) throw std::logic_error("faults are set while the server runs");
  std::promise<void> done;
  asio::post(io_, [&] {
    change(host_->faults);
    done.set_value();
  });
  done.get_future().get();
}

net::Task<void> Server::Impl::drain() {
  for (const auto& listener : listeners_)
    listener->stop();
  postman_->stop();
  sweep_timer_->cancel();
  net::Timer pause(io_.get_executor());
  std::error_code ignored;
  for (milliseconds waited{0}; sessions_.size() > 0 && waited < longest_stop;
       waited += milliseconds{5}) {
    sessions_.stop_all(net::StopReason::shutdown);
    pause.expires_after(milliseconds{5});
    co_await pause.async_wait(asio::redirect_error(net::use_task, ignored));
  }
  io_.stop();
}

void Server::Impl::stop() {
  if (!io_thread_.joinable()) return;
  // A command waits for the I/O thread, which must be there as long as one is answered.
  if (control_) control_->refuse_commands();
  asio::post(io_, [this] { net::spawn(drain(), net::report); });
  io_thread_.join();
  store_->stop();
  port_file_.remove();
  control_.reset();
}

Server::Server(Config config, const Clock& clock, std::unique_ptr<db::Store> store)
    : impl_(std::make_unique<Impl>(std::move(config), clock, std::move(store))) {}

Server::~Server() {
  stop();
}

void Server::start() {
  impl_->start([this](std::string_view command) {
    return answer_command(command, *this, impl_->config(), impl_->clock());
  });
}

void Server::stop() {
  impl_->stop();
}

Ports Server::ports() const {
  return impl_->ports();
}

std::string Server::control() const {
  return impl_->control();
}

wire::Bus& Server::events() {
  return impl_->events();
}

std::vector<db::QueueEntry> Server::queue() {
  using Queue = db::StoreResult<std::vector<db::QueueEntry>>;
  const std::function<Queue(db::Store&)> work = [now = impl_->now()](db::Store& store) {
    return store.queue(now);
  };
  return impl_->answer_of(work);
}

std::size_t Server::deliver_now() {
  using Count = db::StoreResult<std::size_t>;
  const std::function<Count(db::Store&)> work = [impl = impl_.get(),
                                                 now = impl_->now()](db::Store& store) {
    const Count delivered = store.deliver_now(now);
    // From here, so that the postman has heard of what was stored before, and of nothing later.
    if (delivered) impl->post([](Postman& postman) { postman.announce_all(); });
    return delivered;
  };
  return impl_->answer_of(work);
}

std::size_t Server::mailbox_count(const std::string& account) {
  using Count = db::StoreResult<std::size_t>;
  const std::function<Count(db::Store&)> work = [&, now = impl_->now()](db::Store& store) -> Count {
    const auto snapshot = store.snapshot(account, now);
    if (!snapshot) return Failure<db::StoreError>{snapshot.error()};
    return snapshot->size();
  };
  return impl_->answer_of(work);
}

bool Server::lay_in(const std::string& account, std::string_view sender, std::string content) {
  const ZonedTime now = impl_->clock().now();
  db::Submission letter;
  const auto from = mail::parse_mailbox(sender);
  if (from) letter.envelope.reverse_path = *from;
  letter.envelope.recipients.push_back({{account, impl_->config().as.domain}, {}, {}});
  letter.trace = {"localhost", "127.0.0.1", server_name(impl_->config()), "SMTP", now};
  letter.content = Spool(std::move(content));
  letter.maildrops = {account};
  letter.deliver_at = now.time;
  using Numbers = db::StoreResult<std::vector<mail::QueueNumber>>;
  const std::function<Numbers(db::Store&)> work = [&](db::Store& store) {
    return store.commit({&letter, 1});
  };
  return impl_->ask(work).has_value();
}

void Server::set_faults(std::vector<wire::Faults::Rule> rules) {
  impl_->change_faults([&](wire::Faults& faults) { faults.set(std::move(rules)); });
}

void Server::add_fault(wire::Faults::Rule rule) {
  impl_->change_faults([&](wire::Faults& faults) { faults.add(std::move(rule)); });
}

void Server::clear_faults() {
  set_faults({});
}

void Server::clock_moved() {
  impl_->post([](Postman& postman) { postman.look(); });
}

}  // namespace sandpost::app
