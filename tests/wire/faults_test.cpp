#include "wire/faults.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/faults.hpp"
#include "support/recording_sink.hpp"

using namespace sandpost;
using namespace sandpost::tests;
using wire::Faults;
using Effect = Faults::Effect;
using Protocol = Faults::Protocol;
using std::chrono::milliseconds;

namespace {

// The rule in one line: protocols, effect, where, and what there is besides.
std::string in_words(const std::string& text) {
  const Faults::Rule rule = fault(text);
  CHECK(rule.text == text);
  const char* effects[] = {"answer", "greylist", "wait", "drop", "quota"};
  std::string out = std::string(rule.smtp ? "S" : "") + (rule.pop3 ? "P" : "") + ' ' +
                    effects[static_cast<int>(rule.effect)];
  if (!rule.point.empty()) out += ' ' + rule.point;
  if (rule.code != 0) out += ' ' + std::to_string(rule.code);
  if (!rule.response_code.empty()) out += " [" + rule.response_code + ']';
  if (rule.time.count() > 0) out += ' ' + std::to_string(rule.time.count()) + "ms";
  if (rule.octets > 0) out += ' ' + std::to_string(rule.octets) + " octets";
  if (rule.probability < 1) {
    out += " p=" + std::to_string(static_cast<int>(rule.probability * 1000));
  }
  return out;
}

std::string why_not(const std::string& text) {
  const auto rule = Faults::parse(text);
  REQUIRE_MESSAGE(!rule, text);
  return rule.error();
}

std::string verdict(Faults& faults, Protocol protocol, std::string_view point) {
  RecordingSink sink;
  const Faults::Verdict found = faults.ask(protocol, point, sink);
  std::string out = std::to_string(found.wait.count());
  if (found.end) out += ' ' + found.end->text;
  return out;
}

}  // namespace

TEST_CASE("faults: every kind of rule is understood") {
  CHECK(in_words("rcpt:451") == "S answer RCPT 451");
  CHECK(in_words("rcpt:451:0.3") == "S answer RCPT 451 p=300");
  CHECK(in_words("RCPT:550:1") == "S answer RCPT 550");
  CHECK(in_words("data:554:0") == "S answer DATA 554 p=0");
  CHECK(in_words("message:552") == "S answer MESSAGE 552");
  CHECK(in_words("starttls:454:.5") == "S answer STARTTLS 454 p=500");
  CHECK(in_words("quit:421") == "S answer QUIT 421");  // a number is SMTP's
  CHECK(in_words("noop:-err") == "P answer NOOP");     // and this is POP3's
  CHECK(in_words("retr:-ERR:0.25") == "P answer RETR p=250");
  CHECK(in_words("stat:[sys/temp]") == "P answer STAT [SYS/TEMP]");
  CHECK(in_words("auth:454") == "S answer AUTH 454");
  CHECK(in_words("greylist") == "S greylist");
  CHECK(in_words("greylist:10s") == "S greylist 10000ms");
  CHECK(in_words("delay:2s") == "SP wait 2000ms");
  CHECK(in_words("delay:250ms:0.5") == "SP wait 250ms p=500");
  CHECK(in_words("delay:rcpt:2m") == "S wait RCPT 120000ms");
  CHECK(in_words("delay:message:1h:0.5") == "S wait MESSAGE 3600000ms p=500");
  CHECK(in_words("delay:noop:0s") == "SP wait NOOP");
  CHECK(in_words("delay:pop3.noop:1s") == "P wait NOOP 1000ms");
  CHECK(in_words("drop:data") == "S drop DATA");
  CHECK(in_words("drop:quit") == "SP drop QUIT");
  CHECK(in_words("drop:smtp.quit:0.5") == "S drop QUIT p=500");
  CHECK(in_words("drop:message") == "S drop MESSAGE");
  CHECK(in_words("drop:stored") == "S drop STORED");
  CHECK(in_words("drop:login") == "SP drop LOGIN");
  CHECK(in_words("login:refuse") == "SP answer LOGIN 535 [AUTH]");
  CHECK(in_words("pop3.login:refuse:0.5") == "P answer LOGIN 535 [AUTH] p=500");
  CHECK(in_words("login:[IN-USE]") == "P answer LOGIN [IN-USE]");
  CHECK(in_words("login:454") == "S answer LOGIN 454");
  CHECK(in_words("quota:500") == "S quota 500 octets");
  CHECK(in_words("quota:10k") == "S quota 10240 octets");
  CHECK(in_words("quota:2M") == "S quota 2097152 octets");
  CHECK(in_words("quota:0") == "S quota");
}

