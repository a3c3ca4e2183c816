// Injected faults in the SMTP engine: each is played whole, line by line and byte by byte, each
// time with the same chances.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "script.hpp"
#include "support/faults.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;
using tests::faults_of;

namespace {

struct Setting {
  std::vector<std::string> rules;
  std::vector<double> chances = {};
  World world = {};
};

Played play_once(const Setting& setting, const std::vector<std::string>& pieces) {
  wire::Faults faults = faults_of(setting.rules, setting.chances);
  World world = setting.world;
  world.settings.faults = &faults;
  Dialogue dialogue(world);
  for (const std::string& piece : pieces)
    dialogue.say(piece);
  return dialogue.result();
}

Played play_faulty(const Setting& setting, const std::string& bytes) {
  std::vector<std::string> lines;
  std::vector<std::string> octets;
  for (const char c : bytes) {
    if (lines.empty() || lines.back().ends_with('\n')) lines.emplace_back();
    lines.back() += c;
    octets.emplace_back(1, c);
  }
  const Played whole = play_once(setting, {bytes});
  for (const auto& pieces : {lines, octets}) {
    const Played other = play_once(setting, pieces);
    CHECK(whole.out == other.out);
    CHECK(whole.closed == other.closed);
    CHECK(whole.told() == other.told());
    CHECK(whole.pauses == other.pauses);
    CHECK(whole.accepted.size() == other.accepted.size());
  }
  check_form(whole.lines());
  check_events(whole);
  check_told(whole);
  return whole;
}

using Pauses = std::vector<std::int64_t>;

const std::string letter = data + "hello\r\n.\r\n";

}  // namespace

TEST_CASE("smtp faults: a command is answered with the code that the rule names, and not done") {
  const auto played = play_faulty({{"rcpt:451"}}, recipient + "DATA\r\nQUIT\r\n");
  CHECK(played.codes() == "220 250 250 451 503 221");
  CHECK(played.lines().at(3) == "451 4.3.0 told to answer so: an injected fault, rcpt:451");
  CHECK(played.asked.empty());
  const wire::Event fault = played.last("fault");
  CHECK(fields_of(fault) == "rule=rcpt:451 verb=RCPT effect=answer milliseconds=0");
}

TEST_CASE("smtp faults: the refused line's error names the fault as its cause") {
  const auto played = play_faulty({{"mail:550"}}, sender);
  CHECK(fields_of(played.last("smtp.error")) ==
        "code=550 verb=MAIL line=MAIL FROM:<ann@client.example> cause=fault near= need= count=0 "
        "lost=no");
}

TEST_CASE("smtp faults: with a probability some are answered so, the others as ever") {
  const std::string to = "RCPT TO:<s9360511>\r\n";
  const auto played =
      play_faulty({{"rcpt:451:0.3"}, {0.1, 0.5, 0.29, 0.3}}, sender + to + to + to + to);
  CHECK(played.codes() == "220 250 250 451 250 451 250");
}

TEST_CASE("smtp faults: every command and no other word can be told to fail") {
  for (const char* verb : {"HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "VRFY", "EXPN",
                           "STARTTLS", "AUTH", "HELP", "QUIT"}) {
    CAPTURE(std::string(verb));
    const auto played = play_faulty({{to_lower(verb) + ":450"}}, std::string(verb) + " x\r\n");
    CHECK(played.codes() == "220 450");
    CHECK(played.last("smtp.error").text("cause") == "fault");
  }
  CHECK(play_faulty({{"bdat:450"}}, "BDAT 0\r\n").codes() == "220 450");
  CHECK(play_faulty({{"help:450"}}, "HELPME\r\n").codes() == "220 500");
}

TEST_CASE("smtp faults: the enhanced code fits the code, and HELO and EHLO have none") {
  const struct {
    const char* rule;
    const char* line;
    const char* reply;
  } table[] = {{"ehlo:502", "EHLO x", "502 told"},        {"helo:421", "HELO x", "421 mail.ntut"},
               {"rcpt:550", "RCPT TO:<x>", "550 5.1.1"},  {"rcpt:452", "RCPT TO:<x>", "452 4.2.2"},
               {"mail:452", "MAIL FROM:<>", "452 4.3.1"}, {"mail:550", "MAIL FROM:<>", "550 5.7.1"},
               {"data:459", "DATA", "459 4.0.0"},         {"data:559", "DATA", "559 5.0.0"},
               {"auth:535", "AUTH PLAIN", "535 5.7.8"},   {"data:554", "DATA", "554 5.0.0"},
               {"starttls:454", "STARTTLS", "454 4.7.0"}};
  for (const auto& row : table) {
    const auto played = play_once({{row.rule}}, {std::string(row.line) + "\r\n"});
    CHECK_MESSAGE(played.last_line().starts_with(row.reply), played.last_line());
  }
}

