#include "sandbox/rehearsal.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sandpost::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// For what the servers do by themselves right after a line: close, deliver. Only a lesson that does
// not go as it says waits so long.
constexpr milliseconds longest_wait{1000};
constexpr milliseconds longest_grace{250};
// Each line takes this much of the lesson's own time.
constexpr milliseconds line_time{1000};

Config quiet_config(const Lesson& lesson) {
  Config config = with_lesson(Config{}, lesson);
  config.smtp_port = config.pop3_port = 0;
  if (config.tls.mode != net::TlsSettings::Mode::off) config.smtps_port = config.pop3s_port = 0;
  config.plain = true;
  return config;
}

Config started(const Config& config, app::Server& server) {
  server.start();
  return config;
}

}  // namespace

Rehearsal::Rehearsal(const Lesson& lesson)
    : lesson_(lesson),
      config_(quiet_config(lesson)),
      clock_(SystemClock().now()),
      server_(config_, clock_),
      screen_(started(config_, server_)),
      subscription_(server_.events().subscribe()),
      stage_(config_, lesson, server_, clock_, screen_) {
  stage_.show = [this](const Line& line) {
    lines_.push_back(line);
    return false;
  };
  stage_.print(stage_.tutor().begin(clock_.now()));
}

void Rehearsal::play(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    clock_.advance(line_time);
    const auto word = type_word(line);
    if (word && word->kind == TypeWord::Kind::wait) {
      wait_for_delivery();
      continue;
    }
    stage_.play(line);
    if (word && word->kind == TypeWord::Kind::now) wait_for_delivery();
  }
  stage_.pump();
  listen();
}

void Rehearsal::play_step(std::size_t step) {
  // One by one: what a line brings about can give a name its text.
  for (const std::string& line : lesson_.steps[step].type)
    play({expand(line, stage_.tutor().variables())});
}

bool Rehearsal::becomes_done(std::size_t step) {
  return wait_until(longest_grace, [&] { return tutor().is_done(step); });
}

void Rehearsal::forget() {
  listen();
  lines_.clear();
  events_.clear();
}

void Rehearsal::wait_for_delivery() {
  const auto queue = server_.queue();
  listen();
  const auto before = events_.size();
  if (!queue.empty()) {
    const Time last =
        std::max_element(queue.begin(), queue.end(), [](const auto& a, const auto& b) {
          return a.due < b.due;
        })->due;
    clock_.advance(std::max(milliseconds{0}, last - clock_.now().time));
    server_.clock_moved();
  }
  wait_until(longest_wait, [&] {
    listen();
    const auto delivered =
        std::count_if(events_.begin() + static_cast<std::ptrdiff_t>(before), events_.end(),
                      [](const auto& one) { return one.name == wire::event::queue_delivered; });
    return static_cast<std::size_t>(delivered) >= queue.size();
  });
}

template <class Done>
bool Rehearsal::wait_until(milliseconds longest, Done done) {
  const auto until = steady_clock::now() + longest;
  for (;;) {
    stage_.pump();
    if (done()) return true;
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> ready{
        {{stage_.event_descriptor(), POLLIN, 0}, {stage_.client_descriptor(), POLLIN, 0}}};
    poll(ready.data(), ready.size(), static_cast<int>(left.count()));
  }
}

void Rehearsal::listen() {
  for (wire::Event& event : subscription_->take())
    events_.push_back(std::move(event));
}

}  // namespace sandpost::sandbox
