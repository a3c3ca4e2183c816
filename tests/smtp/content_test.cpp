// The letter: where it ends, what is taken for its end and is not, and the ways to smuggle a second
// one behind it.

#include <doctest/doctest.h>

#include <string>

#include "script.hpp"

using namespace sandpost;
using namespace sandpost::smtp_tests;

namespace {

std::string with_lf(std::string bytes) {
  std::erase(bytes, '\r');
  return bytes;
}

// What the store gets for that content, sent in a CRLF session.
std::string stored(const std::string& content) {
  const auto played = play(World{}, data + content + ".\r\n");
  REQUIRE(played.accepted.size() == 1);
  return played.accepted.front().content;
}

// The causes of the content's lines, those of no interest left out.
std::string causes(const std::string& bytes) {
  std::string all;
  for (const wire::Event& event : play(World{}, bytes).events) {
    if (event.name != "smtp.line" || event.text("cause") == "none") continue;
    all += (all.empty() ? "" : " ") + event.text("cause");
  }
  return all;
}

}  // namespace

TEST_CASE("smtp content: kept octet for octet, but for the stuffed dots") {
  const std::string all_octets = [] {
    std::string octets;
    for (int c = 0; c < 256; ++c) {
      if (c != '\r' && c != '\n') octets += static_cast<char>(c);
    }
    return octets;
  }();
  CHECK(stored("") == "");
  CHECK(stored("\r\n") == "\r\n");
  CHECK(stored("\r\n\r\n\r\n") == "\r\n\r\n\r\n");
  CHECK(stored(all_octets + "\r\n") == all_octets + "\r\n");
  CHECK(stored("..\r\n") == ".\r\n");
  CHECK(stored("...\r\n") == "..\r\n");
  CHECK(stored(".hidden\r\n") == "hidden\r\n");  // RFC 5321 §4.5.2: one dot goes
  CHECK(stored(" .\r\n") == " .\r\n");
  CHECK(stored(". \r\n") == " \r\n");
  CHECK(stored("a.\r\n") == "a.\r\n");
  CHECK(stored(std::string(100'000, 'w') + "\r\n") == std::string(100'000, 'w') + "\r\n");
}

TEST_CASE("smtp content: telnet's commands are content here, and no answer comes in between") {
  CHECK(stored("a\xFF\xFD\x06z\r\n") == "a\xFF\xFD\x06z\r\n");
  CHECK(play(World{}, data + "\xFF\xF4\xFF\xFD\x06").last_line().starts_with("354 "));
}

TEST_CASE("smtp content: what looks like a command in it is a line of the letter") {
  const std::string commands = "QUIT\r\nRSET\r\nMAIL FROM:<a@b.c>\r\nGET / HTTP/1.1\r\n";
  const auto played = play(World{}, data + commands + ".\r\nNOOP\r\n");
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted.front().content == commands);
  CHECK(played.codes() == "220 250 250 250 354 250 250");
}

TEST_CASE("smtp content: nothing can be smuggled into a session of CRLF") {
  // Whoever takes one of these for the end of a letter executes what follows.
  const std::string ends[] = {
      "\n.\n",         "\n.\r\n",     "\r\n.\n",
      "\r.\r",         "\r.\r\n",     "\r\n.\r",
      "\n.\r",         "\r.\n",       "\r\r.\r\r",
      "\n\n.\n\n",     "\r\n\n.\n",   "\r\n.\r\r\n",
      "\r\n.\n\r",     "\r\r\n.\n",   "\n\r.\n\r",
      "\r\n.\r\r\n\n", "\n\r\n.\r\r", std::string("\r\n.\0\r\n\n", 7),
  };
  const std::string smuggled = "MAIL FROM:<evil@b.c>\r\nRCPT TO:<bob>\r\nDATA\r\nspam\r\n";
  for (const std::string& end : ends) {
    CAPTURE(end);
    const auto played = play(World{}, data + "text" + end + smuggled + ".\r\nNOOP\r\nQUIT\r\n");
    // One letter, refused; then the session goes on behind its true end.
    CHECK(played.codes() == "220 250 250 250 354 550 250 221");
    CHECK(played.accepted.empty());
    CHECK(played.count("smtp.mail") == 1);
    CHECK(played.asked.size() == 1);
    const wire::Event error = played.last("smtp.error");
    CHECK(error.text("cause") == "bare_lf");
    CHECK(error.flag("lost"));
  }
}