TEST_CASE("faults: what is no rule says what to write") {
  const std::string no_rule =
      "is no rule: write one such as rcpt:451, retr:-ERR, greylist, delay:2s, drop:data, "
      "login:refuse or quota:10k";
  const std::string no_command =
      "is no command of these servers: write one, such as rcpt or retr, or message";
  const std::string no_code =
      "is no reply code of a refusal: write one from 400 to 459 or from 500 to 559";
  const std::string no_time = "is not a time: write a number and a unit (ms, s, m, h), such as 10s";
  const std::string no_chance = "is no probability: write a number from 0 to 1, such as 0.3";
  const std::string delay =
      "delay takes a time, or a command and a time: write delay:2s or delay:rcpt:2s";
  const std::string drop =
      "drop takes a command, and a probability: write drop:data or drop:data:0.5";
  const std::string quota =
      "quota takes the octets of a mailbox: write quota:500, quota:10k or quota:2m";
  const struct {
    const char* text;
    std::string why;
  } table[] = {
      {"", "'' " + no_rule},
      {"rcpt", "'rcpt' " + no_rule},
      {":", "'' " + no_command},
      {"xyz:451", "'xyz' " + no_command},
      {"smtp.retr:-ERR", "'smtp.retr' " + no_command},
      {"pop3.rcpt:451", "'pop3.rcpt' " + no_command},
      {"pop3.message:451", "'pop3.message' " + no_command},
      {"rcpt:250", "'250' " + no_code},
      {"rcpt:354", "'354' " + no_code},
      {"rcpt:45", "'45' " + no_code},
      {"rcpt:460", "'460' " + no_code},
      {"rcpt:4511", "'4511' " + no_code},
      {"rcpt:600", "'600' " + no_code},
      {"rcpt:", "'' is no answer: write a code such as 451"},
      {"rcpt:refuse", "'refuse' is no answer: write a code such as 451"},
      {"retr:no", "'no' is no answer: write -ERR or a code such as [SYS/TEMP]"},
      {"retr:[]", "'[]' is no answer: write -ERR or a code such as [SYS/TEMP]"},
      {"retr:[a]b]", "'[a]b]' is no answer: write -ERR or a code such as [SYS/TEMP]"},
      {"retr:[a b]", "'[a b]' is no answer: write -ERR or a code such as [SYS/TEMP]"},
      {"noop:x", "'x' is no answer: write a code such as 451, -ERR or [SYS/TEMP]"},
      {"login:no", "'no' is no answer: write refuse, a code such as 454, or [IN-USE]"},
      {"retr:451", "POP3 has no reply codes: write retr:-ERR or retr:[SYS/TEMP]"},
      {"pop3.noop:451", "POP3 has no reply codes: write noop:-ERR or noop:[SYS/TEMP]"},
      {"rcpt:-ERR", "SMTP answers with a number: write a code such as 451"},
      {"rcpt:451:x", "'x' is too much: write rcpt:451, or a probability behind it"},
      {"rcpt:451:0.5:0.5", "'0.5' is too much: write rcpt:451, or a probability behind it"},
      {"rcpt:451:1.1", "'1.1' " + no_chance},
      {"rcpt:451:-0.1", "'-0.1' " + no_chance},
      {"rcpt:451:30%", "'30%' " + no_chance},
      {"rcpt:451:0.3.0", "'0.3.0' " + no_chance},
      {"rcpt:451:.", "'.' " + no_chance},
      {"stored:451", "only drop goes with stored: write drop:stored"},
      {"greylist:soon", "'soon' " + no_time},
      {"greylist:1s:2s", "greylist takes a time and no more: write greylist:10s"},
      {"delay", delay},
      {"delay:rcpt:mail:2s", delay},
      {"delay:2", "'2' " + no_time},
      {"delay:rcpt", "'rcpt' " + no_time},
      {"delay:rcpt:2", "'2' " + no_time},
      {"delay:2s:1.5", "'1.5' " + no_chance},
      {"delay:xyz:2s", "'xyz' " + no_command},
      {"delay:61m", "'61m' is too long: write 1h at most"},
      {"delay:login:2s", "login has no reply of its own: write delay:pass:2s or delay:auth:2s"},
      {"delay:stored:2s", "only drop goes with stored: write delay:message:2s or drop:stored"},
      {"drop", drop},
      {"drop:data:x", drop},
      {"drop:", "'' " + no_command},
      {"drop:xyz", "'xyz' " + no_command},
      {"quota", quota},
      {"quota:", quota},
      {"quota:k", quota},
      {"quota:-1", quota},
      {"quota:10g", quota},
      {"quota:10kk", quota},
      {"quota:1:2", quota},
      {"quota:99999999999999999999", quota},
      {"quota:9999999999m", quota},
  };
  for (const auto& row : table) {
    CAPTURE(std::string(row.text));
    CHECK(why_not(row.text) == row.why);
  }
}

