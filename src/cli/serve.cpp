#include "cli/serve.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "app/server.hpp"
#include "base/clock.hpp"
#include "base/signals.hpp"
#include "cli/announcement.hpp"
#include "cli/invocation.hpp"
#include "cli/output.hpp"
#include "cli/wire_lines.hpp"
#include "sandbox/recorder.hpp"
#include "sandbox/sandbox.hpp"

namespace sandpost::cli {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// What happens on the wire, on stderr (--verbose). Whoever reads it may be slow or have stopped: it
// is written only as far as that does not block, and what the bus could not keep meanwhile is
// counted.
class Watcher {
 public:
  explicit Watcher(wire::Bus& bus) : events_(bus.subscribe()) {}

  // To poll: for events while there is nothing to write, for room on stderr while there is.
  [[nodiscard]] pollfd polled() const {
    return text_.empty() ? pollfd{events_->descriptor(), POLLIN, 0}
                         : pollfd{STDERR_FILENO, POLLOUT, 0};
  }

  // To be called when polled() is ready.
  void show() {
    if (text_.empty()) return take();
    // A pipe that polls writable has room for this much at least (POSIX: PIPE_BUF).
    const std::size_t piece = std::min<std::size_t>(text_.size(), PIPE_BUF);
    const ssize_t written = write(STDERR_FILENO, text_.data(), piece);
    // Where stderr is gone, nobody misses it.
    text_.erase(0, written > 0 ? static_cast<std::size_t>(written) : text_.size());
  }

  // What is left, as far as somebody reads it at once.
  void finish() {
    constexpr int patience = 200;  // ms for each piece
    for (take(); !text_.empty(); show()) {
      pollfd ready{STDERR_FILENO, POLLOUT, 0};
      if (poll(&ready, 1, patience) <= 0) return;
    }
  }

 private:
  void take() {
    for (const wire::Event& event : events_->take())
      text_ += lines_.line(event);
    const auto dropped = events_->dropped();
    if (dropped == told_dropped_) return;
    text_ +=
        fmt::format("sandpost: {} events came too fast to be shown\n", dropped - told_dropped_);
    told_dropped_ = dropped;
  }

  std::shared_ptr<wire::Subscription> events_;
  WireLines lines_;
  std::string text_;  // not written yet
  std::uint64_t told_dropped_ = 0;
};

void wait_for_signal(const Signals& signals, Watcher* watcher, sandbox::Recorder* recorder) {
  bool records = recorder != nullptr;
  for (;;) {
    // A negative descriptor is one that poll leaves out.
    std::array polled{pollfd{signals.descriptor(), POLLIN, 0},
                      watcher != nullptr ? watcher->polled() : pollfd{-1, 0, 0},
                      pollfd{records ? recorder->descriptor() : -1, POLLIN, 0}};
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) fail("poll");
    if (polled[0].revents != 0) return;
    if (polled[1].revents != 0) watcher->show();
    if (polled[2].revents == 0) continue;
    records = recorder->pump();
    if (!records) {
      std::fputs("sandpost: the record cannot be written any more; the servers go on\n", stderr);
    }
  }
}

}  // namespace

int serve(const Config& config) {
  const Signals signals{SIGINT, SIGTERM, SIGHUP};
  const auto clock = app::make_clock(config);
  app::Server server(config, *clock);
  std::optional<Watcher> watcher;
  if (config.verbose) watcher.emplace(server.events());
  std::optional<sandbox::Recorder> recorder;
  if (!config.record.empty()) {
    sandbox::check_record_folder(config.record);
    recorder.emplace(config.record, sandbox::record_head(config, nullptr, clock->now()),
                     sandbox::secrets_of(config), &server.events());
  }
  server.start();
  if (!config.quiet) print(announcement(config, server.ports()));
  wait_for_signal(signals, watcher ? &*watcher : nullptr, recorder ? &*recorder : nullptr);
  if (!config.quiet) {
    // Who has stopped reading by now must not turn a clean end into a failure.
    std::fputs("stopping\n", stdout);
    std::fflush(stdout);
    std::clearerr(stdout);
  }
  server.stop();
  if (watcher) watcher->finish();
  return exit_status::done;
}

}  // namespace sandpost::cli
