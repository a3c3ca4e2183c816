#pragma once
// What the user can choose. One field for each option of the command line, under the same name; the
// defaults stand here and nowhere else.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "mail/address.hpp"
#include "net/tls.hpp"
#include "wire/faults.hpp"

namespace sandpost {

struct Account {
  std::string name;  // the local part, and the name at POP3
  std::string password;
};

// What --strict refuses, one by one: a lesson can choose.
struct Strictness {
  bool brackets = false;     // MAIL FROM:a@b
  bool colon_space = false;  // MAIL FROM: <a@b>
  bool helo_name = false;    // HELO my_pc
};

enum class Color { automatic, always, never };

struct Config {
  std::string host = "127.0.0.1";  // numeric
  unsigned short smtp_port = 2525;
  unsigned short pop3_port = 1110;
  std::string port_file;  // empty: none
  bool control = false;   // a control socket also without a port file; not an option
  std::string db;         // empty: a throw-away mailbox in memory
  net::TlsSettings tls;
  std::optional<unsigned short> smtps_port;  // TLS from the first octet; off unless given
  std::optional<unsigned short> pop3s_port;
  std::size_t max_size = 25U << 20U;  // octets of one message
  bool strict = false;                // no leniency
  Strictness strict_in;               // set by a lesson
  DelayRange delay{std::chrono::seconds{10}, std::chrono::seconds{10}};
  mail::Address as{"s9360511", "ntut.edu.tw"};  // its domain is the local domain
  std::string password = "sandbox";
  std::vector<Account> users;  // further ones
  std::optional<ZonedTime> clock;
  // What must be different in every run is made of `clock` alone: only for a play that is to print
  // the same bytes again. Not an option.
  bool repeatable = false;
  std::vector<wire::Faults::Rule> faults;  // injected on purpose
  std::string record;                      // a folder; empty: no record is written
  std::string state_dir;                   // empty: the usual place
  bool no_state = false;
  bool no_input = false;
  bool plain = false;
  Color color = Color::automatic;
  bool quiet = false;
  bool verbose = false;
};

}  // namespace sandpost
