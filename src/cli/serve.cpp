#include "cli/serve.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <system_error>

#include "app/server.hpp"
#include "base/clock.hpp"
#include "cli/announcement.hpp"
#include "cli/invocation.hpp"
#include "cli/output.hpp"
#include "cli/wire_lines.hpp"

namespace sandpost::cli {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// The signals that end the program, as a descriptor that polls readable once one has come.
class StopSignals {
 public:
  StopSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (!is_ignored(SIGHUP)) sigaddset(&signals, SIGHUP);  // nohup wants it so
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC);
    if (descriptor_ < 0) fail("signalfd");
  }
  ~StopSignals() { close(descriptor_); }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  static bool is_ignored(int signal) {
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
  }

  int descriptor_ = -1;
};

// What happens on the wire, on stderr (--verbose).
class Watcher {
 public:
  explicit Watcher(wire::Bus& bus) : events_(bus.subscribe()) {}

  [[nodiscard]] int descriptor() const { return events_->descriptor(); }
  void show() {
    for (const wire::Event& event : events_->take())
      std::fputs(lines_.line(event).c_str(), stderr);
    const auto dropped = events_->dropped();
    if (dropped == told_dropped_) return;
    std::fputs(
        fmt::format("sandpost: {} events came too fast to be shown\n", dropped - told_dropped_)
            .c_str(),
        stderr);
    told_dropped_ = dropped;
  }

 private:
  std::shared_ptr<wire::Subscription> events_;
  WireLines lines_;
  std::uint64_t told_dropped_ = 0;
};

void wait_for_signal(const StopSignals& signals, Watcher* watcher) {
  // A negative descriptor is one that poll leaves out.
  std::array polled{pollfd{signals.descriptor(), POLLIN, 0},
                    pollfd{watcher ? watcher->descriptor() : -1, POLLIN, 0}};
  for (;;) {
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) fail("poll");
    if (polled[1].revents != 0) watcher->show();
    if (polled[0].revents != 0) return;
  }
}

}  // namespace

int serve(const Config& config) {
  const StopSignals signals;
  const auto clock = app::make_clock(config);
  app::Server server(config, *clock);
  std::optional<Watcher> watcher;
  if (config.verbose) watcher.emplace(server.events());
  server.start();
  if (!config.quiet) print(announcement(config, server.ports()));
  wait_for_signal(signals, watcher ? &*watcher : nullptr);
  if (!config.quiet) {
    // Who has stopped reading by now must not turn a clean end into a failure.
    std::fputs("stopping\n", stdout);
    std::fflush(stdout);
    std::clearerr(stdout);
  }
  server.stop();
  if (watcher) watcher->show();
  return exit_status::done;
}

}  // namespace sandpost::cli
