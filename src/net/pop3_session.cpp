#include "net/pop3_session.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "base/text.hpp"
#include "net/apop.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::net {
namespace {

using Piece = db::StoreResult<std::string>;

// Replies are gathered up to so many octets before they are sent.
constexpr std::size_t gathered_octets = 65'536;

// What the store says to a login.
struct Admission {
  db::StoreResult<bool> verified = false;
  db::StoreResult<std::vector<db::ScanEntry>> snapshot;
  std::string unique_prefix;
};

}  // namespace

Pop3Session::Pop3Session(Socket socket, Host& host, bool encrypted)
    : Session(std::move(socket), host, encrypted),
      engine_(host.pop3, connection(encrypted), *this) {}

pop3::Connection Pop3Session::connection(bool encrypted) const {
  pop3::Connection connection;
  connection.timestamp =
      apop_timestamp(host().pop3.server_name, number(), host().clock.now().time, host().repeatable);
  connection.tls = encrypted;
  return connection;
}

Pop3Session::~Pop3Session() {
  release();
}

Task<bool> Pop3Session::greet() {
  if (wanted()) emit(wire::event::pop3_connect, {{"port", local_port()}});
  return write(engine_.greeting());
}

Task<bool> Pop3Session::answer(std::string_view bytes) {
  engine_.feed(bytes);
  return serve();
}

Task<void> Pop3Session::say_good_bye(bool open) {
  if (open && stop_reason() == StopReason::timeout) engine_.on_timeout();
  engine_.on_disconnect();
  release();
  co_return;
}

Task<bool> Pop3Session::serve() {
  for (;;) {
    pop3::Output output = engine_.next();
    if (auto* send = std::get_if<pop3::Send>(&output)) {
      say(std::move(send->bytes));
      if (unsent() < gathered_octets) continue;
    }
    if (auto* request = std::get_if<pop3::Fetch>(&output); request && give_at_hand(*request)) {
      continue;
    }
    const bool flushed = co_await flush();
    if (!flushed || std::holds_alternative<pop3::Close>(output)) co_return false;
    if (std::holds_alternative<pop3::NeedBytes>(output)) co_return true;
    if (auto* login = std::get_if<pop3::Login>(&output)) {
      co_await log_in(std::move(*login));
    } else if (std::holds_alternative<pop3::StartTls>(output)) {
      const bool done = co_await start_tls();
      if (!done) co_return false;
      engine_.on_tls(tls()->version(), tls()->cipher());
    } else if (auto* exchange = std::get_if<pop3::Authenticate>(&output)) {
      const wire::SaslStep step = co_await sasl_.step(host(), std::move(exchange->mechanism),
                                                      std::move(exchange->response));
      engine_.on_sasl(step);
    } else if (const auto* wait = std::get_if<pop3::Pause>(&output)) {
      co_await pause(wait->time);
      if (stop_reason() != StopReason::none) co_return true;
    } else if (auto* request = std::get_if<pop3::Fetch>(&output)) {
      co_await fetch(*request);
    } else if (auto* deletions = std::get_if<pop3::Update>(&output)) {
      co_await update(std::move(deletions->queue));
    }
  }
}