TEST_CASE("smtp faults: 421 closes the connection") {
  const auto played = play_faulty({{"rcpt:421"}}, recipient + "NOOP\r\n");
  CHECK(played.codes() == "220 250 250 421");
  CHECK(played.last_line() ==
        "421 4.3.2 mail.ntut.edu.tw closing the connection: an injected fault, rcpt:421");
  CHECK(played.closed);
}

TEST_CASE("smtp faults: after the final dot the letter is refused, and forgotten") {
  const auto played = play_faulty({{"message:552"}}, letter + "DATA\r\n");
  CHECK(played.codes() == "220 250 250 250 354 552 503");
  CHECK(played.lines().at(5) == "552 5.3.4 told to answer so: an injected fault, message:552");
  CHECK(played.accepted.empty());
  CHECK(fields_of(played.last("fault")) ==
        "rule=message:552 verb=MESSAGE effect=answer milliseconds=0");
  CHECK(played.count("smtp.message") == 0);
  const auto refused = play_faulty({{"message:552"}}, letter).last("smtp.error");
  CHECK(refused.text("line") == ".");
  CHECK(refused.flag("lost"));
}

TEST_CASE("smtp faults: a chunk that is refused is read, and not taken for commands") {
  const auto played = play_faulty({{"bdat:452:0.5"}, {0.1, 0.9}},
                                  recipient + "BDAT 6\r\nQUIT\r\nRSET\r\n" +
                                      "MAIL FROM:<>\r\nRCPT TO:<bob>\r\nBDAT 3 LAST\r\nx\r\n");
  CHECK(played.codes() == "220 250 250 250 452 250 250 250 250");
  CHECK_FALSE(played.closed);
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted[0].content == "x\r\n");
}

TEST_CASE("smtp faults: the point behind the letter is that of BDAT LAST, too") {
  const auto played = play_faulty({{"message:451", "delay:message:1s"}},
                                  recipient + "BDAT 3 LAST\r\nx\r\nNOOP\r\n");
  CHECK(played.codes() == "220 250 250 250 451 250");
  CHECK(played.pauses == Pauses{1000});
  CHECK(played.accepted.empty());
}

TEST_CASE("smtp faults: a dropped connection ends without a word, and nothing is done") {
  const auto played = play_faulty({{"drop:data"}}, letter);
  CHECK(played.codes() == "220 250 250 250");
  CHECK(played.closed);
  CHECK(played.count("smtp.data") == 0);
  CHECK(played.last("fault").text("effect") == "drop");
  CHECK_FALSE(played.last("smtp.close").flag("clean"));

  const auto after_dot = play_faulty({{"drop:message"}}, letter);
  CHECK(after_dot.codes() == "220 250 250 250 354");
  CHECK(after_dot.closed);
  CHECK(after_dot.accepted.empty());
  CHECK(after_dot.last("smtp.close").flag("lost_message"));
}

TEST_CASE("smtp faults: dropped behind the storing, the letter is there and its 250 is not") {
  const auto played = play_faulty({{"drop:stored"}}, letter);
  CHECK(played.codes() == "220 250 250 250 354");
  CHECK(played.closed);
  CHECK(played.accepted.size() == 1);
  CHECK(played.count("smtp.message") == 1);
  CHECK_FALSE(played.last("smtp.close").flag("lost_message"));
}

TEST_CASE("smtp faults: a dropped connection is a matter of chance, too") {
  const std::string noops = "NOOP\r\nNOOP\r\nNOOP\r\n";
  CHECK(play_faulty({{"drop:noop:0.5"}, {0.5, 0.9, 0.4}}, noops + noops).codes() == "220 250 250");
}

TEST_CASE("smtp faults: slow replies come late, in their order, and the letter whole") {
  const auto played = play_faulty({{"delay:2s"}}, letter + "XYZZY\r\nQUIT\r\n");
  CHECK(played.codes() == "220 250 250 250 354 250 500 221");
  CHECK(played.pauses == Pauses(7, 2000));
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted[0].content == "hello\r\n");

  const auto one = play_faulty({{"delay:rcpt:250ms", "delay:mail:1s:0.5"}, {0.7}}, letter);
  CHECK(one.codes() == "220 250 250 250 354 250");
  CHECK(one.pauses == Pauses{250});
}

