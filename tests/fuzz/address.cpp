// Paths as MAIL and RCPT have them. Settings: the four rules, one digit each.

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/text.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include "mail/address.hpp"

namespace sandpost::fuzz {
namespace {

constexpr mail::PathRules all_rules{
    .allow_no_brackets = true, .allow_null = true, .allow_no_domain = true, .allow_utf8 = true};

bool is_utf8(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(utf8_length(text))) {
    if (utf8_length(text) == 0) return false;
  }
  return true;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; });
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

void keeps_the_rules(const mail::Path& path, const mail::PathRules& rules) {
  const mail::Address& address = path.address;
  require(rules.allow_no_brackets || path.brackets, "a path without brackets");
  require(rules.allow_null || !address.is_null(), "a null path");
  require(rules.allow_no_domain || address.is_null() || !address.domain.empty(),
          "a path without a domain");
  require(address.local_part.size() <= 64, "a local part of more than 64 octets");
  require(address.domain.size() <= 255, "a domain of more than 255 octets");
  const std::string both = address.local_part + address.domain;
  require(!has_control(both), "a control byte in an address", both);
  require(is_ascii(both) || (rules.allow_utf8 && is_utf8(both)), "not ASCII, and not UTF-8", both);
  require(address.domain.empty() || mail::is_domain(address.domain, rules.allow_utf8) ||
              mail::is_address_literal(address.domain),
          "neither a domain nor an address literal", address.domain);
}

void prints_and_parses_again(const mail::Path& path) {
  const std::string text = path.address.to_text();
  const std::string bracketed = '<' + text + '>';
  for (const std::string& written : {bracketed, bracketed + " SIZE=1"}) {
    const auto again = mail::parse_path(written, all_rules);
    require(again.has_value(), "printed, a path parses no more", written);
    require(again->address == path.address, "printed and parsed again, a path is another", written);
    require(again->length == bracketed.size(), "a printed path has another length", written);
  }
  if (path.address.domain.empty() || !is_ascii(text)) return;
  const auto mailbox = mail::parse_mailbox(text);
  require(mailbox.has_value(), "printed, a mailbox parses no more", text);
  require(*mailbox == path.address, "printed and parsed again, a mailbox is another", text);
}

}  // namespace

void address(std::string_view text) {
  Input input(text);
  const auto allowed = [&] { return input.settings.next(2) == 0; };
  mail::PathRules rules;
  rules.allow_no_brackets = allowed();
  rules.allow_null = allowed();
  rules.allow_no_domain = allowed();
  rules.allow_utf8 = allowed();

  const auto path = mail::parse_path(input.bytes, rules);
  if (mail::is_address_literal(input.bytes))
    require(!has_control(input.bytes), "an address literal with a control byte");
  if (mail::is_domain(input.bytes))
    require(mail::is_domain(input.bytes, true), "a domain that UTF-8 makes none");
  if (!path) return;

  require(path->length > 0 && path->length <= input.bytes.size(), "a path longer than its text");
  require(path->brackets == input.bytes.starts_with('<'), "brackets are misjudged");
  keeps_the_rules(*path, rules);
  prints_and_parses_again(*path);
  // It needs nothing that stands behind it, and more leniency reads nothing else in it.
  for (const auto& again : {mail::parse_path(input.bytes.substr(0, path->length), rules),
                            mail::parse_path(input.bytes, all_rules)}) {
    require(again.has_value() && again->address == path->address && again->length == path->length,
            "read otherwise, a path is another", input.bytes);
  }
}

}  // namespace sandpost::fuzz
