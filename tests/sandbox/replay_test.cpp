// A learner can have spoilt what a step needs: said QUIT or RSET, deleted the letter. What :show
// and `learn` do then is to set the servers up anew and to replay, so this has to lead to each
// step.

#include "sandbox/replay.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "app/server.hpp"
#include "base/clock.hpp"
#include "sandbox/lesson_servers.hpp"
#include "sandbox/library.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/screen.hpp"

namespace sandpost::tests {
namespace {

using std::chrono::milliseconds;

Config config_for(const sandbox::Lesson& lesson) {
  Config config = with_lesson(Config{}, lesson);
  config.smtp_port = config.pop3_port = 0;
  if (config.tls.mode != net::TlsSettings::Mode::off) config.smtps_port = config.pop3s_port = 0;
  config.plain = true;
  return config;
}

// The servers and the client of one run of `learn`.
struct Run {
  explicit Run(const sandbox::Lesson& lesson) : config(config_for(lesson)) {
    server.start();
    stage.emplace(config, lesson, server, clock, screen);
    stage->show = [](const sandbox::Line&) { return false; };
    (void)stage->tutor().begin(clock.now());
  }

  Config config;
  SystemClock clock;
  app::Server server{config, clock};
  sandbox::Screen screen{config};
  std::optional<sandbox::Stage> stage;
};

}  // namespace

TEST_CASE("replay: servers set up anew lead to each step of each lesson, and its lines pass it") {
  for (const sandbox::LessonTitle& title : sandbox::lessons()) {
    const auto lesson = sandbox::find_lesson(title.id);
    REQUIRE(lesson);
    std::vector<sandbox::StepRecord> before;
    for (const sandbox::Step& step : lesson->steps) {
      CAPTURE(lesson->id);
      CAPTURE(step.id);
      Run run(*lesson);
      CHECK(replay(*run.stage, *lesson, before));
      CHECK(run.stage->tutor().step().id == step.id);
      before.push_back({step.id});
      CHECK(replay(*run.stage, *lesson, before));
    }
  }
}

TEST_CASE("replay: what does not come true is waited for no longer than allowed") {
  const auto lesson = sandbox::find_lesson(sandbox::first_lesson);
  REQUIRE(lesson);
  Run run(*lesson);
  CHECK_FALSE(comes_true(*run.stage, milliseconds{1}, [] { return false; }));
  CHECK(comes_true(*run.stage, milliseconds{1}, [] { return true; }));
}

}  // namespace sandpost::tests
