// The guided session: waits for keys, for the servers' events and for time, and lets the tutor
// speak.

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <utility>

#include "app/server.hpp"
#include "base/exit_status.hpp"
#include "base/language.hpp"
#include "base/signals.hpp"
#include "base/text.hpp"
#include "sandbox/console.hpp"
#include "sandbox/language_word.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/library.hpp"
#include "sandbox/progress.hpp"
#include "sandbox/quiz.hpp"
#include "sandbox/recorder.hpp"
#include "sandbox/replay.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/stage.hpp"
#include "sandbox/state_folder.hpp"
#include "sandbox/table.hpp"
#include "sandbox/words.hpp"

namespace sandpost::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Without a terminal the countdown says a line this often, and only where the delay is long.
constexpr std::chrono::seconds spoken_countdown{10};
constexpr std::chrono::seconds long_delay{30};

// Without a key for so long, nobody is in the middle of typing a line.
constexpr std::chrono::seconds quiet_hand{20};

// A step that the servers, as they are by now, do not let pass.
struct Anew {
  std::size_t step = 0;  // from 0
  std::string_view kind;
};

// How long a step's own lines may take to pass it, behind the replies.
constexpr milliseconds patience_with_step{2000};

class Guide {
 public:
  Guide(const Config& config, const Lesson& lesson, app::Server& server, const Clock& clock,
        const Signals& signals, Console& console, Screen& screen, StateFolder& state,
        ProgressKeeper& keeper, Recorder* recorder, std::function<void()> reload,
        std::optional<Anew> taken_up)
      : lesson_(lesson),
        server_(server),
        clock_(clock),
        signals_(signals),
        console_(console),
        screen_(screen),
        config_(config),
        state_(state),
        keeper_(keeper),
        recorder_(recorder),
        reload_(std::move(reload)),
        taken_up_(taken_up),
        quiz_(lesson.questions),
        stage_(config, lesson, server, clock, screen) {}

  int run();
  // The learner wants the lesson from its beginning, with servers that know nothing.
  [[nodiscard]] bool starts_over() const { return starts_over_; }
  // The step is to be done by servers that know nothing, once those before it are done again.
  [[nodiscard]] std::optional<Anew> anew() const { return anew_; }

