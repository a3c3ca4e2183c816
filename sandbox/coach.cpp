// `sandpost coach`: follows what learners type in other windows, at servers of its own or at ones
// that run elsewhere. Either way it hears of them over the control socket.

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "app/control_client.hpp"
#include "app/port_file.hpp"
#include "app/server.hpp"
#include "base/exit_status.hpp"
#include "base/language.hpp"
#include "base/signals.hpp"
#include "base/text.hpp"
#include "sandbox/console.hpp"
#include "sandbox/due_lines.hpp"
#include "sandbox/language_word.hpp"
#include "sandbox/learners.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/library.hpp"
#include "sandbox/notebooks.hpp"
#include "sandbox/quiz.hpp"
#include "sandbox/remote_servers.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/stage.hpp"
#include "sandbox/state_folder.hpp"
#include "sandbox/words.hpp"

namespace sandpost::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view hidden = "YOUR-PASSWORD";

class Coach {
 public:
  // `console`: null where nobody is to be asked.
  Coach(const Config& config, const Lesson& lesson, RemoteServers& servers, Learners& learners,
        Notebooks& notebooks, const Signals& signals, Console* console, Screen& screen,
        std::function<void()> reload)
      : config_(config),
        lesson_(lesson),
        servers_(servers),
        learners_(learners),
        notebooks_(notebooks),
        signals_(signals),
        console_(console),
        screen_(screen),
        reload_(std::move(reload)),
        quiz_(lesson.questions) {
    learners_.heard = [this](const Learner& learner, const wire::Event& event) {
      notebooks_.record(learner, event);
      heard_.insert(&learner);
    };
    learners_.left_out = [this](const Learner& learner, std::uint64_t session) {
      notebooks_.leave_out(learner, session);
    };
  }

  int run(bool elsewhere);

 private:
  void welcome_learner(bool elsewhere);
  [[nodiscard]] std::string who_learns() const;
  void tell_wanted_faults();
  void pump();
  void note_timestamp(const wire::Event& event);
  [[nodiscard]] bool asks_question();
  void begin_quiz();
  void note_answer();
  void wait();
  void take(const std::string& line);
  void do_word(Learner& learner, Word word);
  void change_language(std::string_view line);
  void show_step(Learner& learner);
  void on_signal(int signal);
  [[nodiscard]] std::string prompt();
  void speak(const Lines& lines);
  void tell(const Learner& learner, Lines lines) {
    speak(learners_.named(learner, std::move(lines)));
  }
  [[nodiscard]] int end();

  const Config& config_;
  const Lesson& lesson_;
  RemoteServers& servers_;
  Learners& learners_;
  Notebooks& notebooks_;
  const Signals& signals_;
  Console* console_;
  Screen& screen_;
  std::function<void()> reload_;  // the lesson, in another language
  Quiz quiz_;
  bool question_said_ = false;      // the quiz has begun
  std::set<const Learner*> heard_;  // with something new, perhaps, to be kept
  steady_clock::time_point last_sign_ = steady_clock::now();
  std::optional<int> status_;
};

int Coach::run(bool elsewhere) {
  welcome_learner(elsewhere);
  while (!status_) {
    pump();
    begin_quiz();
    if (screen_.failed()) break;
    // Nobody is there to ask for more.
    if (learners_.finished() && console_ == nullptr) break;
    if (servers_.ended()) break;
    if (console_ != nullptr) console_->prompt(prompt());
    wait();
  }
  if (console_ != nullptr) console_->restore();
  quiz_.leave();
  note_answer();
  return screen_.failed() ? exit_status::failure : end();
}

// Of several learners nobody can be asked in this one window.
bool Coach::asks_question() {
  return console_ != nullptr && !learners_.all() && learners_.finished() && !quiz_.over();
}

void Coach::begin_quiz() {
  if (learners_.finished()) quiz_.set_names(learners_.current().tutor.variables());
  if (!asks_question() || std::exchange(question_said_, true)) return;
  speak({{Role::plain}, {Role::tutor, tr("One thing to think about; Enter leaves it open.")}});
  speak(quiz_.ask());
}

void Coach::note_answer() {
  const auto& answered = quiz_.answered();
  if (!answered) return;
  tell(learners_.current(),
       notebooks_.note_answer(learners_.current(), *answered, quiz_.closed(), servers_.now()));
}

