#include "pop3/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "mail/content_scan.hpp"
#include "wire/odd_bytes.hpp"
#include "wire/typed_line.hpp"

namespace sandpost::pop3 {
namespace {

using wire::Cause;
namespace event = wire::event;

// Replies to pipelined commands are gathered up to this many octets before they are handed out.
constexpr std::size_t gathered_output = 16'384;

bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == 0x7F;
}

}  // namespace

Engine::Engine(const Settings& settings, Connection connection, wire::Sink& sink)
    : settings_(settings),
      timestamp_(std::move(connection.timestamp)),
      sink_(sink),
      lines_(settings_.limits.command_line, settings_.leniency.allow_lf),
      tls_(connection.tls) {}

std::string Engine::greeting() {
  answer(replies::greeting(settings_.server_name, timestamp_));
  return std::exchange(out_, {});
}

void Engine::feed(std::string_view bytes) {
  if (state_ == State::closed) return;
  input_.erase(0, std::exchange(read_, 0));
  input_.append(bytes);
}

Output Engine::next() {
  if (waiting_ == Waiting::pause && !request_) {
    waiting_ = Waiting::nothing;
    dispatch(held_.take());
  }
  const auto reads = [&] { return waiting_ == Waiting::nothing || waiting_ == Waiting::response; };
  while (state_ != State::closed && reads() && out_.size() < gathered_output && step()) {
  }
  if (!out_.empty()) return Send{std::exchange(out_, {})};
  if (request_) return request_.take();
  if (state_ == State::closed) return Close{};
  return NeedBytes{};
}

// Reads one line or what there is of it; false when there is nothing left to read.
bool Engine::step() {
  if (read_ == input_.size()) {
    input_ = {};  // an idle session owns nothing
    read_ = 0;
    return false;
  }
  std::string_view rest = std::string_view(input_).substr(read_);
  auto line = lines_.next(rest);
  read_ = input_.size() - rest.size();
  out_ += lines_.take_telnet_answers();
  if (lines_.take_interrupt()) note(Cause::telnet_bytes);
  if (line) read_line(std::move(*line));
  return true;
}

// The only place that changes the state, and the one that tells of the end.
void Engine::enter(State state) {
  if (state_ == State::closed) return;
  state_ = state;
  if (state != State::closed) return;
  tell_close();
  maildrop_ = {};
  input_ = {};
  read_ = 0;
}

void Engine::tell_close() {
  if (!sink_.wanted()) return;
  std::vector<wire::Field> fields{{"clean", said_quit_},
                                  {"marks_lost", static_cast<std::int64_t>(maildrop_.marks())}};
  // openssl s_client hangs up like that for a line that begins with Q or R.
  if (client_left_ && tls_) fields.push_back({"cause", std::string(to_text(Cause::s_client_quit))});
  sink_.emit(event::pop3_close, std::move(fields));
}

void Engine::read_line(CommandLine line) {
  if (waiting_ == Waiting::response) {
    line_ = line.text == "*" ? line.text : std::string(wire::asterisks);
    tell_line();
    return auth_response(line.too_long ? "too long" : line.text);
  }
  const Leniency& leniency = settings_.leniency;
  const bool plain = wire::is_plain(line.text);
  const std::string text =
      leniency.allow_backspace && !plain ? wire::with_backspaces_applied(line.text) : line.text;
  const Command command = split_command(text, leniency.allow_blanks_around);
  // How a good command may be told matters only if somebody listens.
  const bool told = sink_.wanted();
  line_ = told || find_verb(command.verb) == nullptr ? as_told(line.text) : std::string();
  had_telnet_ = line.had_telnet;
  if (told) tell_line();
  if (wire::is_http_request(trim(line.text))) {
    // A browser made to post here would smuggle commands in its body: hang up at once, however odd
    // or long its first line is.
    refuse(replies::http(), {Cause::http});
    return enter(State::closed);
  }
  if (line.too_long) {
    return refuse(replies::line_too_long(settings_.limits.command_line), {Cause::line_too_long});
  }
  if (line.bare_lf) return refuse(replies::bare_lf(), {Cause::lf_only});
  if (trim(text).empty()) {
    if (had_telnet_) return refuse(replies::telnet_bytes(), {Cause::telnet_bytes});
    return refuse(replies::empty_line(), {Cause::empty_line});
  }
  if (const auto odd = plain ? std::nullopt : find_oddity(text, command)) {
    const Verb* near = near_verb(split_command(wire::as_meant(text), true).verb);
    const std::string_view name = near == nullptr ? "" : near->name;
    return refuse(replies::odd_character(*odd), {odd->cause, name});
  }
  dispatch(command);
}

