// The dialogue itself: every verb in both states, what it says and what it asks the store for.

#include <doctest/doctest.h>

#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::tests;

namespace {

std::string message_of(std::size_t n) {
  return "Return-Path: <>\r\nSubject: " + std::to_string(n) + "\r\n\r\nbody\r\n..hidden\r\n";
}

}  // namespace

TEST_CASE("pop3: the lab's second half, as the sheet has it") {
  World world;
  world.letters = {lab_letter()};
  const Played played = play(world,
                             "user s9360511\r\npass sandbox\r\nLIST\r\nRETR 1\r\nDELE 1\r\nLIST\r\n"
                             "QUIT\r\n");
  CHECK(played.out ==
        "+OK mail.ntut.edu.tw sandpost POP3 ready\r\n"
        "+OK now the password\r\n"
        "+OK maildrop locked, 1 message (211 octets)\r\n"
        "+OK 1 message (211 octets)\r\n"
        "1 211\r\n"
        ".\r\n"
        "+OK 211 octets\r\n"
        "Return-Path: <s9360511@ntut.edu.tw>\r\n"
        "Received: from ntut.edu.tw ([127.0.0.1])\r\n"
        "    by mail.ntut.edu.tw with SMTP id 1;\r\n"
        "    Mon, 23 Nov 2026 14:03:22 +0800\r\n"
        "Subject: my first mail by hand\r\n"
        "\r\n"
        "Hello, this is me.\r\n"
        ".\r\n"
        "+OK message 1 marked, QUIT will delete it\r\n"
        "+OK 0 messages (0 octets)\r\n"
        ".\r\n"
        "+OK bye, 1 message deleted\r\n");
  CHECK(played.closed);
  CHECK(played.deleted == std::vector<mail::QueueNumber>{101});
}

TEST_CASE("pop3: USER says +OK to every name, and PASS never says which of the two was wrong") {
  const World world = world_with(1);
  const auto wrong_name = play(world, "USER nobody\r\nPASS sandbox\r\n");
  const auto wrong_word = play(world, "USER s9360511\r\nPASS wrong\r\n");
  CHECK(wrong_name.out == wrong_word.out);
  CHECK(wrong_name.last_line().starts_with("-ERR [AUTH] "));
  CHECK_FALSE(wrong_name.closed);
}

TEST_CASE("pop3: an address of the local domain is the name in it") {
  const World world = world_with(1);
  const struct {
    std::string said, asked;
  } table[] = {{"s9360511@ntut.edu.tw", "s9360511"},
               {"s9360511@NTUT.edu.TW", "s9360511"},
               {"S9360511", "S9360511"},
               {"s9360511@example.org", "s9360511@example.org"},
               {"@ntut.edu.tw", "@ntut.edu.tw"},
               {"\xE7\x94\xA8", "\xE7\x94\xA8"},
               {"\xA4\xA4", "\xA4\xA4"}};
  for (const auto& row : table) {
    CAPTURE(row.said);
    const auto played = play(world, "USER " + row.said + "\r\nPASS x\r\n");
    REQUIRE(played.logins.size() == 1);
    CHECK(played.logins.front() == row.asked + "|x");
  }
  World strict = world_with(1);
  strict.settings.leniency.allow_address_as_user = false;
  CHECK(play(strict, "USER a@ntut.edu.tw\r\nPASS x\r\n").logins.front() == "a@ntut.edu.tw|x");
}

TEST_CASE("pop3: the password is the rest of the line, byte for byte") {
  const World world = world_with(1);
  for (const std::string password :
       {"with a blank", " leading", "trailing ", "\xC3\xA9\xE4\xBD\xA0", "tab\tinside", "\xA4\xA4",
        "PASS", "a  b"}) {
    CAPTURE(password);
    const auto played = play(world, "USER a\r\nPASS " + password + "\r\n");
    REQUIRE(played.logins.size() == 1);
    CHECK(played.logins.front() == "a|" + password);
  }
}

