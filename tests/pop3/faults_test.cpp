// Injected faults in the POP3 engine, each played whole and byte by byte with the same chances.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/text.hpp"
#include "script.hpp"
#include "support/faults.hpp"

using namespace sandpost;
using namespace sandpost::tests;

namespace {

using Rules = std::vector<std::string>;
using Pauses = std::vector<std::int64_t>;

Played play_faulty(const Rules& rules, const std::string& bytes, World world = world_with(2),
                   const std::vector<double>& chances = {}) {
  const auto once = [&](bool by_byte) {
    wire::Faults faults = faults_of(rules, chances);
    world.settings.faults = &faults;
    Session session(world);
    if (!by_byte) session.say(bytes);
    for (const char byte : by_byte ? bytes : "")
      session.say(std::string_view(&byte, 1));
    return session.result();
  };
  const Played whole = once(false);
  const Played pieces = once(true);
  CHECK(whole.out == pieces.out);
  CHECK(whole.closed == pieces.closed);
  CHECK(whole.told() == pieces.told());
  CHECK(whole.pauses == pieces.pauses);
  CHECK(whole.deleted == pieces.deleted);
  return whole;
}

// The status indicators of all lines that have one: "++-".
std::string marks(const Played& played) {
  std::string all;
  for (const std::string& line : played.lines()) {
    if (line.starts_with("+OK")) all += '+';
    if (line.starts_with("-ERR")) all += '-';
  }
  return all;
}

const std::string in = std::string(login);

}  // namespace

TEST_CASE("pop3 faults: a command is refused as the rule says, and not done") {
  const auto played =
      play_faulty({"dele:-ERR", "stat:[SYS/TEMP]"}, in + "DELE 1\r\nSTAT\r\nQUIT\r\n");
  CHECK(played.lines().at(3) == "-ERR told to answer so: an injected fault, dele:-ERR");
  CHECK(played.lines().at(4) ==
        "-ERR [SYS/TEMP] told to answer so: an injected fault, stat:[SYS/TEMP]");
  CHECK(played.deleted.empty());
  CHECK(played.last("pop3.error").text("cause") == "fault");
  CHECK(played.last("pop3.error").text("line") == "STAT");
  CHECK(played.last("fault").text("rule") == "stat:[SYS/TEMP]");
}

TEST_CASE("pop3 faults: every command can be told to fail") {
  for (const char* verb : {"USER", "PASS", "APOP", "AUTH", "STLS", "UTF8", "LANG", "CAPA", "QUIT",
                           "STAT", "LIST", "UIDL", "RETR", "DELE", "RSET", "NOOP", "TOP"}) {
    CAPTURE(std::string(verb));
    const auto played = play_faulty({to_lower(verb) + ":-ERR"}, std::string(verb) + " x\r\n");
    CHECK(marks(played) == "+-");
    CHECK(played.last("pop3.error").text("cause") == "fault");
    CHECK_FALSE(played.closed);
  }
}

TEST_CASE("pop3 faults: chance decides where the rule leaves it to chance") {
  const auto played = play_faulty({"noop:-ERR:0.5"}, in + "NOOP\r\nNOOP\r\nNOOP\r\n", world_with(0),
                                  {0.6, 0.4, 0.5});
  CHECK(marks(played) == "++++-+");
}

TEST_CASE("pop3 faults: a login is refused though name and password are right") {
  const auto played = play_faulty({"login:refuse"}, in + "STAT\r\n");
  CHECK(played.lines().at(2) == "-ERR [AUTH] told to answer so: an injected fault, login:refuse");
  CHECK(marks(played) == "++--");
  CHECK(played.logins.empty());
  const wire::Event told = played.last("pop3.auth");
  CHECK_FALSE(told.flag("ok"));
  CHECK(told.text("cause") == "fault");
  CHECK(told.text("user") == "s9360511");
  CHECK(play_faulty({"login:[IN-USE]"}, in).last_line() ==
        "-ERR [IN-USE] told to answer so: an injected fault, login:[IN-USE]");
  CHECK(marks(play_faulty({"login:535"}, in)) == "+++");  // SMTP's
}

TEST_CASE("pop3 faults: APOP and AUTH are logins as well") {
  World world = world_with(0);
  world.connection.timestamp = "<1896.697170952@dbc.mtview.ca.us>";
  world.settings.mechanisms = {"PLAIN"};
  world.sasl = {{wire::SaslStep::Outcome::accepted, "", "s9360511"}};
  const auto apop =
      play_faulty({"login:refuse"}, "APOP s9360511 c4c9334bac560ecc979e58001b3e22fb\r\n", world);
  CHECK(marks(apop) == "+-");
  CHECK(apop.last("pop3.auth").text("mechanism") == "APOP");
  const auto auth = play_faulty({"login:refuse"}, "AUTH PLAIN AGEAYg==\r\nNOOP\r\n", world);
  CHECK(marks(auth) == "+--");
  CHECK(auth.last("pop3.auth").text("cause") == "fault");
}

TEST_CASE("pop3 faults: where QUIT is dropped nothing is deleted") {
  const auto played = play_faulty({"drop:quit"}, in + "DELE 1\r\nQUIT\r\n");
  CHECK(marks(played) == "++++");
  CHECK(played.closed);
  CHECK(played.deleted.empty());
  CHECK(played.last("pop3.close").number("marks_lost") == 1);
  CHECK_FALSE(played.last("pop3.close").flag("clean"));
  CHECK(marks(play_faulty({"drop:smtp.quit"}, in + "QUIT\r\n")) == "++++");
}

TEST_CASE("pop3 faults: slow replies come late, and in their order") {
  const auto played = play_faulty({"delay:1s", "delay:retr:500ms"}, in + "RETR 1\r\nX\r\nQUIT\r\n");
  CHECK(marks(played) == "++++-+");
  CHECK(played.pauses == Pauses{1000, 1000, 1500, 1000, 1000});
}

TEST_CASE("pop3 faults: a client that goes in the middle of a pause leaves nothing behind") {
  wire::Faults faults = faults_of({"delay:noop:1s"});
  World world = world_with(1);
  world.settings.faults = &faults;
  RecordingSink sink;
  pop3::Engine engine(world.settings, world.connection, sink);
  (void)engine.greeting();
  engine.feed("NOOP\r\n");
  REQUIRE(std::holds_alternative<pop3::Pause>(engine.next()));
  engine.on_disconnect();
  CHECK(std::holds_alternative<pop3::Close>(engine.next()));
  CHECK(sink.last("pop3.error").fields.empty());
}

TEST_CASE("pop3 faults: they do not count as the client's errors") {
  World world = world_with(0);
  world.settings.limits.errors = 2;
  const auto played = play_faulty({"noop:-ERR"}, "NOOP\r\nNOOP\r\nNOOP\r\nX\r\n", world);
  CHECK(marks(played) == "+----");
  CHECK_FALSE(played.closed);
}