void Engine::tell_line() {
  tell(event::client_line, {{"text", line_}, {"data", false}});
  if (lines_.ending() == LineEnding::lf && !std::exchange(told_lf_, true)) note(Cause::lf_only);
}

// The line as events and echoes may have it. Where PASS is expected, a line that begins with no
// verb at all is most likely the password itself.
std::string Engine::as_told(const std::string& line) const {
  if (pass_expected_ && !trim(line).empty()) {
    const std::string word = split_command(wire::as_meant(line), true).verb;
    const bool is_command = near_verb(word) != nullptr || is_smtp_verb(word) ||
                            is_absent_verb(word) || wire::is_http_request(line);
    if (!is_command) return std::string(wire::asterisks);
  }
  return wire::masked(line);
}

// The first character that the line must not hold. Names and passwords may be beyond ASCII: whether
// they are right is the store's to say.
std::optional<wire::Oddity> Engine::find_oddity(const std::string& text,
                                                const Command& command) const {
  std::string line = text;
  if (settings_.leniency.allow_blanks_around) std::replace(line.begin(), line.end(), '\t', ' ');
  if (auto control = wire::find_control(line)) return control;
  const Verb* verb = find_verb(command.verb);
  const bool any_octets =
      verb != nullptr && (verb->act == &Engine::user || verb->act == &Engine::pass);
  return any_octets ? std::nullopt : wire::find_non_ascii(line);
}

void Engine::dispatch(const Command& command) {
  const Verb* verb = find_verb(command.verb);
  if (fault_strikes(verb == nullptr ? "" : verb->name, &command)) return;
  if (verb == nullptr) return unknown(command);
  const bool allowed =
      state_ == State::authorization ? verb->in_authorization : verb->in_transaction;
  if (!allowed) return refuse_state();
  const auto& arguments = command.arguments;
  const bool takes_any = verb->act == &Engine::pass;
  if (!takes_any) {
    const bool stray = std::find(arguments.begin(), arguments.end(), "") != arguments.end();
    if (stray) return refuse(replies::stray_blank(), {Cause::trailing_space});
    if (arguments.size() < verb->min_arguments || arguments.size() > verb->max_arguments) {
      return refuse_arguments(*verb, command);
    }
  }
  (this->*verb->act)(command);
}

// A first word that is none of ours: what was it meant to be?
void Engine::unknown(const Command& command) {
  if (command.verb.empty()) return refuse(replies::stray_blank(), {Cause::trailing_space});
  if (line_ == wire::asterisks) {
    return refuse(replies::write_it_like_this("PASS password"), {Cause::unknown_verb, {}, "PASS"});
  }
  if (is_smtp_verb(command.verb)) {
    return refuse(replies::smtp_verb(command.verb), {Cause::unknown_verb});
  }
  if (const Verb* near = is_absent_verb(command.verb) ? nullptr : near_verb(command.verb)) {
    return refuse(replies::write_it_like_this(near->usage), {Cause::misspelt_verb, near->name});
  }
  if (had_telnet_) return refuse(replies::telnet_bytes(), {Cause::telnet_bytes});
  if (mail::is_header_line(line_)) {
    return refuse(replies::header_line(), {Cause::header_as_command});
  }
  refuse(replies::unknown_verb(command.verb, verbs_now()), {Cause::unknown_verb});
}

// What can be said in this state, "USER, PASS and QUIT".
std::string Engine::verbs_now() const {
  std::string list;
  for (const Verb& verb : verbs()) {
    const bool offered = verb.act == &Engine::apop   ? !timestamp_.empty()
                         : verb.act == &Engine::auth ? !settings_.mechanisms.empty()
                         : verb.act == &Engine::stls ? settings_.offers_tls && !tls_
                                                     : true;
    const bool fits = state_ == State::authorization ? verb.in_authorization : verb.in_transaction;
    if (!offered || !fits || verb.name == "QUIT") continue;
    list += std::string(verb.name) + ", ";
  }
  list.resize(list.size() - 2);
  return list + " and QUIT";
}