TEST_CASE("pop3: PASS wants a good USER before it, each time anew") {
  const World world = world_with(1);
  const std::string first = "-ERR say USER first: user NAME";
  CHECK(play(world, "PASS sandbox\r\n").last_line() == first);
  CHECK(play(world, "USER s9360511\r\nPASS wrong\r\nPASS sandbox\r\n").last_line() == first);
  CHECK(play(world, "USER s9360511\r\nCAPA\r\nPASS sandbox\r\n").last_line() == first);
  CHECK(play(world, "USER\r\nPASS sandbox\r\n").last_line() == first);
  CHECK(play(world, "USER s9360511\r\nPASS wrong\r\n" + std::string(login)).last_line() ==
        "+OK maildrop locked, 1 message (46 octets)");
  // The second USER counts.
  CHECK(play(world, "USER a\r\nUSER b\r\nPASS x\r\n").logins.front() == "b|x");
}

TEST_CASE("pop3: a slip between USER and PASS costs nothing, unless the rules are strict") {
  World world = world_with(1);
  const std::string bytes = "USER s9360511\r\nPSAS sandbox\r\n\r\nPASS sandbox\r\n";
  CHECK(play(world, bytes).last_line().starts_with("+OK maildrop locked"));
  world.settings.leniency.allow_slip_before_pass = false;
  CHECK(play(world, bytes).last_line() == "-ERR say USER first: user NAME");
}

TEST_CASE("pop3: lines that end in LF, unless the rules are strict") {
  World world = world_with(1);
  CHECK(play(world, "CAPA\n").out.find("\r\n.\r\n") != std::string::npos);
  world.settings.leniency.allow_lf = false;
  const auto played = play(world, "USER s9360511\nQUIT\r\n");
  CHECK(played.lines().at(1).starts_with("-ERR your line ends in LF alone"));
  CHECK(played.last_line().starts_with("+OK"));
  CHECK(play(world, "CAPA\n").last("pop3.error").text("cause") == "lf_only");
}

TEST_CASE("pop3: a maildrop in use or out of reach refuses the login with a response code") {
  World world = world_with(1);
  world.right_password = pop3::LoginResult::in_use;
  auto played = play(world, login);
  CHECK(played.last_line().starts_with("-ERR [IN-USE] "));
  CHECK(played.last("pop3.auth").text("cause") == "in_use");
  world.right_password = pop3::LoginResult::unavailable;
  played = play(world, login);
  CHECK(played.last_line().starts_with("-ERR [SYS/TEMP] "));
  CHECK(played.last("pop3.auth").text("cause") == "storage");
  CHECK_FALSE(played.last("pop3.auth").flag("ok"));
}

TEST_CASE("pop3: what each verb says after the login") {
  const struct {
    std::string said, reply;
  } table[] = {
      {"STAT", "+OK 2 92\r\n"},
      {"stat", "+OK 2 92\r\n"},
      {"  StAt  ", "+OK 2 92\r\n"},
      {"LIST", "+OK 2 messages (92 octets)\r\n1 46\r\n2 46\r\n.\r\n"},
      {"LIST 2", "+OK 2 46\r\n"},
      {"LIST  2", "+OK 2 46\r\n"},
      {"LIST\t2", "+OK 2 46\r\n"},
      {"LIST 0002", "+OK 2 46\r\n"},
      {"UIDL", "+OK unique-ids of 2 messages\r\n1 uid-101\r\n2 uid-102\r\n.\r\n"},
      {"UIDL 1", "+OK 1 uid-101\r\n"},
      {"RETR 2", "+OK 46 octets\r\n" + message_of(2) + ".\r\n"},
      {"DELE 2", "+OK message 2 marked, QUIT will delete it\r\n"},
      {"NOOP", "+OK nothing done\r\n"},
      {"RSET", "+OK no marks, 2 messages (92 octets)\r\n"},
      {"TOP 1 0", "+OK top of message 1\r\nReturn-Path: <>\r\nSubject: 1\r\n\r\n.\r\n"},
      {"TOP 1 1", "+OK top of message 1\r\nReturn-Path: <>\r\nSubject: 1\r\n\r\nbody\r\n.\r\n"},
      {"TOP 1 2", "+OK top of message 1\r\n" + message_of(1) + ".\r\n"},
      {"TOP 1 99999999999999999999999", "+OK top of message 1\r\n" + message_of(1) + ".\r\n"},
      {"QUIT", "+OK bye, 0 messages deleted\r\n"},
      {"USER bob", "-ERR you are logged in already: LIST shows the messages\r\n"},
      {"PASS x", "-ERR you are logged in already: LIST shows the messages\r\n"},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    CHECK(after_login(row.said) == row.reply);
  }
}

