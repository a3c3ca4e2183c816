// The program's entrance: reads the command line, starts what it names, turns troubles into one
// line on stderr and an exit status.

#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "app/server.hpp"
#include "base/language.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/announcement.hpp"
#include "cli/cli.hpp"
#include "cli/completion.hpp"
#include "cli/events.hpp"
#include "cli/output.hpp"
#include "cli/serve.hpp"
#include "sandbox/languages.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/screen.hpp"

namespace sandpost {
namespace {

int show(const cli::Message& message) {
  if (message.status == exit_status::done) {
    cli::print(message.text);
  } else {
    std::fputs(message.text.c_str(), stderr);
  }
  return message.status;
}

int fail(int status, const char* why) {
  std::fputs(fmt::format("sandpost: {}\n", visible(why)).c_str(), stderr);
  return status;
}

// The guided session needs a person; where there is none, the demo needs nobody.
cli::Command command_for(const cli::Invocation& invocation) {
  if (invocation.command) return *invocation.command;
  if (invocation.config.no_input || isatty(STDIN_FILENO) == 1) return cli::Command::learn;
  std::fputs(
      "sandpost: stdin is no terminal, so this plays the demo; for the guided session with lines "
      "from a pipe write sandpost learn --no-input\n",
      stderr);
  return cli::Command::demo;
}

// Who reads a table from a pipe has each row whole, unless COLUMNS says otherwise.
std::size_t table_width() {
  constexpr std::size_t endless = 10'000;
  const bool chosen = !process_environment("COLUMNS").value_or("").empty();
  return chosen || isatty(STDOUT_FILENO) == 1 ? sandbox::page_width() : endless;
}

int run_command(cli::Command command, const cli::Invocation& invocation,
                const std::function<std::vector<sandbox::LessonTitle>&()>& lessons) {
  const Config& config = invocation.config;
  switch (command) {
    case cli::Command::learn:
      return sandbox::learn(config, invocation.lesson);
    case cli::Command::coach:
      return sandbox::coach(config, invocation.lesson, invocation.coach);
    case cli::Command::events:
      return cli::events(invocation.port_file);
    case cli::Command::demo:
      return sandbox::demo(config, invocation.lesson, invocation.fast);
    case cli::Command::serve:
      return cli::serve(config);
    case cli::Command::lessons: {
      const bool known = sandbox::add_progress(lessons(), config);
      cli::print(invocation.json ? sandbox::lessons_json(lessons())
                                 : sandbox::lessons_table(lessons(), known, table_width()));
      return exit_status::done;
    }
    case cli::Command::lesson_check:
      return sandbox::check_lessons(invocation.lessons, lessons(), invocation.json);
    case cli::Command::report:
      return sandbox::report(config, invocation.report);
    case cli::Command::lesson_new:
      return sandbox::new_lesson(invocation.lessons.front());
    case cli::Command::completion:
      cli::print(cli::completion_text(invocation.topic, lessons()));
      return exit_status::done;
  }
  return exit_status::failure;
}

// Every connection needs a descriptor. The usual soft limit of 1024 only protects programs that
// call select(); the hard one is what the system grants.
void use_all_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void say_why(const sandbox::LanguageChoice& language) {
  if (language.why.empty()) return;
  std::fputs(fmt::format("sandpost: {}\n", visible(language.why)).c_str(), stderr);
}

// What is written into a file is UTF-8 wherever it is written.
void settle_language(const sandbox::LanguageChoice& language, cli::Command command,
                     const cli::Invocation& invocation) {
  if (!cli::is_translated(command)) {
    use_catalogue(nullptr);
  } else if (command == cli::Command::report && !invocation.report.output.empty()) {
    use_catalogue(catalogue_of(*language.asked));
  } else {
    say_why(language);
  }
}

int run(const std::vector<std::string>& arguments) {
  const auto language =
      cli::chosen_language(arguments, process_environment, isatty(STDOUT_FILENO) == 1);
  use_catalogue(catalogue_of(*language.spoken));
  std::optional<std::vector<sandbox::LessonTitle>> titles;
  const auto lessons = [&]() -> std::vector<sandbox::LessonTitle>& {
    if (!titles) titles = sandbox::lessons(cli::lesson_folder(process_environment));
    return *titles;
  };
  const auto parsed = cli::parse(arguments, process_environment, lessons, sandbox::page_width());
  if (const auto* message = std::get_if<cli::Message>(&parsed)) {
    if (message->translated) say_why(language);
    return show(*message);
  }
  const auto& invocation = std::get<cli::Invocation>(parsed);
  const auto command = command_for(invocation);
  settle_language(language, command, invocation);
  if (invocation.config.verbose) log::set_level(log::Level::info);
  if (const auto warning = cli::host_warning(invocation.config)) {
    std::fputs(warning->c_str(), stderr);
  }
  const int status = run_command(command, invocation, lessons);
  if (status == exit_status::done) cli::print("");  // all was written, or it throws
  return status;
}

// Letters and snapshots come and go: what one of them has freed is there for the next. Without
// this, glibc gives anything above 128 KiB back to the kernel at once, which then has to clear each
// page anew.
void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int mebibyte = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, 4 * mebibyte);
  mallopt(M_TRIM_THRESHOLD, 4 * mebibyte);
#endif
}

}  // namespace
}  // namespace sandpost

int main(int argc, char** argv) {
  using namespace sandpost;
  // A reader that goes away is an error where it is written to, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  // So is a file that may grow no further (ulimit -f).
  std::signal(SIGXFSZ, SIG_IGN);
  use_all_descriptors();
  keep_freed_memory();
  // The line editor reads and shows no other characters than those of the locale; one that is named
  // but not installed is most likely of UTF-8.
  if (std::setlocale(LC_CTYPE, "") == nullptr) std::setlocale(LC_CTYPE, "C.UTF-8");
  try {
    cli::occupy_standard_descriptors();
    return run({argv + std::min(argc, 1), argv + argc});
  } catch (const app::StartError& error) {
    const bool port = error.kind() == app::StartError::Kind::port;
    return fail(port ? exit_status::port : exit_status::failure, error.what());
  } catch (const std::system_error& error) {
    // Who reads no further has read enough.
    if (error.code() == std::errc::broken_pipe) return exit_status::failure;
    return fail(exit_status::failure, error.what());
  } catch (const std::exception& error) {
    return fail(exit_status::failure, error.what());
  }
}