int Coach::end() {
  if (status_ && *status_ != 0) return *status_;
  if (servers_.ended() && !servers_.why_cut().empty()) {
    speak({{Role::no, say("I have fallen behind: {}", servers_.why_cut())}});
    return exit_status::failure;
  }
  if (servers_.ended()) speak({{Role::no, tr("The servers have ended.")}});
  if (learners_.finished()) {
    if (console_ == nullptr) speak(quiz_.all_with_answers());
    return 0;
  }
  if (!learners_.all()) {
    const std::size_t step = learners_.current().tutor.step_number();
    const std::size_t steps = lesson_.steps.size();
    speak({{Role::tutor,
            notebooks_.has_place(learners_.current())
                ? say("That was step {0} of {1}, and your place is saved. Until next time.", step,
                      steps)
                : say("That was step {0} of {1}. Until next time.", step, steps)}});
  }
  return exit_status::unfinished;
}

void Coach::welcome_learner(bool elsewhere) {
  speak(welcome(config_, lesson_, servers_.ports, false, elsewhere, who_learns()));
  if (elsewhere) tell_wanted_faults();
  Lines lines;
  lines.push_back({Role::plain});
  lines.push_back(
      {Role::tutor, say("You type in another window, with whatever client you like:\n"
                        "  telnet {0} {1}         nc -C {0} {1}\n"
                        "  openssl s_client -starttls smtp -crlf -quiet -connect {0}:{1}\n"
                        "I show what is said there: C: is the client's line, D> one of the letter, "
                        "S: the server's answer. Marked -- I speak; OK is a step that is done, NO "
                        "one that is not yet, and why.",
                        servers_.host, servers_.ports.smtp)});
  if (console_ != nullptr) {
    lines.push_back({Role::tutor, tr("Here I know a few words, with a colon in front:") +
                                      "\n  :hint  :why  :show  :back  :list  :quit      " +
                                      tr("(:help for all)")});
  }
  speak(lines);
  if (!learners_.all()) speak(notebooks_.greet(learners_.current()));
  speak(learners_.begin(servers_.now()));
}

// Empty: the one whom the configuration names, with a password that is known.
std::string Coach::who_learns() const {
  if (learners_.all()) {
    return say(
        "I coach each of {}. Their names stand in front of what concerns them; before a window has "
        "shown whose it is, its number does. :hint NAME is about that one.",
        fmt::join(servers_.accounts, ", "));
  }
  if (config_.password != hidden) return {};
  return say("You are {}, and know your password.", config_.as.to_text());
}

// Servers that many share are not made to fail for one.
void Coach::tell_wanted_faults() {
  std::string rules;
  for (const auto& rule : lesson_.servers.faults)
    rules += " --fault " + rule.text;
  if (rules.empty()) return;
  speak({{Role::tutor,
          say("This lesson wants servers that fail on purpose: they have to be started with{}",
              rules)}});
}

void Coach::pump() {
  for (const wire::Event& event : servers_.take()) {
    last_sign_ = steady_clock::now();
    note_timestamp(event);
    speak(learners_.on(event));
  }
  for (const Learner* learner : std::exchange(heard_, {}))
    tell(*learner, notebooks_.keep(*learner));
}

void Coach::note_timestamp(const wire::Event& event) {
  if (event.name != wire::event::server_line || config_.password == hidden) return;
  const std::string timestamp = timestamp_in(event.text("text"));
  if (timestamp.empty() || learners_.all()) return;
  learners_.current().tutor.set("apop", app::apop_answer(timestamp, config_.password));
}

// Until something happens, or for the next second of the countdown.
void Coach::wait() {
  std::array<pollfd, 3> ready{{{servers_.descriptor(), POLLIN, 0},
                               {signals_.descriptor(), POLLIN, 0},
                               {console_ != nullptr ? console_->descriptor() : -1, POLLIN, 0}}};
  poll(ready.data(), ready.size(), 1000);
  for (int signal = signals_.take(); signal != 0; signal = signals_.take())
    on_signal(signal);
  if (status_) return;
  if ((ready[2].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
    last_sign_ = steady_clock::now();
    const auto typed = console_->read();
    if (typed && typed->end) status_ = 0;
    if (typed && !typed->end) take(typed->line);
    return;
  }
  speak(learners_.on_tick(servers_.now().time));
  if (learners_.all() || console_ == nullptr) return;
  const auto idle =
      std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - last_sign_);
  speak(learners_.current().tutor.on_silence(idle));
}

