#include "smtp/engine.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "wire/odd_bytes.hpp"
#include "wire/typed_line.hpp"

namespace sandpost::smtp {
namespace {

using wire::Cause;
namespace event = wire::event;

// Replies to pipelined commands are gathered up to this many octets before they are handed out.
constexpr std::size_t gathered_output = 16'384;
// And so much of a letter.
constexpr std::size_t gathered_content = 65'536;

// RFC 5321 §4.1.1 names them, or an extension does; they are refused because they are not
// announced.
constexpr std::array not_implemented{"TURN", "SEND", "SOML", "SAML", "ETRN", "LHLO"};
constexpr std::array pop3_verbs{"USER", "PASS", "STAT", "LIST", "RETR",
                                "DELE", "UIDL", "TOP",  "APOP", "CAPA"};
constexpr std::array ways_out{"EXIT", "BYE", "LOGOUT", "CLOSE", "END", "Q"};

template <std::size_t N>
bool contains(const std::array<const char*, N>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* known) { return equals_ignoring_case(known, word); });
}

std::string_view without_line_ending(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// What a line of the letter looks like that its writer may have meant otherwise. It is not the
// letter's end, even if it looks so.
Cause cause_of_content_line(std::string_view raw, bool crlf) {
  const bool own_ending = !raw.ends_with('\n') || raw.ends_with("\r\n") == crlf;
  const std::string_view line = without_line_ending(raw);
  if (line == ".") return Cause::lf_dot;
  if (!own_ending) return Cause::bare_lf;
  if (line == "..") return Cause::dot_double;
  if (line.find("\xFF\xF4") != std::string_view::npos) return Cause::telnet_bytes;  // IAC IP
  if (trim(line) == ".") return Cause::dot_space;
  if (trim(line) == "\u3002" || trim(line) == "\uFF0E") return Cause::dot_full_width;
  const auto word = trim(line);
  for (const char* verb : {"QUIT", "RSET", "HELP", "NOOP", "EXIT"}) {
    if (equals_ignoring_case(word, verb)) return Cause::command_in_data;
  }
  if (starts_ignoring_case(word, "MAIL FROM:") || starts_ignoring_case(word, "RCPT TO:")) {
    return Cause::command_in_data;
  }
  if (line.starts_with('.') && !line.starts_with("..")) return Cause::dot_lost;
  return Cause::none;
}

}  // namespace

Engine::Engine(Settings settings, std::string client_address, wire::Sink& sink)
    : settings_(std::move(settings)),
      client_address_(std::move(client_address)),
      sink_(sink),
      lines_(settings_.limits.command_line, settings_.leniency.allow_lf),
      tls_(settings_.tls) {}

std::string Engine::greeting() {
  answer(replies::greeting(settings_.server_name));
  return std::exchange(out_, {});
}

void Engine::set_now(Time now) {
  if (settings_.now) settings_.now = now;
}

void Engine::feed(std::string_view bytes) {
  // A letter is read where it lies; what it leaves, and all else, waits in a buffer for its turn.
  while (read_ == input_.size() && state_ == State::data && !bytes.empty() && !request_ &&
         !paused_ && !closing_) {
    read_content(bytes);
  }
  if (bytes.empty()) return;
  input_.erase(0, std::exchange(read_, 0));
  input_.append(bytes);
}

Output Engine::next() {
  if (paused_ && !request_) resume();
  while (!request_ && !closing_ && out_.size() < gathered_output &&
         piece_.size() < gathered_content && step()) {
  }
  if (!out_.empty()) return Send{std::exchange(out_, {})};
  if (!piece_.empty()) return Content{std::exchange(piece_, {}), piece_offset_};
  if (request_) return request_.take();
  if (!closing_) return NeedBytes{};
  close(false);
  return Close{quit_};
}

bool Engine::mid_line() const {
  if (state_ == State::data) return letter_ && letter_->dots.mid_line();
  return state_ == State::chunk || skip_ > 0 || lines_.mid_line();
}

// Reads one line or piece of content; false when there is nothing left to read.
bool Engine::step() {
  if (read_ == input_.size()) {
    input_ = {};  // an idle session owns nothing
    read_ = 0;
    return false;
  }
  if (state_ == State::data) {
    std::string_view rest = std::string_view(input_).substr(read_);
    read_content(rest);
    read_ = input_.size() - rest.size();
    return true;
  }
  if (state_ == State::chunk) return read_chunk();
  if (skip_ > 0) {
    const auto octets = std::min<std::uint64_t>(skip_, input_.size() - read_);
    skip_ -= octets;
    read_ += static_cast<std::size_t>(octets);
    if (skip_ == 0) end_refused_chunk();
    return true;
  }
  std::string_view rest = std::string_view(input_).substr(read_);
  auto line = lines_.next(rest);
  read_ = input_.size() - rest.size();
  out_ += lines_.take_telnet_answers();
  if (lines_.take_interrupt()) note(Cause::telnet_bytes);
  if (line) read_line(std::move(*line));
  return true;
}