TEST_CASE("smtp content: nothing can be smuggled into a session of LF") {
  const std::string smuggled = "MAIL FROM:<evil@b.c>\nRCPT TO:<bob>\nDATA\nspam\n";
  for (const std::string end :
       {"\r\n.\r\n", "\n.\r\n", "\r.\r", "\n.\r", "\r.\n", "\r.\r\n", "\n.\r\r\n", "\r\n.\r"}) {
    CAPTURE(end);
    const auto played = play(World{}, with_lf(data) + "text" + end + smuggled + ".\nNOOP\nQUIT\n");
    CHECK(played.codes() == "220 250 250 250 354 550 250 221");
    CHECK(played.accepted.empty());
    CHECK(played.count("smtp.mail") == 1);
    CHECK(played.last("smtp.error").text("cause") == "bare_lf");
  }
  // CRLF.LF is LF.LF with a CR before it: the end, and the CR refuses the letter.
  const auto played = play(World{}, with_lf(data) + "text\r\n.\nNOOP\nQUIT\n");
  CHECK(played.codes() == "220 250 250 250 354 550 250 221");
}

TEST_CASE("smtp content: the refusal says which of the two stood alone") {
  const std::string words = ": every line must end as your first one did";
  CHECK(play(World{}, data + "a\nb\r\n.\r\n").last_line() ==
        "550 5.5.2 a line ended in a bare LF" + words);
  CHECK(play(World{}, data + "a\rb\r\n.\r\n").last_line() ==
        "550 5.5.2 a line ended in a bare CR" + words);
  CHECK(play(World{}, with_lf(data) + "a\r\nb\n.\n").last_line() ==
        "550 5.5.2 a line ended in a bare CR" + words);
}

TEST_CASE("smtp content: after a refused letter sender and recipients are gone") {
  const auto played = play(World{}, data + "a\nb\r\n.\r\nDATA\r\nRCPT TO:<bob>\r\n" +
                                        "MAIL FROM:<>\r\nRCPT TO:<bob>\r\nDATA\r\nx\r\n.\r\n");
  CHECK(played.codes() == "220 250 250 250 354 550 503 503 250 250 354 250");
  REQUIRE(played.accepted.size() == 1);
  CHECK(played.accepted.front().content == "x\r\n");
}

TEST_CASE("smtp content: the first line of the session decides, whatever comes in DATA") {
  CHECK(play(World{}, with_lf(data) + "a\n..\n.\n").accepted.front().content == "a\r\n.\r\n");
  // An LF session cannot become a CRLF one later: the CR stays, and is refused.
  CHECK(play(World{}, with_lf(helo) + "NOOP\r\n").last("smtp.error").text("cause") ==
        "control_bytes");
}

TEST_CASE("smtp content: lines that were meant otherwise are told while the letter comes") {
  CHECK(causes(data + "..\r\n") == "dot_double");
  CHECK(causes(data + ". \r\n .\r\n\t.\r\n") == "dot_space dot_space dot_space");
  CHECK(causes(data + "\xE3\x80\x82\r\n\xEF\xBC\x8E\r\n") == "dot_full_width dot_full_width");
  CHECK(causes(data + "QUIT\r\n rset\r\nhelp \r\nNOOP\r\nexit\r\n") ==
        "command_in_data command_in_data command_in_data command_in_data command_in_data");
  CHECK(causes(data + "MAIL FROM:<a@b.c>\r\nrcpt to: x\r\n") == "command_in_data command_in_data");
  CHECK(causes(data + "a\n") == "bare_lf");
  CHECK(causes(data + ".\n") == "lf_dot");
  CHECK(causes(data + "a\n.\r\nb\r\n") == "bare_lf lf_dot");
  CHECK(causes(with_lf(data) + "a\r\n.\r\nb\n") == "bare_lf lf_dot");
  CHECK(causes(data + "Quit smoking\r\na.\r\n...\r\n..x\r\n\r\n") == "");
  CHECK(causes(data + "x\r\n.\r\n") == "");
  CHECK(causes(with_lf(data) + "x\n.\n") == "");
}

TEST_CASE("smtp content: the dot that ends the letter is told, but is no line of it") {
  const auto played = play(World{}, data + "x\r\n.\r\n");
  CHECK(played.last("wire.client").text("text") == ".");
  CHECK(played.last("wire.client").flag("data"));
  CHECK(played.count("smtp.line") == 1);
  // A dot that does not end it is one.
  CHECK(play(World{}, data + "x\n.\r\n").count("smtp.line") == 2);
  CHECK(play(World{}, with_lf(data) + ".\r\n").count("smtp.line") == 1);
}

TEST_CASE("smtp content: refused, the letter's error is told with the dot as its line") {
  const auto error = play(World{}, data + "a\nb\r\n.\r\n").last("smtp.error");
  CHECK(fields_of(error) == "code=550 verb=. line=. cause=bare_lf near= need= count=0 lost=yes");
}