// A word, and of several learners the name of one behind it.
void Coach::take(const std::string& line) {
  std::string_view text = trim(line);
  if (word_in(text) == Word::lang) return change_language(text);
  Learner* learner = &learners_.current();
  const auto blank = text.find(' ');
  if (learners_.all() && text.starts_with(':') && blank != std::string_view::npos) {
    Learner* named = learners_.find(trim(text.substr(blank)));
    if (named == nullptr) {
      return speak(
          {{Role::tutor, say("Nobody here is called {}.", visible(trim(text.substr(blank))))}});
    }
    learner = named;
    text = text.substr(0, blank);
  }
  if (asks_question() && !word_in(text)) {
    speak(quiz_.answer(text));
    note_answer();
  } else if (text.empty() && learners_.finished()) {
    status_ = 0;
  } else if (const auto word = word_in(text)) {
    if (starts_ignoring_case(text, ":connect") || starts_ignoring_case(text, ":drop")) {
      return speak(
          {{Role::tutor, tr("I only watch here: connect, and hang up, in your own window.")}});
    }
    if (const auto near = near_word(text)) return speak({*near});
    try {
      do_word(*learner, *word);
    } catch (const app::ControlError& error) {
      speak({{Role::no, error.what()}});
    }
  } else if (!text.empty()) {
    speak({{Role::tutor,
            tr("That is for the server: type it in the other window. :help lists my words.")}});
  }
}

void Coach::do_word(Learner& learner, Word word) {
  if (word == Word::hint) notebooks_.note_help(learner, "hint", servers_.now());
  if (auto said = say_word(learner.tutor, word)) return tell(learner, std::move(*said));
  switch (word) {
    case Word::show:
      return show_step(learner);
    case Word::skip:
      return speak({{Role::tutor, tr("I cannot type in your window. :show has the lines.")}});
    case Word::queue:
      return speak(queue_rows(servers_.queue(), servers_.now().offset));
    case Word::now:
      return speak({delivered_row(servers_.deliver_now())});
    case Word::reset:
      return speak({{Role::tutor,
                     tr("I cannot begin anew in your window: leave, and start the coach again.")}});
    case Word::quit:
      status_ = 0;
      return;
    case Word::help:
      return speak(coach_words_help());
    default:
      return speak({{Role::tutor, tr("I do not know that word; :help lists mine.")}});
  }
}

// What was said stays as it was; the step is said once more.
void Coach::change_language(std::string_view line) {
  const LanguageChange change = take_language(line, process_environment, screen_.is_terminal());
  if (change.done) reload_();
  speak(change.said);
  if (!change.done || learners_.all() || learners_.finished()) return;
  speak(learners_.current().tutor.again());
}

void Coach::show_step(Learner& learner) {
  Tutor& tutor = learner.tutor;
  if (tutor.finished()) return tell(learner, {{Role::tutor, tr("The lesson is over.")}});
  notebooks_.note_help(learner, "show", servers_.now());
  tutor.note_help(tr_later("shown"));
  std::string lines;
  for (const std::string& line : tutor.solution()) {
    const auto word = type_word(line);
    if (!word) {
      lines += "\n  " + strict_form(typed_text(line));
    } else if (word->kind == TypeWord::Kind::connect) {
      const bool smtp = word->protocol == Protocol::smtp;
      const bool at_once = word->tls == TypeWord::Tls::from_the_start;
      const unsigned short port = smtp ? (at_once ? servers_.ports.smtps : servers_.ports.smtp)
                                       : (at_once ? servers_.ports.pop3s : servers_.ports.pop3);
      if (word->tls == TypeWord::Tls::none) {
        lines += fmt::format("\n  telnet {} {}", servers_.host, port);
      } else {
        lines += fmt::format("\n  openssl s_client{} -crlf -quiet -connect {}:{}",
                             at_once ? "" : (smtp ? " -starttls smtp" : " -starttls pop3"),
                             servers_.host, port);
      }
    } else if (word->kind == TypeWord::Kind::drop) {
      lines += "\n  " + tr("(close the window)");
    } else {
      lines += "\n  " + tr("(wait for the delivery, or :now here)");
    }
  }
  tell(learner, {{Role::tutor, tr("Type in your window:") + lines}});
}

void Coach::on_signal(int signal) {
  switch (signal) {
    case SIGCONT:
      if (console_ != nullptr) console_->resume();
      return;
    case SIGWINCH:
      return screen_.measure();
    default:
      status_ = exit_status::signal + signal;
  }
}

std::string Coach::prompt() {
  if (learners_.all()) return tr("coach (:help) > ");
  const auto due = learners_.current().tutor.due();
  if (due) {
    const auto left = std::max(milliseconds{0}, *due - servers_.now().time);
    return config_.plain
               ? tr("?? waiting for the delivery (:queue :now) > ")
               : say("?? in the mailbox in {} s (:queue :now) > ", (left.count() + 999) / 1000);
  }
  if (asks_question()) return tr("?? Your answer, or Enter: ");
  return learners_.finished() ? tr("?? Press Enter to leave: ") : tr("coach (:help) > ");
}

void Coach::speak(const Lines& lines) {
  if (lines.empty()) return;
  if (console_ != nullptr) console_->hide();
  screen_.print(lines);
}

