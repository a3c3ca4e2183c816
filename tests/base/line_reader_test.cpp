#include "base/line_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sandpost;

namespace {

struct Read {
  std::vector<CommandLine> lines;
  std::string answers;
  LineEnding ending = LineEnding::undecided;
};

void feed(LineReader& reader, std::string_view bytes, Read& read) {
  while (!bytes.empty()) {
    auto line = reader.next(bytes);
    read.answers += reader.take_telnet_answers();
    if (line) read.lines.push_back(*line);
  }
}

std::string shown(const Read& read) {
  std::string all;
  for (const CommandLine& line : read.lines) {
    all += '[' + line.text + ']' + (line.too_long ? "!" : "") + (line.had_telnet ? "t" : "");
  }
  return all + '>' + read.answers;
}

// In one piece, in two pieces cut at every place, and byte by byte: always the same.
Read read_all(std::string_view bytes, std::size_t limit = 512) {
  LineReader reader(limit);
  Read whole;
  feed(reader, bytes, whole);
  whole.ending = reader.ending();
  for (std::size_t cut = 0; cut <= bytes.size() && bytes.size() < 600; ++cut) {
    LineReader other(limit);
    Read pieces;
    feed(other, bytes.substr(0, cut), pieces);
    feed(other, bytes.substr(cut), pieces);
    CHECK(shown(pieces) == shown(whole));
  }
  LineReader slow(limit);
  Read pieces;
  for (const char byte : bytes)
    feed(slow, std::string_view(&byte, 1), pieces);
  CHECK(shown(pieces) == shown(whole));
  return whole;
}

}  // namespace

TEST_CASE("line reader: the first line decides what ends a line") {
  const struct {
    std::string bytes, shown;
    LineEnding ending;
  } table[] = {
      {"a\r\nb\r\n", "[a][b]>", LineEnding::crlf},
      {"a\nb\n", "[a][b]>", LineEnding::lf},
      {"a\r\nb\nc\r\n", "[a][b\nc]>", LineEnding::crlf},
      {"a\nb\r\nc\n", "[a][b\r][c]>", LineEnding::lf},
      {"\r\n\r\n", "[][]>", LineEnding::crlf},
      {"\n\n", "[][]>", LineEnding::lf},
      {"a\rb\r\n", "[a\rb]>", LineEnding::crlf},
      {"a\r\r\n", "[a\r]>", LineEnding::crlf},
      {"a\r\n\nb\r\n", "[a][\nb]>", LineEnding::crlf},
      {"no end", ">", LineEnding::undecided},
      {"no end\r", ">", LineEnding::undecided},
  };
  for (const auto& row : table) {
    CAPTURE(row.bytes);
    const Read read = read_all(row.bytes);
    CHECK(shown(read) == row.shown);
    CHECK(read.ending == row.ending);
  }
}

TEST_CASE("line reader: the limit counts the line ending, and the next line is whole again") {
  CHECK(shown(read_all("12345678\r\n", 10)) == "[12345678]>");
  CHECK(read_all("123456789\r\n", 10).lines.at(0).too_long);
  CHECK(shown(read_all("123456789\n", 10)) == "[123456789]>");
  CHECK(read_all("1234567890\n", 10).lines.at(0).too_long);
  const Read read = read_all("123456789012345678901234567890\r\nnext\r\n", 10);
  REQUIRE(read.lines.size() == 2);
  CHECK(read.lines[0].too_long);
  CHECK(read.lines[0].text.size() <= 10);
  CHECK(read.lines[1].text == "next");
  CHECK_FALSE(read.lines[1].too_long);
}

TEST_CASE("line reader: a line without an end is not kept beyond the limit") {
  LineReader reader(10);
  const std::string block(1'000'000, 'x');
  std::string_view bytes = block;
  CHECK_FALSE(reader.next(bytes));
  CHECK(bytes.empty());
  CHECK(reader.mid_line());
  bytes = "\r\n";
  const auto line = reader.next(bytes);
  REQUIRE(line);
  CHECK(line->too_long);
  CHECK(line->text.size() <= 10);
  CHECK_FALSE(reader.mid_line());
}

TEST_CASE("line reader: telnet's commands are taken out and answered") {
  using namespace std::string_literals;
  const struct {
    std::string bytes, shown;
  } table[] = {
      {"a\xFF\xF4z\r\n", "[az]t>"},              // Ctrl-C: IP
      {"\xFF\xFD\x06\r\n", "[]t>\xFF\xFC\x06"},  // DO TIMING-MARK
      {"\xFF\xFB\x18\r\n", "[]t>\xFF\xFE\x18"},  // WILL
      {"\xFF\xFE\x18\xFF\xFC\x18\r\n", "[]t>"},  // DONT, WONT: no answer
      {"a\xFF\xFF"
       "b\r\n",
       "[a\xFF"
       "b]t>"},  // an escaped 255
      {"a\xFF\xFA\x18\x01\xFF\xFFx\xFF\xF0"
       "b\r\n",
       "[ab]t>"},                  // a subnegotiation
      {"a\r\xFF\xF1\n", "[a]t>"},  // inside the line ending
      {"a\r\n\xFF\xF1\r\nb\r\n", "[a][]t[b]>"},
  };
  for (const auto& row : table) {
    CAPTURE(row.bytes);
    CHECK(shown(read_all(row.bytes)) == row.shown);
  }
}

TEST_CASE("line reader: octets that only begin a telnet command do not swallow the lines behind") {
  for (const char* begun : {"a\xFF", "a\xFF\xFE", "a\xFF\xFD", "a\xFF\xFA", "a\xFF\xFA\x18"}) {
    CAPTURE(begun);
    CHECK(shown(read_all(std::string(begun) + "\r\nb\r\n")) == "[a]t[b]>");
    CHECK(shown(read_all(std::string(begun) + "\nb\n")) == "[a]t[b]>");
  }
}

TEST_CASE("line reader: where LF ends no session's lines, each is told until a CRLF has come") {
  LineReader lines(100, false);
  std::string_view bytes = "a\nb\r\nc\nd\r\n";
  const auto first = lines.next(bytes);
  CHECK(first->text == "a");
  CHECK(first->bare_lf);
  const auto second = lines.next(bytes);
  CHECK(second->text == "b");
  CHECK_FALSE(second->bare_lf);
  CHECK(lines.next(bytes)->text == "c\nd");
  LineReader lenient(100);
  bytes = "a\n";
  CHECK_FALSE(lenient.next(bytes)->bare_lf);
}

TEST_CASE("line reader: Ctrl-C in telnet is noticed the moment it comes, and once") {
  LineReader reader(100);
  std::string_view bytes = "a\xFF\xF4";
  CHECK_FALSE(reader.next(bytes));
  CHECK(reader.take_interrupt());
  CHECK_FALSE(reader.take_interrupt());
  bytes = "\xFF\xFD\x06\xF4\xFF\xFA\x18\xF4\xFF\xF0\r\n";  // no other command is one
  CHECK(reader.next(bytes));
  CHECK_FALSE(reader.take_interrupt());
}

TEST_CASE("line reader: a flood of telnet requests is answered the same in any pieces") {
  std::string flood;
  for (int i = 0; i < 300; ++i)
    flood += "\xFF\xFD\x06";
  const Read read = read_all(flood + "\r\n" + "\xFF\xFD\x06");
  CHECK(read.answers.size() == 303);
}
