#pragma once
// The values of the options: text to a checked value, or the reason why not and what to write.
// The reason is one line without the option's name, and never holds a password; it can quote the
// text as it came, so whoever prints it makes it visible() first.

#include <string>
#include <string_view>

#include "app/config.hpp"
#include "base/result.hpp"
#include "mail/address.hpp"

namespace sandpost::cli {

template <class T>
using Parsed = Result<T, std::string>;

// An IPv4 or IPv6 address in numbers, without brackets.
[[nodiscard]] Parsed<std::string> parse_host(std::string_view text);

// Whether only programs on this computer reach that address (127.0.0.0/8, ::1).
// `host` must be one that parse_host accepts.
[[nodiscard]] bool is_loopback(const std::string& host);

// Octets of one message: at least the 64 KiB of RFC 5321 §4.5.3.1.7, at most 1 GiB.
[[nodiscard]] Parsed<std::size_t> parse_max_size(std::string_view text);

// 0 to 65535, digits only.
[[nodiscard]] Parsed<unsigned short> parse_port(std::string_view text);

// Anything but nothing.
[[nodiscard]] Parsed<std::string> parse_file_name(std::string_view text);

// The learner: a plain name at a real domain, for which "mail.DOMAIN" is a domain too.
[[nodiscard]] Parsed<mail::Address> parse_learner(std::string_view text);

// 1 to 200 octets without control characters.
[[nodiscard]] Parsed<std::string> parse_password(std::string_view text);

// NAME:PASSWORD; the first colon divides.
[[nodiscard]] Parsed<Account> parse_account(std::string_view text);

// The sandbox's clock, RFC 3339; from the year 1900 on, as RFC 5322 §3.3 wants it of a date.
[[nodiscard]] Parsed<ZonedTime> parse_clock(std::string_view text);

// auto, always, never.
[[nodiscard]] Parsed<Color> parse_color(std::string_view text);

// 1, true, yes, on and 0, false, no, off, in any letter case.
[[nodiscard]] Parsed<bool> parse_switch(std::string_view text);

}  // namespace sandpost::cli
