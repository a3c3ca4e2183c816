// The ways in besides USER and PASS, and what may come before: APOP, AUTH, STLS, UTF8, LANG.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::tests;
using pop3::Login;
using Outcome = wire::SaslStep::Outcome;

namespace {

World with_all() {
  World world = world_with(2);
  world.connection.timestamp = "<1896.697170952@dbc.mtview.ca.us>";
  world.settings.offers_tls = true;
  world.settings.mechanisms = {"SCRAM-SHA-256", "PLAIN"};
  return world;
}

std::string answer(const World& world, const std::string& before, const std::string& bytes) {
  const std::string had = play(world, before).out;
  const std::string all = play(world, before + bytes).out;
  REQUIRE(all.starts_with(had));
  return all.substr(had.size());
}

// "+" or "-" for each line.
std::string signs(const World& world, const std::string& bytes) {
  const auto lines = play(world, bytes).lines();
  std::string all;
  for (std::size_t i = 1; i < lines.size(); ++i)
    all += lines[i].front();
  return all;
}

}  // namespace

TEST_CASE("pop3 login: the greeting ends in the timestamp where there is one") {
  CHECK(play(with_all(), "").last_line().ends_with(" ready <1896.697170952@dbc.mtview.ca.us>"));
  CHECK(play(World{}, "").last_line().ends_with(" ready"));
}

TEST_CASE("pop3 login: CAPA tells what is on, STLS only before it is done and before the login") {
  const std::string sasl = "SASL SCRAM-SHA-256 PLAIN\r\n.\r\n";
  const std::string both = "IMPLEMENTATION sandpost\r\nSTLS\r\n" + sasl;
  const std::string one = "IMPLEMENTATION sandpost\r\n" + sasl;
  World world = with_all();
  CHECK(answer(world, "", "CAPA\r\n").ends_with(both));
  CHECK(answer(world, "STLS\r\n", "CAPA\r\n").ends_with(one));
  CHECK(answer(world, std::string(login), "CAPA\r\n").ends_with(one));
  world.connection.tls = true;
  CHECK(answer(world, "", "CAPA\r\n").ends_with(one));
}

TEST_CASE("pop3 login: APOP") {
  const World world = with_all();
  const std::string good = "APOP s9360511 " + world.digest + "\r\n";
  const auto played = play(world, good);
  CHECK(played.last_line().starts_with("+OK maildrop locked"));
  CHECK(played.proofs == std::vector{Login::Proof::apop_digest});
  CHECK(played.logins == std::vector<std::string>{"s9360511|" + world.digest});
  CHECK(played.last("pop3.auth").text("mechanism") == "APOP");
  CHECK(played.told().find(world.digest) == std::string::npos);
  const auto wrong = play(world, "APOP s9360511 00\r\n");
  CHECK(wrong.last_line().starts_with("-ERR [AUTH] "));
  CHECK(wrong.proofs == std::vector{Login::Proof::apop_digest});
  CHECK(signs(world, "APOP\r\nAPOP s9360511\r\nAPOP a b c\r\n" + good + good) == "---+-");
  World without = world;
  without.connection.timestamp.clear();
  CHECK(signs(without, good) == "-");
  CHECK(play(without, good).logins.empty());
}

TEST_CASE("pop3 login: AUTH, what is asked and what is said") {
  const wire::SaslStep ok{Outcome::accepted, {}, "s9360511"};
  const wire::SaslStep ask{Outcome::challenge, "hi", {}};
  const struct {
    std::string said;
    std::vector<wire::SaslStep> steps;
    std::string signs;
    std::vector<std::string> asked;
    std::size_t logins;
  } table[] = {
      {"AUTH PLAIN YQ==\r\nSTAT\r\n", {ok}, "++", {"PLAIN|a"}, 1},
      {"auth plain =\r\nSTAT\r\n", {ok}, "++", {"PLAIN|"}, 1},
      {"AUTH PLAIN\r\nYQ==\r\nSTAT\r\n", {ask, ok}, "+++", {"PLAIN|-", "|a"}, 1},
      {"AUTH PLAIN\r\n\r\nSTAT\r\n", {ask, ok}, "+++", {"PLAIN|-", "|"}, 1},
      {"AUTH PLAIN\r\n*\r\nCAPA x\r\nUTF8\r\n", {ask}, "+--+", {"PLAIN|-"}, 0},
      {"AUTH PLAIN\r\nQUIT!\r\nUTF8\r\n", {ask}, "+-+", {"PLAIN|-"}, 0},
      {"AUTH PLAIN !!\r\nAUTH X\r\nAUTH\r\nUTF8\r\n", {}, "---+", {}, 0},
      {"AUTH PLAIN YQ==\r\nSTAT\r\n", {{Outcome::refused, {}, {}}}, "--", {"PLAIN|a"}, 0},
      {"AUTH PLAIN YQ==\r\nSTAT\r\n", {{Outcome::malformed, {}, {}}}, "--", {"PLAIN|a"}, 0},
      {"AUTH PLAIN YQ==\r\nSTAT\r\n", {{Outcome::unavailable, {}, {}}}, "--", {"PLAIN|a"}, 0},
      {"AUTH PLAIN YQ==\r\nAUTH PLAIN YQ==\r\n", {ok}, "+-", {"PLAIN|a"}, 1},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    World world = with_all();
    world.sasl = row.steps;
    const auto played = play(world, row.said);
    CHECK(signs(world, row.said) == row.signs);
    CHECK(played.sasl == row.asked);
    CHECK(played.logins.size() == row.logins);
    for (const Login::Proof proof : played.proofs)
      CHECK(proof == Login::Proof::sasl);
  }
  World world = with_all();
  world.sasl = {ask, ok};
  CHECK(answer(world, "", "AUTH PLAIN\r\n") == "+ aGk=\r\n");
  const auto played = play(world, "AUTH PLAIN c2VjcmV0\r\nc2VjcmV0\r\n");
  CHECK(played.told().find("c2VjcmV0") == std::string::npos);
  CHECK(played.last("pop3.auth").text("mechanism") == "PLAIN");
  CHECK(played.last("pop3.auth").text("user") == "s9360511");
  world.sasl = {{Outcome::refused, {}, {}}};
  CHECK(play(world, "AUTH PLAIN YQ==\r\n").last_line().starts_with("-ERR [AUTH] "));
  world.sasl = {{Outcome::unavailable, {}, {}}};
  CHECK(play(world, "AUTH PLAIN YQ==\r\n").last_line().starts_with("-ERR [SYS/TEMP] "));
}

