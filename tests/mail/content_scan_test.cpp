#include "mail/content_scan.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace sandpost;
using namespace sandpost::mail;

namespace {

ContentScan scanned(std::string_view content, std::size_t piece) {
  ContentScan scan;
  for (; !content.empty(); content.remove_prefix(std::min(piece, content.size())))
    scan.add(content.substr(0, piece));
  scan.finish();
  return scan;
}

LineEndingCheck checked(std::string_view content, std::size_t piece) {
  LineEndingCheck check;
  for (; !content.empty(); content.remove_prefix(std::min(piece, content.size())))
    check.add(content.substr(0, piece));
  return check;
}

}  // namespace

TEST_CASE("content scan: what a content says of itself, in whatever pieces it comes") {
  const struct {
    std::string content;
    std::size_t head, body;
    bool blank;
    std::string subject;
  } table[] = {
      {"", 0, 0, false, ""},
      {"Subject: x\r\n\r\nbody\r\n", 1, 1, true, "x"},
      {"Subject: x\r\n\r\n", 1, 0, true, "x"},
      {"Subject: x\r\n", 1, 0, false, "x"},
      {"Subject: x\r\nbody\r\n", 1, 1, false, "x"},
      {"hello\r\nworld\r\n", 0, 2, false, ""},
      {"hello\r\n\r\nSubject: no\r\n", 0, 3, false, ""},
      {"\r\nSubject: no\r\n", 0, 1, true, ""},
      {"From: a\r\nSUBJECT:  a\r\n b\r\n\tc\r\nTo: x\r\n y\r\n\r\nz\r\n", 6, 1, true, "a b c"},
      {"Subject:\r\n\r\n", 1, 0, true, ""},
      {" folded first\r\n\r\n", 0, 2, false, ""},
      {"Subject: no end", 1, 0, false, "no end"},
      {"A: b\r\n\r\n\r\n\r\n", 1, 2, true, ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.content);
    for (std::size_t piece = 1; piece <= row.content.size() + 1; ++piece) {
      CAPTURE(piece);
      const ContentSummary summary = scanned(row.content, piece).summary();
      CHECK(summary.head_lines == row.head);
      CHECK(summary.body_lines == row.body);
      CHECK(summary.has_blank_line == row.blank);
      CHECK(summary.subject == row.subject);
      CHECK_FALSE(summary.eight_bit);
    }
  }
  CHECK(scanned("a\xC3\xA9\r\n", 1).summary().eight_bit);
}

TEST_CASE("content scan: a header line has a name of printable characters and a colon") {
  for (const char* line : {"Subject: x", "a:", "X-Y_z!: 1", "http://x", "a\t: b", "Subject : x"})
    CHECK(is_header_line(line));
  for (const char* line : {"", ":", ": x", "a b: c", "abc", " a: b", " : x", "\xC3\xA9: x"}) {
    CAPTURE(line);
    CHECK_FALSE(is_header_line(line));
  }
}

TEST_CASE("content scan: a blank before the colon hides neither the subject nor a hop") {
  const auto scan = scanned("Received : x\r\nSubject\t : late\r\nReceivedly: no\r\n\r\nb\r\n", 3);
  CHECK(scan.summary().subject == "late");
  CHECK(scan.summary().head_lines == 3);
  CHECK(scan.received_lines() == 1);
}

TEST_CASE("content scan: a bare CR or LF ends no line") {
  CHECK(scanned("Subject: x\ny\r\n\r\nbody\r\n", 3).summary().head_lines == 1);
  CHECK(scanned("Subject: x\r\r\n\n\r\nbody\r\n", 1).summary().has_blank_line == false);
}

TEST_CASE("content scan: Received fields are counted in the head") {
  const std::string content =
      "Received: from a\r\n by b\r\nRECEIVED: from c\r\nhello\r\nreceived: from d\r\n"
      "\r\nReceived: from e\r\n";
  for (const std::size_t piece : {1U, 7U, 1000U}) {
    CHECK(scanned(content, piece).received_lines() == 3);
  }
}

TEST_CASE("content scan: a line without end costs no memory") {
  ContentScan scan;
  for (int i = 0; i < 1000; ++i)
    scan.add(std::string(10'000, 'x'));
  scan.add("\r\nSubject: x\r\n");
  CHECK(scan.summary().body_lines == 2);
  const std::string long_subject = "Subject: " + std::string(100'000, 'y') + "\r\n";
  CHECK(scanned(long_subject, 999).summary().subject.size() < 1000);
  std::string folded = "Subject: a\r\n";
  for (int i = 0; i < 1000; ++i)
    folded += " " + std::string(500, 'z') + "\r\n";
  CHECK(scanned(folded, 4096).summary().subject.size() < 2000);
}

TEST_CASE("line ending check: finds a CR or LF alone, in whatever pieces the content comes") {
  const struct {
    std::string content;
    bool bare, ends;
  } table[] = {
      {"", false, true},       {"\r\n", false, true},      {"a\r\nb\r\n", false, true},
      {"a", false, false},     {"a\r\nb", false, false},   {"\n", true, false},
      {"a\n", true, false},    {"a\rb\r\n", true, true},   {"a\r", true, false},
      {"a\r\r\n", true, true}, {"a\r\n\n", true, false},   {"a\r\n\r", true, false},
      {"\n\r\n", true, true},  {"a\r\n\r\n", false, true},
  };
  for (const auto& row : table) {
    for (std::size_t piece = 1; piece <= row.content.size() + 1; ++piece) {
      CAPTURE(row.content);
      CAPTURE(piece);
      const LineEndingCheck check = checked(row.content, piece);
      CHECK(check.found_bare() == row.bare);
      CHECK(check.ends_line() == row.ends);
    }
  }
}
