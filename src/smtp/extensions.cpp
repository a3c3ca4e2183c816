// The extensions that the reply to EHLO announces, and nothing else: SIZE (RFC 1870), PIPELINING
// (2920), 8BITMIME (6152), SMTPUTF8 (6531), ENHANCEDSTATUSCODES (2034), CHUNKING and BINARYMIME
// (3030), STARTTLS (3207), AUTH (4954), DSN (3461), FUTURERELEASE (4865), LIMITS (9422).

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "smtp/engine.hpp"

namespace sandpost::smtp {

using wire::Cause;
namespace event = wire::event;

// esmtp-param = esmtp-keyword ["=" esmtp-value]
struct Engine::Parameter {
  std::string_view text;
  std::string_view keyword;
  std::string_view value;
  bool has_value = false;

  [[nodiscard]] bool is(std::string_view name) const { return equals_ignoring_case(keyword, name); }
};

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || at != end || error != std::errc{}) return std::nullopt;
  return value;
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

// xtext = *( xchar / hexchar ), hexchar = "+" 2HEXDIG of upper case (RFC 3461 §4). What it stands
// for goes into a report's head, and must be printable ASCII (§4.2, §4.4).
std::optional<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_printable(text[i]) || text[i] == ' ' || text[i] == '=') return std::nullopt;
    if (text[i] != '+') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    const char decoded = static_cast<char>(*high * 16 + *low);
    if (!is_printable(decoded)) return std::nullopt;
    out += decoded;
    i += 2;
  }
  return out;
}

// Atom of RFC 5322 §3.2.3.
bool is_atom(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c <= '~' && std::string_view("()<>[]:;@\\,.\"").find(c) == std::string::npos;
  });
}

// UTF-8 written in ASCII: a letter becomes \x{7528} (RFC 6533 §3, EmbeddedUnicodeChar).
std::string with_embedded_unicode(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    out += length == 1 ? std::string(text.substr(0, 1))
                       : fmt::format("\\x{{{:X}}}", static_cast<std::uint32_t>(utf8_decode(text)));
    text.remove_prefix(length);
  }
  return out;
}

// original-recipient-address = addr-type ";" xtext, addr-type = atom (RFC 3461 §4.2). Of the type
// "utf-8" the address may be UTF-8 as it is (RFC 6533 §3), in an envelope that has SMTPUTF8.
std::optional<std::string> parse_orcpt(std::string_view text, bool allow_utf8) {
  const auto semicolon = std::min(text.find(';'), text.size());
  const bool formed =
      is_atom(text.substr(0, semicolon)) && semicolon + 1 < text.size() && text.size() <= 500;
  if (!formed) return std::nullopt;
  if (is_ascii(text)) return decode_xtext(text);
  const bool utf8_type = equals_ignoring_case(text.substr(0, semicolon), "utf-8");
  if (!allow_utf8 || !utf8_type || !is_utf8(text)) return std::nullopt;
  return decode_xtext(with_embedded_unicode(text));
}

// notify-list = "NEVER" / ( notify-list-element *( "," notify-list-element ) ) (RFC 3461 §4.1)
std::optional<mail::Notify> parse_notify(std::string_view text) {
  mail::Notify notify{false, false};
  if (equals_ignoring_case(text, "NEVER")) return notify;
  for (const std::string& element : split(text, ',')) {
    if (equals_ignoring_case(element, "SUCCESS"))
      notify.success = true;
    else if (equals_ignoring_case(element, "FAILURE"))
      notify.failure = true;
    else if (!equals_ignoring_case(element, "DELAY"))
      return std::nullopt;
  }
  return notify;
}

}  // namespace

Reply Engine::extensions() const {
  Reply reply = replies::hello(settings_.server_name, helo_name_, client_address_);
  const auto add = [&](std::string line) { reply.lines.push_back(std::move(line)); };
  add(fmt::format("SIZE {}", settings_.limits.message_size));
  add("PIPELINING");
  add("8BITMIME");
  add("SMTPUTF8");
  add("ENHANCEDSTATUSCODES");
  add("CHUNKING");
  add("BINARYMIME");
  if (settings_.offers_tls && !tls_) add("STARTTLS");
  if (!settings_.mechanisms.empty()) {
    add(fmt::format("AUTH {}", fmt::join(settings_.mechanisms, " ")));
  }
  add("DSN");
  if (settings_.now) {
    add(fmt::format("FUTURERELEASE {} {}", settings_.longest_hold.count(),
                    rfc3339_text(*settings_.now + settings_.longest_hold)));
  }
  add(fmt::format("LIMITS RCPTMAX={}", settings_.limits.recipients));
  add("EXPN");
  add("HELP");
  return reply;
}