// RFC 1939 §4: the name, then the lock, then the snapshot; each only if the one before went well.
// The store is asked for all of it in one trip. Its answers come in the order of the questions: who
// gets a maildrop between this question and its answer changes it later than this snapshot, and
// holds the lock.
Task<void> Pop3Session::log_in(pop3::Login login) {
  // One that the mailbox knows from an earlier start has no maildrop here now; asking for it takes
  // as long as asking for any other.
  const auto account = host().directory.find_account(login.user);
  const std::string user = account.value_or(login.user);
  const bool is_free = account && !host().locks.is_held(user);
  std::function<Admission(db::Store&)> admit = [user, is_free, shown = check_here(user, login),
                                                password = saslprep(login.secret),
                                                now = host().clock.now().time](db::Store& store) {
    Admission admission;
    admission.verified = shown ? *shown : store.verify(user, password);
    if (!is_free || !admission.verified.value_or(false)) return admission;
    admission.snapshot = store.snapshot(user, now);
    admission.unique_prefix = store.unique_prefix();
    return admission;
  };
  Admission admission = co_await host().store.ask(std::move(admit));
  if (!admission.verified) co_return engine_.on_login(pop3::LoginResult::unavailable);
  if (!account || !*admission.verified) co_return engine_.on_login(pop3::LoginResult::refused);
  if (!is_free || !host().locks.acquire(user)) {
    co_return engine_.on_login(pop3::LoginResult::in_use);
  }
  maildrop_ = user;
  if (admission.snapshot) {
    engine_.on_login(pop3::LoginResult::ok, std::move(*admission.snapshot),
                     std::move(admission.unique_prefix));
  } else {
    release();
    engine_.on_login(pop3::LoginResult::unavailable);
  }
}

// Whether the client has shown that it is the user; nothing where the store has to say. A digest
// takes a password that is kept readable.
std::optional<bool> Pop3Session::check_here(const std::string& user,
                                            const pop3::Login& login) const {
  if (login.proof == pop3::Login::Proof::sasl) return true;
  if (login.proof == pop3::Login::Proof::password) return std::nullopt;
  const auto secret = host().directory.secret(user);
  const std::string digest = secret ? apop_digest(engine_.timestamp(), *secret) : "";
  return !digest.empty() && digest == to_lower(login.secret);
}

// Whether the engine got the message without a trip to the store's thread.
bool Pop3Session::give_at_hand(const pop3::Fetch& request) {
  if (request.offset > 0) return false;
  const db::StoredMessage* message = ahead_.find(request.queue);
  if (message == nullptr) return false;
  engine_.on_message(message->trace, message->content, message->octets);
  return true;
}

Task<void> Pop3Session::fetch(pop3::Fetch request) {
  if (request.offset > 0) co_return co_await fetch_more(request);
  const std::vector<mail::QueueNumber> numbers =
      ahead_.plan(request.queue, engine_.following(ReadAhead::most_octets));
  std::function<std::vector<db::StoredMessage>(db::Store&)> read_messages =
      [maildrop = maildrop_, numbers](db::Store& store) {
        return store.messages(maildrop, numbers);
      };
  std::vector<db::StoredMessage> messages = co_await host().store.ask(std::move(read_messages));
  if (messages.empty()) co_return engine_.on_message_unavailable();
  const db::StoredMessage message = std::move(messages.front());
  ahead_.keep(numbers, std::move(messages));
  engine_.on_message(message.trace, message.content, message.octets);
}

Task<void> Pop3Session::fetch_more(pop3::Fetch request) {
  std::function<Piece(db::Store&)> read_piece = [request](db::Store& store) {
    return store.content(request.queue, request.offset);
  };
  const Piece piece = co_await host().store.ask(std::move(read_piece));
  if (piece && !piece->empty()) {
    engine_.on_content(*piece);
  } else {
    engine_.on_message_unavailable();
  }
}

// The lock goes before the last reply does: who sees it may log in again at once.
Task<void> Pop3Session::update(std::vector<mail::QueueNumber> numbers) {
  std::function<db::StoreResult<std::size_t>(db::Store&)> apply =
      [maildrop = maildrop_, numbers = std::move(numbers)](db::Store& store) {
        return store.remove(maildrop, numbers);
      };
  const auto removed = co_await host().store.ask(std::move(apply));
  release();
  engine_.on_updated(removed.has_value());
}

void Pop3Session::release() {
  if (!maildrop_.empty()) host().locks.release(std::exchange(maildrop_, {}));
}

std::string Pop3Session::learner_of(std::string_view event,
                                    const std::vector<wire::Field>& fields) const {
  if (event != wire::event::pop3_user && event != wire::event::pop3_auth) return {};
  return host().directory.find_account(wire::text_of(fields, "user")).value_or("");
}

}  // namespace sandpost::net
