#include "smtp/reply.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "script.hpp"

using namespace sandpost;
using smtp::Reply;
namespace replies = smtp::replies;

namespace {

// Every reply there is, with that said by the client, and that as the server's names.
std::vector<Reply> all(const std::string& said, const std::string& name) {
  const wire::Oddity odd{wire::Cause::full_width, 5, "U+FF1A", ":"};
  return {replies::greeting(name),
          replies::hello(name, name, "0123:4567:89ab:cdef:0123:4567:89ab:cdef"),
          replies::chunk_ok(9),
          replies::ready_for_tls(),
          replies::challenge("x"),
          replies::authenticated(),
          replies::held_too_long(9),
          replies::binary_needs_bdat(),
          replies::no_list("x"),
          replies::tls_already(),
          replies::auth_not_now(),
          replies::unknown_mechanism("x"),
          replies::bad_base64(),
          replies::bad_response(),
          replies::auth_cancelled(),
          replies::bad_login(),
          replies::auth_unavailable(),
          replies::too_many_hops(),
          replies::sender_ok(),
          replies::recipient_ok(),
          replies::go_ahead(),
          replies::queued(9'223'372'036'854'775'807),
          replies::reset(),
          replies::noop(),
          replies::verified(std::string(64, 'a') + '@' + name),
          replies::help(),
          replies::help_on("MAIL", "MAIL FROM:<name@domain>"),
          replies::no_help(said),
          replies::bye(name),
          replies::empty_line(),
          replies::telnet_bytes(),
          replies::leading_blank(),
          replies::line_too_long(2048),
          replies::odd_character(odd),
          replies::unknown_verb(said),
          replies::misspelt_verb(said, "HELO"),
          replies::header_as_command(said + ": x"),
          replies::http(),
          replies::pop3_verb(said),
          replies::not_implemented(said),
          replies::write_it_like_this("MAIL FROM:<name@domain>"),
          replies::say_first("RCPT TO:<name@domain>"),
          replies::nested_mail(),
          replies::bad_sender("the address is too long"),
          replies::bad_recipient("the address is too long"),
          replies::non_ascii_address(true),
          replies::non_ascii_address(false),
          replies::unknown_user(said),
          replies::relay(name),
          replies::unknown_parameter(said),
          replies::bad_parameter(said),
          replies::too_big(26'214'400),
          replies::too_many_recipients(1000),
          replies::bare_line_ending(true),
          replies::bare_line_ending(false),
          replies::storage_full(),
          replies::storage_busy(),
          replies::too_many_errors(name),
          replies::timeout(name),
          replies::shutting_down(name),
          replies::too_many_connections(name)};
}

}  // namespace

TEST_CASE("smtp replies: each has the form of RFC 5321 §4.2, whatever is put into it") {
  const std::string longest_name(260, 'n');  // "mail." and a domain of 255 octets
  for (const std::string& said :
       {std::string(), std::string("x"), std::string(3000, 'x'), std::string("a\r\n250 b"),
        std::string("\x1B[2J\x7F\0", 6), std::string("\xE4\xBD\xA0\xE4\xBD\xA0"),
        std::string("\xC2\x80\xA4\xFF"), std::string(39, 'x') + "\xE4\xBD\xA0"}) {
    for (const Reply& reply : all(said, longest_name))
      smtp_tests::check_form(reply.wire_lines());
  }
}

TEST_CASE("smtp replies: greeting, HELO, EHLO, 334 and 354 have no enhanced code, all others do") {
  for (const Reply& reply : all("x", "mail.ntut.edu.tw")) {
    CAPTURE(reply.lines.front());
    const bool opens = reply.code == 220 && reply.lines.front().starts_with("mail.ntut.edu.tw ");
    const bool bare = opens || reply.code == 334 || reply.code == 354 ||
                      reply.lines.front().starts_with("mail.ntut.edu.tw hello");
    CHECK(reply.enhanced.empty() == bare);
    if (bare) continue;
    REQUIRE(reply.enhanced.size() == 5);
    CHECK(reply.enhanced[0] == std::to_string(reply.code)[0]);
  }
}

TEST_CASE("smtp replies: 421 names the server first (RFC 5321 §4.2.3)") {
  for (const Reply& reply : all("x", "mail.ntut.edu.tw")) {
    if (reply.code == 421 || (reply.code == 220 && reply.enhanced.empty())) {
      CHECK(reply.lines.front().starts_with("mail.ntut.edu.tw "));
    }
  }
}

TEST_CASE("smtp replies: several lines, and one") {
  CHECK(Reply{250, "", {"a", "b", "c"}}.wire_lines() ==
        std::vector<std::string>{"250-a", "250-b", "250 c"});
  CHECK(Reply{214, "2.0.0", {"a", "b"}}.wire_lines() ==
        std::vector<std::string>{"214-2.0.0 a", "214 2.0.0 b"});
  CHECK(Reply{354, "", {"a"}}.wire_lines() == std::vector<std::string>{"354 a"});
}

TEST_CASE("smtp replies: a line of 512 octets with its CRLF is the longest (RFC 5321 §4.5.3.1.5)") {
  CHECK(replies::hello(std::string(260, 's'), std::string(255, 'h'), "::1")
            .wire_lines()
            .front()
            .size() == 510);
}
