// The dialogue itself: every verb in every state, and what becomes of a transaction.

#include <doctest/doctest.h>

#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;

namespace {

// What DATA says in each state: the state's name, as a client can see it.
constexpr const char* connected = "503 5.5.1 not yet; say this first: HELO your.computer.name\r\n";
constexpr const char* greeted = "503 5.5.1 not yet; say this first: MAIL FROM:<name@domain>\r\n";
constexpr const char* has_sender = "503 5.5.1 not yet; say this first: RCPT TO:<name@domain>\r\n";
constexpr const char* has_recipient = "354 go ahead, end with a dot on a line of its own\r\n";
constexpr const char* nested = "503 5.5.1 I have a sender already; RSET starts over\r\n";

const std::string extended =
    "250-mail.ntut.edu.tw hello x.example [127.0.0.1]\r\n250-SIZE 26214400\r\n250-PIPELINING\r\n"
    "250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-CHUNKING\r\n"
    "250-BINARYMIME\r\n250-DSN\r\n250-LIMITS RCPTMAX=1000\r\n250-EXPN\r\n250 HELP\r\n";
const std::string hello = "250 mail.ntut.edu.tw hello x.example [127.0.0.1]\r\n";

}  // namespace

TEST_CASE("smtp: the lab's first half, as the sheet has it") {
  const Played played = play(World{},
                             "helo ntut.edu.tw\r\n"
                             "MAIL FROM: <s9360511@ntut.edu.tw>\r\n"
                             "RCPT TO: <s9360511@ntut.edu.tw>\r\n"
                             "DATA\r\n"
                             "This is a test.\r\n"
                             ".\r\n"
                             "QUIT\r\n");
  CHECK(played.out ==
        "220 mail.ntut.edu.tw ESMTP sandpost ready\r\n"
        "250 mail.ntut.edu.tw hello ntut.edu.tw [127.0.0.1]\r\n"
        "250 2.1.0 sender ok\r\n"
        "250 2.1.5 recipient ok\r\n"
        "354 go ahead, end with a dot on a line of its own\r\n"
        "250 2.0.0 ok, queued as number 1\r\n"
        "221 2.0.0 mail.ntut.edu.tw closing the connection\r\n");
  CHECK(played.closed);
  REQUIRE(played.accepted.size() == 1);
  CHECK(to_text(played.accepted.front()) ==
        "SMTP ntut.edu.tw\n<s9360511@ntut.edu.tw>\n<s9360511@ntut.edu.tw>\ns9360511\n"
        "This is a test.\r\n");
}

TEST_CASE("smtp: the lab as its web page shows it, without brackets, from nc with bare LFs") {
  const Played played = play(World{},
                             "helo ntut.edu.tw\n"
                             "mail from: s9360511@ntut.edu.tw\n"
                             "rcpt to: s9360511@ntut.edu.tw\n"
                             "data\n"
                             "Subject: hello\n"
                             "\n"
                             "This is a test.\n"
                             ".\n"
                             "quit\n");
  CHECK(played.codes() == "220 250 250 250 354 250 221");
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted.front().content == "Subject: hello\r\n\r\nThis is a test.\r\n");
}

