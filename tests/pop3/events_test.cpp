// What an engine tells, and what it never tells: passwords.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "script.hpp"
#include "wire/vocabulary.hpp"

using namespace sandpost;
using namespace sandpost::tests;

namespace {

// "event field=value ..." for each event, without what was said by the server.
std::string meanings(const Played& played) {
  std::string all;
  for (const wire::Event& event : played.events) {
    if (event.name == "wire.server") continue;
    std::string line(event.name);
    for (const wire::Field& field : event.fields) {
      line += ' ' + std::string(field.name) + '=';
      if (const auto* text = std::get_if<std::string>(&field.value)) line += *text;
      if (const auto* number = std::get_if<std::int64_t>(&field.value))
        line += std::to_string(*number);
      if (const auto* flag = std::get_if<bool>(&field.value)) line += *flag ? "yes" : "no";
    }
    all += line + '\n';
  }
  return all;
}

}  // namespace

TEST_CASE("pop3 events: a session tells each line and then what it meant") {
  World world;
  world.letters = {lab_letter()};
  const auto played =
      play(world,
           "user s9360511@ntut.edu.tw\r\npass sandbox\r\nCAPA\r\nSTAT\r\nLIST\r\nLIST 1\r\nUIDL\r\n"
           "UIDL 1\r\nRETR 1\r\nTOP 1 0\r\nDELE 1\r\nRSET\r\nNOOP\r\nDELE 1\r\nLIST\r\nQUIT\r\n");
  CHECK(meanings(played) ==
        "wire.client text=user s9360511@ntut.edu.tw data=no\n"
        "pop3.user user=s9360511\n"
        "wire.client text=pass ******** data=no\n"
        "pop3.auth user=s9360511 mechanism=PASS ok=yes count=1 octets=211\n"
        "wire.client text=CAPA data=no\n"
        "pop3.capa\n"
        "wire.client text=STAT data=no\n"
        "pop3.stat count=1 octets=211\n"
        "wire.client text=LIST data=no\n"
        "pop3.list count=1 octets=211 arg=0\n"
        "wire.client text=LIST 1 data=no\n"
        "pop3.list count=1 octets=211 arg=1\n"
        "wire.client text=UIDL data=no\n"
        "pop3.uidl count=1 arg=0\n"
        "wire.client text=UIDL 1 data=no\n"
        "pop3.uidl count=1 arg=1\n"
        "wire.client text=RETR 1 data=no\n"
        "pop3.retr number=1 queue=101 octets=211 added=4\n"
        "wire.client text=TOP 1 0 data=no\n"
        "pop3.top number=1 queue=101 lines=0 added=4\n"
        "wire.client text=DELE 1 data=no\n"
        "pop3.dele number=1 queue=101 marked=1\n"
        "wire.client text=RSET data=no\n"
        "pop3.rset marked=1\n"
        "wire.client text=NOOP data=no\n"
        "pop3.noop\n"
        "wire.client text=DELE 1 data=no\n"
        "pop3.dele number=1 queue=101 marked=1\n"
        "wire.client text=LIST data=no\n"
        "pop3.list count=0 octets=0 arg=0\n"
        "wire.client text=QUIT data=no\n"
        "pop3.quit state=UPDATE deleted=1 ok=yes\n"
        "pop3.close clean=yes marks_lost=0\n");
}

TEST_CASE("pop3 events: QUIT before the login, and a refused line") {
  CHECK(meanings(play(world_with(1), "RERT 1\r\nQUIT\r\n")) ==
        "wire.client text=RERT 1 data=no\n"
        "pop3.error verb=RERT line=RERT 1 cause=misspelt_verb near=RETR need= count=0\n"
        "wire.client text=QUIT data=no\n"
        "pop3.quit state=AUTHORIZATION deleted=0 ok=yes\n"
        "pop3.close clean=yes marks_lost=0\n");
}

TEST_CASE("pop3 events: what the server said is told line by line, and adds up to what it sent") {
  const auto played = play(world_with(3), std::string(login) + "LIST\r\nRETR 2\r\nX\r\nQUIT\r\n");
  std::string said;
  std::size_t replies = 0;
  for (const wire::Event& event : played.events) {
    if (event.name != "wire.server") continue;
    said += event.text("text") + "\r\n";
    replies += event.flag("last") ? 1U : 0U;
  }
  CHECK(said == played.out);
  CHECK(replies == 7);  // the greeting, and one for each line
}

TEST_CASE("pop3 events: `last` is true on the last line of a reply only") {
  const auto played = play(world_with(1), std::string(login) + "LIST\r\n");
  std::vector<bool> last;
  for (const wire::Event& event : played.events) {
    if (event.name == "wire.server") last.push_back(event.flag("last"));
  }
  CHECK(last == std::vector<bool>{true, true, true, false, false, true});
}

TEST_CASE("pop3 events: of a long letter 200 lines are told, and how many more there were") {
  World world;
  std::string content = "Subject: x\r\n\r\n" + std::string(3000, 'w') + "\r\n";
  for (int i = 0; i < 300; ++i)
    content += "line\r\n";
  world.letters = {{"", content}};
  const auto played = play(world, std::string(login) + "RETR 1\r\n");
  std::vector<std::string> told;
  for (const wire::Event& event : played.events) {
    if (event.name == "wire.server") told.push_back(event.text("text"));
  }
  REQUIRE(told.size() == 3 + 1 + 200 + 2);
  CHECK(told[6] == std::string(1000, 'w') + "...");
  CHECK(told[told.size() - 2] == "... (103 more lines)");
  CHECK(told.back() == ".");
}