TEST_CASE("faults: a rule strikes where it is named, and in its own protocol") {
  Faults faults = faults_of({"rcpt:451", "drop:pop3.quit", "delay:noop:1s", "delay:2s"});
  CHECK(verdict(faults, Protocol::smtp, "RCPT") == "2000 rcpt:451");
  CHECK(verdict(faults, Protocol::smtp, "MAIL") == "2000");
  CHECK(verdict(faults, Protocol::smtp, "QUIT") == "2000");
  CHECK(verdict(faults, Protocol::pop3, "QUIT") == "2000 drop:pop3.quit");
  CHECK(verdict(faults, Protocol::smtp, "NOOP") == "3000");  // those that wait add up
  CHECK(verdict(faults, Protocol::smtp, "") == "2000");      // a word that is no command
  CHECK(verdict(faults, Protocol::smtp, Faults::message) == "2000");
  CHECK(verdict(faults, Protocol::smtp, Faults::login) == "0");  // these have no reply of their own
  CHECK(verdict(faults, Protocol::smtp, Faults::stored) == "0");
}

TEST_CASE("faults: of those that end a command the first that strikes counts") {
  Faults faults = faults_of({"rcpt:451:0.5", "drop:rcpt", "rcpt:550"}, {0.5, 0.49});
  CHECK(verdict(faults, Protocol::smtp, "RCPT") == "0 drop:rcpt");
  CHECK(verdict(faults, Protocol::smtp, "RCPT") == "0 rcpt:451:0.5");
}

TEST_CASE("faults: a probability is a chance for each command, and 1 and 0 are certain") {
  Faults faults = faults_of({"rcpt:451:0.3", "mail:451:0"}, {0.0, 0.3, 0.29, 0.999, 0.0});
  CHECK(verdict(faults, Protocol::smtp, "RCPT") == "0 rcpt:451:0.3");
  CHECK(verdict(faults, Protocol::smtp, "RCPT") == "0");
  CHECK(verdict(faults, Protocol::smtp, "RCPT") == "0 rcpt:451:0.3");
  CHECK(verdict(faults, Protocol::smtp, "DATA") == "0");  // draws nothing
  CHECK(verdict(faults, Protocol::smtp, "RCPT") == "0");
  CHECK(verdict(faults, Protocol::smtp, "MAIL") == "0");
}