// What the servers are like, as the texts of a lesson name it.
Config as_they_are(Config config, const RemoteServers& servers, bool elsewhere) {
  config.host = servers.host;
  config.delay = servers.delay;
  config.as = {servers.learner, servers.domain};
  const bool told = config.password != Config{}.password;
  if (elsewhere && !servers.has_usual_password && !told) config.password = hidden;
  return config;
}

std::string password_of(const Config& config, const std::string& account) {
  if (equals_ignoring_case(account, config.as.local_part)) return config.password;
  for (const Account& user : config.users) {
    if (equals_ignoring_case(user.name, account)) return user.password;
  }
  return std::string(hidden);
}

// The account that is meant, as the servers spell it.
std::string account_named(const std::string& name, const RemoteServers& servers) {
  for (const std::string& account : servers.accounts) {
    if (equals_ignoring_case(account, name)) return account;
  }
  std::string names;
  for (const std::string& account : servers.accounts)
    names += (names.empty() ? "" : ", ") + account;
  throw std::invalid_argument(
      fmt::format("--learner: the servers have no account '{}'; there are {}", name, names));
}

int coach_at(Config config, const Lesson& lesson, const CoachWish& wish, RemoteServers& servers,
             const Signals& signals, std::function<void()> reload) {
  const bool elsewhere = !wish.port_file.empty();
  config = as_they_are(std::move(config), servers, elsewhere);
  if (!wish.learner.empty()) {
    const std::string account = account_named(wish.learner, servers);
    config.password = password_of(config, account);
    config.as.local_part = account;
  }
  const auto config_for = [&](const std::string& account) {
    Config theirs = config;
    theirs.password = password_of(config, account);
    theirs.as.local_part = account;
    return theirs;
  };
  const auto names = [&](const std::string& account) {
    return variables_of(config_for(account), servers.ports);
  };
  // The accounts of a lesson are played by the one who learns.
  std::set<std::string> own;
  for (const LessonAccount& account : lesson.servers.accounts) {
    if (wish.learner.empty()) own.insert(account.user);
  }
  Learners learners = wish.all ? Learners(lesson, names, servers.accounts)
                               : Learners(lesson, names, config.as.local_part, own);
  if (elsewhere) {
    lay_in_letters(
        lesson, names(config.as.local_part),
        // A maildrop that those servers do not have gets no letter.
        [&](const std::string& account) {
          const auto& known = servers.accounts;
          const bool is_known = std::any_of(known.begin(), known.end(), [&](const auto& name) {
            return equals_ignoring_case(name, account);
          });
          return is_known ? servers.letters_of(account) : 1;
        },
        [&](const auto& account, const auto& sender, const auto& content) {
          servers.lay_in(account, sender, content);
        });
  }
  Screen screen(config);
  const bool interactive = !config.no_input && isatty(STDIN_FILENO) == 1 && screen.is_terminal();
  const auto console = interactive ? make_edit_console() : nullptr;
  StateFolder state =
      StateFolder::choose({config.state_dir, config.no_state, interactive}, process_environment);
  if (auto problem = state.take_problem()) screen.print({Role::tutor, std::move(*problem)});
  if (!config.record.empty()) check_record_folder(config.record);
  Notebooks notebooks(lesson, state, config_for, servers.now());
  Coach coach(config, lesson, servers, learners, notebooks, signals, console.get(), screen,
              std::move(reload));
  return coach.run(elsewhere);
}

}  // namespace

int coach(const Config& chosen, const std::string& id, const CoachWish& wish) {
  auto lesson = load_lesson(id);
  if (!lesson) throw std::invalid_argument(lesson.error());
  const auto reload = [&] { retranslate(*lesson, id); };
  const Signals signals{SIGINT, SIGTERM, SIGHUP, SIGCONT, SIGWINCH};
  if (!wish.port_file.empty()) {
    RemoteServers servers(app::control_path(wish.port_file), wish.port_file);
    return coach_at(chosen, *lesson, wish, servers, signals, reload);
  }
  Config config = with_lesson(chosen, *lesson);
  config.control = true;
  config.port_file.clear();
  const auto clock = app::make_clock(config);
  app::Server server(config, *clock);
  server.start();
  lay_in_letters(*lesson, server, variables_of(config, server.ports()));
  RemoteServers servers(server.control(), "sandpost");
  // Who waits for the file types at once, and is heard already.
  app::PortFile port_file;
  if (!chosen.port_file.empty()) {
    port_file.write(chosen.port_file, server.ports(), server.control());
  }
  return coach_at(config, *lesson, wish, servers, signals, reload);
}

}  // namespace sandpost::sandbox
