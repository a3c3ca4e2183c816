#include "sandbox/stage.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/duration.hpp"
#include "sandbox/table.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;
using std::chrono::milliseconds;

// How long the server may take to answer before the session goes on without it.
constexpr milliseconds patience{10'000};
// The lines of one letter whose arrival is waited for one by one, so that remarks stand beside
// them.
constexpr int watched_letter_lines = 500;
constexpr std::size_t queue_hang = 10;  // behind the number

Line failure_row(const app::MailboxError& error) {
  return {Role::no, say("This cannot be done now: {}", error.what())};
}

}  // namespace

Lines welcome(const Config& config, const Lesson& lesson, app::Ports ports, bool fixed_ports_only,
              bool elsewhere, const std::string& who) {
  Variables variables = variables_of(config, ports);
  for (const auto& [name, text] : lesson.vars)
    variables.emplace(name, expand(text, variables));
  const auto port = [&](unsigned short asked, unsigned short got) {
    return fixed_ports_only && asked == 0 ? tr("any free port") : say("port {}", got);
  };
  const std::string title = fmt::format("sandpost - {}", lesson.title);
  const std::string minutes = say("about {} minutes", lesson.minutes);
  Lines out;
  out.push_back({Role::title, title, minutes});
  out.push_back({Role::plain});
  const std::string servers =
      fmt::format("\n  SMTP  {0} {1}\n  POP3  {0} {2}", config.host,
                  port(config.smtp_port, ports.smtp), port(config.pop3_port, ports.pop3));
  out.push_back(
      {Role::tutor, (elsewhere ? tr("Two mail servers now run inside another program, on this "
                                    "computer. SMTP takes mail in, POP3 hands it out:")
                               : tr("Two mail servers now run inside this program, on this "
                                    "computer. SMTP takes mail in, POP3 hands it out:")) +
                        servers});
  out.push_back(
      {Role::tutor, tr("Nothing leaves your machine. Nothing you type can break anything.")});
  out.push_back({Role::tutor, who.empty() ? say("You are {0}, your password is {1}",
                                                config.as.to_text(), config.password)
                                          : who});
  if (config.delay.longest.count() > 0) {
    out.push_back({Role::tutor, say("A letter needs {} from \"accepted\" to \"in the mailbox\".",
                                    duration_text(config.delay))});
  }
  if (!config.faults.empty()) {
    std::string rules;
    for (const auto& rule : config.faults)
      rules += (rules.empty() ? "" : ", ") + rule.text;
    out.push_back({Role::tutor, say("The servers fail on purpose: {}", rules)});
  }
  out.push_back({Role::plain});
  out.push_back({Role::tutor, expand(lesson.intro, variables)});
  return out;
}

Stage::Stage(const Config& config, const Lesson& lesson, app::Server& server, const Clock& clock,
             Screen& screen)
    : config_(config),
      server_(server),
      clock_(clock),
      screen_(screen),
      tutor_(lesson, variables_of(config, server.ports())),
      events_(server.events().subscribe()) {
  lay_in_letters(lesson, server, tutor_.variables());
}

void Stage::print(const Lines& lines) {
  for (const Line& line : lines) {
    if (show(line)) screen_.print(line);
  }
}

bool Stage::pump() {
  client_.drain();
  const std::vector<wire::Event> events = events_->take();
  for (const wire::Event& event : events) {
    follow(event);
    print(windows_.on(event));
    Lines lines = tutor_.on(event);
    windows_.mark(lines);
    print(lines);
  }
  return !events.empty();
}

// Whether our own lines have arrived and are answered.
void Stage::follow(const wire::Event& event) {
  const bool connects = wire::is_connect(event.name);
  if (connects && event.client == client_.name()) {
    session_ = event.session;
    tutor_.note_own(session_);
  }
  if (event.session != session_ || session_ == 0) return;
  if (event.name == event::client_line) {
    if (unseen_ > 0) --unseen_;
    reply_due_ = !event.flag("data") || event.text("text") == ".";
  } else if (event.name == event::server_line) {
    last_reply_ = event.text("text");
    note_timestamp(last_reply_);
    if (event.flag("last")) reply_due_ = false;
  } else if (event.name == event::smtp_starttls || event.name == event::pop3_stls) {
    reply_due_ = false;
  } else if (event.name == event::smtp_data) {
    in_letter_ = true;
    letter_lines_ = 0;
  } else if (event.name == event::smtp_message || event.flag("lost")) {
    in_letter_ = false;
  } else if (wire::is_close(event.name)) {
    unseen_ = 0;
    reply_due_ = in_letter_ = false;
    session_ = 0;
    client_.close();
  }
}

// The greeting of POP3 ends in <...>, from which comes what APOP wants to hear.
void Stage::note_timestamp(const std::string& reply) {
  const std::string timestamp = timestamp_in(reply);
  if (!timestamp.empty()) tutor_.set("apop", app::apop_answer(timestamp, config_.password));
}

bool Stage::settle() {
  const auto until = std::chrono::steady_clock::now() + patience;
  pump();
  while (!quiet()) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> ready{
        {{events_->descriptor(), POLLIN, 0}, {client_.descriptor(), POLLIN, 0}}};
    poll(ready.data(), ready.size(), static_cast<int>(left.count()));
    pump();
  }
  return true;
}

bool Stage::play(const std::string& line) {
  const auto word = type_word(line);
  if (!word) return type(typed_text(line));
  switch (word->kind) {
    case TypeWord::Kind::connect:
      return connect(word->protocol, word->tls);
    case TypeWord::Kind::drop:
      drop();
      return true;
    case TypeWord::Kind::now:
      deliver_now();
      return true;
    case TypeWord::Kind::wait:
      return true;
  }
  return true;
}

