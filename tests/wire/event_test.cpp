#include "wire/event.hpp"

#include <doctest/doctest.h>

#include <string>

#include "wire/vocabulary.hpp"

using namespace sandpost;
using namespace sandpost::wire;
using namespace std::string_literals;

namespace {

Event some_event() {
  Event event;
  event.when.time = Time{std::chrono::milliseconds{1'003'107'600'123}};
  event.session = 7;
  event.client = "127.0.0.1:40312";
  event.learner = "s9360511";
  event.name = "pop3.list";
  event.fields = {{"count", std::int64_t{2}}, {"ok", true}, {"text", "a\"b"s}};
  return event;
}

}  // namespace

TEST_CASE("event: a text is found by its field's name, wherever it stands") {
  const std::vector<wire::Field> fields{{"code", std::int64_t{235}},
                                        {"user", std::string("ada")},
                                        {"mechanism", std::string("PLAIN")}};
  CHECK(wire::text_of(fields, "user") == "ada");
  CHECK(wire::text_of(fields, "code").empty());
  CHECK(wire::text_of(fields, "none").empty());
}

TEST_CASE("event: fields are found by name and type") {
  const Event event = some_event();
  CHECK(event.number("count") == 2);
  CHECK(event.flag("ok"));
  CHECK(event.text("text") == "a\"b");
  CHECK(event.find("nothing") == nullptr);
  CHECK(event.text("count").empty());
  CHECK(event.number("text") == 0);
  CHECK_FALSE(event.flag("count"));
}

TEST_CASE("event: one JSON object on one line, in this order") {
  CHECK(to_json(some_event()) ==
        "{\"time\":1003107600123,\"session\":7,\"client\":\"127.0.0.1:40312\",\"learner\":"
        "\"s9360511\","
        "\"event\":\"pop3.list\",\"count\":2,\"ok\":true,\"text\":\"a\\\"b\"}");
}

TEST_CASE("event: no octet of a text breaks the line or the JSON") {
  Event event;
  event.name = "wire.client";
  event.fields = {{"text", "\r\n\x1B\x00\x7F\xFF\xE4\xBD\xA0"s}};
  const std::string json = to_json(event);
  CHECK(json.find("\"text\":\"\\r\\n\\u001b\\u0000\x7F\\\\xFF\xE4\xBD\xA0\"") != std::string::npos);
  CHECK(json.find('\n') == std::string::npos);
}

TEST_CASE("event: read back from its JSON, it is the same") {
  Event event;
  event.when = {Time{std::chrono::milliseconds{1795413802123}}, std::chrono::hours{8}};
  event.session = 7;
  event.client = "127.0.0.1:40001";
  event.learner = "s9360511";
  event.name = event::smtp_mail;
  event.fields = {{"brackets", true}, {"code", std::int64_t{250}}, {"from", "a\"\n@b"s}};
  const auto read = event_from_json(to_json(event), std::chrono::hours{8});
  REQUIRE(read);
  CHECK(to_json(*read) == to_json(event));
  CHECK(read->when.offset == std::chrono::hours{8});
  CHECK(read->name.data() == find_event(event::smtp_mail)->name.data());  // a literal
}

TEST_CASE("event: what is no event of the vocabulary is not read as one") {
  for (const char* line : {"", "{", "[]", "{}", "{\"event\":\"smtp.nothing\"}", "{\"event\":3}",
                           "{\"control\":\"ok\"}"}) {
    CAPTURE(line);
    CHECK_FALSE(event_from_json(line, {}));
  }
  const auto odd =
      event_from_json(R"({"event":"smtp.mail","time":"x","code":{},"new":1,"from":"a"})", {});
  REQUIRE(odd);
  CHECK(odd->fields.size() == 1);
  CHECK(odd->text("from") == "a");
}