// The word after "with" (RFC 3848, RFC 6531 §4.3).
std::string Engine::protocol() const {
  if (!extended_) return "SMTP";
  std::string name = transaction_.utf8 ? "UTF8SMTP" : "ESMTP";
  if (tls_) name += 'S';
  if (authenticated_) name += 'A';
  return name;
}

// Each must have been announced in reply to EHLO, and is given once.
bool Engine::accept_parameters(std::string_view text, bool of_mail) {
  std::vector<std::string> had;
  while (!(text = trim(text)).empty()) {
    Parameter parameter;
    parameter.text = text.substr(0, text.find(' '));
    text.remove_prefix(parameter.text.size());
    const auto equals = parameter.text.find('=');
    parameter.keyword = parameter.text.substr(0, equals);
    parameter.has_value = equals != std::string_view::npos;
    if (parameter.has_value) parameter.value = parameter.text.substr(equals + 1);
    if (parameter.keyword.empty()) return bad_parameter(parameter);
    const std::string keyword = to_upper(parameter.keyword);
    if (std::find(had.begin(), had.end(), keyword) != had.end()) return bad_parameter(parameter);
    had.push_back(keyword);
    if (!(of_mail ? accept_mail_parameter(parameter) : accept_rcpt_parameter(parameter))) {
      return false;
    }
  }
  return true;
}

bool Engine::accept_mail_parameter(const Parameter& parameter) {
  const std::string_view value = parameter.value;
  if (extended_ && parameter.is("SIZE")) return accept_size(parameter);
  if (extended_ && parameter.is("BODY")) {
    // RFC 6152 §3, RFC 3030 §3: body-value ::= "7BIT" / "8BITMIME" / "BINARYMIME"
    if (equals_ignoring_case(value, "7BIT")) return true;
    transaction_.body = equals_ignoring_case(value, "BINARYMIME") ? Body::binary : Body::eight_bit;
    return transaction_.body == Body::binary || equals_ignoring_case(value, "8BITMIME") ||
           bad_parameter(parameter);
  }
  if (extended_ && parameter.is("SMTPUTF8")) {
    transaction_.utf8 = true;
    return !parameter.has_value || bad_parameter(parameter);
  }
  if (extended_ && parameter.is("RET")) {
    transaction_.envelope.return_full = equals_ignoring_case(value, "FULL");
    return transaction_.envelope.return_full || equals_ignoring_case(value, "HDRS") ||
           bad_parameter(parameter);
  }
  if (extended_ && parameter.is("ENVID")) {
    auto decoded = decode_xtext(value);
    if (!decoded || decoded->empty() || value.size() > 100) return bad_parameter(parameter);
    transaction_.envelope.envelope_id = std::move(*decoded);
    return true;
  }
  if (extended_ && authenticates() && parameter.is("AUTH")) {
    // RFC 4954 §5: "<>" or a mailbox in xtext; a claim about an earlier hop, which this server does
    // not pass on.
    const auto claimed = decode_xtext(value);
    const bool known = claimed && (*claimed == "<>" || mail::parse_mailbox(*claimed));
    return known || bad_parameter(parameter);
  }
  if (extended_ && settings_.now && (parameter.is("HOLDFOR") || parameter.is("HOLDUNTIL"))) {
    return accept_hold(parameter);
  }
  refuse(replies::unknown_parameter(parameter.keyword), {.cause = Cause::unknown_parameter});
  return false;
}

bool Engine::accept_rcpt_parameter(const Parameter& parameter) {
  if (extended_ && parameter.is("NOTIFY")) {
    const auto notify = parse_notify(parameter.value);
    if (!notify) return bad_parameter(parameter);
    recipient_.notify = *notify;
    return true;
  }
  if (extended_ && parameter.is("ORCPT")) {
    auto original = parse_orcpt(parameter.value, transaction_.utf8);
    if (!original) return bad_parameter(parameter);
    recipient_.original = std::move(*original);
    return true;
  }
  refuse(replies::unknown_parameter(parameter.keyword), {.cause = Cause::unknown_parameter});
  return false;
}

// RFC 1870 §3: size-value ::= 1*20DIGIT
bool Engine::accept_size(const Parameter& parameter) {
  if (!all_digits(parameter.value) || parameter.value.size() > 20) return bad_parameter(parameter);
  const auto size = parse_number(parameter.value);
  if (size && *size <= settings_.limits.message_size) return true;
  refuse(replies::too_big(settings_.limits.message_size), {.cause = Cause::too_big});
  return false;
}