TEST_CASE("smtp: what each verb says in each state, and the state it leads to") {
  const struct {
    const char* said;
    std::string replies[4];    // connected, greeted, with a sender, with a recipient
    const char* then_data[4];  // what DATA says after that
  } table[] = {
      {"HELO x.example", {hello, hello, hello, hello}, {greeted, greeted, greeted, greeted}},
      {"EHLO x.example",
       {extended, extended, extended, extended},
       {greeted, greeted, greeted, greeted}},
      {"MAIL FROM:<bob@ntut.edu.tw>",
       {connected, "250 2.1.0 sender ok\r\n", nested, nested},
       {connected, has_sender, has_sender, has_recipient}},
      {"RCPT TO:<bob@ntut.edu.tw>",
       {connected, greeted, "250 2.1.5 recipient ok\r\n", "250 2.1.5 recipient ok\r\n"},
       {connected, greeted, has_recipient, has_recipient}},
      {"RCPT TO:<nobody@ntut.edu.tw>",
       {connected, greeted, "550 5.1.1 no mailbox here by the name nobody\r\n",
        "550 5.1.1 no mailbox here by the name nobody\r\n"},
       {connected, greeted, has_sender, has_recipient}},
      {"RSET",
       {"250 2.0.0 ok, sender and recipients forgotten\r\n",
        "250 2.0.0 ok, sender and recipients forgotten\r\n",
        "250 2.0.0 ok, sender and recipients forgotten\r\n",
        "250 2.0.0 ok, sender and recipients forgotten\r\n"},
       {connected, greeted, greeted, greeted}},
      {"NOOP",
       {"250 2.0.0 ok, nothing done\r\n", "250 2.0.0 ok, nothing done\r\n",
        "250 2.0.0 ok, nothing done\r\n", "250 2.0.0 ok, nothing done\r\n"},
       {connected, greeted, has_sender, has_recipient}},
      {"VRFY bob",
       {"250 2.1.5 <bob@ntut.edu.tw>\r\n", "250 2.1.5 <bob@ntut.edu.tw>\r\n",
        "250 2.1.5 <bob@ntut.edu.tw>\r\n", "250 2.1.5 <bob@ntut.edu.tw>\r\n"},
       {connected, greeted, has_sender, has_recipient}},
      {"HELP DATA",
       {"214 2.0.0 DATA: write it like this: DATA\r\n",
        "214 2.0.0 DATA: write it like this: DATA\r\n",
        "214 2.0.0 DATA: write it like this: DATA\r\n",
        "214 2.0.0 DATA: write it like this: DATA\r\n"},
       {connected, greeted, has_sender, has_recipient}},
      {"EXPN staff",
       {"550 5.1.1 no mailing list here by the name staff\r\n",
        "550 5.1.1 no mailing list here by the name staff\r\n",
        "550 5.1.1 no mailing list here by the name staff\r\n",
        "550 5.1.1 no mailing list here by the name staff\r\n"},
       {connected, greeted, has_sender, has_recipient}},
      {"XYZZY",
       {"500 5.5.1 command not known: XYZZY (HELP lists mine)\r\n",
        "500 5.5.1 command not known: XYZZY (HELP lists mine)\r\n",
        "500 5.5.1 command not known: XYZZY (HELP lists mine)\r\n",
        "500 5.5.1 command not known: XYZZY (HELP lists mine)\r\n"},
       {connected, greeted, has_sender, has_recipient}},
  };
  const std::string before[] = {"", helo, sender, recipient};
  for (const auto& row : table) {
    CAPTURE(row.said);
    for (std::size_t state = 0; state < 4; ++state) {
      CAPTURE(state);
      const std::string line = std::string(row.said) + "\r\n";
      CHECK(answer(World{}, before[state], line) == row.replies[state]);
      CHECK(answer(World{}, before[state] + line, "DATA\r\n") == row.then_data[state]);
    }
  }
}

TEST_CASE("smtp: DATA in each state, and QUIT in each state") {
  CHECK(answer("", "DATA") == connected);
  CHECK(answer(helo, "DATA") == greeted);
  CHECK(answer(sender, "DATA") == has_sender);
  CHECK(answer(recipient, "DATA") == has_recipient);
  for (const std::string& before : {std::string(), helo, sender, recipient}) {
    const Played played = play(World{}, before + "QUIT\r\n");
    CHECK(played.last_line() == "221 2.0.0 mail.ntut.edu.tw closing the connection");
    CHECK(played.closed);
    CHECK(played.last("smtp.close").flag("clean"));
    CHECK_FALSE(played.last("smtp.close").flag("lost_message"));
  }
}