bool Stage::type(const std::string& line) {
  if (!connected() && !connect(tutor_.wanted_server())) return false;
  if (in_letter_ && line != "." && ++letter_lines_ > watched_letter_lines)
    return client_.send(line);
  const bool leaves = !in_letter_ && equals_ignoring_case(trim(line), "QUIT");
  ++unseen_;
  if (!client_.send(line)) unseen_ = 0;
  if (!settle()) {
    unseen_ = 0;
    reply_due_ = false;
    print({{Role::no, tr("The server has not answered for 10 seconds.")}});
  }
  encrypt_if_agreed(line);
  if (leaves) await_close();
  return true;
}

// The server hangs up behind its reply: what that means belongs to this line, not to the next.
void Stage::await_close() {
  const bool agreed = last_reply_.starts_with("221") || last_reply_.starts_with("+OK");
  if (!agreed || session_ == 0) return;
  reply_due_ = true;
  settle();
}

// Behind STARTTLS and its 220 only TLS is understood, and no person can type that.
void Stage::encrypt_if_agreed(const std::string& line) {
  const std::string_view word = trim(line);
  const bool asked = equals_ignoring_case(word, "STARTTLS") || equals_ignoring_case(word, "STLS");
  const bool agreed = last_reply_.starts_with("220") || last_reply_.starts_with("+OK");
  if (!asked || !agreed || in_letter_ || !connected()) return;
  const bool encrypted = client_.start_tls(last_reply_);
  reply_due_ = encrypted;  // the event that says so comes a moment later
  settle();
  if (!encrypted) print({{Role::no, tr("The encryption could not be agreed on.")}});
}

bool Stage::connect(Protocol protocol, TypeWord::Tls tls) {
  drop();
  const app::Ports ports = server_.ports();
  const bool smtp = protocol == Protocol::smtp;
  const bool at_once = tls == TypeWord::Tls::from_the_start;
  const unsigned short port =
      at_once ? (smtp ? ports.smtps : ports.pop3s) : (smtp ? ports.smtp : ports.pop3);
  if (port == 0) {
    print({{Role::no, say("There is no such port. Start sandpost with {} 0",
                          smtp ? "--smtps-port" : "--pop3s-port")}});
    return false;
  }
  try {
    client_.connect(config_.host, port);
  } catch (const std::system_error& error) {
    print({{Role::no, say("No connection: {}", error.code().message())}});
    return false;
  }
  if (at_once && !client_.start_tls({})) return false;
  reply_due_ = true;  // the greeting
  if (!settle() || tls != TypeWord::Tls::by_command) return connected();
  if (smtp) type("EHLO " + config_.as.domain);
  return type(smtp ? "STARTTLS" : "STLS");
}

void Stage::drop() {
  if (!connected()) return;
  client_.close();
  // The server notices; its event says what was lost.
  const bool known = session_ != 0;
  reply_due_ = known;
  settle();
  unseen_ = 0;
  reply_due_ = in_letter_ = false;
  session_ = 0;
}

Lines Stage::queue_table() {
  try {
    return queue_rows(server_.queue(), clock_.now().offset);
  } catch (const app::MailboxError& error) {
    return {failure_row(error)};
  }
}

Lines queue_rows(std::span<const db::QueueEntry> queue, std::chrono::minutes offset) {
  if (queue.empty()) return {{Role::tutor, tr("The queue is empty: every letter is delivered.")}};
  Lines out;
  const auto row = [](std::string_view number, std::string_view from, std::string_view to,
                      std::string_view octets, std::string_view due) {
    return table_row(fmt::format("{}  {} {} {}  {}", right(number, 8), left(from, 26), left(to, 14),
                                 right(octets, 7), due),
                     queue_hang);
  };
  out.push_back(row(tr("number"), tr("from"), tr("to"), tr("octets"), tr("due")));
  for (const db::QueueEntry& entry : queue) {
    const ZonedTime due{entry.due, offset};
    out.push_back(row(std::to_string(entry.number), '<' + visible(entry.reverse_path) + '>',
                      entry.maildrop, std::to_string(entry.octets), clock_text(due)));
  }
  return out;
}

std::optional<milliseconds> Stage::wait_left() const {
  const auto due = tutor_.due();
  if (!due) return std::nullopt;
  return std::max(milliseconds{0}, *due - clock_.now().time);
}

void Stage::deliver_now() {
  try {
    print({delivered_row(server_.deliver_now())});
  } catch (const app::MailboxError& error) {
    print({failure_row(error)});
  }
}

Line delivered_row(std::size_t letters) {
  if (letters == 0) return {Role::tutor, tr("Nothing waits in the queue.")};
  if (letters == 1) return {Role::tutor, tr("The postman hurries: 1 letter delivered.")};
  return {Role::tutor, say("The postman hurries: {} letters delivered.", letters)};
}

std::optional<Lines> say_word(Tutor& tutor, Word word) {
  switch (word) {
    case Word::hint:
      return tutor.hint();
    case Word::why:
      return tutor.why();
    case Word::back:
      return tutor.back();
    case Word::state:
      return tutor.state();
    case Word::list:
      return tutor.list();
    default:
      return std::nullopt;
  }
}

std::string timestamp_in(const std::string& reply) {
  const auto from = reply.find('<');
  const auto to = reply.find('>', std::min(from, reply.size()));
  if (!reply.starts_with("+OK") || to == std::string::npos) return {};
  return reply.substr(from, to - from + 1);
}

}  // namespace sandpost::sandbox
