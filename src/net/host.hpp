#pragma once
// What every session needs from the server it belongs to. Owned by app::Server; outlives the
// sessions.

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/spool.hpp"
#include "mail/address.hpp"
#include "net/sasl.hpp"
#include "net/store_thread.hpp"
#include "net/tls.hpp"
#include "pop3/engine.hpp"
#include "smtp/engine.hpp"
#include "wire/bus.hpp"
#include "wire/faults.hpp"

namespace sandpost::net {

// Who has a maildrop. Names are looked up after SASLprep, and without regard to case.
class Directory {
 public:
  // False if there is an account of that name already, perhaps in other letter case. The password
  // is kept readable, in memory only, for APOP and CRAM-MD5, which cannot do without.
  bool add(const std::string& account, const std::string& password);
  // The account with that name, spelt as it was added.
  [[nodiscard]] std::optional<std::string> find_account(std::string_view name) const;
  // The account that gets what is sent there: postmaster's mail is for the first account
  // (RFC 5321 §4.5.1).
  [[nodiscard]] std::optional<std::string> find(std::string_view local_part) const;
  // The account's password; nothing for an unknown name.
  [[nodiscard]] std::optional<std::string> secret(const std::string& account) const;

 private:
  std::string first_;
  std::unordered_map<std::string, std::string> by_lower_case_;
  std::unordered_map<std::string, std::string> secrets_;
};

// One POP3 session per maildrop (RFC 1939 §4).
class MaildropLocks {
 public:
  [[nodiscard]] bool acquire(const std::string& maildrop) { return held_.insert(maildrop).second; }
  [[nodiscard]] bool is_held(const std::string& maildrop) const { return held_.contains(maildrop); }
  void release(const std::string& maildrop) { held_.erase(maildrop); }

 private:
  std::unordered_set<std::string> held_;
};

// How long a session may be silent. The RFCs' minimum times, because people type.
struct Timeouts {
  std::chrono::milliseconds smtp{std::chrono::minutes{5}};       // RFC 5321 §4.5.3.2.7
  std::chrono::milliseconds pop3{std::chrono::minutes{10}};      // RFC 1939 §3
  std::chrono::milliseconds handshake{std::chrono::minutes{5}};  // of TLS
  std::chrono::milliseconds write{std::chrono::minutes{5}};      // a client that does not read
  std::chrono::milliseconds linger{
      std::chrono::seconds{2}};  // for the client to read the last reply
  // Until the store begins with a letter; then 451. Well below what RFC 5321 §4.5.3.2.6 lets a
  // client wait: ten minutes.
  std::chrono::milliseconds store{std::chrono::seconds{30}};
};

struct Host {
  Host(const Clock& its_clock, wire::Bus& its_bus, StoreThread& its_store, TlsContext& its_tls)
      : clock(its_clock), bus(its_bus), store(its_store), tls(its_tls), read_buffer(65'536) {
    smtp.faults = pop3.faults = &faults;
    smtp.offers_hold = true;
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // One of this machine's addresses as SMTP writes it, "[127.0.0.1]". Lives as long as the host.
  [[nodiscard]] std::string_view own_literal(const std::string& address) {
    return *own_literals.insert(mail::address_literal(address)).first;
  }

  const Clock& clock;
  wire::Bus& bus;
  StoreThread& store;
  TlsContext& tls;
  SaslDecoys decoys;
  smtp::Settings smtp;  // both stay as they are once there are sessions
  pop3::Settings pop3;
  Directory directory;
  MaildropLocks locks;
  Timeouts timeouts;
  DelayRange delay;
  SpoolSettings spool;  // for a letter while it comes in
  log::Trouble spool_trouble;
  bool repeatable = false;  // Config::repeatable
  std::minstd_rand random;
  wire::Faults faults{[this] { return std::uniform_real_distribution<>()(random); }};
  std::uint64_t sessions_begun = 0;
  std::unordered_set<std::string> own_literals;  // few
  // One for all sessions: bytes stay in it only while they are handed to an engine.
  std::vector<char> read_buffer;
  // Called when a message has been accepted that is due at that time.
  std::function<void(mail::QueueNumber, const db::Submission&)> on_accepted;
};

}  // namespace sandpost::net