TEST_CASE("smtp: verbs in any letter case, with blanks around, and empty lines between") {
  const auto played = play(World{},
                           "  hElO   client.example  \r\n\r\n\t\r\nmail From:<a@b.example> \r\n"
                           "rcpt tO:<BOB@Ntut.Edu.TW>\r\ndAtA \r\n.\r\nquit  \r\n");
  CHECK(played.codes() == "220 250 500 500 250 250 354 250 221");
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted.front().maildrops.front() == "bob");
}

TEST_CASE("smtp: a transaction has one sender, the recipients in order, doubles included") {
  const auto played = play(World{}, sender +
                                        "RCPT TO:<bob@ntut.edu.tw>\r\nRCPT TO:<nobody@ntut.edu.tw>"
                                        "\r\nRCPT TO:<postmaster>\r\nRCPT TO:<s9360511@ntut.edu.tw>"
                                        "\r\nRCPT TO:<bob@ntut.edu.tw>\r\nDATA\r\nx\r\n.\r\n");
  REQUIRE(played.accepted.size() == 1);
  CHECK(to_text(played.accepted.front()) ==
        "SMTP client.example\n<ann@client.example>\n<bob@ntut.edu.tw>\n<postmaster>\n"
        "<s9360511@ntut.edu.tw>\n<bob@ntut.edu.tw>\nbob\ns9360511\ns9360511\nbob\nx\r\n");
  CHECK(played.asked == std::vector<std::string>{"bob", "nobody", "postmaster", "s9360511", "bob"});
}

TEST_CASE("smtp: RSET, HELO, EHLO and a finished letter forget sender and recipients") {
  for (const char* said :
       {"RSET\r\n", "HELO x.example\r\n", "EHLO x.example\r\n", "DATA\r\nfirst\r\n.\r\n"}) {
    CAPTURE(said);
    const auto played = play(World{}, recipient + said +
                                          "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw>\r\nDATA\r\n"
                                          "second\r\n.\r\n");
    REQUIRE_FALSE(played.accepted.empty());
    const Accepted& last = played.accepted.back();
    CHECK(last.envelope.reverse_path.is_null());
    CHECK(last.maildrops == std::vector<std::string>{"bob"});
    CHECK(last.content == "second\r\n");
  }
}

TEST_CASE("smtp: a HELO that is refused forgets nothing") {
  CHECK(answer(recipient + "HELO\r\n", "DATA") == has_recipient);
  CHECK(answer(recipient + "EHLO !\r\n", "DATA") == has_recipient);
}

TEST_CASE("smtp: letters of one session are numbered as the store numbers them") {
  const std::string letter = "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw>\r\nDATA\r\nx\r\n.\r\n";
  const auto played = play(World{}, helo + letter + letter + letter);
  CHECK(played.codes() == "220 250 250 250 354 250 250 250 354 250 250 250 354 250");
  CHECK(played.last_line() == "250 2.0.0 ok, queued as number 3");
}

TEST_CASE("smtp: the protocol for the trace line is ESMTP after EHLO, SMTP after HELO") {
  const std::string letter = "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw>\r\nDATA\r\nx\r\n.\r\n";
  const auto played = play(World{}, helo + letter + ehlo + letter + "HELO y\r\n" + letter);
  REQUIRE(played.accepted.size() == 3);
  CHECK(played.accepted[0].protocol == "SMTP");
  CHECK(played.accepted[1].protocol == "ESMTP");
  CHECK(played.accepted[2].protocol == "SMTP");
  CHECK(played.accepted[1].helo_name == "client.example");
  CHECK(played.accepted[2].helo_name == "y");
}

TEST_CASE("smtp: what EHLO announces works, and the size it names is the limit") {
  World world;
  world.settings.limits.message_size = 1000;
  CHECK(play(world, ehlo).out.find("\r\n250-SIZE 1000\r\n") != std::string::npos);
  CHECK(play(world, ehlo + "MAIL FROM:<> SIZE=1000 BODY=8BITMIME\r\n").codes() == "220 250 250");
  CHECK(play(world, ehlo + "HELP\r\n").codes() == "220 250 214");
}

