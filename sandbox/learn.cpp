#include <unistd.h>

#include <csignal>
#include <memory>
#include <optional>
#include <stdexcept>

#include "app/server.hpp"
#include "base/language.hpp"
#include "base/signals.hpp"
#include "sandbox/console.hpp"
#include "sandbox/guide.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/library.hpp"
#include "sandbox/progress.hpp"
#include "sandbox/recorder.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/state_folder.hpp"

namespace sandpost::sandbox {

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
    Guide guide({.config = config,
                 .lesson = *lesson,
                 .server = *server,
                 .clock = *clock,
                 .signals = signals,
                 .console = *console,
                 .screen = screen,
                 .state = state,
                 .keeper = keeper,
                 .recorder = recorder.get(),
                 .reload = [&] { retranslate(*lesson, id); },
                 .taken_up = anew});
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
