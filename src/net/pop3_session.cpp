#include "net/pop3_session.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "base/text.hpp"
#include "net/apop.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::net {
namespace {

using Snapshot = db::StoreResult<std::vector<db::ScanEntry>>;
using Piece = db::StoreResult<std::string>;

// Replies are gathered up to so many octets before they are sent.
constexpr std::size_t gathered_octets = 65'536;

std::vector<pop3::Entry> entries(const std::vector<db::ScanEntry>& scan) {
  std::vector<pop3::Entry> out;
  out.reserve(scan.size());
  for (const db::ScanEntry& entry : scan) {
    out.push_back({entry.number, entry.octets, entry.unique_id});
  }
  return out;
}

// As far as they can be read.
std::vector<ReadAhead::Message> read_all(db::Store& store, const std::string& maildrop,
                                         const std::vector<mail::QueueNumber>& numbers) {
  std::vector<ReadAhead::Message> messages;
  messages.reserve(numbers.size());
  for (const mail::QueueNumber number : numbers) {
    auto message = store.message(maildrop, number);
    if (!message) break;
    messages.push_back({number, std::move(*message)});
  }
  return messages;
}

}  // namespace

Pop3Session::Pop3Session(Socket socket, Host& host, bool encrypted)
    : Session(std::move(socket), host, encrypted), engine_(settings_for(host, encrypted), *this) {}

pop3::Settings Pop3Session::settings_for(const Host& host, bool encrypted) const {
  pop3::Settings settings = host.pop3;
  settings.tls = encrypted;
  // RFC 1939 §7: msg-id, different for each session.
  settings.timestamp =
      fmt::format("<{}.{}@{}>", number(), host.clock.now().time.time_since_epoch().count(),
                  settings.server_name);
  return settings;
}

Pop3Session::~Pop3Session() {
  release();
}

Task<void> Pop3Session::talk() {
  emit(wire::event::pop3_connect, {{"port", local_port()}});
  bool open = co_await write(engine_.greeting());
  while (open) {
    const std::string_view bytes = co_await read(host().timeouts.pop3, engine_.mid_line());
    if (bytes.empty()) break;
    engine_.feed(bytes);
    open = co_await serve();
  }
  if (open && stop_reason() == StopReason::timeout) engine_.on_timeout();
  engine_.on_disconnect();
  release();
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
      const bool done = co_await start_tls(host().timeouts.pop3);
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
Task<void> Pop3Session::log_in(pop3::Login login) {
  // One that the mailbox knows from an earlier start has no maildrop here now; asking for it takes
  // as long as asking for any other.
  const auto account = host().directory.find_account(login.user);
  const std::string user = account.value_or(login.user);
  const db::StoreResult<bool> verified = co_await check(user, std::move(login));
  if (!verified) co_return engine_.on_login(pop3::LoginResult::unavailable, {});
  if (!account || !*verified) co_return engine_.on_login(pop3::LoginResult::refused, {});
  if (!host().locks.acquire(user)) co_return engine_.on_login(pop3::LoginResult::in_use, {});
  maildrop_ = user;
  std::function<Snapshot(db::Store&)> take =
      [user, now = host().clock.now().time](db::Store& store) { return store.snapshot(user, now); };
  const Snapshot snapshot = co_await host().store.ask(std::move(take));
  if (snapshot) {
    engine_.on_login(pop3::LoginResult::ok, entries(*snapshot));
  } else {
    release();
    engine_.on_login(pop3::LoginResult::unavailable, {});
  }
}

// Whether the client has shown that it is the user. A digest takes a password that is kept
// readable.
Task<db::StoreResult<bool>> Pop3Session::check(const std::string& user, pop3::Login login) {
  if (login.proof == pop3::Login::Proof::sasl) co_return true;
  if (login.proof == pop3::Login::Proof::apop_digest) {
    const auto secret = host().directory.secret(user);
    const std::string digest = secret ? apop_digest(engine_.timestamp(), *secret) : "";
    co_return !digest.empty() && digest == to_lower(login.secret);
  }
  std::function<db::StoreResult<bool>(db::Store&)> verify =
      [user, password = saslprep(login.secret)](db::Store& store) {
        return store.verify(user, password);
      };
  const auto verified = co_await host().store.ask(std::move(verify));
  co_return verified;
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
  std::vector<mail::QueueNumber> numbers =
      ahead_.plan(request.queue, engine_.following(ReadAhead::most_octets));
  numbers.insert(numbers.begin(), request.queue);
  std::function<std::vector<ReadAhead::Message>(db::Store&)> read_messages =
      [maildrop = maildrop_, numbers = std::move(numbers)](db::Store& store) {
        return read_all(store, maildrop, numbers);
      };
  std::vector<ReadAhead::Message> messages = co_await host().store.ask(std::move(read_messages));
  if (messages.empty()) co_return engine_.on_message_unavailable();
  const db::StoredMessage message = std::move(messages.front().message);
  messages.erase(messages.begin());
  ahead_.keep(std::move(messages));
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
  return host().directory.find_account(std::get<std::string>(fields.front().value)).value_or("");
}

}  // namespace sandpost::net