void Engine::read_line(CommandLine line) {
  const bool secret = state_ == State::auth;
  line_ = std::move(line.text);
  told_.reset();
  if (secret) told_ = line_ == "*" ? line_ : std::string(wire::asterisks);
  had_telnet_ = line.had_telnet;
  if (heard()) tell(event::client_line, {{"text", told_line()}, {"data", false}});
  if (lines_.ending() == LineEnding::lf && !std::exchange(told_lf_, true)) note(Cause::lf_only);
  if (wire::is_http_request(trim(line_))) {
    // A browser made to post here would smuggle commands in its body (CVE-2021-38371 and kin), so
    // nothing of it is read, however odd or long its first line is.
    refuse(replies::http(), {Cause::http});
    return close(false);
  }
  if (line.too_long) {
    if (secret) end_auth();
    const Limits& limits = settings_.limits;
    return refuse(secret ? replies::auth_line_too_long(limits.auth_line)
                         : replies::line_too_long(limits.command_line),
                  {Cause::line_too_long});
  }
  if (line.bare_lf) return refuse(replies::bare_lf_command(), {Cause::lf_only});
  if (secret) return auth_response(std::exchange(line_, {}));
  const bool lenient = settings_.leniency.allow_blanks_around;
  const auto trimmed = [lenient](std::string_view text) { return lenient ? trim(text) : text; };
  if (!settings_.leniency.allow_backspace || is_printable_ascii(line_)) {
    return dispatch(trimmed(line_));
  }
  const std::string text = wire::with_backspaces_applied(line_);
  dispatch(trimmed(text));
}

const std::string& Engine::told_line() {
  if (!told_) told_ = wire::masked(line_);
  return *told_;
}

void Engine::dispatch(std::string_view line) {
  if (line.empty()) {
    if (had_telnet_) return refuse(replies::telnet_bytes(), {Cause::telnet_bytes});
    return refuse(replies::empty_line(), {Cause::empty_line});
  }
  if (const auto control = wire::find_control(line)) {
    return refuse(replies::odd_character(*control), {control->cause});
  }
  const auto end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  const std::string_view argument = settings_.leniency.allow_blanks_around
                                        ? trim(line.substr(end))
                                        : line.substr(std::min(end + 1, line.size()));
  if (word.empty()) return refuse(replies::leading_blank(), {Cause::trailing_space});
  const Verb* verb = find_verb(word);
  if (fault_strikes(verb == nullptr ? "" : verb->name, line)) return;
  if (verb == nullptr) return unknown(line, word);
  if (!verb->takes_argument && !argument.empty()) {
    return refuse(replies::write_it_like_this(verb->usage), {Cause::unwanted_argument});
  }
  (this->*verb->handle)(argument);
}

// 500 and 502 of RFC 5321 §4.2.4, with a guess at what was meant.
void Engine::unknown(std::string_view line, std::string_view verb) {
  if (const auto odd = wire::find_non_ascii(line)) {
    return refuse(replies::odd_character(*odd), {odd->cause});
  }
  if (has_secret()) {  // `PASSsandbox`: of such a line only the verb is said back
    verb = trim(told_line());
    verb = verb.substr(0, verb.find(' '));
  }
  if (contains(not_implemented, verb)) {
    return refuse(replies::not_implemented(verb), {Cause::unknown_verb});
  }
  if (contains(pop3_verbs, verb)) return refuse(replies::pop3_verb(verb), {Cause::unknown_verb});
  std::string_view near = contains(ways_out, verb) ? "QUIT" : "";
  for (const Verb& known : verbs()) {
    if (near.empty() && wire::is_slip_of(verb, known.name)) near = known.name;
  }
  if (!near.empty()) {
    return refuse(replies::misspelt_verb(verb, near), {Cause::misspelt_verb, near});
  }
  if (had_telnet_) return refuse(replies::telnet_bytes(), {Cause::telnet_bytes});
  if (mail::is_header_line(line)) {
    return refuse(replies::header_as_command(line), {Cause::header_as_command});
  }
  refuse(replies::unknown_verb(verb), {Cause::unknown_verb});
}

bool Engine::has_secret() {
  return told_line().ends_with(wire::asterisks);
}

