#include "mail/delivery_report.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sandpost;
using namespace sandpost::mail;

namespace {

Envelope envelope() {
  Envelope one;
  one.reverse_path = {"ann", "client.example"};
  one.recipients = {{{"bob", "ntut.edu.tw"}, {true, true}, "rfc822;Bob@old.example"},
                    {{"eve", "ntut.edu.tw"}, {false, true}, ""},
                    {{"john smith", "ntut.edu.tw"}, {true, false}, ""}};
  one.envelope_id = "QQ+1";
  return one;
}

constexpr std::string_view letter = "Subject: x\r\nTo: y\r\n\r\nbody\r\n\r\nmore\r\n";

std::string boundary_of(const std::string& report) {
  const std::string mark = "boundary=\"";
  const auto begin = report.find(mark) + mark.size();
  return report.substr(begin, report.find('"', begin) - begin);
}

}  // namespace

TEST_CASE("delivery report: owed to a sender who asked for success") {
  Envelope one = envelope();
  CHECK(wants_success_report(one));
  one.reverse_path = {};
  CHECK_FALSE(wants_success_report(one));
  one = envelope();
  for (Recipient& recipient : one.recipients)
    recipient.notify.success = false;
  CHECK_FALSE(wants_success_report(one));
  CHECK_FALSE(wants_success_report(Envelope{}));
}

TEST_CASE("delivery report: what of the letter goes back, whatever RET asked for") {
  CHECK(head_of(letter) == "Subject: x\r\nTo: y\r\n");
  CHECK(head_of("Subject: x\r\n") == "Subject: x\r\n");
  CHECK(head_of("") == "");
}

TEST_CASE("delivery report: the form of RFC 3464") {
  const Trace trace{"client.example", "127.0.0.1", "mail.ntut.edu.tw", "ESMTP",
                    *parse_rfc3339("2026-11-23T14:03:22+08:00")};
  Envelope one = envelope();
  const std::string text = success_report(one, trace, 7, "Subject: x\r\n");
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') CHECK((i > 0 && text[i - 1] == '\r'));
  }
  CHECK(text.starts_with("From: <postmaster@mail.ntut.edu.tw>\r\nTo: <ann@client.example>\r\n"));
  const auto has = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  const std::string boundary = boundary_of(text);
  CHECK(boundary.size() <= 70);
  CHECK(has("boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n"));
  CHECK(
      has("Content-Type: message/delivery-status\r\n\r\n"
          "Reporting-MTA: dns; mail.ntut.edu.tw\r\nOriginal-Envelope-Id: QQ+1\r\n"
          "Arrival-Date: Mon, 23 Nov 2026 14:03:22 +0800\r\n\r\n"
          "Original-Recipient: rfc822;Bob@old.example\r\n"
          "Final-Recipient: rfc822; bob@ntut.edu.tw\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n"
          "Final-Recipient: rfc822; \"john smith\"@ntut.edu.tw\r\n"));
  CHECK_FALSE(has("eve@"));
  CHECK(has("Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n"));
  CHECK(text.ends_with("\r\n--" + boundary + "--\r\n"));
  one.envelope_id.clear();
  const std::string plain = success_report(one, trace, 7, "Subject: x\r\n");
  CHECK(plain.find("Content-Type: text/rfc822-headers\r\n\r\n") != std::string::npos);
  CHECK(plain.find("Original-Envelope-Id") == std::string::npos);
  const std::string utf8 = success_report(one, trace, 7, "Subject: \xC3\xA9\r\n");
  CHECK(utf8.find("Content-Type: message/global-headers\r\nContent-Transfer-Encoding: 8bit\r\n"
                  "\r\nSubject: \xC3\xA9\r\n") != std::string::npos);
}

TEST_CASE("delivery report: a letter whose head holds a boundary cannot add parts to the report") {
  const Trace trace{"client.example", "127.0.0.1", "mail.ntut.edu.tw", "ESMTP",
                    *parse_rfc3339("2026-11-23T14:03:22+08:00")};
  const std::string first = boundary_of(success_report(envelope(), trace, 7, "A: b\r\n"));
  const std::string head = "--" + first + "\r\nContent-Type: text/html\r\n";
  CHECK(head.find(boundary_of(success_report(envelope(), trace, 7, head))) == std::string::npos);
  CHECK(boundary_of(success_report(envelope(), trace, 7, "C: d\r\n")) != first);
}

TEST_CASE("delivery report: a head that was too long to keep whole is cut at the end of a line") {
  CHECK(head_of("Subject: x\r\nTo: y\r\nFr") == "Subject: x\r\nTo: y\r\n");
  CHECK(head_of("no line has an end") == "");
}

TEST_CASE(
    "delivery report: octets that are no UTF-8 are not called UTF-8, and 8bit is said outside") {
  const Trace trace{"client.example", "127.0.0.1", "mail.ntut.edu.tw", "ESMTP",
                    *parse_rfc3339("2026-11-23T14:03:22+08:00")};
  const std::string text = success_report(envelope(), trace, 7, "Subject: \xE9\r\n");
  CHECK(text.find("Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit\r\n") !=
        std::string::npos);
  CHECK(text.find("MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n") != std::string::npos);
}
