#include "sandbox/guide.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "base/exit_status.hpp"
#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/language_word.hpp"
#include "sandbox/replay.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/type_words.hpp"

namespace sandpost::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Without a terminal the countdown says a line this often, and only where the delay is long.
constexpr std::chrono::seconds spoken_countdown{10};
constexpr std::chrono::seconds long_delay{30};

// Without a key for so long, nobody is in the middle of typing a line.
constexpr std::chrono::seconds quiet_hand{20};

// How long a step's own lines may take to pass it, behind the replies.
constexpr milliseconds patience_with_step{2000};

}  // namespace

Guide::Guide(GuideParts parts)
    : config_(parts.config),
      lesson_(parts.lesson),
      server_(parts.server),
      clock_(parts.clock),
      signals_(parts.signals),
      console_(parts.console),
      screen_(parts.screen),
      state_(parts.state),
      keeper_(parts.keeper),
      recorder_(parts.recorder),
      reload_(std::move(parts.reload)),
      taken_up_(parts.taken_up),
      quiz_(parts.lesson.questions),
      stage_(parts.config, parts.lesson, parts.server, parts.clock, parts.screen) {}

int Guide::run() {
  stage_.show = [this](const Line& line) {
    console_.hide();
    const bool typed_here = line.role == Role::client || line.role == Role::content;
    return !(typed_here && console_.echoes() && stage_.is_own(line));
  };
  if (taken_up_) {
    take_up();
  } else {
    welcome_learner();
  }
  while (!status_) {
    if (stage_.pump()) last_event_ = steady_clock::now();
    if (recorder_ != nullptr) recorder_->pump();
    keep_progress();
    if (screen_.failed()) {
      leave_quiz();
      return exit_status::failure;
    }
    // Without a person there is nobody to play freely afterwards.
    if (stage_.tutor().finished() && !console_.echoes()) break;
    ask();
    wait();
  }
  leave_quiz();
  if (starts_over_ || anew_) {
    console_.hide();
    stage_.show = [](const Line&) { return false; };
    stage_.drop();
    return 0;
  }
  console_.restore();
  const bool finished = stage_.tutor().finished();
  // What was passed by the last line of a pipe.
  keep_progress();
  const std::size_t place =
      keeper_.has_place() ? keeper_.steps().size() + 1 : stage_.tutor().step_number();
  if (finished && !console_.echoes()) speak(quiz_.all_with_answers());
  // Who leaves need not hear that a broken connection leads back to step 1.
  if (!finished || console_.echoes()) stage_.show = [](const Line&) { return false; };
  stage_.drop();
  if (status_ && *status_ != 0) return *status_;
  if (finished) return 0;
  const std::size_t steps = lesson_.steps.size();
  screen_.print(
      {Role::tutor,
       place_is_kept()
           ? say("You leave at step {0} of {1}, and your place is saved. Until next time.", place,
                 steps)
           : say("You leave at step {0} of {1}. Until next time.", place, steps)});
  return exit_status::unfinished;
}

// Not while a connection is open: there Enter is a line for the server.
bool Guide::asks_question() const {
  return console_.echoes() && stage_.tutor().finished() && !stage_.connected() && !quiz_.over();
}

void Guide::answer_question(const std::string& line) {
  speak(quiz_.answer(line));
  note_answer();
}

// What was tried last counts, however the learner goes.
void Guide::leave_quiz() {
  quiz_.leave();
  note_answer();
}

