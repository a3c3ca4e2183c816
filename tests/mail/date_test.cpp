#include "mail/date.hpp"

#include <doctest/doctest.h>

using namespace sandpost;
using namespace std::chrono_literals;

TEST_CASE("date: RFC 5322 §3.3 at the offset it is given") {
  const struct {
    const char* when;
    const char* text;
  } table[] = {{"2026-11-23T14:03:22+08:00", "Mon, 23 Nov 2026 14:03:22 +0800"},
               {"1970-01-01T00:00:00Z", "Thu, 1 Jan 1970 00:00:00 +0000"},
               {"2001-10-15T09:00:00.999+08:00", "Mon, 15 Oct 2001 09:00:00 +0800"},
               {"2000-02-29T23:59:59-03:30", "Tue, 29 Feb 2000 23:59:59 -0330"},
               {"1999-12-31T23:59:59-00:30", "Fri, 31 Dec 1999 23:59:59 -0030"},
               {"2024-12-31T23:30:00-12:00", "Tue, 31 Dec 2024 23:30:00 -1200"},
               {"1969-12-31T23:59:59.5Z", "Wed, 31 Dec 1969 23:59:59 +0000"}};
  for (const auto& row : table) {
    CAPTURE(row.when);
    CHECK(mail::date_text(*parse_rfc3339(row.when)) == row.text);
  }
}