// RFC 4865 §4: HOLDFOR=future-release-integer, %x31-39 *8DIGIT seconds, or HOLDUNTIL=date-time; one
// of them.
bool Engine::accept_hold(const Parameter& parameter) {
  if (transaction_.hold_for || transaction_.hold_until) return bad_parameter(parameter);
  if (parameter.is("HOLDFOR")) {
    const auto number = parse_number(parameter.value);
    if (!number || !all_digits(parameter.value) || parameter.value.size() > 9 ||
        parameter.value.starts_with('0')) {
      return bad_parameter(parameter);
    }
    if (std::chrono::seconds{*number} > settings_.longest_hold) return held_too_long();
    transaction_.hold_for = std::chrono::seconds{*number};
  } else {
    const auto until = parse_rfc3339(parameter.value);
    if (!until) return bad_parameter(parameter);
    if (until->time > *settings_.now + settings_.longest_hold) return held_too_long();
    transaction_.hold_until = until->time;
  }
  return true;
}

bool Engine::held_too_long() {
  refuse(replies::held_too_long(settings_.longest_hold.count()), {.cause = Cause::bad_parameter});
  return false;
}

bool Engine::bad_parameter(const Parameter& parameter) {
  refuse(replies::bad_parameter(parameter.text), {.cause = Cause::bad_parameter});
  return false;
}

// bdat-cmd ::= "BDAT" SP chunk-size [ SP end-marker ] CR LF; what follows is the chunk.
void Engine::bdat(std::string_view argument) {
  const Reply usage = replies::write_it_like_this("BDAT 86 LAST");
  if (argument.empty()) return refuse_chunk(0, usage, {.cause = Cause::no_argument});
  const auto blank = std::min(argument.find(' '), argument.size());
  const auto octets = parse_number(argument.substr(0, blank));
  if (!octets) {
    // Nobody knows how much follows: what comes next would be read as commands.
    const Reply reply = replies::unknown_chunk(settings_.server_name);
    tell_error(reply, {.cause = Cause::bad_parameter, .lost = in_transaction()});
    answer(reply);
    return close(false);
  }
  const std::string_view marker = trim(argument.substr(blank));
  if (!marker.empty() && !equals_ignoring_case(marker, "LAST")) {
    return refuse_chunk(*octets, usage, {.cause = Cause::bad_parameter});
  }
  if (chunk_fault_) return refuse_chunk(*octets, {}, {});
  const bool ready = state_ == State::rcpt || state_ == State::chunked;
  if (!ready) {
    const bool greeted = state_ == State::greeted;
    const std::string_view need = state_ == State::connected ? "HELO" : greeted ? "MAIL" : "RCPT";
    return refuse_chunk(*octets, replies::say_first(find_verb(need)->usage),
                        {.cause = Cause::wrong_order, .need = need});
  }
  const std::size_t had = letter_ ? letter_->octets : 0;
  const std::size_t room =
      settings_.limits.message_size - std::min(settings_.limits.message_size, had);
  if (*octets > room) {
    return refuse_chunk(*octets, replies::too_big(settings_.limits.message_size),
                        {.cause = Cause::too_big, .lost = true});
  }
  if (!letter_) letter_.emplace(LineEnding::crlf);
  letter_->chunk_left = static_cast<std::size_t>(*octets);
  letter_->last_chunk = !marker.empty();
  enter(State::chunk);
  if (*octets == 0) end_chunk();
}

// The client sends them whatever the answer is, so they are read, and thrown away, before it.
void Engine::refuse_chunk(std::uint64_t octets, Reply reply, Refusal refusal) {
  refused_chunk_.emplace(RefusedChunk{std::move(reply), refusal});
  skip_ = octets;
  if (skip_ == 0) end_refused_chunk();
}

void Engine::end_refused_chunk() {
  const RefusedChunk chunk = refused_chunk_.take();
  if (chunk_fault_) return end_by_fault(chunk_fault_.take(), "BDAT");
  if (chunk.refusal.lost) forget_transaction();
  refuse(chunk.reply, chunk.refusal);
}

bool Engine::read_chunk() {
  const auto octets = std::min(letter_->chunk_left, input_.size() - read_);
  const std::size_t before = piece_.size();
  piece_.append(input_, read_, octets);
  read_ += octets;
  letter_->chunk_left -= octets;
  letter_->endings.add(std::string_view(piece_).substr(before));
  count_content(before);
  if (letter_->chunk_left == 0) end_chunk();
  return true;
}

void Engine::end_chunk() {
  const bool last = letter_->last_chunk;
  enter(State::chunked);
  if (!last) {
    tell(event::smtp_bdat, {{"octets", static_cast<std::int64_t>(letter_->octets)},
                            {"last", false},
                            {"code", std::int64_t{250}}});
    return answer(replies::chunk_ok(letter_->octets));
  }
  if (transaction_.body != Body::binary && letter_->endings.found_bare()) {
    return refuse_content(replies::bare_ending_in_chunk(), Cause::bare_lf);
  }
  // POP3 gives out lines, and the size it tells counts the last one's ending.
  if (!letter_->endings.ends_line()) {
    const std::size_t before = piece_.size();
    piece_ += "\r\n";
    count_content(before);
  }
  finish_content();
}