TEST_CASE("pop3: before the login only USER, PASS, CAPA and QUIT do anything") {
  for (const char* said : {"STAT", "LIST", "LIST 1", "UIDL", "RETR 1", "RETR", "DELE 1", "NOOP",
                           "RSET", "TOP 1 0", "TOP"}) {
    CAPTURE(said);
    CHECK(before_login(said) == "-ERR say USER first: user NAME\r\n");
    CHECK(before_login("USER bob\r\n" + std::string(said)) ==
          "+OK now the password\r\n-ERR say PASS first: pass PASSWORD\r\n");
  }
}

TEST_CASE("pop3: an empty maildrop") {
  CHECK(after_login("STAT", 0) == "+OK 0 0\r\n");
  CHECK(after_login("LIST", 0) == "+OK 0 messages (0 octets)\r\n.\r\n");
  CHECK(after_login("UIDL", 0) == "+OK unique-ids of 0 messages\r\n.\r\n");
  CHECK(after_login("RETR 1", 0) == "-ERR there is no message 1: LIST shows the numbers\r\n");
}

TEST_CASE("pop3: a marked message is hidden everywhere, and the others keep their numbers") {
  const std::string marked = "-ERR message 2 is marked as deleted: RSET takes the marks away\r\n";
  const std::string dele = "+OK message 2 marked, QUIT will delete it\r\n";
  for (const char* said : {"RETR 2", "LIST 2", "DELE 2", "TOP 2 0", "UIDL 2", "LIST 02"}) {
    CAPTURE(said);
    CHECK(after_login("DELE 2\r\n" + std::string(said), 3) == dele + marked);
  }
  CHECK(after_login("DELE 2\r\nSTAT", 3) == dele + "+OK 2 92\r\n");
  CHECK(after_login("DELE 2\r\nLIST", 3) ==
        dele + "+OK 2 messages (92 octets)\r\n1 46\r\n3 46\r\n.\r\n");
  CHECK(after_login("DELE 2\r\nUIDL", 3) ==
        dele + "+OK unique-ids of 2 messages\r\n1 uid-101\r\n3 uid-103\r\n.\r\n");
  CHECK(after_login("DELE 2\r\nRETR 3", 3) == dele + "+OK 46 octets\r\n" + message_of(3) + ".\r\n");
  CHECK(after_login("DELE 2\r\nRSET\r\nLIST 2", 3) ==
        dele + "+OK no marks, 3 messages (138 octets)\r\n+OK 2 46\r\n");
}

TEST_CASE("pop3: QUIT deletes what is marked, and nothing else does") {
  const World world = world_with(3);
  const std::string marks = std::string(login) + "DELE 3\r\nDELE 1\r\n";
  auto played = play(world, marks + "QUIT\r\n");
  CHECK(played.deleted == std::vector<mail::QueueNumber>{101, 103});
  CHECK(played.last_line() == "+OK bye, 2 messages deleted");
  CHECK(played.closed);
  CHECK(play(world, marks).deleted.empty());
  CHECK(play(world, marks + "RSET\r\nQUIT\r\n").deleted.empty());
  CHECK(play(world, marks + "QUIT").deleted.empty());
  CHECK(play(world, "QUIT\r\n").last_line() == "+OK bye");
  CHECK(play(world, "QUIT\r\n").closed);
}

