#pragma once
// Mailboxes and paths as RFC 5321 §4.1.2 and §4.1.3 write them. A value type and its parser;
// whether anybody lives at an address is for others to say.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sandpost::mail {

// Local-part "@" ( Domain / address-literal ). An address with both parts empty is the null
// reverse-path `<>`; one without a domain is `<postmaster>`, or a local name taken leniently.
struct Address {
  std::string local_part;  // without quotes and backslashes: "john smith" and john\ smith are one
  std::string domain;      // as written; compare it without regard to case

  [[nodiscard]] bool is_null() const { return local_part.empty() && domain.empty(); }
  [[nodiscard]] bool is_ascii() const;
  // Quoted again where it has to be, without angle brackets.
  [[nodiscard]] std::string to_text() const;

  friend bool operator==(const Address&, const Address&) = default;
};

enum class PathError {
  missing,      // nothing stands there
  one_bracket,  // "<" without ">" or the other way round
  no_brackets,  // an address without them where that is not allowed
  bad_local_part,
  bad_domain,
  non_ascii,  // octets above 127 where SMTPUTF8 was not asked for
  not_utf8,   // octets that are no UTF-8, where it is allowed
  too_long,   // RFC 5321 §4.5.3.1.1, §4.5.3.1.2
};

struct PathRules {
  bool allow_no_brackets = false;  // `MAIL FROM:a@b`, as the lab's web page shows it
  bool allow_null = false;         // `<>`, for the reverse-path only
  bool allow_no_domain = false;    // `<postmaster>`, and a local name
  bool allow_utf8 = false;         // RFC 6531
};

struct Path {
  Address address;
  bool brackets = true;
  std::size_t length = 0;  // octets of the text it took; parameters follow
};

// The path at the start of `text`. A source route (`<@a,@b:c@d>`, RFC 5321 §C) is read and dropped.
[[nodiscard]] Result<Path, PathError> parse_path(std::string_view text, PathRules rules);

// Mailbox as it stands in a command line option: no brackets, a domain is needed.
[[nodiscard]] Result<Address, PathError> parse_mailbox(std::string_view text);

// Domain of RFC 5321 §4.1.2: labels of letters, digits and inner hyphens; 255 octets at most.
[[nodiscard]] bool is_domain(std::string_view text, bool allow_utf8 = false);

// "[127.0.0.1]", "[IPv6:::1]": the literal for a numeric address.
[[nodiscard]] std::string address_literal(const std::string& address);

// address-literal of RFC 5321 §4.1.3, with its square brackets.
[[nodiscard]] bool is_address_literal(std::string_view text);

// Whether both are literals of one address, however they are written.
[[nodiscard]] bool is_same_address_literal(std::string_view a, std::string_view b);

}  // namespace sandpost::mail