void Engine::read_content(std::string_view& bytes) {
  const std::size_t before = piece_.size();
  bool done = false;
  if (heard()) {
    // Line by line, so that each can be told; without a listener all at once.
    std::string_view line = bytes.substr(0, bytes.find('\n') + 1);
    if (line.empty()) line = bytes;
    const std::string_view all = line;
    done = letter_->dots.read(line, piece_);
    const auto taken = all.substr(0, all.size() - line.size());
    const std::size_t room = settings_.limits.command_line -
                             std::min(settings_.limits.command_line, letter_->raw_line.size());
    letter_->raw_line.append(taken.substr(0, room));
    bytes.remove_prefix(taken.size());
    if (taken.ends_with('\n')) tell_content_line(done);
  } else {
    piece_.reserve(piece_.size() + bytes.size());
    done = letter_->dots.read(bytes, piece_);
  }
  count_content(before);
  if (letter_->octets > settings_.limits.message_size) letter_->too_big = true;
  if (letter_->too_big) piece_.clear();
  if (done) finish_content();
}

void Engine::count_content(std::size_t before) {
  const auto grown = std::string_view(piece_).substr(before);
  if (before == 0) piece_offset_ = letter_->octets;
  letter_->octets += grown.size();
  letter_->scan.add(grown);
}

void Engine::tell_content_line(bool is_end) {
  const std::string raw = std::exchange(letter_->raw_line, {});
  if (++letter_->lines > settings_.limits.told_lines) return;
  const std::string_view line = without_line_ending(raw);
  tell(event::client_line, {{"text", std::string(line)}, {"data", true}});
  if (is_end) return;  // the final dot is no line of the letter
  const bool crlf = lines_.ending() == LineEnding::crlf;
  const bool folded = letter_->lines > 1 && (line.starts_with(' ') || line.starts_with('\t'));
  const bool head = letter_->in_head && (mail::is_header_line(line) || folded);
  const char* kind = letter_->in_head && line.empty() ? "empty" : head ? "head" : "body";
  const bool in_head = std::exchange(letter_->in_head, head);
  Cause cause = cause_of_content_line(raw, crlf);
  if (cause == Cause::none && in_head && !line.empty() && trim(line).empty()) {
    cause = Cause::blank_line_has_spaces;
  }
  tell(event::smtp_line, {{"kind", std::string(kind)}, {"cause", std::string(to_text(cause))}});
}

// The letter is complete, by the dot or by BDAT LAST.
void Engine::finish_content() {
  if (state_ == State::data) told_ = ".";
  if (fault_strikes(wire::Faults::message)) return;
  const bool bare_lf = letter_->dots.bare_lf();
  letter_->scan.finish();
  if (letter_->too_big) {
    return refuse_content(replies::too_big(settings_.limits.message_size), Cause::too_big);
  }
  if (bare_lf || letter_->dots.bare_cr()) {
    return refuse_content(replies::bare_line_ending(bare_lf), Cause::bare_lf);
  }
  if (letter_->scan.received_lines() > settings_.limits.received_lines) {
    return refuse_content(replies::too_many_hops(), Cause::loop);
  }
  if (heard()) {
    const mail::ContentSummary& summary = letter_->scan.summary();
    const Cause cause = summary.head_lines > 0 && !summary.has_blank_line ? Cause::no_blank_line
                        : summary.head_lines == 0                         ? Cause::no_head
                                                                          : Cause::none;
    const auto count = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    pending_message_ = {{"size", count(letter_->octets)},
                        {"from", transaction_.envelope.reverse_path.to_text()},
                        {"rcpts", count(transaction_.envelope.recipients.size())},
                        {"head_lines", count(summary.head_lines)},
                        {"body_lines", count(summary.body_lines)},
                        {"subject", summary.subject},
                        {"has_blank_line", summary.has_blank_line},
                        {"unstuffed", count(letter_->dots.unstuffed())},
                        {"eightbit", summary.eight_bit},
                        {"cause", std::string(to_text(cause))},
                        {"code", std::int64_t{250}}};
  }
  request_ = Accept{std::move(transaction_.envelope),
                    std::move(transaction_.maildrops),
                    helo_name_,
                    protocol(),
                    letter_->octets,
                    transaction_.hold_for,
                    transaction_.hold_until};
  enter(State::storing);
}

void Engine::on_stored(mail::QueueNumber number) {
  std::vector<wire::Field> fields = std::exchange(pending_message_, {});
  if (!fields.empty()) {  // else nobody listened when the letter came
    fields.insert(fields.begin(), {"queue", number});
    tell(event::smtp_message, std::move(fields));
  }
  forget_transaction();
  errors_ = 0;
  if (fault_strikes(wire::Faults::stored)) return;
  answer(replies::queued(number));
}