 private:
  void welcome_learner();
  void offer_place();
  void list_places();
  void choose_place(std::string_view line);
  void go_on_from(std::size_t step);
  void begin();
  void ask_reset();
  void start_over();
  void set_up_anew(std::string_view kind);
  void take_up();
  void keep_progress();
  [[nodiscard]] bool place_is_kept() const;
  [[nodiscard]] bool asks_question() const;
  void answer_question(const std::string& line);
  void leave_quiz();
  void note_answer();
  void wait();
  void ask();
  void read();
  void take(const std::string& line);
  void do_word(Word word);
  void change_language(std::string_view line);
  void note_help(std::string_view kind);
  void do_step(std::string_view kind);
  [[nodiscard]] std::vector<std::string> lines_to_type() const;
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
  const Signals& signals_;
  Console& console_;
  Screen& screen_;
  const Config& config_;
  StateFolder& state_;
  ProgressKeeper& keeper_;
  Recorder* recorder_;            // null: no record is written
  std::function<void()> reload_;  // the lesson, in another language
  std::optional<Anew> taken_up_;  // what this guide begins with, until it is done
  std::optional<Anew> anew_;
  Quiz quiz_;
  Stage stage_;
  bool offered_ = false;        // the place of the last time, and nothing was answered yet
  bool question_said_ = false;  // the quiz has begun
  bool starts_over_ = false;
  bool reset_asked_ = false;         // the next :reset is meant
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
  if (taken_up_) {
    take_up();
  } else {
    welcome_learner();
  }
  while (!status_) {
    stage_.pump();
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

void Guide::welcome_learner() {
  Lines lines = welcome(config_, lesson_, server_.ports(), false);
  lines.push_back({Role::plain});
  lines.push_back(
      {Role::tutor,
       tr("Lines marked C: go to the server as you type them, S: is its answer, and D> is a line "
          "of your letter. Marked -- I speak, with ?? I ask; OK is a step that is done, NO one "
          "that is not yet, and why. Words with a colon in front are for me:") +
           "\n  :hint  :why  :show  :skip  :back  :list  :quit      " + tr("(:help for all)")});
  lines.push_back(
      {Role::tutor, say("Prefer your own telnet? Open another window and type\n"
                        "  telnet {0} {1}\n"
                        "I follow what you do there.",
                        config_.host,
                        stage_.tutor().wanted_server() == Protocol::smtp ? server_.ports().smtp
                                                                         : server_.ports().pop3)});
  if (auto problem = state_.take_problem()) {
    lines.push_back({Role::tutor, std::move(*problem)});
  }
  for (Line& told : keeper_.load())
    lines.push_back(std::move(told));
  speak(lines);
  if (keeper_.has_place()) return offer_place();
  if (const auto finished = keeper_.progress().finished) {
    const Time local = *finished + clock_.now().offset;
    speak({{Role::tutor, say("You have finished this lesson before, on {}. Welcome back.",
                             rfc3339_text(local).substr(0, 10))}});
  }
  begin();
}

void Guide::begin() {
  speak(stage_.tutor().begin(clock_.now()));
}

// Without a person nobody is asked: the lesson goes on where it was.
void Guide::offer_place() {
  (void)stage_.tutor().begin(clock_.now());
  const std::size_t step = first_open_step(lesson_, keeper_.steps());
  const std::string title = expand(lesson_.steps[step].title, stage_.tutor().variables());
  const ZonedTime now = SystemClock().now();
  Lines lines{{Role::plain}};
  lines.push_back({Role::tutor, welcome_back(keeper_.progress(), step + 1, lesson_.steps.size(),
                                             title, now.time, now.offset)});
  const std::string replays =
      tr("A half-typed letter cannot be taken up again: SMTP has no such thing. So I type the "
         "steps before for you, with the lesson's own lines.");
  lines.push_back(
      {Role::tutor, config_.db.empty()
                        ? tr("The mailbox was thrown away when you left.") + ' ' + replays
                        : replays});
  speak(lines);
  offered_ = console_.echoes();
  if (!offered_) go_on_from(step);
}

void Guide::list_places() {
  const std::size_t last = first_open_step(lesson_, keeper_.steps());
  Lines lines;
  for (std::size_t i = 0; i < lesson_.steps.size(); ++i) {
    const bool done = std::any_of(keeper_.steps().begin(), keeper_.steps().end(),
                                  [&](const auto& one) { return one.id == lesson_.steps[i].id; });
    const std::string mark = done ? tr("done") : i == last ? tr("now") : tr("open");
    lines.push_back(
        step_row(i + 1, mark, expand(lesson_.steps[i].title, stage_.tutor().variables())));
  }
  lines.push_back({Role::ask, say("Which step, 1 to {0}? Enter is {0}.", last + 1)});
  speak(lines);
}

// Enter, or the number of a step.
void Guide::choose_place(std::string_view line) {
  const std::size_t last = first_open_step(lesson_, keeper_.steps());
  if (line.empty()) return go_on_from(last);
  std::size_t number = 0;
  const auto read = std::from_chars(line.data(), line.data() + line.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == line.data() + line.size();
  if (whole && number >= 1 && number <= last + 1) return go_on_from(number - 1);
  speak({{Role::tutor,
          say("Type the number of a step from 1 to {0}, or only Enter to go on at step {0}.",
              last + 1)}});
}

void Guide::go_on_from(std::size_t step) {
  offered_ = false;
  Tutor& tutor = stage_.tutor();
  std::vector<StepRecord> before;
  for (const StepRecord& one : keeper_.steps()) {
    if (lesson_.any_order || before.size() < step) before.push_back(one);
  }
  if (before.empty()) return begin();
  const auto filter = show_all();
  const bool all = replay(stage_, lesson_, before);
  const bool elsewhere = before.back().elsewhere && stage_.connected();
  if (elsewhere) {
    stage_.show = [](const Line&) { return false; };
    stage_.drop();
  }
  stage_.show = filter;
  const std::size_t done = tutor.records().size();
  if (done > 0) {
    speak({{Role::ok, done == 1 ? tr("step 1 is replayed") : say("{} steps are replayed", done)}});
  }
  if (!all) {
    speak({{Role::no, tr("The next one did not pass this time, so it is yours again.")}});
  }
  if (elsewhere && !tutor.finished()) {
    speak({{Role::tutor,
            say("The last time you typed in a window of your own. Its connection ended with the "
                "servers, so open a new one there. We go on at step {}.",
                tutor.step_number())}});
  }
  if (!tutor.finished()) speak(tutor.again());
}

// Only a person is asked, and only where something is lost.
void Guide::ask_reset() {
  const std::size_t done = std::max(keeper_.steps().size(), stage_.tutor().records().size());
  const bool loses = done > 0 && !stage_.tutor().finished();
  if (!console_.echoes() || !loses || std::exchange(reset_asked_, true)) return start_over();
  speak({{Role::ask, say("That throws your place away: steps done, {0} of {1}. To begin at step 1, "
                         "type :reset once more; anything else goes on.",
                         done, lesson_.steps.size())}});
}

void Guide::start_over() {
  speak(keeper_.reset(SystemClock().now().time));
  if (std::exchange(offered_, false)) return begin();
  starts_over_ = true;
  status_ = 0;
}

// What a step needs can be gone for good: a letter is deleted, a greylist knows the learner. Or it
// was not there at all, since the connection is another one.
void Guide::set_up_anew(std::string_view kind) {
  if (taken_up_) {  // they have just been set up, for this step
    return speak({{Role::no, tr("These lines do not pass the step, though the servers are as they "
                                "should be. Other lines may; :why tells what it is about.")}});
  }
  if (stage_.connected_elsewhere()) {
    return speak({{Role::no, tr("The servers are not as this step needs them any more, and while "
                                "your other window is connected I cannot set them up anew. Close "
                                "its connection, and ask once more.")}});
  }
  speak({{Role::tutor, tr("The servers are not as this step needs them any more. So I set them up "
                          "anew, and type the steps before once more, with the lesson's own "
                          "lines.")}});
  anew_ = Anew{stage_.tutor().step_number() - 1, kind};
  status_ = 0;
}

void Guide::take_up() {
  (void)stage_.tutor().begin(clock_.now());
  go_on_from(taken_up_->step);
  if (stage_.tutor().step_number() == taken_up_->step + 1) do_step(taken_up_->kind);
  taken_up_.reset();
}

void Guide::keep_progress() {
  if (offered_) return;
  const Time now = SystemClock().now().time;
  const bool finished = stage_.tutor().finished();
  speak(keeper_.keep(stage_.tutor().records(), finished, now));
  if (!finished) return;
  quiz_.set_names(stage_.tutor().variables());
  if (!asks_question() || std::exchange(question_said_, true)) return;
  speak({{Role::plain}, {Role::tutor, tr("One thing to think about; Enter leaves it open.")}});
  speak(quiz_.ask());
}

bool Guide::place_is_kept() const {
  return keeper_.saves() && keeper_.has_place();
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
  if (word_in(line) != Word::reset) reset_asked_ = false;
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

}  // namespace

int learn(const Config& chosen, const std::string& id) {
  auto lesson = load_lesson(id);
  if (!lesson) throw std::invalid_argument(lesson.error());
  const Config config = with_lesson(chosen, *lesson);
  const Signals signals{SIGINT, SIGTERM, SIGHUP, SIGCONT, SIGWINCH};
  const auto clock = app::make_clock(config);
  auto server = std::make_unique<app::Server>(config, *clock);
  server->start();
  Screen screen(config);
  const bool interactive = !config.no_input && isatty(STDIN_FILENO) == 1 && screen.is_terminal();
  const auto console = !interactive   ? make_pipe_console()
                       : config.plain ? make_plain_console()
                                      : make_edit_console();
  if (!interactive && !config.no_input) {
    screen.print(
        {Role::tutor, tr("No terminal: each line of the input is taken as if it was typed.")});
  }
  StateFolder state =
      StateFolder::choose({chosen.state_dir, chosen.no_state, interactive}, process_environment);
  ProgressKeeper keeper(state, *lesson, chosen.as.to_text());
  std::optional<Anew> anew;
  const auto run_once = [&] {
    const auto recorder = start_record(config, *lesson, clock->now(), state, &server->events());
    Guide guide(
        config, *lesson, *server, *clock, signals, *console, screen, state, keeper, recorder.get(),
        [&] { retranslate(*lesson, id); }, anew);
    const int status = guide.run();
    anew = guide.anew();
    return guide.starts_over() || anew ? std::nullopt : std::optional(status);
  };
  while (true) {
    if (const auto status = run_once()) return *status;
    server.reset();  // its ports have to be free before they are taken again
    server = std::make_unique<app::Server>(config, *clock);
    server->start();
  }
}

}  // namespace sandpost::sandbox
