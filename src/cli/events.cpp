#include "cli/events.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <unistd.h>
#include <array>
#include <cstdio>

#include "app/control_client.hpp"
#include "cli/invocation.hpp"
#include "cli/output.hpp"

namespace sandpost::cli {

int events(const std::string& port_file) {
  app::ControlClient client(app::control_path(port_file), port_file);
  client.ask("events");
  for (;;) {
    std::string lines;
    for (const std::string& line : client.take())
      lines += line + '\n';
    if (!lines.empty()) print(lines);
    if (client.ended()) break;
    // Where stdout is a pipe, its reader's end is the end of this as well.
    std::array<pollfd, 2> ready{{{client.descriptor(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
    poll(ready.data(), ready.size(), -1);
    if ((ready[1].revents & POLLERR) != 0) break;
  }
  if (client.why_cut().empty()) return exit_status::done;
  std::fputs(fmt::format("sandpost: {}\n", client.why_cut()).c_str(), stderr);
  return exit_status::failure;
}

}  // namespace sandpost::cli
