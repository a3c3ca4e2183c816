// The stage beside servers that fail.

#include "sandbox/stage.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "app/server.hpp"
#include "base/clock.hpp"
#include "sandbox/screen.hpp"
#include "tests/net/fake_store.hpp"
#include "tests/sandbox/classroom.hpp"

using namespace sandpost;

TEST_CASE("stage: :now and :queue with a store that fails say so, not that nothing waits") {
  Config config;
  config.smtp_port = config.pop3_port = 0;
  config.plain = true;
  const SystemClock clock;
  tests::StoreControl control;
  app::Server server(config, clock, std::make_unique<tests::FakeStore>(control));
  server.start();
  const auto lesson = tests::lab();
  sandbox::Screen screen(config);
  sandbox::Stage stage(config, lesson, server, clock, screen);
  sandbox::Lines said;
  stage.show = [&](const sandbox::Line& line) {
    said.push_back(line);
    return false;
  };
  control.read = control.commit = tests::StoreControl::Mood::full;
  stage.deliver_now();
  REQUIRE(said.size() == 1);
  CHECK(said[0].text == "This cannot be done now: the mailbox fails: full");
  REQUIRE(stage.queue_table().size() == 1);
  CHECK(stage.queue_table()[0].text == said[0].text);
}
