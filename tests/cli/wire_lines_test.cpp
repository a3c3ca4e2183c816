#include "cli/wire_lines.hpp"

#include <doctest/doctest.h>

#include "wire/vocabulary.hpp"

namespace sandpost::cli {
namespace {

wire::Event event(std::uint64_t session, std::string_view name, std::vector<wire::Field> fields) {
  wire::Event made;
  made.when = *parse_rfc3339("2001-10-15T14:03:22+08:00");
  made.session = session;
  made.name = name;
  made.fields = std::move(fields);
  return made;
}

TEST_CASE("wire lines: what was said stands behind C: and S:, with the session's protocol") {
  WireLines lines;
  CHECK(lines.line(event(1, wire::event::smtp_connect, {{"port", std::int64_t{2525}}})) ==
        "14:03:22 #1 SMTP smtp.connect port=2525\n");
  CHECK(lines.line(event(2, wire::event::pop3_connect, {{"port", std::int64_t{1110}}})) ==
        "14:03:22 #2 POP3 pop3.connect port=1110\n");
  CHECK(lines.line(event(1, wire::event::client_line,
                         {{"text", std::string("helo x")}, {"data", false}})) ==
        "14:03:22 #1 SMTP C: helo x\n");
  CHECK(lines.line(event(2, wire::event::server_line,
                         {{"text", std::string("+OK now the password")}, {"last", true}})) ==
        "14:03:22 #2 POP3 S: +OK now the password\n");
}

TEST_CASE("wire lines: a session's last words are known to be its own") {
  WireLines lines;
  (void)lines.line(event(1, wire::event::smtp_close, {{"clean", true}}));
  CHECK(lines.line(event(1, wire::event::server_line, {{"text", std::string("221 bye")}})) ==
        "14:03:22 #1 SMTP S: 221 bye\n");
}

TEST_CASE("wire lines: control bytes are made visible") {
  WireLines lines;
  CHECK(lines.line(event(3, wire::event::client_line, {{"text", std::string("a\x08\x1B[2J")}})) ==
        "14:03:22 #3 C: a^H^[[2J\n");
  CHECK(lines.line(event(3, wire::event::smtp_error, {{"line", std::string("a\nb")}})) ==
        "14:03:22 #3 SMTP smtp.error line=a^Jb\n");
}

TEST_CASE("wire lines: fields are words, in quotes where they have to be") {
  WireLines lines;
  CHECK(lines.line(event(4, wire::event::smtp_rcpt,
                         {{"to", std::string("a@b")}, {"local", true}, {"near", std::string()}})) ==
        "14:03:22 #4 SMTP smtp.rcpt to=a@b local=yes near=\"\"\n");
  CHECK(lines.line(event(4, wire::event::smtp_message, {{"subject", std::string("two words")}})) ==
        "14:03:22 #4 SMTP smtp.message subject=\"two words\"\n");
}

TEST_CASE("wire lines: a due time is a time of day, and no session's doing has no number") {
  WireLines lines;
  CHECK(lines.line(event(5, wire::event::queue_accepted,
                         {{"queue", std::int64_t{1}}, {"due", std::int64_t{1003125812000}}})) ==
        "14:03:22 #5 queue.accepted queue=1 due=14:03:32\n");
  CHECK(lines.line(event(0, wire::event::queue_delivered, {{"waited", std::int64_t{10000}}})) ==
        "14:03:22 queue.delivered waited=10000\n");
}

}  // namespace
}  // namespace sandpost::cli
