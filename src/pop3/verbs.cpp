// The verbs: the table that says where each is allowed, and what each does. Part of
// pop3/engine.hpp; how a line gets here, and what is refused before it does, is in pop3/engine.cpp.

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.hpp"
#include "mail/dots.hpp"
#include "pop3/engine.hpp"
#include "wire/typed_line.hpp"

namespace sandpost::pop3 {
namespace {

using wire::Cause;
namespace event = wire::event;

// Octets of the lines before and behind a message, at most about.
constexpr std::size_t around_body = 100;

constexpr std::array<std::string_view, 6> ways_out{"EXIT", "BYE", "LOGOUT", "CLOSE", "END", "Q"};

std::int64_t number_value(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

std::int64_t lines_in(std::string_view text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace

std::span<const Engine::Verb> Engine::verbs() {
  static constexpr std::array table{
      //   name   in AUTHORIZATION, in TRANSACTION, arguments at least and at most
      Verb{"USER", true, false, 1, 1, &Engine::user, "USER name"},
      Verb{"PASS", true, false, 1, 1, &Engine::pass, "PASS password"},
      Verb{"APOP", true, false, 2, 2, &Engine::apop, "APOP name digest"},
      Verb{"AUTH", true, false, 1, 2, &Engine::auth, "AUTH PLAIN"},
      Verb{"STLS", true, false, 0, 0, &Engine::stls, "STLS"},
      Verb{"UTF8", true, false, 0, 0, &Engine::utf8, "UTF8"},
      Verb{"LANG", true, true, 0, 1, &Engine::lang, "LANG or LANG en"},
      Verb{"CAPA", true, true, 0, 0, &Engine::capa, "CAPA"},
      Verb{"QUIT", true, true, 0, 0, &Engine::quit, "QUIT"},
      Verb{"STAT", false, true, 0, 0, &Engine::stat, "STAT"},
      Verb{"LIST", false, true, 0, 1, &Engine::list, "LIST or LIST 1"},
      Verb{"UIDL", false, true, 0, 1, &Engine::uidl, "UIDL or UIDL 1"},
      Verb{"RETR", false, true, 1, 1, &Engine::retr, "RETR 1"},
      Verb{"DELE", false, true, 1, 1, &Engine::dele, "DELE 1"},
      Verb{"RSET", false, true, 0, 0, &Engine::rset, "RSET"},
      Verb{"NOOP", false, true, 0, 0, &Engine::noop, "NOOP"},
      Verb{"TOP", false, true, 2, 2, &Engine::top, "TOP 1 5"},
  };
  return table;
}

std::vector<std::string_view> Engine::verb_names() {
  std::vector<std::string_view> names;
  for (const Verb& verb : verbs())
    names.push_back(verb.name);
  return names;
}

const Engine::Verb* Engine::find_verb(std::string_view name) {
  for (const Verb& verb : verbs()) {
    if (equals_ignoring_case(verb.name, name)) return &verb;
  }
  return nullptr;
}

// The verb itself, or the one that a slip of the finger made `word` of.
const Engine::Verb* Engine::near_verb(std::string_view word) {
  if (const Verb* exact = find_verb(word)) return exact;
  for (const std::string_view way_out : ways_out) {
    if (equals_ignoring_case(way_out, word)) return find_verb("QUIT");
  }
  for (const Verb& verb : verbs()) {
    if (wire::is_slip_of(word, verb.name)) return &verb;
  }
  return nullptr;
}

// RFC 1939 §7. Says +OK to every name: who has a maildrop here is nobody's business.
void Engine::user(const Command& command) {
  user_ = account_of(command.arguments.front());
  pass_expected_ = true;
  tell(event::pop3_user, {{"user", user_}});
  answer(replies::user_ok());
}

// The name, or the local part of an address in the local domain.
std::string Engine::account_of(const std::string& name) const {
  const auto at = name.rfind('@');
  const bool own = at != std::string::npos && at > 0 &&
                   equals_ignoring_case(name.substr(at + 1), settings_.domain);
  return own && settings_.leniency.allow_address_as_user ? name.substr(0, at) : name;
}

// RFC 1939 §7: one blank, then the password up to the line's end; blanks belong to it.
void Engine::pass(const Command& command) {
  if (!pass_expected_) {
    return refuse(replies::say_user_first(), {Cause::pass_before_user, {}, "USER"});
  }
  if (command.rest.empty()) {
    return refuse(replies::write_it_like_this("PASS password"), {Cause::no_argument});
  }
  pass_expected_ = false;
  password_ends_in_blank_ = command.rest.ends_with(' ');
  log_in(command.rest, Login::Proof::password, "PASS");
}

void Engine::on_login(LoginResult result, std::vector<Entry> snapshot) {
  if (waiting_ != Waiting::login || state_ != State::authorization) return;
  waiting_ = Waiting::nothing;
  switch (result) {
    case LoginResult::refused:
      return login_failed(replies::login_refused(password_ends_in_blank_),
                          password_ends_in_blank_ ? Cause::trailing_space : Cause::bad_login);
    case LoginResult::in_use:
      return login_failed(replies::in_use(), Cause::in_use);
    case LoginResult::unavailable:
      return login_failed(replies::maildrop_unavailable(), Cause::storage);
    case LoginResult::ok:
      break;
  }
  maildrop_ = Maildrop(std::move(snapshot));
  enter(State::transaction);
  tell(event::pop3_auth, {{"user", user_},
                          {"mechanism", mechanism_},
                          {"ok", true},
                          {"count", number_value(maildrop_.count())},
                          {"octets", number_value(maildrop_.octets())}});
  answer(replies::logged_in(maildrop_.count(), maildrop_.octets()));
}

void Engine::login_failed(const Reply& reply, Cause cause) {
  tell(event::pop3_auth,
       {{"user", user_}, {"mechanism", mechanism_}, {"ok", false}, {"cause", to_text(cause)}});
  answer_error(reply);
}

// RFC 2449 §5
void Engine::capa(const Command&) {
  pass_expected_ = false;
  tell(event::pop3_capa, {});
  answer(replies::capabilities(),
         replies::capability_lines(
             {.stls = settings_.offers_tls && !tls_ && state_ == State::authorization,
              .mechanisms = settings_.mechanisms}));
}

void Engine::stat(const Command&) {
  tell(event::pop3_stat,
       {{"count", number_value(maildrop_.count())}, {"octets", number_value(maildrop_.octets())}});
  answer(replies::stat(maildrop_.count(), maildrop_.octets()));
}

void Engine::list(const Command& command) {
  std::uint64_t number = 0;
  if (!command.arguments.empty()) {
    const Entry* entry = message(command, number);
    if (entry == nullptr) return;
    tell(event::pop3_list, {{"count", std::int64_t{1}},
                            {"octets", number_value(entry->octets)},
                            {"arg", number_value(number)}});
    return answer(replies::scan_listing(number, entry->octets));
  }
  tell(event::pop3_list, {{"count", number_value(maildrop_.count())},
                          {"octets", number_value(maildrop_.octets())},
                          {"arg", std::int64_t{0}}});
  answer(replies::list(maildrop_.count(), maildrop_.octets()), maildrop_.scan_listings());
}

void Engine::uidl(const Command& command) {
  std::uint64_t number = 0;
  if (!command.arguments.empty()) {
    const Entry* entry = message(command, number);
    if (entry == nullptr) return;
    tell(event::pop3_uidl, {{"count", std::int64_t{1}}, {"arg", number_value(number)}});
    return answer(replies::unique_id_listing(number, entry->unique_id));
  }
  tell(event::pop3_uidl, {{"count", number_value(maildrop_.count())}, {"arg", std::int64_t{0}}});
  answer(replies::unique_ids(maildrop_.count()), maildrop_.unique_id_listings());
}

void Engine::retr(const Command& command) {
  fetch(command, Waiting::retr);
}

void Engine::top(const Command& command) {
  const auto lines = parse_number(command.arguments.at(1));
  if (!lines) return refuse(replies::write_it_like_this("TOP 1 5"), {Cause::no_number});
  top_lines_ = *lines;
  fetch(command, Waiting::top);
}

void Engine::fetch(const Command& command, Waiting what_for) {
  const Entry* entry = message(command, number_);
  if (entry == nullptr) return;
  request_ = Fetch{entry->queue};
  waiting_ = what_for;
}

void Engine::on_message(std::string_view trace, std::string_view content, std::size_t octets) {
  const auto entry = maildrop_.find(number_);
  const Waiting what_for = std::exchange(waiting_, Waiting::nothing);
  if (what_for != Waiting::retr && what_for != Waiting::top) return;
  if (state_ != State::transaction || !entry) return;
  const std::int64_t added = sink_.wanted() ? lines_in(trace) : 0;
  const std::int64_t queue = (*entry)->queue;
  body_.emplace();
  body_->octets = octets;
  out_.reserve(out_.size() + trace.size() + content.size() + content.size() / 64 + around_body);
  if (what_for == Waiting::top) {
    body_->top.emplace(top_lines_);
    tell(event::pop3_top, {{"number", number_value(number_)},
                           {"queue", queue},
                           {"lines", number_value(std::min<std::uint64_t>(top_lines_, INT64_MAX))},
                           {"added", added}});
    begin_body(replies::top(number_));
  } else {
    tell(event::pop3_retr, {{"number", number_value(number_)},
                            {"queue", queue},
                            {"octets", number_value((*entry)->octets)},
                            {"added", added}});
    begin_body(replies::message((*entry)->octets));
  }
  send_piece(trace);
  on_content(content);
}

void Engine::on_content(std::string_view piece) {
  waiting_ = Waiting::nothing;
  if (!body_) return;
  body_->read += piece.size();
  send_piece(piece);
  const bool enough = body_->top && body_->top->done();
  if (body_->read < body_->octets && !enough) {
    request_ = Fetch{(*maildrop_.find(number_))->queue, body_->read};
    waiting_ = Waiting::content;
    return;
  }
  const std::size_t begin = out_.size();
  body_->dots.finish(out_);
  tell_body(std::string_view(out_).substr(begin));
  end_body();
  body_.reset();
}

void Engine::send_piece(std::string_view piece) {
  if (body_->top) piece = body_->top->take(piece);
  const std::size_t begin = out_.size();
  body_->dots.write(piece, out_);
  tell_body(std::string_view(out_).substr(begin));
}

void Engine::on_message_unavailable() {
  const Waiting what_for = std::exchange(waiting_, Waiting::nothing);
  if (what_for == Waiting::retr || what_for == Waiting::top) {
    tell_error({Cause::storage});
    answer(replies::message_unavailable());
  } else if (what_for == Waiting::content) {
    // It said +OK already: only the missing final dot can tell the client that this is not all.
    tell_error({Cause::storage});
    body_.reset();
    enter(State::closed);
  }
}

void Engine::dele(const Command& command) {
  std::uint64_t number = 0;
  const Entry* entry = message(command, number);
  if (entry == nullptr) return;
  maildrop_.mark(number);
  tell(event::pop3_dele, {{"number", number_value(number)},
                          {"queue", std::int64_t{entry->queue}},
                          {"marked", number_value(maildrop_.marks())}});
  answer(replies::marked(number));
}

void Engine::noop(const Command&) {
  tell(event::pop3_noop, {});
  answer(replies::noop());
}

void Engine::rset(const Command&) {
  const std::size_t marks = maildrop_.unmark_all();
  tell(event::pop3_rset, {{"marked", number_value(marks)}});
  answer(replies::reset(maildrop_.count(), maildrop_.octets()));
}

// RFC 1939 §4, §6: only after a login is there an UPDATE state.
void Engine::quit(const Command&) {
  said_quit_ = true;
  if (state_ == State::authorization) {
    tell(event::pop3_quit,
         {{"state", std::string("AUTHORIZATION")}, {"deleted", std::int64_t{0}}, {"ok", true}});
    answer(replies::bye());
    return enter(State::closed);
  }
  enter(State::update);
  waiting_ = Waiting::update;
  if (maildrop_.marks() == 0) return on_updated(true);
  request_ = Update{maildrop_.marked()};
}

void Engine::on_updated(bool done) {
  if (state_ != State::update) return;
  waiting_ = Waiting::nothing;
  const std::size_t deleted = done ? maildrop_.marks() : 0;
  tell(event::pop3_quit,
       {{"state", std::string("UPDATE")}, {"deleted", number_value(deleted)}, {"ok", done}});
  if (done) {
    maildrop_ = {};
    answer(replies::bye(deleted));
  } else {
    tell_error({Cause::storage});
    answer(replies::not_removed());
  }
  enter(State::closed);
}

const Entry* Engine::message(const Command& command, std::uint64_t& number) {
  const std::string& argument = command.arguments.front();
  const auto parsed = parse_number(argument);
  if (!parsed) {
    refuse(replies::write_it_like_this(find_verb(command.verb)->usage), {Cause::no_number});
    return nullptr;
  }
  number = *parsed;
  const auto entry = maildrop_.find(number);
  if (entry) return *entry;
  switch (entry.error()) {
    case Cause::zero_number:
      refuse(replies::count_from_one(), {Cause::zero_number});
      break;
    case Cause::already_marked:
      refuse(replies::already_marked(number), {Cause::already_marked});
      break;
    default:
      refuse(replies::no_such_message(argument), {Cause::number_too_big});
  }
  return nullptr;
}

}  // namespace sandpost::pop3
