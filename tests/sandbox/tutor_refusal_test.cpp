// Lessons that ask for what is a mishap elsewhere: a refusal, RSET, a broken connection.

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "sandbox/classroom.hpp"
#include "sandbox/lesson_file.hpp"
#include "sandbox/tutor.hpp"

namespace sandpost::tests {
namespace {

struct WantedStep {
  std::string_view id;
  std::string_view pass;
};

sandbox::Lesson lesson_of(std::initializer_list<WantedStep> steps) {
  std::string toml = "format = 1\nid = \"x\"\ntitle = \"x\"\nintro = \"x\"\nend = \"x\"\n";
  for (const WantedStep& step : steps) {
    toml += "[[step]]\nid = \"" + std::string(step.id) + "\"\ntitle = \"" + std::string(step.id) +
            "\"\nsay = \"x\"\nwhy = \"x\"\nrfc = \"5321 3\"\nhint = \"x\"\npass = { " +
            std::string(step.pass) + " }\n";
  }
  auto lesson = sandbox::parse_lesson(toml);
  REQUIRE(lesson);
  return std::move(*lesson);
}

}  // namespace

TEST_CASE("tutor: a refusal that the lesson asks for passes the step and is no mistake") {
  Classroom room(lesson_of({{"nonsense", "event = \"smtp.error\", code = 500"},
                            {"too-early", "event = \"smtp.error\", code = 503"}}));
  room.connect(Protocol::smtp);
  std::string said = room.type("FISH");
  CHECK(rows_with(said, "NO ").empty());
  CHECK(has(said, "-- The server does not know this word."));
  CHECK(room.at("too-early"));
  said = room.type("HELO");
  CHECK_FALSE(rows_with(said, "NO ").empty());
  CHECK(room.at("too-early"));
  CHECK(rows_with(room.type("DATA"), "NO ").empty());
  CHECK(room.tutor.finished());
}

TEST_CASE("tutor: a login that the lesson wants to fail passes the step") {
  Classroom room(lesson_of({{"wrong", "event = \"pop3.auth\", ok = false"}}));
  room.connect(Protocol::pop3);
  CHECK(rows_with(room.type({"USER s9360511", "PASS guessed"}), "NO ").empty());
  CHECK(room.tutor.finished());
}

TEST_CASE("tutor: marks that the lesson has taken away again need not be made anew") {
  Classroom room(lesson_of({{"letter", "event = \"queue.delivered\""},
                            {"mark", "event = \"pop3.dele\""},
                            {"unmark", "event = \"pop3.rset\""},
                            {"look", "event = \"pop3.stat\""}}));
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox", "DELE 1"});
  CHECK(room.at("unmark"));
  CHECK_FALSE(has(room.type("RSET"), "Back to"));
  CHECK(room.at("look"));
}

TEST_CASE("tutor: a connection that the lesson has broken is not mourned") {
  Classroom room(lesson_of({{"letter", "event = \"queue.delivered\""},
                            {"login", "event = \"pop3.auth\""},
                            {"mark", "event = \"pop3.dele\""},
                            {"break", "event = \"pop3.close\", clean = false"},
                            {"return", "event = \"pop3.auth\", count = 1"}}));
  room.connect(Protocol::smtp);
  room.send(smtp_half);
  room.wait();
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox", "DELE 1"});
  CHECK_FALSE(has(room.drop(), "Back to"));
  CHECK(room.at("return"));
  room.connect(Protocol::pop3);
  room.type({"USER s9360511", "PASS sandbox"});
  CHECK(room.tutor.finished());
}

TEST_CASE("tutor: EHLO from before STARTTLS does not count behind it") {
  const sandbox::Lesson lesson =
      lesson_of({{"encrypt", "event = \"smtp.starttls\""},
                 {"again", "event = \"smtp.helo\", verb = \"EHLO\", same = \"smtp\""}});
  sandbox::Tutor tutor(lesson, lab_variables());
  (void)tutor.begin({});
  const auto tell = [&](std::string_view name, std::vector<wire::Field> fields) {
    wire::Event event;
    event.session = 1;
    event.name = name;
    event.fields = std::move(fields);
    (void)tutor.on(event);
    wire::Event reply;
    reply.session = 1;
    reply.name = wire::event::server_line;
    reply.fields = {{"text", std::string("250 ok")}, {"last", true}};
    (void)tutor.on(reply);
  };
  const std::vector<wire::Field> hello{{"verb", std::string("EHLO")}, {"code", std::int64_t{250}}};
  tell(wire::event::smtp_connect, {});
  tell(wire::event::smtp_helo, hello);
  tell(wire::event::smtp_starttls, {{"code", std::int64_t{220}}});
  REQUIRE_FALSE(tutor.finished());
  CHECK(tutor.step().id == "again");
  tell(wire::event::smtp_helo, hello);
  CHECK(tutor.finished());
}

}  // namespace sandpost::tests
