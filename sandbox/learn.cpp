// The guided session: waits for keys, for the servers' events and for time, and lets the tutor
// speak.

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <utility>

#include "app/server.hpp"
#include "base/text.hpp"
#include "sandbox/console.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/library.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/signals.hpp"
#include "sandbox/stage.hpp"
#include "sandbox/words.hpp"

namespace sandpost::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int status_unfinished = 3;
constexpr int status_signal = 128;
// Without a terminal the countdown says a line this often, and only where the delay is long.
constexpr std::chrono::seconds spoken_countdown{10};
constexpr std::chrono::seconds long_delay{30};

// Without a key for so long, nobody is in the middle of typing a line.
constexpr std::chrono::seconds quiet_hand{20};

class Guide {
 public:
  Guide(const Config& config, const Lesson& lesson, app::Server& server, const Clock& clock,
        Signals& signals, Console& console, Screen& screen)
      : lesson_(lesson),
        server_(server),
        clock_(clock),
        signals_(signals),
        console_(console),
        screen_(screen),
        config_(config),
        stage_(config, lesson, server, clock, screen) {}

  int run();

 private:
  void welcome_learner();
  void wait();
  void ask();
  void read();
  void take(const std::string& line);
  void do_word(Word word);
  void do_step(std::string_view kind);
  [[nodiscard]] std::function<bool(const Line&)> show_all();
  void interrupted();
  void on_signal(int signal);
  void count_down();
  void speak(const Lines& lines);
  [[nodiscard]] std::string prompt() const;
  [[nodiscard]] bool holds_back() const;

  const Lesson& lesson_;
  app::Server& server_;
  const Clock& clock_;
  Signals& signals_;
  Console& console_;
  Screen& screen_;
  const Config& config_;
  Stage stage_;
  std::optional<std::string> held_;  // a piped line that waits for the delivery
  steady_clock::time_point last_key_ = steady_clock::now();
  steady_clock::time_point last_countdown_ = steady_clock::now();
  bool interrupted_once_ = false;
  std::optional<int> status_;
};

int Guide::run() {
  stage_.show = [this](const Line& line) {
    console_.hide();
    const bool typed_here = line.role == Role::client || line.role == Role::content;
    return !(typed_here && console_.echoes() && stage_.is_own(line));
  };
  welcome_learner();
  while (!status_) {
    stage_.pump();
    if (screen_.failed()) return 1;
    // Without a person there is nobody to play freely afterwards.
    if (stage_.tutor().finished() && !console_.echoes()) break;
    ask();
    wait();
  }
  console_.restore();
  stage_.drop();
  if (status_ && *status_ != 0) return *status_;
  if (stage_.tutor().finished()) return 0;
  if (!status_ || *status_ == 0) {
    screen_.print({Role::tutor, fmt::format("You leave at step {} of {}. Until next time.",
                                            stage_.tutor().step_number(), lesson_.steps.size())});
  }
  return status_unfinished;
}

void Guide::welcome_learner() {
  Lines lines = welcome(config_, lesson_, server_.ports(), false);
  lines.push_back({Role::plain});
  lines.push_back(
      {Role::tutor,
       "Lines marked C: go to the server as you type them, S: is its answer, and D> is a line of "
       "your letter. Marked -- I speak, with ?? I ask; OK is a step that is done, NO one that is "
       "not yet, and why. Words with a colon in front are for me:\n"
       "  :hint  :why  :show  :skip  :back  :list  :quit      (:help for all)"});
  lines.push_back({Role::tutor, fmt::format("Prefer your own telnet? Open another window and type\n"
                                            "  telnet {} {}\n"
                                            "I follow what you do there.",
                                            config_.host, server_.ports().smtp)});
  speak(lines);
  speak(stage_.tutor().begin(clock_.now()));
}

// Until something happens: a key, an event, a signal, or the next second of the countdown.
void Guide::wait() {
  const bool busy = !holds_back() && (held_ || console_.descriptor() < 0);
  std::array<pollfd, 4> ready{{{stage_.event_descriptor(), POLLIN, 0},
                               {signals_.descriptor(), POLLIN, 0},
                               {stage_.client_descriptor(), POLLIN, 0},
                               {holds_back() ? -1 : console_.descriptor(), POLLIN, 0}}};
  poll(ready.data(), ready.size(), busy ? 0 : 1000);
  for (int signal = signals_.take(); signal != 0; signal = signals_.take())
    on_signal(signal);
  if (status_) return;
  count_down();
  const bool readable = (ready[3].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
  if (busy || (readable && !holds_back())) {
    last_key_ = steady_clock::now();
    read();
  } else {
    const auto idle =
        std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - last_key_);
    // Who types a long line is not silent; a telnet in another window may be.
    if (!console_.echoes() || idle >= quiet_hand) speak(stage_.tutor().on_tick(clock_.now().time));
    if (console_.echoes()) speak(stage_.tutor().on_silence(idle));
  }
}

void Guide::ask() {
  console_.prompt(prompt());
}

// A piped line for POP3 is not sent before the letter is there; the end of input waits as well.
bool Guide::holds_back() const {
  return held_ && stage_.wait_left().has_value();
}

void Guide::read() {
  if (held_) return take(*std::exchange(held_, std::nullopt));
  auto typed = console_.read();
  if (!typed) return;
  interrupted_once_ = false;
  if (typed->end) {
    status_ = 0;
    return;
  }
  if (!console_.echoes() && stage_.wait_left() && !word_in(typed->line)) {
    held_ = std::move(typed->line);
    return;
  }
  take(typed->line);
}

