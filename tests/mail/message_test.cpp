#include "mail/message.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sandpost;
using namespace sandpost::mail;

TEST_CASE("message: the trace lines of a delivered letter") {
  Trace trace{"ntut.edu.tw", "127.0.0.1", "mail.ntut.edu.tw", "SMTP",
              *parse_rfc3339("2026-11-23T14:03:22+08:00")};
  CHECK(trace_lines({"s9360511", "ntut.edu.tw"}, trace, 1) ==
        "Return-Path: <s9360511@ntut.edu.tw>\r\n"
        "Received: from ntut.edu.tw ([127.0.0.1])\r\n"
        "    by mail.ntut.edu.tw with SMTP id 1;\r\n"
        "    Mon, 23 Nov 2026 14:03:22 +0800\r\n");
  trace.client_address = "::1";
  const std::string other = trace_lines({}, trace, 12345);
  CHECK(other.starts_with("Return-Path: <>\r\n"));
  CHECK(other.find("([IPv6:::1])") != std::string::npos);
  CHECK(other.find(" id 12345;") != std::string::npos);
  CHECK(trace_lines({"john smith", "x"}, trace, 1)
            .starts_with("Return-Path: <\"john smith\"@x>\r\n"));
}

TEST_CASE("message: what a content says of itself") {
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
    const auto summary = summarise(row.content);
    CHECK(summary.head_lines == row.head);
    CHECK(summary.body_lines == row.body);
    CHECK(summary.has_blank_line == row.blank);
    CHECK(summary.subject == row.subject);
    CHECK_FALSE(summary.eight_bit);
  }
  CHECK(summarise("a\xC3\xA9\r\n").eight_bit);
}

TEST_CASE("message: a header line has a name of printable characters and a colon") {
  for (const char* line : {"Subject: x", "a:", "X-Y_z!: 1", "http://x"})
    CHECK(is_header_line(line));
  for (const char* line : {"", ":", ": x", "a b: c", "abc", " a: b", "a\t: b", "\xC3\xA9: x"}) {
    CAPTURE(line);
    CHECK_FALSE(is_header_line(line));
  }
}