void Guide::note_answer() {
  const auto& answered = quiz_.answered();
  if (!answered) return;
  speak(keeper_.note_answer(*answered, SystemClock().now().time));
  if (recorder_ == nullptr) return;
  recorder_->note({clock_.now(), quiz_.closed(), answered->ask, answered->answer, answered->good});
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
  } else if (!offered_) {
    const auto idle =
        std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - last_key_);
    // Who types a long line is not silent; a telnet in another window may be.
    if (!console_.echoes() || idle >= quiet_hand) speak(stage_.tutor().on_tick(clock_.now().time));
    // And somebody may be typing, or a program, in another window.
    const auto still = std::chrono::duration_cast<std::chrono::seconds>(
        steady_clock::now() - std::max(last_key_, last_event_));
    if (console_.echoes()) speak(stage_.tutor().on_silence(still));
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
  if (word_in(line) != Word::reset && std::exchange(reset_asked_, false)) {
    const std::string answer = to_lower(trim(line));
    if (answer == "y" || answer == "yes") return start_over();
    if (answer == "n" || answer == "no") return;
  }
  const auto played = type_word(offered_ ? std::string() : to_lower(trim(line)));
  if (played && played->kind == TypeWord::Kind::connect) {
    stage_.connect(played->protocol, played->tls);
    return;
  }
  if (played && played->kind == TypeWord::Kind::drop) {
    if (!stage_.connected()) return speak({{Role::tutor, tr("No connection is open.")}});
    console_.hide();
    return stage_.drop();
  }
  if (const auto word = word_in(line)) {
    if (*word == Word::lang) return change_language(line);
    if (const auto near = near_word(line)) return speak({*near});
    return do_word(*word);
  }
  if (offered_) return choose_place(trim(line));
  if (asks_question()) return answer_question(line);
  const std::string text = line.starts_with("::") ? line.substr(1) : line;
  if (!stage_.connected() && trim(text).empty()) {
    if (stage_.tutor().finished()) {
      status_ = 0;
    } else if (stage_.wait_left()) {
      speak({{Role::tutor, tr("The letter is not delivered yet. Wait, or :now")}});
    } else if (stage_.connected_elsewhere()) {
      speak({{Role::tutor, tr("Your other window is connected, and I follow it: type there. For a "
                              "connection of this window, too: :connect smtp or :connect pop3")}});
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
  if (offered_ && word != Word::list && word != Word::reset && word != Word::quit) {
    return speak({{Role::tutor, tr("First choose where to go on: Enter, :list or :reset.")}});
  }
  if (offered_ && word == Word::list) return list_places();
  if (word == Word::hint) note_help("hint");
  if (const auto said = say_word(stage_.tutor(), word)) return speak(*said);
  switch (word) {
    case Word::show:
      return do_step(tr_later("shown"));
    case Word::skip:
      return do_step(tr_later("skipped"));
    case Word::queue:
      return speak(stage_.queue_table());
    case Word::now:
      console_.hide();
      return stage_.deliver_now();
    case Word::reset:
      return ask_reset();
    case Word::quit:
      status_ = 0;
      return;
    case Word::help:
      return speak(words_help());
    case Word::unknown:
      return speak({{Role::tutor, tr("I do not know that word; :help lists mine. With a second "
                                     "colon in front it goes to the server.")}});
    default:
      return;
  }
}

// What was said stays as it was; the step is said once more.
void Guide::change_language(std::string_view line) {
  const LanguageChange change = take_language(line, process_environment, screen_.is_terminal());
  if (change.done) reload_();
  speak(change.said);
  if (change.done && !offered_ && !stage_.tutor().finished()) speak(stage_.tutor().again());
}

void Guide::note_help(std::string_view kind) {
  const Tutor& tutor = stage_.tutor();
  if (recorder_ == nullptr || tutor.finished()) return;
  recorder_->note({clock_.now(), std::string(kind), tutor.step().id});
}

void Guide::do_step(std::string_view kind) {
  Tutor& tutor = stage_.tutor();
  if (tutor.finished()) return speak({{Role::tutor, tr("The lesson is over.")}});
  note_help(kind == "shown" ? "show" : "skip");
  tutor.note_help(kind);
  const std::size_t step = tutor.step_number();
  const auto filter = show_all();
  // One by one: what a line brings about can give a name its text.
  for (const std::string& typed : lines_to_type()) {
    const std::string line = tutor.solution_line(typed);
    if (line == ":wait") {
      stage_.deliver_now();
    } else if (line != ":connect smtp" || !stage_.connected()) {
      stage_.play(line);
    }
    if (tutor.finished() || tutor.step_number() != step) break;
  }
  const bool left = comes_true(stage_, patience_with_step,
                               [&] { return tutor.finished() || tutor.step_number() != step; });
  stage_.show = filter;
  if (!left) set_up_anew(kind);
}

// What the learner has typed of the step is not typed again, as long as it was typed here.
std::vector<std::string> Guide::lines_to_type() const {
  const Tutor& tutor = stage_.tutor();
  const std::vector<std::string>& all = tutor.step().type;
  if (!stage_.connected()) {
    const auto connects = std::find_if(all.begin(), all.end(), [](const std::string& line) {
      const auto word = type_word(line);
      return word && word->kind == TypeWord::Kind::connect;
    });
    return connects == all.end() ? all : std::vector<std::string>(connects, all.end());
  }
  const std::vector<std::size_t> left = tutor.open_lines();
  if (left.empty() || !stage_.connected_only_here()) return all;
  std::vector<std::string> out;
  for (const std::size_t index : left)
    out.push_back(all[index]);
  return out;
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
      status_ = exit_status::signal + signal;
  }
}

void Guide::interrupted() {
  if (interrupted_once_ || !console_.echoes()) {
    status_ = exit_status::signal + SIGINT;
    return;
  }
  interrupted_once_ = true;
  console_.hide();
  console_.discard();
  speak({{Role::tutor, stage_.in_letter() ? tr("Ctrl-C again leaves, and the letter you are "
                                               "writing is lost. A dot alone on a line ends it.")
                       : place_is_kept()  ? tr("Ctrl-C again leaves; your place is saved.")
                                          : tr("Ctrl-C again leaves sandpost.")}});
}

void Guide::count_down() {
  const auto left = stage_.wait_left();
  if (!left || console_.echoes()) return;
  const auto now = steady_clock::now();
  if (*left < long_delay || now - last_countdown_ < spoken_countdown) return;
  last_countdown_ = now;
  speak({{Role::tutor, say("In the mailbox in {} s.", left->count() / 1000)}});
}

void Guide::speak(const Lines& lines) {
  if (lines.empty()) return;
  console_.hide();
  screen_.print(lines);
}

std::string Guide::prompt() const {
  if (offered_) return tr("?? Enter = go on, :list = choose a step, :reset = from the start: ");
  if (asks_question()) return tr("?? Your answer, or Enter: ");
  if (stage_.connected()) return stage_.in_letter() ? "D> " : "C: ";
  const auto left = stage_.wait_left();
  if (left && !config_.plain) {
    return say("?? in the mailbox in {} s (:queue :now) > ", (left->count() + 999) / 1000);
  }
  if (left) return tr("?? waiting for the delivery (:queue :now) > ");
  if (stage_.tutor().finished()) return tr("?? Press Enter to leave, or play on: ");
  if (stage_.connected_elsewhere()) return tr("?? I follow your other window: ");
  return tr("?? Press Enter to connect: ");
}

}  // namespace sandpost::sandbox
