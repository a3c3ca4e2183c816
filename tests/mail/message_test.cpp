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