TEST_CASE("pop3: QUIT that could not delete says so, and closes all the same") {
  World world = world_with(2);
  world.can_update = false;
  const auto played = play(world, std::string(login) + "DELE 1\r\nQUIT\r\nNOOP\r\n");
  CHECK(played.last_line() == "-ERR [SYS/TEMP] some deleted messages not removed");
  CHECK(played.closed);
  CHECK_FALSE(played.last("pop3.quit").flag("ok"));
  CHECK(played.last("pop3.quit").number("deleted") == 0);
  CHECK(played.last("pop3.close").number("marks_lost") == 1);
}

TEST_CASE("pop3: a message that cannot be read now is not the end of the session") {
  World world = world_with(2);
  world.can_read = false;
  for (const char* said : {"RETR 1\r\n", "TOP 1 1\r\n"}) {
    const auto played = play(world, std::string(login) + said + "NOOP\r\n");
    const auto lines = played.lines();
    CHECK(lines[lines.size() - 2] ==
          "-ERR [SYS/TEMP] the message cannot be read now, try again later");
    CHECK(lines.back() == "+OK nothing done");
  }
}

TEST_CASE("pop3: TOP of messages with unusual heads") {
  const struct {
    std::string trace, content, top0, top1;
  } table[] = {
      {"T: x\r\n", "no empty line\r\nat all\r\n", "T: x\r\nno empty line\r\nat all\r\n",
       "T: x\r\nno empty line\r\nat all\r\n"},
      {"", "\r\nbody\r\nmore\r\n", "\r\n", "\r\nbody\r\n"},
      {"T: x\r\n", "\r\n.\r\nmore\r\n", "T: x\r\n\r\n", "T: x\r\n\r\n..\r\n"},
      {"T: x\r\n", "", "T: x\r\n", "T: x\r\n"},
      {"T: x\r\n", "\r\n\r\n\r\nz\r\n", "T: x\r\n\r\n", "T: x\r\n\r\n\r\n"},
      {"T: x\r\n", "\r\nno end", "T: x\r\n\r\n", "T: x\r\n\r\nno end\r\n"},
      {"", "", "", ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.content);
    World world;
    world.letters = {{row.trace, row.content}};
    const std::string before = play(world, login).out;
    const auto top = [&](const char* said) {
      return play(world, std::string(login) + said).out.substr(before.size());
    };
    CHECK(top("TOP 1 0\r\n") == "+OK top of message 1\r\n" + row.top0 + ".\r\n");
    CHECK(top("TOP 1 1\r\n") == "+OK top of message 1\r\n" + row.top1 + ".\r\n");
  }
}

TEST_CASE("pop3: RETR sends every octet, and doubles dots at the beginning of a line only") {
  using namespace std::string_literals;
  const std::string octets = "\xFF\x00\x1B\xE4\xBD\xA0\r\n"s;
  World world;
  world.letters = {{"", ".\r\n..\r\na.b\r\n.x\r\n\r\n.\r\n" + octets}};
  const std::string before = play(world, login).out;
  CHECK(play(world, std::string(login) + "RETR 1\r\n").out.substr(before.size()) ==
        "+OK 29 octets\r\n..\r\n...\r\na.b\r\n..x\r\n\r\n..\r\n" + octets + ".\r\n");
}

TEST_CASE("pop3: CAPA announces the same in both states, and what it announces works") {
  const std::string capa =
      "+OK this is what I can do\r\nTOP\r\nUIDL\r\nUSER\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n"
      "PIPELINING\r\nUTF8\r\nLANG\r\nEXPIRE NEVER\r\nIMPLEMENTATION sandpost\r\n.\r\n";
  CHECK(before_login("CAPA") == capa);
  CHECK(after_login("CAPA") == capa);
  CHECK(after_login("TOP 1 0").starts_with("+OK"));
  CHECK(before_login("UTF8").starts_with("+OK"));
  CHECK(before_login("LANG en").starts_with("+OK"));
  CHECK(after_login("LANG").starts_with("+OK"));
  CHECK(after_login("UIDL").starts_with("+OK"));
  CHECK(before_login("USER x").starts_with("+OK"));
  CHECK(before_login("USER x\r\nPASS x").find("-ERR [AUTH]") != std::string::npos);
}