TEST_CASE("faults: each rule that strikes is told, with what it does") {
  Faults faults = faults_of({"delay:1500ms", "rcpt:451", "drop:data"});
  RecordingSink sink;
  (void)faults.ask(Protocol::smtp, "RCPT", sink);
  (void)faults.ask(Protocol::smtp, "DATA", sink);
  std::string told;
  for (const wire::Event& event : sink.events) {
    CHECK(event.name == "fault");
    told += event.text("rule") + ' ' + event.text("verb") + ' ' + event.text("effect") + ' ' +
            std::to_string(event.number("milliseconds")) + '\n';
  }
  CHECK(told ==
        "delay:1500ms RCPT wait 1500\nrcpt:451 RCPT answer 0\n"
        "delay:1500ms DATA wait 1500\ndrop:data DATA drop 0\n");
}

TEST_CASE("faults: a greylist puts off the first try of each client, sender and recipient") {
  Faults faults = faults_of({"greylist"});
  RecordingSink sink;
  const auto put_off = [&](std::string_view client, std::string_view from, std::string_view to) {
    return faults.greylist(client, from, to, sink).has_value();
  };
  CHECK(put_off("127.0.0.1", "a@b.c", "bob"));
  CHECK_FALSE(put_off("127.0.0.1", "a@b.c", "bob"));
  CHECK_FALSE(put_off("127.0.0.1", "a@b.c", "BOB"));
  CHECK(put_off("127.0.0.2", "a@b.c", "bob"));
  CHECK(put_off("127.0.0.1", "", "bob"));
  CHECK(put_off("127.0.0.1", "a@b.c", "ann"));
  CHECK(sink.events.size() == 4);
  faults.add(fault("rcpt:451"));
  CHECK_FALSE(put_off("127.0.0.1", "a@b.c", "bob"));
  faults.set({fault("greylist")});  // forgets
  CHECK(put_off("127.0.0.1", "a@b.c", "bob"));
  faults.set({});
  CHECK_FALSE(put_off("127.0.0.1", "a@b.c", "new"));
}

TEST_CASE(
    "faults: a greylist with a time puts off until that time has passed since the first try") {
  Faults faults = faults_of({"greylist:10s"});
  RecordingSink sink;
  const auto put_off = [&](int at) {
    faults.set_time(Time{std::chrono::seconds{1000 + at}});
    return faults.greylist("127.0.0.1", "a@b.c", "bob", sink).has_value();
  };
  CHECK(put_off(0));
  CHECK(put_off(5));
  CHECK(put_off(9));
  CHECK_FALSE(put_off(10));
  CHECK_FALSE(put_off(11));
}

TEST_CASE("faults: the greylist's memory is bounded") {
  Faults faults = faults_of({"greylist"});
  RecordingSink sink;
  for (int i = 0; i < 10'000; ++i)
    (void)faults.greylist("127.0.0.1", std::to_string(i), "bob", sink);
  CHECK(faults.greylist("127.0.0.1", "one more", "bob", sink));
  CHECK(faults.greylist("127.0.0.1", "0", "bob", sink));  // forgotten with all the others
}

TEST_CASE("faults: of several quotas the smallest counts") {
  CHECK_FALSE(faults_of({"rcpt:451"}).quota());
  Faults faults = faults_of({"quota:10k", "rcpt:451", "quota:1k", "quota:2k"});
  CHECK(faults.quota() == 1024);
  RecordingSink sink;
  const auto rule = faults.over_quota("RCPT", sink);
  REQUIRE(rule);
  CHECK(rule->text == "quota:1k");
  CHECK(sink.last("fault").text("effect") == "answer");
  faults.set({});
  CHECK_FALSE(faults.over_quota("RCPT", sink));
  CHECK_FALSE(faults.any());
}
