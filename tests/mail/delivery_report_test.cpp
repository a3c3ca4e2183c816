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
  CHECK(has("boundary=\"=_report_7_mail.ntut.edu.tw\"\r\n\r\n--=_report_7_mail.ntut.edu.tw\r\n"));
  CHECK(
      has("Content-Type: message/delivery-status\r\n\r\n"
          "Reporting-MTA: dns; mail.ntut.edu.tw\r\nOriginal-Envelope-Id: QQ+1\r\n"
          "Arrival-Date: Mon, 23 Nov 2026 14:03:22 +0800\r\n\r\n"
          "Original-Recipient: rfc822;Bob@old.example\r\n"
          "Final-Recipient: rfc822; bob@ntut.edu.tw\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n"
          "Final-Recipient: rfc822; \"john smith\"@ntut.edu.tw\r\n"));
  CHECK_FALSE(has("eve@"));
  CHECK(has("Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n"));
  CHECK(text.ends_with("\r\n--=_report_7_mail.ntut.edu.tw--\r\n"));
  one.envelope_id.clear();
  const std::string plain = success_report(one, trace, 7, "Subject: x\r\n");
  CHECK(plain.find("Content-Type: text/rfc822-headers\r\n\r\n") != std::string::npos);
  CHECK(plain.find("Original-Envelope-Id") == std::string::npos);
  const std::string utf8 = success_report(one, trace, 7, "Subject: \xC3\xA9\r\n");
  CHECK(utf8.find("Content-Type: message/global-headers\r\nContent-Transfer-Encoding: 8bit\r\n"
                  "\r\nSubject: \xC3\xA9\r\n") != std::string::npos);
}