// starttls = "STARTTLS" CRLF. What was sent behind it in the clear is thrown away unread.
void Engine::starttls(std::string_view /*argument*/) {
  if (!settings_.offers_tls) {
    return refuse(replies::not_implemented("STARTTLS"), {.cause = Cause::unknown_verb});
  }
  if (tls_) return refuse(replies::tls_already(), {.cause = Cause::wrong_order});
  answer(replies::ready_for_tls());
  input_.clear();
  read_ = 0;
  request_ = StartTls{};
}

// RFC 3207 §4.2: nothing that was said before counts any more.
void Engine::on_tls(const std::string& version, const std::string& cipher) {
  tls_ = true;
  extended_ = authenticated_ = false;
  helo_name_.clear();
  lines_ = LineReader(settings_.limits.command_line, settings_.leniency.allow_lf);
  input_.clear();
  read_ = 0;
  forget_transaction();
  tell(event::smtp_starttls,
       {{"version", version}, {"cipher", cipher}, {"code", std::int64_t{220}}});
}

bool Engine::authenticates() const {
  return !settings_.mechanisms.empty();
}

// auth-command = "AUTH" SP sasl-mech [SP initial-response] CRLF
void Engine::auth(std::string_view argument) {
  if (!authenticates()) {
    return refuse(replies::not_implemented("AUTH"), {.cause = Cause::unknown_verb});
  }
  if (!extended_) {
    return refuse(replies::say_first("EHLO your.computer.name"),
                  {.cause = Cause::wrong_order, .need = "EHLO"});
  }
  if (authenticated_ || state_ != State::greeted) {
    return refuse(replies::auth_not_now(), {.cause = Cause::wrong_order, .need = "RSET"});
  }
  const auto blank = std::min(argument.find(' '), argument.size());
  const std::string name = to_upper(argument.substr(0, blank));
  if (name.empty()) {
    return refuse(replies::write_it_like_this("AUTH PLAIN"), {.cause = Cause::no_argument});
  }
  const auto known = std::find(settings_.mechanisms.begin(), settings_.mechanisms.end(), name);
  if (known == settings_.mechanisms.end()) {
    return refuse(
        replies::unknown_mechanism(fmt::format("{}", fmt::join(settings_.mechanisms, " "))),
        {.cause = Cause::unknown_parameter});
  }
  const std::string_view initial = trim(argument.substr(blank));
  base64_newline_ = false;
  Authenticate request{name, std::nullopt};
  if (!initial.empty()) {
    // "=" is an initial response that is empty (RFC 4954 §4).
    auto decoded = initial == "=" ? std::optional<std::string>("") : base64_decode(initial);
    if (!decoded) return refuse(replies::bad_base64(), {.cause = Cause::bad_base64});
    base64_newline_ = decoded->ends_with('\n');
    request.response = std::move(*decoded);
  }
  mechanism_ = name;
  request_ = std::move(request);
}

// A line within the exchange: base64, or "*" to give up.
void Engine::auth_response(std::string_view line) {
  end_auth();
  if (line == "*") return refuse(replies::auth_cancelled(), {.cause = Cause::cancelled});
  auto decoded = base64_decode(line);
  if (!decoded) return refuse(replies::bad_base64(), {.cause = Cause::bad_base64});
  base64_newline_ = base64_newline_ || decoded->ends_with('\n');
  request_ = Authenticate{"", std::move(*decoded)};
}

void Engine::end_auth() {
  lines_.set_limit(settings_.limits.command_line);
  enter(State::greeted);
}

void Engine::on_sasl(const wire::SaslStep& step) {
  switch (step.outcome) {
    case wire::SaslStep::Outcome::challenge:
      lines_.set_limit(settings_.limits.auth_line);
      enter(State::auth);
      return answer(replies::challenge(base64_encode(step.bytes)));
    case wire::SaslStep::Outcome::accepted:
      if (fault_strikes(wire::Faults::login)) return;
      authenticated_ = true;
      tell(event::smtp_auth,
           {{"mechanism", mechanism_}, {"user", step.user}, {"code", std::int64_t{235}}});
      return answer(replies::authenticated());
    case wire::SaslStep::Outcome::refused:
      return refuse(replies::bad_login(),
                    {.cause = base64_newline_ ? Cause::base64_newline : Cause::bad_login});
    case wire::SaslStep::Outcome::malformed:
      return refuse(replies::bad_response(), {.cause = Cause::bad_parameter});
    case wire::SaslStep::Outcome::unavailable:
      return refuse(replies::auth_unavailable(), {.cause = Cause::storage});
  }
}

}  // namespace sandpost::smtp
