// Records of several learners, and what is masked in them.

#include "sandbox/record.hpp"

#include <doctest/doctest.h>

#include "sandbox/masks.hpp"
#include "sandbox/recorder.hpp"
#include "tests/sandbox/classroom.hpp"
#include "tests/support/temporary_folder.hpp"

namespace sandpost::tests {
namespace {

wire::Event event_of(std::uint64_t session, const std::string& learner, std::string_view name,
                     std::vector<wire::Field> fields = {}) {
  wire::Event event;
  event.session = session;
  event.learner = learner;
  event.name = name;
  event.fields = std::move(fields);
  return event;
}

std::string head_line() {
  return sandbox::to_line(sandbox::RecordHead{{}, "ntut-2001", 1, "10s", lab_variables(), {}});
}

std::string connects(std::uint64_t session) {
  return '\n' + wire::to_json(event_of(session, "", wire::event::smtp_connect));
}

}  // namespace

TEST_CASE("record: of one learner it holds the whole sessions and letters of that one") {
  sandbox::Record all;
  all.head.names = lab_variables();
  const std::int64_t letter = 7;
  all.events = {event_of(1, "", wire::event::smtp_connect),
                event_of(2, "", wire::event::smtp_connect),
                event_of(3, "", wire::event::smtp_connect),
                event_of(1, "amy", wire::event::smtp_mail),
                event_of(2, "ben", wire::event::smtp_mail),
                event_of(1, "amy", wire::event::queue_accepted, {{"queue", letter}}),
                event_of(0, "ben", wire::event::queue_delivered, {{"queue", letter}}),
                event_of(0, "ben", wire::event::queue_delivered, {{"queue", letter + 1}}),
                event_of(0, "Amy", wire::event::queue_delivered, {{"queue", letter + 2}})};
  const auto amy = sandbox::record_of(all, "Amy");
  CHECK(amy.head.names.at("user") == "Amy");
  CHECK(amy.head.names.at("me") == "Amy@ntut.edu.tw");
  REQUIRE(amy.events.size() == 5);
  CHECK(amy.events[0].session == 1);
  CHECK(amy.events[3].number("queue") == letter);
  CHECK(amy.events[4].number("queue") == letter + 2);
  CHECK(sandbox::record_of(all, "cy").events.empty());
}

TEST_CASE("record: a session that was another learner's does not count") {
  const auto record = sandbox::parse_record(head_line() + connects(1) + connects(2) + '\n' +
                                            sandbox::left_out_line(1) + connects(3) + '\n');
  REQUIRE(record);
  CHECK(record->problems.empty());
  REQUIRE(record->events.size() == 2);
  CHECK(record->events[0].session == 2);
}

TEST_CASE("record: what was answered to a question comes back as it was") {
  const sandbox::RecordAnswer given{{}, 2, "Who \"decides\"?", "\xE4\xBF\xA1\t\\", true};
  const auto record = sandbox::parse_record(head_line() + '\n' + sandbox::to_line(given) + '\n');
  REQUIRE(record);
  CHECK(record->notes.empty());
  REQUIRE(record->answers.size() == 1);
  CHECK(record->answers[0].question == given.question);
  CHECK(record->answers[0].ask == given.ask);
  CHECK(record->answers[0].answer == given.answer);
  CHECK(record->answers[0].good);
}

TEST_CASE("record: keeps the text of a lesson that is not built in") {
  sandbox::RecordHead head;
  head.toml = "id = \"x\"\n\"quoted\" \xE4\xBF\xA1\n";
  const auto record = sandbox::parse_record(sandbox::to_line(head) + '\n');
  REQUIRE(record);
  CHECK(record->head.toml == head.toml);
}

TEST_CASE("record: a misspelt folder made folders above the one that was meant") {
  const db::TemporaryFolder folder;
  for (const char* name : {"nope/x", "nope/x/"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(sandbox::check_record_folder(folder.file(name)), std::runtime_error);
  }
  CHECK(folder.contents().empty());
  for (const char* name : {"here", "here/", "here/below/", "here"}) {
    CAPTURE(name);
    CHECK_NOTHROW(sandbox::check_record_folder(folder.file(name)));
  }
  CHECK(folder.contents().size() == 1);
}

TEST_CASE("masks: a secret is masked as a whole word, in any letter case and in base64") {
  sandbox::Masks masks;
  masks.add_secret("hush");
  masks.add_secret("abc");  // too short
  CHECK(masks.apply("hush, HUSH! hushed abc") == "********, ********! hushed abc");
  CHECK(masks.apply("AUTH aHVzaA==") == "AUTH ********");
  CHECK(masks.knows("Hush"));
  CHECK_FALSE(masks.knows("abc"));
}

}  // namespace sandpost::tests
