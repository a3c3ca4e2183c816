#include "cli/values.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/text.hpp"

namespace sandpost::cli {
namespace {

constexpr std::size_t longest_name = 64;  // RFC 5321 §4.5.3.1.1
// With "PASS " and a full name it stays within the 255 octets of a POP3 command (RFC 2449 §4).
constexpr std::size_t longest_password = 200;

Failure<std::string> fail(std::string text) {
  return Failure<std::string>{std::move(text)};
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// Dot-string of RFC 5321 §4.1.2: what can stand before the @ without quotes.
bool is_plain_name(std::string_view text) {
  const auto parsed = mail::parse_mailbox(std::string(text) + "@x");
  return parsed && parsed->local_part == text;
}

bool is_control(char c) {
  return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F;
}

}  // namespace

Parsed<std::string> parse_host(std::string_view text) {
  std::string host(text);
  if (is_ipv4(host) || is_ipv6(host)) return host;
  if (equals_ignoring_case(text, "localhost")) {
    return fail(fmt::format("'{}' is a name: write 127.0.0.1 or ::1", text));
  }
  return fail(fmt::format(
      "'{}' is not a numeric address: write it like 127.0.0.1 or ::1, without brackets", text));
}

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) != 1) return false;
  // ::ffff:127.0.0.1 is the IPv4 address in IPv6 spelling.
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

Parsed<std::size_t> parse_max_size(std::string_view text) {
  constexpr std::size_t least = 65'536;
  constexpr std::size_t most = std::size_t{1} << 30U;
  std::size_t octets = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, octets);
  if (error == std::errc{} && at == end && octets >= least && octets <= most) return octets;
  return fail(fmt::format("'{}' is not a size: write octets, from {} to {}", text, least, most));
}

Parsed<unsigned short> parse_port(std::string_view text) {
  unsigned short port = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  if (error == std::errc{} && at == end) return port;
  return fail(
      fmt::format("'{}' is not a port: write a number from 0 to 65535, 0 for any free one", text));
}

Parsed<std::string> parse_file_name(std::string_view text) {
  if (text.empty())
    return fail("the name of the file is empty: write one, or leave the option out");
  return std::string(text);
}

Parsed<mail::Address> parse_learner(std::string_view text) {
  const auto address = mail::parse_mailbox(text);
  const bool plain = address && is_plain_name(address->local_part) && address->to_text() == text;
  if (!plain) {
    return fail(
        fmt::format("'{}' is not a plain address: write it like s9360511@ntut.edu.tw", text));
  }
  if (mail::is_address_literal(address->domain) || is_ipv4(address->domain)) {
    return fail(
        fmt::format("'{}' has no domain name behind the @: write one, like ntut.edu.tw", text));
  }
  if (!mail::is_domain("mail." + address->domain)) {
    return fail("the domain is too long: write one of 250 characters at most");
  }
  return *address;
}

Parsed<std::string> parse_password(std::string_view text) {
  if (text.empty()) return fail("the password is empty: write one");
  if (text.size() > longest_password) {
    return fail(fmt::format("the password is too long: write {} octets at most", longest_password));
  }
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return fail("the password holds a control character: write one that can be typed");
  }
  return std::string(text);
}

Parsed<Account> parse_account(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    return fail(fmt::format("'{}' has no colon: write NAME:PASSWORD, like alice:wonderland", text));
  }
  const std::string_view name = text.substr(0, colon);
  if (name.empty()) return fail("the name is missing: write NAME:PASSWORD, like alice:wonderland");
  if (name.size() > longest_name) {
    return fail(fmt::format("the name is too long: write {} characters at most", longest_name));
  }
  if (!is_plain_name(name)) {
    return fail(
        fmt::format("'{}' is not a plain name: write what stands before the @, like alice", name));
  }
  auto password = parse_password(text.substr(colon + 1));
  if (!password) return fail(fmt::format("for '{}' {}", name, password.error()));
  return Account{std::string(name), std::move(*password)};
}

Parsed<ZonedTime> parse_clock(std::string_view text) {
  constexpr std::chrono::year first{1900};
  auto when = parse_rfc3339(text);
  if (!when) return when;
  const std::chrono::year_month_day date{
      std::chrono::floor<std::chrono::days>(when->time + when->offset)};
  if (date.year() >= first) return when;
  return Failure<std::string>{fmt::format(
      "'{}' is too long ago for a letter: write a time of the year 1900 or later", text)};
}

Parsed<Color> parse_color(std::string_view text) {
  if (text == "auto") return Color::automatic;
  if (text == "always") return Color::always;
  if (text == "never") return Color::never;
  return fail(fmt::format("'{}' is not a choice: write auto, always or never", text));
}

Parsed<bool> parse_switch(std::string_view text) {
  constexpr std::array on{"1", "true", "yes", "on"};
  constexpr std::array off{"0", "false", "no", "off"};
  const auto is = [&](const char* word) { return equals_ignoring_case(text, word); };
  if (std::any_of(on.begin(), on.end(), is)) return true;
  if (std::any_of(off.begin(), off.end(), is)) return false;
  return fail(fmt::format(
      "'{}' is neither yes nor no: write yes or no (1, 0, true, false, on, off)", text));
}

}  // namespace sandpost::cli