// The right word at the wrong moment.
void Engine::refuse_state() {
  if (state_ == State::transaction) {
    return refuse(replies::already_logged_in(), {Cause::already_logged_in});
  }
  if (pass_expected_) return refuse(replies::say_pass_first(), {Cause::not_logged_in, {}, "PASS"});
  refuse(replies::say_user_first(), {Cause::not_logged_in, {}, "USER"});
}

void Engine::refuse_arguments(const Verb& verb, const Command& command) {
  const bool too_many = command.arguments.size() > verb.max_arguments;
  // What the other state's verbs take is a message's number.
  const Cause missing = verb.in_authorization ? Cause::no_argument : Cause::no_number;
  refuse(replies::write_it_like_this(verb.usage), {too_many ? Cause::unwanted_argument : missing});
}

void Engine::on_disconnect() {
  client_left_ = !said_quit_;
  hang_up();
}

void Engine::hang_up() {
  // What QUIT asked the store for is done, whether or not anybody is there to hear of it.
  if (state_ == State::update) maildrop_ = {};
  enter(State::closed);
  waiting_ = Waiting::nothing;
  request_.reset();
  body_.reset();
  out_ = {};
}

void Engine::on_timeout() {
  if (state_ == State::closed) return;
  line_ = {};
  tell_error({Cause::timeout});
  hang_up();
}

void Engine::answer(const Reply& reply) {
  const std::string line = reply.line();
  out_ += line;
  out_ += "\r\n";
  tell(event::server_line, {{"text", line}, {"last", true}});
}

void Engine::answer(const Reply& reply, std::string_view body) {
  begin_body(reply);
  out_ += body;
  tell_body(body);
  end_body();
}

void Engine::begin_body(const Reply& reply) {
  const std::string line = reply.line();
  out_ += line;
  out_ += "\r\n";
  told_ = {};
  tell(event::server_line, {{"text", line}, {"last", false}});
}

void Engine::tell_body(std::string_view stuffed) {
  if (!sink_.wanted()) return;
  while (told_.lines.next(stuffed)) {
    if (++told_.count > settings_.limits.told_lines) continue;
    std::string text = told_.lines.line();
    if (text.size() < told_.lines.octets()) text += "...";
    tell(event::server_line, {{"text", std::move(text)}, {"last", false}});
  }
}

void Engine::end_body() {
  out_ += ".\r\n";
  if (told_.count > settings_.limits.told_lines) {
    const auto more = told_.count - settings_.limits.told_lines;
    tell(event::server_line, {{"text", fmt::format("... ({} more lines)", more)}, {"last", false}});
  }
  tell(event::server_line, {{"text", std::string(".")}, {"last", true}});
}

void Engine::refuse(const Reply& reply, Refusal refusal) {
  if (!settings_.leniency.allow_slip_before_pass) pass_expected_ = false;
  tell_error(refusal);
  // Enter is what people press to see whether anybody is there: it is not counted.
  if (refusal.cause == Cause::empty_line) return answer(reply);
  answer_error(reply);
}

// Counts the refused line; the last one gets the good-bye for its answer: one line, one reply.
void Engine::answer_error(const Reply& reply) {
  if (++errors_ < settings_.limits.errors) return answer(reply);
  answer(replies::too_many_errors());
  enter(State::closed);
}

void Engine::tell_error(const Refusal& refusal) {
  if (!sink_.wanted()) return;
  const auto controls = std::count_if(line_.begin(), line_.end(), is_control);
  tell(event::pop3_error, {{"verb", to_upper(split_command(line_, true).verb)},
                           {"line", line_},
                           {"cause", to_text(refusal.cause)},
                           {"near", std::string(refusal.near)},
                           {"need", std::string(refusal.need)},
                           {"count", static_cast<std::int64_t>(controls)}});
}

void Engine::note(Cause cause) {
  tell(event::pop3_note, {{"cause", to_text(cause)}, {"tls", tls_}});
}

void Engine::tell(std::string_view name, std::initializer_list<wire::FieldRef> fields) {
  if (sink_.wanted()) sink_.emit(name, wire::to_fields(fields));
}

}  // namespace sandpost::pop3