TEST_CASE("pop3 login: STLS begins anew, and what is sent behind it in the clear is never run") {
  const World world = with_all();
  const auto played = play(world, "USER s9360511\r\nSTLS\r\n");
  CHECK(played.handshakes == 1);
  CHECK(played.count("pop3.stls") == 1);
  CHECK(answer(world, "USER s9360511\r\nSTLS\r\n", "PASS sandbox\r\n").starts_with("-ERR "));
  CHECK(signs(world, "STLS\r\nSTLS\r\nSTLS x\r\n") == "+--");
  CHECK(signs(world, std::string(login) + "STLS\r\n") == "++-");
  Session session(world);
  session.say("STLS\r\nUSER s9360511\r\nPASS sandbox\r\nQU");
  CHECK(session.played.handshakes == 1);
  CHECK(session.played.logins.empty());
  CHECK(session.played.lines().size() == 2);
  session.say("UTF8\r\n");
  CHECK(session.played.lines().size() == 3);
  CHECK(session.played.last_line().starts_with("+OK"));
}

TEST_CASE("pop3 login: UTF8 and LANG") {
  CHECK(before_login("UTF8") == "+OK letters come as they are\r\n");
  CHECK(before_login("UTF8 x").starts_with("-ERR "));
  CHECK(after_login("UTF8").starts_with("-ERR "));
  for (const char* said : {"LANG en", "LANG EN", "LANG *"}) {
    CAPTURE(said);
    CHECK(before_login(said) == "+OK en this is English\r\n");
    CHECK(after_login(said) == "+OK en this is English\r\n");
  }
  CHECK(before_login("LANG") == "+OK there is one\r\nen English\r\n.\r\n");
  CHECK(before_login("LANG zh").starts_with("-ERR "));
  CHECK(before_login("LANG en zh").starts_with("-ERR "));
}

TEST_CASE("pop3 login: AUTH where there is no mechanism does not offer an empty list") {
  CHECK(before_login("AUTH PLAIN") == "-ERR AUTH is not done here\r\n");
  CHECK(before_login("AUTH") == "-ERR write it like this: AUTH PLAIN\r\n");
  CHECK(answer(with_all(), "", "AUTH NTLM\r\n") ==
        "-ERR mechanism not known; mine are: SCRAM-SHA-256 PLAIN\r\n");
}

TEST_CASE("pop3 login: what an unknown word is answered with names what is offered now") {
  const auto known = [](const World& world, const std::string& before) {
    return play(world, before + "FROBNICATE\r\n").last_line();
  };
  CHECK(known(with_all(), "")
            .ends_with("I know USER, PASS, APOP, AUTH, STLS, UTF8, LANG, CAPA and QUIT"));
  CHECK(known(with_all(), "STLS\r\n")
            .ends_with("I know USER, PASS, APOP, AUTH, UTF8, LANG, CAPA and QUIT"));
  CHECK(
      known(with_all(), std::string(login))
          .ends_with("I know LANG, CAPA, STAT, LIST, UIDL, RETR, DELE, RSET, NOOP, TOP and QUIT"));
}

TEST_CASE("pop3 login: APOP and AUTH without an argument lack no number") {
  for (const char* said : {"APOP\r\n", "APOP bob\r\n", "AUTH\r\n"}) {
    CAPTURE(said);
    CHECK(play(with_all(), said).last("pop3.error").text("cause") == "no_argument");
  }
}

TEST_CASE("pop3 login: the last USER counts") {
  const auto played = play(with_all(), "USER bob\r\nUSER s9360511\r\nPASS sandbox\r\n");
  CHECK(played.logins == std::vector<std::string>{"s9360511|sandbox"});
}

TEST_CASE("pop3 login: UTF8 and STLS in either order") {
  CHECK(signs(with_all(), "UTF8\r\nSTLS\r\nUTF8\r\nUTF8\r\n") == "++++");
}

TEST_CASE("pop3 login: a line of AUTH may have 12288 octets, not one more") {
  World world = with_all();
  world.sasl = {{Outcome::challenge, "hi", {}}, {Outcome::accepted, {}, "s9360511"}};
  const std::string longest(12284, 'A');
  CHECK(play(world, "AUTH PLAIN\r\n" + longest + "\r\n").last_line().starts_with("+OK "));
  const auto played = play(world, "AUTH PLAIN\r\n" + longest + "AAA\r\nUTF8\r\n");
  CHECK(signs(world, "AUTH PLAIN\r\n" + longest + "AAA\r\nUTF8\r\n") == "+-+");
  CHECK(played.sasl.size() == 1);
}