TEST_CASE("pop3: what CAPA does not announce is refused") {
  for (const char* said :
       {"APOP s9360511 c4c9334bac560ecc979e58001b3e22fb", "AUTH", "AUTH PLAIN", "STLS", "XTND",
        "RPOP x", "LAST", "HELP", "SASL", "EXPIRE 3", "IMPLEMENTATION"}) {
    CAPTURE(said);
    CHECK(before_login(said).starts_with("-ERR "));
    CHECK(after_login(said).starts_with("-ERR "));
  }
}

TEST_CASE("pop3: the whole session in one segment, and nothing after QUIT") {
  const World world = world_with(2);
  const auto played = play(world, std::string(login) +
                                      "STAT\r\nLIST\r\nRETR 1\r\nDELE 1\r\nLIST 2\r\nQUIT\r\n"
                                      "DELE 2\r\nQUIT\r\nNOOP\r\n");
  CHECK(played.last_line() == "+OK bye, 1 message deleted");
  CHECK(played.deleted == std::vector<mail::QueueNumber>{101});
  CHECK(played.count("pop3.close") == 1);
}

TEST_CASE("pop3: replies of pipelined commands share a write, and come before what is asked for") {
  const World world = world_with(1);
  Session session(world);
  session.engine.feed("CAPA\r\nUSER s9360511\r\nPASS sandbox\r\nSTAT\r\nNOOP\r\nRETR 1\r\n");
  using pop3::Output;
  Output output = session.engine.next();
  REQUIRE(std::holds_alternative<pop3::Send>(output));
  CHECK(std::get<pop3::Send>(output).bytes.ends_with(".\r\n+OK now the password\r\n"));
  output = session.engine.next();
  REQUIRE(std::holds_alternative<pop3::Login>(output));
  CHECK_FALSE(session.engine.logged_in());
  // Nothing is read until the answer has come; bytes that come meanwhile are kept.
  session.engine.feed("NOOP\r\n");
  CHECK(std::holds_alternative<pop3::NeedBytes>(session.engine.next()));
  session.engine.on_login(pop3::LoginResult::ok, {{7, 10}});
  CHECK(session.engine.logged_in());
  output = session.engine.next();
  REQUIRE(std::holds_alternative<pop3::Send>(output));
  CHECK(std::get<pop3::Send>(output).bytes ==
        "+OK maildrop locked, 1 message (10 octets)\r\n+OK 1 10\r\n+OK nothing done\r\n");
  output = session.engine.next();
  REQUIRE(std::holds_alternative<pop3::Fetch>(output));
  CHECK(std::get<pop3::Fetch>(output).queue == 7);
  session.engine.on_message("A: b\r\n", "\r\nc\r\n", 5);
  output = session.engine.next();
  CHECK(std::get<pop3::Send>(output).bytes ==
        "+OK 10 octets\r\nA: b\r\n\r\nc\r\n.\r\n+OK nothing done\r\n");
  CHECK(std::holds_alternative<pop3::NeedBytes>(session.engine.next()));
}

TEST_CASE("pop3: answers that nobody waits for do nothing") {
  const World world = world_with(1);
  Session session(world);
  session.engine.on_login(pop3::LoginResult::ok, {{7, 10}});
  session.engine.on_message("a\r\n", "b\r\n", 3);
  session.engine.on_message_unavailable();
  session.engine.on_updated(true);
  CHECK_FALSE(session.engine.logged_in());
  CHECK(std::holds_alternative<pop3::NeedBytes>(session.engine.next()));
}
