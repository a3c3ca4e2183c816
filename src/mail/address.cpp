#include "mail/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/text.hpp"

namespace sandpost::mail {
namespace {

constexpr std::size_t longest_local_part = 64;  // RFC 5321 §4.5.3.1.1
constexpr std::size_t longest_domain = 255;     // RFC 5321 §4.5.3.1.2
constexpr std::size_t longest_label = 63;       // RFC 1035 §2.3.4

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_non_ascii(char c) {
  return static_cast<std::uint8_t>(c) >= 0x80;
}

// atext of RFC 5322 §3.2.3; UTF-8 is let through here and judged once for the whole path.
bool is_atext(char c) {
  return is_letter_or_digit(c) || is_non_ascii(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// Dot-string = Atom *("." Atom)
std::optional<std::string> take_dot_string(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && (is_atext(text[end]) || text[end] == '.'))
    ++end;
  const std::string_view found = text.substr(0, end);
  if (found.empty() || found.front() == '.' || found.back() == '.' ||
      found.find("..") != std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_prefix(end);
  return std::string(found);
}

// Quoted-string  = DQUOTE *QcontentSMTP DQUOTE
// QcontentSMTP   = qtextSMTP / quoted-pairSMTP
// quoted-pairSMTP = %d92 %d32-126
// qtextSMTP      = %d32-33 / %d35-91 / %d93-126
std::optional<std::string> take_quoted_string(std::string_view& text) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (c == '\\' && ++i < text.size()) c = text[i];
    if (i >= text.size() || (!is_non_ascii(c) && (c < ' ' || c > '~'))) return std::nullopt;
    out += c;
  }
  return std::nullopt;
}

std::optional<std::string> take_local_part(std::string_view& text) {
  return !text.empty() && text.front() == '"' ? take_quoted_string(text) : take_dot_string(text);
}

// The octets up to the first one that can stand in no domain; what they are worth is_domain says.
std::string_view take_domain(std::string_view& text) {
  const auto end = !text.empty() && text.front() == '['
                       ? std::min(text.find(']'), text.size() - 1) + 1
                       : std::min(text.find_first_of("<> ,:@\t"), text.size());
  const std::string_view found = text.substr(0, end);
  text.remove_prefix(end);
  return found;
}

// A-d-l = At-domain *( "," At-domain ); MUST be accepted, SHOULD be ignored (RFC 5321 §4.1.2).
bool skip_source_route(std::string_view& text) {
  while (!text.empty() && text.front() == '@') {
    text.remove_prefix(1);
    const auto domain = take_domain(text);
    if (!is_domain(domain) && !is_address_literal(domain)) return false;
    if (text.empty()) return false;
    const char next = text.front();
    text.remove_prefix(1);
    if (next == ':') return true;
    if (next != ',' || !text.starts_with('@')) return false;
  }
  return true;
}

// Mailbox, or a bare local part where the rules allow it.
Result<Address, PathError> take_mailbox(std::string_view& text, const PathRules& rules) {
  auto local_part = take_local_part(text);
  if (!local_part) return Failure<PathError>{PathError::bad_local_part};
  if (local_part->size() > longest_local_part) return Failure<PathError>{PathError::too_long};
  Address address{std::move(*local_part), {}};  // "" is one (§4.1.2: *QcontentSMTP)
  if (text.empty() || text.front() != '@') {
    if (!rules.allow_no_domain || address.local_part.empty())
      return Failure<PathError>{PathError::bad_domain};
    return address;
  }
  text.remove_prefix(1);
  address.domain = take_domain(text);
  if (address.domain.size() > longest_domain) return Failure<PathError>{PathError::too_long};
  if (!is_domain(address.domain, true) && !is_address_literal(address.domain)) {
    return Failure<PathError>{PathError::bad_domain};
  }
  return address;
}

bool is_dot_string(std::string_view text) {
  return take_dot_string(text).has_value() && text.empty();
}

}  // namespace

bool Address::is_ascii() const {
  return sandpost::is_ascii(local_part) && sandpost::is_ascii(domain);
}

std::string Address::to_text() const {
  if (is_null()) return {};
  std::string out;
  if (is_dot_string(local_part)) {
    out = local_part;
  } else {
    out = '"';
    for (const char c : local_part) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  if (!domain.empty()) out += '@' + domain;
  return out;
}

// Reverse-path = Path / "<>"
// Path         = "<" [ A-d-l ":" ] Mailbox ">"
Result<Path, PathError> parse_path(std::string_view text, PathRules rules) {
  std::string_view rest = text;
  if (rest.empty()) return Failure<PathError>{PathError::missing};
  Path path;
  path.brackets = rest.front() == '<';
  if (path.brackets) {
    rest.remove_prefix(1);
    if (rest.empty()) return Failure<PathError>{PathError::one_bracket};
  }
  if (path.brackets && rest.front() == '>') {
    if (!rules.allow_null) return Failure<PathError>{PathError::missing};
    path.length = 2;
    return path;
  }
  if (path.brackets && !skip_source_route(rest)) return Failure<PathError>{PathError::bad_domain};
  auto address = take_mailbox(rest, rules);
  if (!address) return Failure<PathError>{address.error()};
  path.address = std::move(*address);
  const bool closed = !rest.empty() && rest.front() == '>';
  if (closed != path.brackets) {
    // `<a@b SIZE=1` ends where a bracket is missing; `<a@b c>` and `<a b@c>` have a blank too many.
    const bool blank = !rest.empty() && rest.front() == ' ';
    if (blank && path.brackets && rest.find('>') != std::string_view::npos) {
      const bool in_local_part = path.address.domain.empty();
      return Failure<PathError>{in_local_part ? PathError::bad_local_part : PathError::bad_domain};
    }
    const bool missing = rest.empty() || blank || closed;
    return Failure<PathError>{missing ? PathError::one_bracket : PathError::bad_domain};
  }
  if (closed) rest.remove_prefix(1);
  if (!path.brackets && !rest.empty() && rest.front() != ' ')
    return Failure<PathError>{PathError::bad_domain};
  if (!path.brackets && !rules.allow_no_brackets) return Failure<PathError>{PathError::no_brackets};
  if (!path.address.is_ascii()) {
    if (!rules.allow_utf8) return Failure<PathError>{PathError::non_ascii};
    const bool utf8 = is_utf8(path.address.local_part) && is_utf8(path.address.domain);
    if (!utf8) return Failure<PathError>{PathError::not_utf8};
  }
  path.length = text.size() - rest.size();
  return path;
}

Result<Address, PathError> parse_mailbox(std::string_view text) {
  auto path = parse_path(text, PathRules{.allow_no_brackets = true});
  if (!path) return Failure<PathError>{path.error()};
  if (path->length != text.size()) return Failure<PathError>{PathError::bad_domain};
  return std::move(path->address);
}

// Domain     = sub-domain *("." sub-domain)
// sub-domain = Let-dig [Ldh-str]
bool is_domain(std::string_view text, bool allow_utf8) {
  if (text.empty() || text.size() > longest_domain) return false;
  const auto let_dig = [&](char c) {
    return is_letter_or_digit(c) || (allow_utf8 && is_non_ascii(c));
  };
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    const std::string_view label = text.substr(begin, end - begin);
    begin = end + 1;
    if (label.empty() || label.size() > longest_label) return false;
    if (!let_dig(label.front()) || !let_dig(label.back())) return false;
    if (!std::all_of(label.begin(), label.end(), [&](char c) { return let_dig(c) || c == '-'; })) {
      return false;
    }
  }
  return true;
}

std::string address_literal(const std::string& address) {
  return (address.find(':') == std::string::npos ? "[" : "[IPv6:") + address + "]";
}

namespace {

using Octets = std::array<unsigned char, sizeof(in6_addr)>;

// IPv4-address-literal = Snum 3("."  Snum), Snum = 1*3DIGIT of 0 to 255: leading zeros are fine
// here. As IPv6 maps it, ::ffff:a.b.c.d.
std::optional<Octets> ipv4_octets(std::string_view text) {
  const auto numbers = split(text, '.');
  if (numbers.size() != 4) return std::nullopt;
  Octets octets{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::string& number = numbers[i];
    const bool digits = number.find_first_not_of("0123456789") == std::string::npos;
    if (number.empty() || number.size() > 3 || !digits) return std::nullopt;
    const int value = std::stoi(number);
    if (value > 255) return std::nullopt;
    octets.at(12 + i) = static_cast<unsigned char>(value);
  }
  return octets;
}

// address-literal = "[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal )
// "]"
std::optional<Octets> literal_octets(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return std::nullopt;
  const std::string inner(text.substr(1, text.size() - 2));
  if (inner.find('\0') != std::string::npos) return std::nullopt;  // inet_pton would stop there
  constexpr std::string_view tag = "IPv6:";
  if (!starts_ignoring_case(inner, tag)) return ipv4_octets(inner);
  Octets octets{};
  const std::string address = inner.substr(tag.size());
  if (inet_pton(AF_INET6, address.c_str(), octets.data()) != 1) return std::nullopt;
  // IPv6-comp: "::" stands for two groups or more; an IPv4 address is two.
  const auto parts = split(address, ':');
  const auto groups =
      std::count_if(parts.begin(), parts.end(), [](const auto& part) { return !part.empty(); }) +
      (address.find('.') == std::string::npos ? 0 : 1);
  if (address.find("::") != std::string::npos && groups > 6) return std::nullopt;
  return octets;
}

}  // namespace

bool is_address_literal(std::string_view text) {
  return literal_octets(text).has_value();
}

bool is_same_address_literal(std::string_view a, std::string_view b) {
  const auto octets = literal_octets(a);
  return octets && octets == literal_octets(b);
}

}  // namespace sandpost::mail