TEST_CASE("smtp: a store that is full or busy refuses the letter, and the session goes on") {
  World world;
  const std::string letter = "DATA\r\nx\r\n.\r\n";
  world.failure = smtp::StoreFailure::full;
  auto played = play(world, recipient + letter + "DATA\r\n" + sender + "QUIT\r\n");
  CHECK(played.codes() == "220 250 250 250 354 452 503 250 250 221");
  CHECK(played.out.find("\r\n452 4.3.1 no room left in the mailbox; nothing was stored, try again "
                        "later\r\n") != std::string::npos);
  world.failure = smtp::StoreFailure::busy;
  played = play(world, recipient + letter);
  CHECK(played.last_line() ==
        "451 4.3.0 the mailbox could not be written; nothing was stored, try again later");
  CHECK(played.last("smtp.error").text("cause") == "storage");
  CHECK(played.last("smtp.error").number("code") == 451);
  CHECK(played.last("smtp.error").flag("lost"));
  CHECK(played.count("smtp.message") == 0);
}

TEST_CASE("smtp: a whole session in one segment is answered as if it had come line by line") {
  const std::string letter =
      "MAIL FROM:<>\r\nRCPT TO:<bob@ntut.edu.tw>\r\nRCPT TO:<nobody@ntut.edu.tw>\r\nDATA\r\n"
      "Subject: x\r\n\r\n..\r\n.\r\n";
  const auto played = play(World{}, ehlo + letter + letter + "NOOP\r\nQUIT\r\n");
  CHECK(played.codes() == "220 250 250 250 550 354 250 250 250 550 354 250 250 221");
  CHECK(played.accepted.size() == 2);
  CHECK(played.closed);
}

TEST_CASE("smtp: after QUIT nothing is read, let alone done") {
  const auto played = play(World{}, recipient + "QUIT\r\nDATA\r\nx\r\n.\r\nVRFY bob\r\n");
  CHECK(played.codes() == "220 250 250 250 221");
  CHECK(played.accepted.empty());
  CHECK(played.asked.size() == 1);
  CHECK(played.closed);
  CHECK(played.count("wire.client") == 4);
  CHECK(played.count("smtp.close") == 1);
}

TEST_CASE("smtp: VRFY knows the local names, in any way an address is written") {
  const struct {
    const char *said, *reply;
  } table[] = {
      {"VRFY bob", "250 2.1.5 <bob@ntut.edu.tw>\r\n"},
      {"VRFY <bob>", "250 2.1.5 <bob@ntut.edu.tw>\r\n"},
      {"VRFY bob@NTUT.edu.tw", "250 2.1.5 <bob@ntut.edu.tw>\r\n"},
      {"VRFY \"john smith\"", "250 2.1.5 <\"john smith\"@ntut.edu.tw>\r\n"},
      {"VRFY postmaster", "250 2.1.5 <postmaster@ntut.edu.tw>\r\n"},
      {"VRFY nobody", "550 5.1.1 no mailbox here by the name nobody\r\n"},
      {"VRFY bob@elsewhere.example",
       "550 5.7.1 relaying denied: I deliver to ntut.edu.tw only\r\n"},
      {"VRFY", "501 5.5.4 Write it like this: VRFY name\r\n"},
      {"VRFY bob smith", "501 5.5.4 Write it like this: VRFY name\r\n"},
      {"VRFY <bob", "501 5.5.4 Write it like this: VRFY name\r\n"},
  };
  for (const auto& row : table) {
    CAPTURE(row.said);
    CHECK(answer("", row.said) == row.reply);
  }
  CHECK(play(World{}, "VRFY bob@NTUT.edu.tw\r\n").last("smtp.vrfy").text("arg") ==
        "bob@NTUT.edu.tw");
}

TEST_CASE("smtp: VRFY in the middle of a transaction leaves it as it is") {
  const auto played = play(World{}, recipient + "VRFY bob\r\nVRFY nobody\r\nDATA\r\nx\r\n.\r\n");
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted.front().maildrops == std::vector<std::string>{"s9360511"});
}