void Engine::on_not_stored(StoreFailure failure) {
  pending_message_.clear();
  if (failure == StoreFailure::over_quota && settings_.faults != nullptr) {
    const auto rule = settings_.faults->over_quota(wire::Faults::message, sink_);
    if (rule) return end_by_fault(*rule, wire::Faults::message);
  }
  refuse_content(failure == StoreFailure::busy ? replies::storage_busy() : replies::storage_full(),
                 Cause::storage);
}

// openssl s_client hangs up like that for a line that begins with Q or R.
void Engine::on_disconnect() {
  close(false, tls_ ? Cause::s_client_quit : Cause::none);
}

void Engine::on_early_talk() {
  note(Cause::early_talk);
}

std::string Engine::on_timeout() {
  return last_words(replies::timeout(settings_.server_name), Cause::timeout);
}

std::string Engine::on_shutdown() {
  return last_words(replies::shutting_down(settings_.server_name), Cause::none);
}

std::string Engine::last_words(const Reply& reply, Cause cause) {
  out_.clear();
  hang_up(reply, cause);
  return std::exchange(out_, {});
}

// The server ends the session, for a reason that is no single line's fault.
void Engine::hang_up(const Reply& reply, Cause cause) {
  const bool lost = state_ == State::mail || state_ == State::rcpt || state_ == State::data ||
                    state_ == State::chunk || state_ == State::chunked;
  told_ = "";
  if (cause != Cause::none) tell_error(reply, {.cause = cause, .lost = lost});
  answer(reply);
  close(false);
}

// The only place that changes the state.
void Engine::enter(State state) {
  state_ = state;
  const bool has_content = state == State::data || state == State::chunk || state == State::chunked;
  if (!has_content) letter_.reset();
  if (!has_content && state != State::storing) piece_.clear();
}

// RSET, HELO, EHLO and the end of a transaction (RFC 5321 §4.1.1.5): the session goes on.
void Engine::forget_transaction() {
  transaction_ = {};
  enter(helo_name_.empty() ? State::connected : State::greeted);
}

void Engine::close(bool clean, Cause cause) {
  closing_ = true;
  paused_ = false;
  if (std::exchange(told_close_, true)) return;
  const bool lost = state_ == State::data || state_ == State::chunk || state_ == State::chunked;
  std::vector<wire::Field> fields{{"clean", clean}, {"lost_message", lost}};
  if (cause != Cause::none) fields.push_back({"cause", std::string(to_text(cause))});
  tell(event::smtp_close, std::move(fields));
  enter(State::closed);
}

void Engine::answer(const Reply& reply) {
  reply.append_to(out_);
  if (!heard()) return;
  const auto lines = reply.wire_lines();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    tell(event::server_line, {{"text", lines[i]}, {"last", i + 1 == lines.size()}});
  }
}

void Engine::refuse(const Reply& reply, Refusal refusal) {
  tell_error(reply, refusal);
  answer(reply);
  // Not counted: Enter, which people press to see whether anybody is there, and one recipient more
  // than fit, after which a client asks for the next one (RFC 5321 §4.5.3.1.10).
  if (refusal.cause == Cause::empty_line || refusal.cause == Cause::too_many_recipients) return;
  if (++errors_ < settings_.limits.errors) return;
  hang_up(replies::too_many_errors(settings_.server_name), Cause::too_many_errors);
}

void Engine::tell_error(const Reply& reply, const Refusal& refusal) {
  if (!heard()) return;
  const std::string& line = told_line();
  const auto word = line.substr(0, line.find(' '));
  const auto odd_octets = std::count_if(line.begin(), line.end(),
                                        [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
  tell(event::smtp_error, {{"code", std::int64_t{reply.code}},
                           {"verb", to_upper(word)},
                           {"line", line},
                           {"cause", std::string(to_text(refusal.cause))},
                           {"near", std::string(refusal.near)},
                           {"need", std::string(refusal.need)},
                           {"count", static_cast<std::int64_t>(odd_octets)},
                           {"lost", refusal.lost}});
}

// The letter was refused; sender and recipients go with it (RFC 5321 §4.1.1.4).
void Engine::refuse_content(const Reply& reply, Cause cause) {
  forget_transaction();
  refuse(reply, {.cause = cause, .lost = true});
}

void Engine::note(Cause cause) {
  tell(event::smtp_note, {{"cause", std::string(to_text(cause))}, {"tls", tls_}});
}

void Engine::tell(std::string_view name, std::vector<wire::Field> fields) {
  if (heard()) sink_.emit(name, std::move(fields));
}

}  // namespace sandpost::smtp