void Guide::take(const std::string& line) {
  const auto played = type_word(trim(line));
  if (played && played->kind == TypeWord::Kind::connect) {
    stage_.connect(played->protocol, played->tls);
    return;
  }
  if (const auto word = word_in(line)) return do_word(*word);
  const std::string text = line.starts_with("::") ? line.substr(1) : line;
  if (!stage_.connected() && trim(text).empty()) {
    if (stage_.tutor().finished()) {
      status_ = 0;
    } else if (stage_.wait_left()) {
      speak({{Role::tutor, "The letter is not delivered yet. Wait, or :now"}});
    } else {
      stage_.connect(stage_.tutor().wanted_server());
    }
    return;
  }
  // At the question before a connection it does not stand behind the word C: yet.
  if (stage_.connected()) {
    stage_.type(text);
  } else {
    const auto filter = show_all();
    stage_.type(text);
    stage_.show = filter;
  }
}

void Guide::do_word(Word word) {
  if (const auto said = say_word(stage_.tutor(), word)) return speak(*said);
  switch (word) {
    case Word::show:
      return do_step("shown");
    case Word::skip:
      return do_step("skipped");
    case Word::queue:
      return speak(stage_.queue_table());
    case Word::now:
      console_.hide();
      return stage_.deliver_now();
    case Word::quit:
      status_ = 0;
      return;
    case Word::help:
      return speak(words_help());
    case Word::unknown:
      return speak({{Role::tutor,
                     "I do not know that word; :help lists mine. With a second colon in "
                     "front it goes to the server."}});
    default:
      return;
  }
}

void Guide::do_step(std::string_view kind) {
  Tutor& tutor = stage_.tutor();
  if (tutor.finished()) return speak({{Role::tutor, "The lesson is over."}});
  tutor.note_help(kind);
  const std::size_t step = tutor.step_number();
  const auto filter = show_all();
  // One by one: what a line brings about can give a name its text.
  const std::vector<std::string> lines = tutor.step().type;
  for (const std::string& typed : lines) {
    const std::string line = expand(typed, tutor.variables());
    if (line == ":wait") {
      stage_.deliver_now();
    } else if (line != ":connect smtp" || !stage_.connected()) {
      stage_.play(line);
    }
    if (tutor.finished() || tutor.step_number() != step) break;
  }
  stage_.show = filter;
}

// What is typed is shown, also where a person's own typing would be on the screen. Gives back the
// filter that was there.
std::function<bool(const Line&)> Guide::show_all() {
  return std::exchange(stage_.show, [this](const Line&) {
    console_.hide();
    return true;
  });
}

void Guide::on_signal(int signal) {
  switch (signal) {
    case SIGINT:
      return interrupted();
    case SIGCONT:
      return console_.resume();
    case SIGWINCH:
      return screen_.measure();
    default:
      status_ = status_signal + signal;
  }
}

void Guide::interrupted() {
  if (interrupted_once_ || !console_.echoes()) {
    status_ = status_signal + SIGINT;
    return;
  }
  interrupted_once_ = true;
  console_.hide();
  console_.discard();
  speak({{Role::tutor, stage_.in_letter()
                           ? "Ctrl-C again leaves, and the letter you are writing is lost. "
                             "A dot alone on a line ends it."
                           : "Ctrl-C again leaves sandpost."}});
}

void Guide::count_down() {
  const auto left = stage_.wait_left();
  if (!left || console_.echoes()) return;
  const auto now = steady_clock::now();
  if (*left < long_delay || now - last_countdown_ < spoken_countdown) return;
  last_countdown_ = now;
  speak({{Role::tutor, fmt::format("In the mailbox in {} s.", left->count() / 1000)}});
}

void Guide::speak(const Lines& lines) {
  if (lines.empty()) return;
  console_.hide();
  screen_.print(lines);
}

std::string Guide::prompt() const {
  if (stage_.connected()) return stage_.in_letter() ? "D> " : "C: ";
  const auto left = stage_.wait_left();
  if (left && !config_.plain) {
    return fmt::format("?? in the mailbox in {} s (:queue :now) > ", (left->count() + 999) / 1000);
  }
  if (left) return "?? waiting for the delivery (:queue :now) > ";
  if (stage_.tutor().finished()) return "?? Press Enter to leave, or play on: ";
  return "?? Press Enter to connect: ";
}

}  // namespace

int learn(const Config& chosen, const std::string& id) {
  const auto lesson = load_lesson(id);
  if (!lesson) throw std::invalid_argument(lesson.error());
  const Config config = with_lesson(chosen, *lesson);
  Signals signals;
  const auto clock = app::make_clock(config);
  app::Server server(config, *clock);
  server.start();
  Screen screen(config);
  const bool interactive = !config.no_input && isatty(STDIN_FILENO) == 1 && screen.is_terminal();
  const auto console = !interactive   ? make_pipe_console()
                       : config.plain ? make_plain_console()
                                      : make_edit_console();
  if (!interactive && !config.no_input) {
    screen.print({Role::tutor, "No terminal: each line of the input is taken as if it was typed."});
  }
  return Guide(config, *lesson, server, *clock, signals, *console, screen).run();
}

}  // namespace sandpost::sandbox
