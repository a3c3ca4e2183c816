#include "mail/dots.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sandpost;
using namespace sandpost::mail;
using namespace std::string_literals;

namespace {

struct Read {
  bool done = false;
  std::string content;
  std::string rest;
  bool bare_cr = false;
  bool bare_lf = false;
  std::size_t unstuffed = 0;

  friend bool operator==(const Read&, const Read&) = default;
};

void feed(DotReader& reader, std::string_view bytes, Read& read) {
  if (!read.done) read.done = reader.read(bytes, read.content);
  read.rest += bytes;
  read.bare_cr = reader.bare_cr();
  read.bare_lf = reader.bare_lf();
  read.unstuffed = reader.unstuffed();
}

// Whole, cut in two at every place, and byte by byte: always the same.
Read read_all(LineEnding ending, std::string_view bytes) {
  DotReader reader(ending);
  Read whole;
  feed(reader, bytes, whole);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    DotReader other(ending);
    Read pieces;
    feed(other, bytes.substr(0, cut), pieces);
    feed(other, bytes.substr(cut), pieces);
    CHECK(pieces == whole);
  }
  DotReader slow(ending);
  Read pieces;
  for (const char byte : bytes)
    feed(slow, std::string_view(&byte, 1), pieces);
  CHECK(pieces == whole);
  return whole;
}

}  // namespace

TEST_CASE("dots: the content ends at CRLF.CRLF, and what follows is left") {
  const auto read = read_all(LineEnding::crlf, "Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n");
  CHECK(read == Read{true, "Subject: x\r\n\r\nbody\r\n", "QUIT\r\n", false, false, 0});
  CHECK(read_all(LineEnding::crlf, ".\r\nQUIT") == Read{true, "", "QUIT", false, false, 0});
  CHECK(read_all(LineEnding::crlf, "\r\n.\r\n") == Read{true, "\r\n", "", false, false, 0});
}

TEST_CASE("dots: a dot at the beginning of a line is taken away") {
  const struct {
    std::string sent, content;
    std::size_t unstuffed;
  } table[] = {{"..\r\n.\r\n", ".\r\n", 1},
               {"...\r\n.\r\n", "..\r\n", 1},
               {".a\r\n..b\r\n.\r\n", "a\r\n.b\r\n", 1},
               {"a.\r\n.\r\n", "a.\r\n", 0},
               {". \r\n.\r\n", " \r\n", 0}};
  for (const auto& row : table) {
    CAPTURE(row.sent);
    const auto read = read_all(LineEnding::crlf, row.sent);
    CHECK(read.done);
    CHECK(read.content == row.content);
    CHECK(read.unstuffed == row.unstuffed);
  }
}

TEST_CASE("dots: in a CRLF session nothing but CRLF.CRLF ends the content") {
  const struct {
    std::string ending, content;
    bool bare_cr, bare_lf;
  } table[] = {
      {"\n.\n", "\n.\n", false, true},
      {"\n.\r\n", "\n.\r\n", false, true},
      {"\r\n.\n", "\r\n\n", false, true},
      {"\r.\r", "\r.\r", true, false},
      {"\r.\r\n", "\r.\r\n", true, false},
      {"\r\n.\r", "\r\n\r", true, false},
      {"\r\n\n.\r\n", "\r\n\n.\r\n", false, true},
      {"\r\n.\r\r\n", "\r\n\r\r\n", true, false},
      {"\r\r\n.\n", "\r\r\n\n", true, true},
      {"\r\n.\0\r\n"s, "\r\n\0\r\n"s, false, false},
      {"\n.\r", "\n.\r", true, true},
      {"\r.\n", "\r.\n", true, true},
  };
  for (const auto& row : table) {
    CAPTURE(row.ending);
    // The letter goes on behind it, and the smuggled command is part of it.
    const auto read =
        read_all(LineEnding::crlf, "a" + row.ending + "MAIL FROM:<x@y>\r\n.\r\nQUIT\r\n");
    CHECK(read.done);
    CHECK(read.content == "a" + row.content + "MAIL FROM:<x@y>\r\n");
    CHECK(read.rest == "QUIT\r\n");
    CHECK(read.bare_cr == row.bare_cr);
    CHECK(read.bare_lf == row.bare_lf);
  }
}

TEST_CASE("dots: in an LF session nothing but LF.LF ends the content, and it is kept with CRLF") {
  CHECK(read_all(LineEnding::lf, "a\n\n.b\n..\n.\nQUIT\n") ==
        Read{true, "a\r\n\r\nb\r\n.\r\n", "QUIT\n", false, false, 1});
  CHECK(read_all(LineEnding::lf, ".\n") == Read{true, "", "", false, false, 0});
  const auto mixed = read_all(LineEnding::lf, "a\r\n.\r\nb\r.\r\n.\n");
  CHECK(mixed.done);
  CHECK(mixed.content == "a\r\r\n\r\r\nb\r.\r\r\n");
  CHECK(mixed.bare_cr);
  CHECK_FALSE(mixed.bare_lf);
}

TEST_CASE("dots: what has not ended is not done") {
  for (const char* bytes : {"", "a", "a\r\n", "a\r\n.", "a\r\n.\r", "a.\r\n"}) {
    CAPTURE(bytes);
    CHECK_FALSE(read_all(LineEnding::crlf, bytes).done);
  }
}

TEST_CASE("dots: every octet comes through") {
  std::string all;
  for (int c = 0; c < 256; ++c) {
    if (c != '\r' && c != '\n') all += static_cast<char>(c);
  }
  const auto read = read_all(LineEnding::crlf, all + "\r\n.\r\n");
  CHECK(read.content == all + "\r\n");
}

TEST_CASE("dots: stuffing, and reading back gives the same") {
  CHECK(dot_stuffed("") == "");
  CHECK(dot_stuffed(".\r\n") == "..\r\n");
  CHECK(dot_stuffed("a\r\n.b\r\n..\r\n") == "a\r\n..b\r\n...\r\n");
  CHECK(dot_stuffed("a.b") == "a.b\r\n");
  CHECK(dot_stuffed("a\r\n.") == "a\r\n..\r\n");
  CHECK(dot_stuffed("\r\n\r\n") == "\r\n\r\n");
  for (const char* content :
       {"", "a\r\n", ".\r\n", "..\r\n.\r\n", "\r\n.\r\n\r\n", "a\r\n.\r\nb\r\n"}) {
    CAPTURE(content);
    CHECK(read_all(LineEnding::crlf, dot_stuffed(content) + ".\r\n").content == content);
  }
}