TEST_CASE("smtp: HELP lists the commands, and tells of each how to write it") {
  CHECK(answer("", "HELP").find("214-2.0.0 MAIL FROM:<name@domain>") != std::string::npos);
  for (const char* verb :
       {"HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "VRFY", "HELP", "QUIT", "quit"}) {
    const std::string reply = answer("", "HELP " + std::string(verb));
    CHECK(reply.starts_with("214 2.0.0 " + to_upper(verb) + ": write it like this: "));
  }
  CHECK(answer("", "HELP me") == "504 5.5.4 no help on me; HELP alone lists the commands\r\n");
}

TEST_CASE("smtp: NOOP takes anything and ignores it") {
  CHECK(answer("", "NOOP a b c <>") == "250 2.0.0 ok, nothing done\r\n");
  CHECK(answer("", "NOOP \xE4\xBD\xA0") == "250 2.0.0 ok, nothing done\r\n");
}

TEST_CASE("smtp: a name that HELO takes") {
  for (const char* name : {"client.example", "localhost", "[127.0.0.1]", "[IPv6:::1]", "a",
                           "3com.example", "my_pc", "-", "x.", "192.168.1.2"}) {
    CAPTURE(name);
    CHECK(play(World{}, "HELO " + std::string(name) + "\r\n").codes() == "220 250");
    CHECK(play(World{}, "EHLO " + std::string(name) + "\r\n").codes() == "220 250");
  }
  const std::string longest = std::string(63, 'a') + '.' + std::string(63, 'b') + '.' +
                              std::string(63, 'c') + '.' + std::string(63, 'd');
  REQUIRE(longest.size() == 255);
  CHECK(play(World{}, "HELO " + longest + "\r\n").codes() == "220 250");
  CHECK(play(World{}, "HELO " + longest + "d\r\n").codes() == "220 501");
}

TEST_CASE("smtp: a segment that goes on after a refused recipient is answered line by line") {
  const std::string nobody = "RCPT TO:<nobody@ntut.edu.tw>\r\n";
  const std::string bob = "RCPT TO:<bob@ntut.edu.tw>\r\n";
  // All were refused: what was meant for the letter is read as commands.
  CHECK(play(World{}, sender + nobody + "DATA\r\nQUIT\r\n").codes() == "220 250 250 550 503 221");
  CHECK(play(World{}, sender + nobody + bob + "DATA\r\nx\r\n.\r\nNOOP\r\nQUIT\r\n").codes() ==
        "220 250 250 550 250 354 250 250 221");
  CHECK(play(World{}, sender + nobody + "BDAT 6 LAST\r\nQUIT\r\nRSET\r\nQUIT\r\n").codes() ==
        "220 250 250 550 503 250 221");
}

TEST_CASE("smtp: RSET in every state says 250, and leaves HELO as it was") {
  for (const std::string& before :
       {std::string(), helo, sender, recipient, recipient + "BDAT 2\r\nab"}) {
    CAPTURE(before);
    CHECK(answer(before, "RSET").starts_with("250 2.0.0 "));
    const bool greeted = !before.empty();
    CHECK(answer(before + "RSET\r\n", "MAIL FROM:<>").starts_with(greeted ? "250 " : "503 "));
  }
}

TEST_CASE("smtp: postmaster needs no domain, in any letter case") {
  for (const char* name : {"postmaster", "Postmaster", "POSTMASTER", "pOsTmAsTeR"}) {
    CAPTURE(name);
    World strict;
    strict.settings.leniency = smtp::Leniency::none();
    CHECK(answer(strict, sender, "RCPT TO:<" + std::string(name) + ">\r\n").starts_with("250 "));
    CHECK(answer(strict, sender, "RCPT TO:<" + std::string(name) + "@NTUT.edu.tw>\r\n")
              .starts_with("250 "));
  }
}
