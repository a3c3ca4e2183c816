// The exercise, letter for letter, played by the programs that people play it with.

#include <doctest/doctest.h>

#include <iostream>
#include <string>
#include <string_view>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

// Where the program is not there, the test is left out, and ctest lists it as skipped.
std::string program_or_skip(const char* name) {
  std::string path = find_program(name);
  if (path.empty()) std::cout << "skipped: " << name << " is not installed\n";
  return path;
}

// Types lines at a program and reads what comes back. The answer is searched behind the echo.
class Player {
 public:
  Player(Process& process, bool echoes) : process_(process), echoes_(echoes) {}

  void type(const std::string& line) {
    process_.write(line + "\n");
    if (echoes_) process_.wait_for(line + "\r\n");
  }
  // Skips to the line that begins like this, and returns it.
  std::string expect(std::string_view beginning) {
    for (;;) {
      std::string line = process_.wait_for("\n");
      if (line.starts_with(beginning)) return line;
    }
  }
  std::string ask(const std::string& line, const std::string& beginning) {
    type(line);
    return expect(beginning);
  }

 private:
  Process& process_;
  bool echoes_;
};

void play_smtp(Player player) {
  player.expect("220 ");
  player.ask("helo ntut.edu.tw", "250 ");
  player.ask("MAIL FROM: <s9360511@ntut.edu.tw>", "250 ");
  player.ask("RCPT TO: <s9360511@ntut.edu.tw>", "250 ");
  CHECK(contains(player.ask("DATA", "354 "), "go ahead"));
  player.type("Dear teacher,");
  player.type("this is my first hand-written e-mail.");
  CHECK(contains(player.ask(".", "250 "), "number 1"));
  player.ask("QUIT", "221 ");
}

void play_pop3(Player player) {
  player.expect("+OK");
  player.ask("user s9360511", "+OK");
  player.ask("pass sandbox", "+OK");
  player.ask("LIST", "+OK 1 message ");
  player.expect("1 ");
  player.expect(".");
  player.ask("RETR 1", "+OK");
  player.expect("Return-Path: <s9360511@ntut.edu.tw>");
  player.expect("Dear teacher,");
  player.expect("this is my first hand-written e-mail.");
  player.expect(".");
  player.ask("DELE 1", "+OK");
  player.ask("LIST", "+OK 0 messages ");
  player.expect(".");
  player.ask("QUIT", "+OK");
}

}  // namespace

TEST_CASE("lab: a telnet plays both halves") {
  const std::string telnet = program_or_skip("telnet");
  if (telnet.empty()) return;
  Serve server;
  Terminal terminal;
  Process smtp(terminal, {telnet, "127.0.0.1", std::to_string(server.smtp())});
  play_smtp({smtp, true});
  smtp.wait_for("Connection closed by foreign host.");
  smtp.wait();  // until then the terminal belongs to it
  Process pop3(terminal, {telnet, "127.0.0.1", std::to_string(server.pop3())});
  play_pop3({pop3, true});
  pop3.wait_for("Connection closed by foreign host.");
  CHECK(letters(server).empty());
}

TEST_CASE("lab: nc, which ends its lines in a bare LF, plays both halves") {
  const std::string nc = program_or_skip("nc");
  if (nc.empty()) return;
  Serve server;
  Process smtp({nc, "127.0.0.1", std::to_string(server.smtp())});
  play_smtp({smtp, false});
  Process pop3({nc, "127.0.0.1", std::to_string(server.pop3())});
  play_pop3({pop3, false});
}

TEST_CASE("lab: nc -C plays both halves") {
  const std::string nc = program_or_skip("nc");
  if (nc.empty()) return;
  Serve server;
  Process smtp({nc, "-C", "127.0.0.1", std::to_string(server.smtp())});
  play_smtp({smtp, false});
  Process pop3({nc, "-C", "127.0.0.1", std::to_string(server.pop3())});
  play_pop3({pop3, false});
}

TEST_CASE("lab: Ctrl-C typed in telnet shows the server's output again") {
  const std::string telnet = program_or_skip("telnet");
  if (telnet.empty()) return;
  Serve server;
  Terminal terminal;
  Process smtp(terminal, {telnet, "127.0.0.1", std::to_string(server.smtp())});
  smtp.wait_for("220 ");
  smtp.wait_for_silence(std::chrono::milliseconds{200});
  smtp.write("\x03");
  // What comes before the server's answer to Ctrl-C is hidden.
  smtp.wait_for_silence(std::chrono::milliseconds{200});
  Player player(smtp, true);
  player.ask("helo ntut.edu.tw", "250 ");
  player.ask("QUIT", "221 ");
}

TEST_CASE("lab: the bytes of telnet's Ctrl-C are answered with IAC WONT TIMING-MARK") {
  Serve server;
  for (const unsigned short port : {server.smtp(), server.pop3()}) {
    Dialogue dialogue(port);
    dialogue.line();
    dialogue.send("\xFF\xF4\xFF\xFD\x06");  // IAC IP, IAC DO TIMING-MARK
    CHECK(dialogue.bytes(3) == "\xFF\xFC\x06");
    dialogue.say("QUIT");
    CHECK(dialogue.closed());
  }
}

}  // namespace sandpost::tests