TEST_CASE("smtp faults: the pause is before the deed, behind the replies to what came earlier") {
  wire::Faults faults = faults_of({"delay:rcpt:1s"});
  World world;
  world.settings.faults = &faults;
  tests::RecordingSink sink;
  smtp::Engine engine(world.settings, world.connection, sink);
  (void)engine.greeting();
  engine.feed(recipient);
  REQUIRE(std::holds_alternative<smtp::Send>(engine.next()));
  REQUIRE(std::holds_alternative<smtp::Pause>(engine.next()));
  CHECK(sink.last("smtp.rcpt").fields.empty());
  faults.set({});  // what was decided holds
  CHECK(std::holds_alternative<smtp::CheckMailbox>(engine.next()));
}

TEST_CASE("smtp faults: the server can stop, and the client go, in the middle of a pause") {
  for (const bool stops : {true, false}) {
    wire::Faults faults = faults_of({"delay:noop:1s"});
    World world;
    world.settings.faults = &faults;
    tests::RecordingSink sink;
    smtp::Engine engine(world.settings, world.connection, sink);
    (void)engine.greeting();
    engine.feed("NOOP\r\n");
    REQUIRE(std::holds_alternative<smtp::Pause>(engine.next()));
    if (stops) CHECK(engine.on_shutdown().starts_with("421 "));
    engine.on_disconnect();
    CHECK(std::holds_alternative<smtp::Close>(engine.next()));
    CHECK(sink.last("smtp.noop").fields.empty());
  }
}

TEST_CASE("smtp faults: a greylist puts a known recipient off once, an unknown one for ever") {
  const std::string to = "RCPT TO:<bob@ntut.edu.tw>\r\n";
  const auto played = play_faulty({{"greylist"}}, sender + to + "RCPT TO:<nobody>\r\n" + to + to);
  CHECK(played.codes() == "220 250 250 451 550 250 250");
  CHECK(played.lines().at(3) ==
        "451 4.7.1 not at the first try, come again later: an injected fault, greylist");
  CHECK(played.count("fault") == 1);
  CHECK(play_faulty({{"greylist"}}, sender + to).last("smtp.error").text("cause") == "fault");
}

TEST_CASE("smtp faults: a full mailbox is 452 at RCPT, but VRFY knows it") {
  Setting setting{{"quota:10k"}};
  setting.world.full = {"bob"};
  const auto played =
      play_faulty(setting, sender + "RCPT TO:<bob>\r\nRCPT TO:<s9360511>\r\nVRFY bob\r\n");
  CHECK(played.codes() == "220 250 250 452 250 250");
  CHECK(played.lines().at(3) ==
        "452 4.2.2 the mailbox is full, try again later: an injected fault, quota:10k");
}

TEST_CASE("smtp faults: a letter that makes the mailbox overflow is 452 after the dot") {
  Setting setting{{"quota:10k"}};
  setting.world.failure = smtp::StoreFailure::over_quota;
  const auto played = play_faulty(setting, letter);
  CHECK(played.codes() == "220 250 250 250 354 452");
  CHECK(played.last("smtp.error").text("cause") == "fault");
  CHECK(played.last("smtp.error").flag("lost"));
  CHECK(played.last("fault").text("verb") == "MESSAGE");
}

TEST_CASE("smtp faults: a login is refused at its end, or dropped there") {
  Setting setting{{"login:refuse"}};
  setting.world.settings.mechanisms = {"PLAIN"};
  setting.world.sasl = {{wire::SaslStep::Outcome::accepted, "", "bob"}};
  const std::string login = ehlo + "AUTH PLAIN AGJvYgBzYW5kYm94\r\nNOOP\r\n";
  const auto played = play_faulty(setting, login);
  CHECK(played.codes() == "220 250 535 250");
  CHECK(played.lines().at(played.lines().size() - 2) ==
        "535 5.7.8 told to answer so: an injected fault, login:refuse");
  CHECK(played.count("smtp.auth") == 0);
  CHECK(played.last("smtp.error").text("line") == "AUTH ********");
  setting.rules = {"login:[IN-USE]"};  // POP3's
  CHECK(play_faulty(setting, login).codes() == "220 250 235 250");
  setting.rules = {"drop:login"};
  CHECK(play_faulty(setting, login).codes() == "220 250");
}

TEST_CASE("smtp faults: they do not count as the client's errors") {
  Setting setting{{"noop:451"}};
  setting.world.settings.limits.errors = 2;
  const auto played = play_faulty(setting, "NOOP\r\nNOOP\r\nNOOP\r\nX\r\n");
  CHECK(played.codes() == "220 451 451 451 500");
  CHECK_FALSE(played.closed);
}

TEST_CASE("smtp faults: without a rule that fits nothing changes") {
  CHECK(play_faulty({{"retr:-ERR", "rcpt:451:0"}, {0.0}}, letter).out == play(World{}, letter).out);
}
