#pragma once
// What the command line and the environment asked for, as a value.

#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/exit_status.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::cli {

enum class Command {
  learn,
  coach,
  demo,
  serve,
  events,
  lessons,
  lesson_check,
  lesson_new,
  report,
  completion
};

struct Invocation {
  std::optional<Command> command;    // empty: none was named
  std::string lesson;                // an id, or a file
  std::vector<std::string> lessons;  // lesson check: ids and files; lesson new: one name
  std::string topic;                 // completion: one of completion_topics
  sandbox::CoachWish coach;
  std::string port_file;  // events: of the servers
  bool fast = false;
  bool json = false;
  sandbox::ReportWish report;
  Config config;
};

}  // namespace sandpost::cli