TEST_CASE("pop3 events: no password is ever told, however it was typed") {
  const std::string before = "USER bob\r\n";
  const struct {
    std::string bytes, told;
  } table[] = {
      {"PASS s3cret\r\n", "PASS ********"},
      {before + "PASS s3cret\r\n", "PASS ********"},
      {before + "pAsS  s3cret \r\n", "pAsS ********"},
      {before + "   pass s3cret\r\n", "   pass ********"},
      {before + "\tpass\ts3cret\r\n", " pass ********"},
      {before + "PASSs3cret\r\n", "PASS ********"},
      {before + "PASS:s3cret\r\n", "PASS ********"},
      {before + "PASSWORD s3cret\r\n", "PASS ********"},
      {before + "PSAS s3cret\r\n", "PSAS ********"},
      {"AUHT PLAIN s3cret\r\n", "AUHT ********"},
      {"\x1B[AAUTH PLAIN s3cret\r\n", "AUTH ********"},
      {"APPO bob s3cret\r\n", "APPO ********"},
      {before + "PAS s3cret\r\n", "PAS ********"},
      {before + "PAX\x08SS s3cret\r\n", "PASS ********"},
      {before + "PASS s3cr\x08"
                "cret\r\n",
       "PASS ********"},
      {before + "\x04PASS s3cret\r\n", "PASS ********"},
      {before + "PASS s3cret\x1B[D\r\n", "PASS ********"},
      {before + "\xEF\xBC\xB0\xEF\xBC\xA1\xEF\xBC\xB3\xEF\xBC\xB3\xE3\x80\x80s3cret\r\n",
       "PASS ********"},
      {before + "PASS\xC2\xA0s3cret\r\n", "PASS ********"},
      {before + "USER bob PASS s3cret\r\n", "USER bob PASS ********"},
      {before + "USER bob\nPASS s3cret\r\n", "USER bob PASS ********"},
      {before + "PASS s3cret" + std::string(300, 's') + "\r\n", "PASS ********"},
      {before + "s3cret\r\n", "********"},
      {before + "  s3cret with blanks\r\n", "********"},
      {before + "s3cret:x\r\n", "********"},
      {before + "s3cret\x1B[D\r\n", "********"},
      {before + "s3cret" + std::string(300, 's') + "\r\n", "********"},
      {"AUTH PLAIN s3cret\r\n", "AUTH ********"},
      {"APOP bob s3cret\r\n", "APOP ********"},
      {std::string(login) + "PASS s3cret\r\n", "PASS ********"},
      {before + "PASS x\r\nPASS s3cret\r\n", "PASS ********"},
  };
  for (const auto& row : table) {
    CAPTURE(row.bytes);
    const auto played = play(world_with(1), row.bytes);
    CHECK(played.last("wire.client").text("text") == row.told);
    CHECK(played.told().find("cret") == std::string::npos);
    CHECK(played.told().find("sandbox") == std::string::npos);
    CHECK(played.out.find("cret") == std::string::npos);
  }
}

TEST_CASE("pop3 events: where PASS is expected, commands and their slips are still told") {
  for (const char* said : {"LIST", "LSIT", "HELO x", "exit", "AUTH", "", "QUIT", "CAPA"}) {
    CAPTURE(said);
    const auto played = play(world_with(1), "USER bob\r\n" + std::string(said) + "\r\n");
    CHECK(played.last("wire.client").text("text") == said);
  }
}

TEST_CASE("pop3 events: every event and field is in the vocabulary") {
  World world = world_with(2);
  std::string all = "X\r\nUSER a\r\nPASS b\r\n" + std::string(login);
  for (const char* said :
       {"CAPA", "STAT", "LIST", "UIDL 1", "RETR 1", "TOP 1 1", "DELE 1", "RSET", "NOOP", "QUIT"})
    all += std::string(said) + "\r\n";
  for (const wire::Event& event : play(world, all).events) {
    const wire::EventForm* form = wire::find_event(event.name);
    REQUIRE(form != nullptr);
    for (const wire::Field& field : event.fields) {
      CAPTURE(field.name);
      CHECK(wire::has_field(*form, field.name));
    }
  }
}

TEST_CASE("pop3 events: nothing is told where nobody listens") {
  class Deaf final : public wire::Sink {
   public:
    [[nodiscard]] bool wanted() const override { return false; }
    void emit(std::string_view, std::vector<wire::Field>) override { FAIL("told"); }
  } deaf;
  const World world;
  pop3::Engine engine(world.settings, world.connection, deaf);
  CHECK(engine.greeting() == "+OK mail.ntut.edu.tw sandpost POP3 ready\r\n");
  engine.feed("USER a\r\nX\r\nCAPA\r\nQUIT\r\n");
  while (!std::holds_alternative<pop3::Close>(engine.next())) {
  }
}

TEST_CASE("pop3 events: what is odd and not refused is noted, where it came") {
  CHECK(meanings(play(world_with(1), "QU\xFF\xF4\xFF\xFD\x06IT\n")) ==
        "pop3.note cause=telnet_bytes tls=no\n"
        "wire.client text=QUIT data=no\n"
        "pop3.note cause=lf_only tls=no\n"
        "pop3.quit state=AUTHORIZATION deleted=0 ok=yes\n"
        "pop3.close clean=yes marks_lost=0\n");
}
