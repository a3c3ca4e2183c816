#include "sandbox/explain.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "pop3/replies.hpp"
#include "sandbox/classroom.hpp"
#include "sandbox/explain_connection.hpp"
#include "sandbox/explain_letter.hpp"
#include "sandbox/screen.hpp"
#include "smtp/reply.hpp"

namespace sandpost::tests {
namespace {

using wire::Cause;
namespace event = wire::event;

constexpr int causes = static_cast<int>(wire::last_cause) + 1;

wire::Event event_of(std::string_view name, std::vector<wire::Field> fields) {
  wire::Event out;
  out.name = name;
  out.fields = std::move(fields);
  return out;
}

wire::Event error_of(std::string_view name, Cause cause, const std::string& verb = "",
                     const std::string& need = "", const std::string& near = "") {
  return event_of(name, {{"verb", verb},
                         {"line", verb + " x"},
                         {"cause", std::string(to_text(cause))},
                         {"near", near},
                         {"need", need}});
}

std::string refusal(const wire::Event& error) {
  return sandbox::explain_refusal(error, lab_variables());
}

// A real explanation: short, ASCII, with everything filled in, and kind.
void check_text(const std::string& text) {
  CHECK_FALSE(text.empty());
  const std::string rows = sandbox::lay_out({sandbox::Role::no, text}, {80, false});
  std::size_t spoken = 0;  // what is to be typed stands behind it, on rows of its own
  for (const std::string& row : split(rows, '\n')) {
    CHECK_MESSAGE(row.size() <= 76, row);
    if (!row.empty() && !row.starts_with("NO   ")) ++spoken;
  }
  CHECK_MESSAGE(spoken <= 3, rows);
  for (const char c : text)
    CHECK_MESSAGE((c == '\n' || (c >= ' ' && c <= '~')), text);
  CHECK_MESSAGE(!has(text, "{"), text);
  for (const char* unkind : {"rong!", "rror", "nvalid", "llegal"})
    CHECK_MESSAGE(!has(text, unkind), text);
  // Each sentence ends, unless something to type or a word with a colon comes last.
  const bool ends = text.ends_with('.') || text.ends_with('?') || has(text, "\n  ") ||
                    text.ends_with(":quit") || text.ends_with(":") || has(text, "<s9360511");
  CHECK_MESSAGE(ends, text);
}

// What explain_refusal() says where it knows nothing.
const std::string& nothing_known() {
  static const std::string text = refusal(error_of(event::smtp_error, Cause::none));
  return text;
}

// These speak of what is served all the same: smtp.note, pop3.note, smtp.close, pop3.close.
bool of_connection(Cause cause) {
  return cause == Cause::early_talk || cause == Cause::lf_only || cause == Cause::s_client_quit;
}

// These speak of lines that are accepted: smtp.line, smtp.message.
bool of_content(Cause cause) {
  switch (cause) {
    case Cause::dot_space:
    case Cause::dot_double:
    case Cause::dot_full_width:
    case Cause::dot_lost:
    case Cause::blank_line_has_spaces:
    case Cause::lf_dot:
    case Cause::command_in_data:
    case Cause::no_blank_line:
    case Cause::no_head:
      return true;
    default:
      return false;
  }
}

}  // namespace

TEST_CASE("explain: every reply code of the SMTP engine has words") {
  using namespace smtp::replies;
  const wire::Oddity oddity{Cause::full_width, 3, "U+FF1A", ":"};
  const smtp::Reply all[] = {greeting("s"),
                             hello("s", "n", "a"),
                             chunk_ok(9),
                             ready_for_tls(),
                             challenge("x"),
                             authenticated(),
                             held_too_long(9),
                             binary_needs_bdat(),
                             no_list("x"),
                             tls_already(),
                             auth_not_now(),
                             unknown_mechanism("x"),
                             bad_base64(),
                             bad_response(),
                             auth_cancelled(),
                             bad_login(),
                             auth_unavailable(),
                             too_many_hops(),
                             sender_ok(),
                             recipient_ok(),
                             go_ahead(),
                             queued(7),
                             reset(),
                             noop(),
                             verified("m"),
                             help(),
                             help_on("DATA", "DATA"),
                             no_help("x"),
                             bye("s"),
                             empty_line(),
                             line_too_long(9),
                             odd_character(oddity),
                             unknown_verb("x"),
                             misspelt_verb("x", "y"),
                             header_as_command("a:"),
                             http(),
                             pop3_verb("LIST"),
                             not_implemented("AUTH"),
                             write_it_like_this("x"),
                             say_first("x"),
                             nested_mail(),
                             bad_sender("x"),
                             bad_recipient("x"),
                             non_ascii_address(true),
                             unknown_user("x"),
                             relay("d"),
                             unknown_parameter("x"),
                             bad_parameter("x"),
                             too_big(9),
                             too_many_recipients(9),
                             bare_line_ending(true),
                             storage_full(),
                             storage_busy(),
                             too_many_errors("s"),
                             timeout("s"),
                             shutting_down("s"),
                             too_many_connections("s")};
  for (const smtp::Reply& reply : all) {
    const std::string line = reply.wire_lines().front();
    const std::string text = sandbox::explain_reply(line);
    CHECK_MESSAGE(text.starts_with(line.substr(0, 1) + ' '), line);
    CHECK_MESSAGE(!has(text, "a number for programs"), line);
    CHECK_MESSAGE(!has(text, "of another kind"), line);
    CHECK(text.size() <= 73);
  }
}

TEST_CASE("explain: a code digit by digit") {
  CHECK(sandbox::explain_reply("250 ok") == "2 done   5 about mail   0 that went well");
  CHECK(sandbox::explain_reply("250-first") == sandbox::explain_reply("250 ok"));
  CHECK(has(sandbox::explain_reply("354 go ahead"), "3 go on"));
  CHECK(has(sandbox::explain_reply("451 4.3.0 x"), "4 not now, try later"));
  CHECK(has(sandbox::explain_reply("550 5.1.1 x"), "5 never, as it stands"));
  CHECK(has(sandbox::explain_reply("299 x"), "9 a number for programs"));
}

TEST_CASE("explain: POP3's two words, and lines that are no reply") {
  CHECK(sandbox::explain_reply(pop3::replies::user_ok().line()) == "+OK: done");
  CHECK(has(sandbox::explain_reply(pop3::replies::in_use().line()), "-ERR: not done"));
  for (const char* line : {"", ".", "1 211", "Subject: x", "25", "2x0 a", "\xFF\xFF\xFF"})
    CHECK(sandbox::explain_reply(line).empty());
}

TEST_CASE("explain: every cause of a refusal has a real explanation") {
  REQUIRE(nothing_known().find(":hint helps") != std::string::npos);
  for (int i = 1; i < causes; ++i) {
    const auto cause = static_cast<Cause>(i);
    CAPTURE(std::string(to_text(cause)));
    if (of_content(cause) || of_connection(cause)) continue;
    for (const std::string_view name : {event::smtp_error, event::pop3_error}) {
      const std::string text = refusal(error_of(name, cause));
      CHECK(text != nothing_known());
      check_text(text);
    }
  }
}

TEST_CASE("explain: every cause in a letter has a real explanation") {
  for (int i = 1; i < causes; ++i) {
    const auto cause = static_cast<Cause>(i);
    CAPTURE(std::string(to_text(cause)));
    const bool elsewhere_too = cause == Cause::bare_lf || cause == Cause::telnet_bytes;
    if (!of_content(cause) && !elsewhere_too) continue;
    const std::string name(to_text(cause));
    const bool whole = cause == Cause::no_blank_line || cause == Cause::no_head;
    check_text(whole
                   ? sandbox::explain_accepted(event_of(event::smtp_message, {{"cause", name}}))
                   : sandbox::explain_content_line(event_of(event::smtp_line, {{"cause", name}})));
  }
  CHECK(sandbox::explain_content_line(event_of(event::smtp_line, {{"cause", std::string("none")}}))
            .empty());
  CHECK(sandbox::explain_accepted(event_of(event::smtp_message, {{"cause", std::string("none")}}))
            .empty());
}

TEST_CASE(
    "explain: a fault that waits or hangs up is told, one that answers is told as a refusal") {
  const auto told = [](const char* effect) {
    return sandbox::explain_accepted(event_of(
        event::fault, {{"rule", std::string("delay:2s")}, {"effect", std::string(effect)}}));
  };
  CHECK(told("wait") == "The server waited on purpose: a fault, delay:2s.");
  CHECK(told("drop") == "The server hung up on purpose: a fault, delay:2s.");
  CHECK(told("answer").empty());
  CHECK(has(refusal(error_of(event::smtp_error, Cause::fault, "RCPT")), "not your doing"));
}

TEST_CASE("explain: every cause of a note and of a close has a real explanation") {
  for (const bool tls : {false, true}) {
    for (const Cause cause : {Cause::early_talk, Cause::lf_only, Cause::telnet_bytes}) {
      CAPTURE(std::string(to_text(cause)));
      check_text(sandbox::explain_note(
          event_of(event::smtp_note, {{"cause", std::string(to_text(cause))}, {"tls", tls}})));
    }
  }
  CHECK(sandbox::explain_note(event_of(event::smtp_note, {})).empty());
  check_text(sandbox::explain_close(
      event_of(event::smtp_close, {{"cause", std::string("s_client_quit")}})));
  CHECK(sandbox::explain_close(event_of(event::smtp_close, {{"clean", false}})).empty());
}

TEST_CASE("explain: the mailbox that is held or empty, with what is known of it and without") {
  check_text(sandbox::explain_in_use(std::nullopt));
  const ZonedTime since = *parse_rfc3339("2026-11-23T14:03:22+08:00");
  check_text(sandbox::explain_in_use(sandbox::Holder{2, "127.0.0.1:40312", since}));
  const std::chrono::milliseconds left{5'001};
  const std::string early = sandbox::explain_too_early({7, since.time + left}, since.time);
  check_text(early);
  CHECK(has(early, "Number 7 is due in 6 s."));  // a part of a second is waited for as well
}

TEST_CASE("explain: with every verb, need and near miss the texts are whole and short") {
  const char* smtp_verbs[] = {"HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP",
                              "VRFY", "HELP", "QUIT", "LIST", "USER", "X",    ""};
  const char* pop3_verbs[] = {"USER", "PASS", "STAT", "LIST", "RETR", "DELE", "UIDL", "TOP",
                              "QUIT", "NOOP", "RSET", "CAPA", "HELO", "MAIL", "X",    ""};
  for (int i = 1; i < causes; ++i) {
    const auto cause = static_cast<Cause>(i);
    CAPTURE(std::string(to_text(cause)));
    for (const char* verb : smtp_verbs) {
      for (const char* need : {"", "HELO", "MAIL", "RCPT", "RSET"})
        check_text(refusal(error_of(event::smtp_error, cause, verb, need, "HELO")));
    }
    for (const char* verb : pop3_verbs) {
      for (const char* need : {"", "USER", "PASS"})
        check_text(refusal(error_of(event::pop3_error, cause, verb, need, "QUIT")));
    }
  }
}

TEST_CASE("explain: a failed login is explained by its cause alone") {
  for (const Cause cause :
       {Cause::bad_login, Cause::trailing_space, Cause::in_use, Cause::storage}) {
    const std::string text = refusal(event_of(
        event::pop3_auth, {{"user", std::string("x")}, {"cause", std::string(to_text(cause))}}));
    CHECK(text != nothing_known());
    check_text(text);
  }
}

TEST_CASE("explain: words of the other protocol say which server this is") {
  CHECK(has(refusal(error_of(event::smtp_error, Cause::unknown_verb, "retr")), "port 1110"));
  CHECK(has(refusal(error_of(event::pop3_error, Cause::unknown_verb, "RCPT")), "port 2525"));
  CHECK(has(refusal(error_of(event::pop3_error, Cause::header_as_command, "SUBJECT:")), "POP3"));
}

TEST_CASE("explain: `one L` is said of HELLO only") {
  const auto near = [](const char* verb) {
    return refusal(error_of(event::smtp_error, Cause::misspelt_verb, verb, "", "HELO"));
  };
  CHECK(has(near("HELLO"), "one L"));
  CHECK_FALSE(has(near("HALO"), "one L"));
  CHECK(has(near("HALO"), "Did you mean HELO?"));
}

TEST_CASE("explain: the letter that seems not to end is explained for what stands there") {
  CHECK(has(refusal(event_of(event::smtp_error, {{"verb", std::string("MAIL")},
                                                 {"line", std::string("MAIL FROM s@x")},
                                                 {"cause", std::string("no_colon")}})),
            "The colon is missing (it would be character 10). The < > are part of it, too."));
  const std::string colon_there =
      refusal(event_of(event::smtp_error, {{"verb", std::string("RCPT")},
                                           {"line", std::string("RCPT TOO:<a@b>")},
                                           {"cause", std::string("no_colon")}}));
  CHECK_FALSE(has(colon_there, "missing"));
  CHECK(has(colon_there, "RCPT TO:<s9360511@ntut.edu.tw>"));
}

TEST_CASE("explain: an odd character that cannot be found again is still explained") {
  const std::string text = refusal(event_of(
      event::smtp_error, {{"line", std::string("plain")}, {"cause", std::string("full_width")}}));
  CHECK(has(text, "One character of your line is not what it looks like. It is a full-width"));
}

TEST_CASE("explain: backspaces are counted and the line is shown as it was read") {
  CHECK(sandbox::explain_hidden_bytes("helo x").empty());
  CHECK(sandbox::explain_hidden_bytes("").empty());
  const std::string text = sandbox::explain_hidden_bytes("helo ax\x08\x7F\x1b[Db");
  CHECK(has(text, "2 backspace bytes"));
  CHECK(has(text, "\"helo ^[[Db\""));  // and what is not text is made visible
}

TEST_CASE("explain: what went well and was common says nothing") {
  const auto accepted = [](std::string_view name, std::vector<wire::Field> fields) {
    return sandbox::explain_accepted(event_of(name, std::move(fields)));
  };
  CHECK(accepted(event::smtp_mail,
                 {{"from", std::string("a@b")}, {"brackets", true}, {"space", false}})
            .empty());
  CHECK(accepted(event::smtp_rcpt, {{"to", std::string("a@b")}}).empty());
  CHECK(accepted(event::pop3_auth, {{"ok", true}, {"count", std::int64_t{1}}}).empty());
  for (const auto& text :
       {accepted(event::smtp_mail, {{"from", std::string()}}),
        accepted(event::smtp_mail, {{"from", std::string("a@b")}}),
        accepted(event::smtp_mail,
                 {{"from", std::string("a@b")}, {"brackets", true}, {"space", true}}),
        sandbox::explain_empty("amy", true), sandbox::explain_empty("amy", false)}) {
    check_text(text);
  }
}

TEST_CASE("explain: a near miss never tells the name of a field") {
  const std::vector<wire::Value> values{std::int64_t{0}, std::int64_t{7}, true, false,
                                        std::string("some text")};
  for (const wire::EventForm& form : wire::events()) {
    for (const std::string& field : split(std::string(form.fields), ' ')) {
      for (const wire::Value& wanted : values) {
        for (const wire::Value& found : values) {
          sandbox::Matcher pass;
          pass.event = form.name;
          pass.conditions = {{field, {wanted}, {}, {}}};
          const std::string said = sandbox::explain_near_miss(
              pass, event_of(form.name, {{field, found}}), lab_variables(), std::nullopt);
          CAPTURE(said);
          CHECK_FALSE(has(said, "`"));
          CHECK_FALSE(has(said, " to be true"));
          if (field.find('_') != std::string::npos) CHECK_FALSE(has(said, field));
        }
      }
    }
  }
}

TEST_CASE("explain: LIST without its number is told which number to ask for") {
  sandbox::Matcher pass;
  pass.event = event::pop3_list;
  pass.conditions = {{"arg", {std::int64_t{2}}, {}, {}}};
  const std::string said = sandbox::explain_near_miss(
      pass, event_of(event::pop3_list, {{"count", std::int64_t{3}}, {"arg", std::int64_t{0}}}),
      lab_variables(), std::nullopt);
  CHECK(has(said, "this step wants number 2."));
  CHECK(has(said, "\n  LIST 2"));
}

TEST_CASE("explain: a near miss names what is waited for and what came") {
  sandbox::Matcher pass;
  pass.event = event::smtp_message;
  const auto miss = [&](std::vector<wire::Field> fields) {
    return sandbox::explain_near_miss(pass, event_of(event::smtp_message, std::move(fields)),
                                      lab_variables(), std::nullopt);
  };
  CHECK(miss({}).empty());
  pass.conditions = {{"rcpts", {}, 2, std::nullopt}};
  CHECK(miss({{"rcpts", std::int64_t{2}}}).empty());
  CHECK(has(miss({{"rcpts", std::int64_t{1}}}), "recipients: 1. This step wants at least 2."));
  CHECK(has(miss({}), "not quite what this step wants"));
  pass.conditions = {{"rcpts", {}, 2, 3}};
  CHECK(has(miss({{"rcpts", std::int64_t{4}}}),
            "recipients: 4. This step wants at least 2 and at most 3."));
  pass.conditions = {{"rcpts", {}, std::nullopt, 3}, {"subject", {std::string("{user}")}, {}, {}}};
  // Texts tell more than numbers, so they come first.
  CHECK(has(miss({{"rcpts", std::int64_t{4}}, {"subject", std::string("a\x1b")}}),
            "the subject \"a^[\"; this step wants s9360511. Send it again."));
  pass.conditions = {{"eightbit", {true}, {}, {}}};
  CHECK(has(miss({{"eightbit", false}}), "all of it ASCII. This step wants other letters"));
  sandbox::Matcher either;
  either.any = {pass, pass};
  CHECK(has(sandbox::explain_near_miss(either, event_of(event::smtp_message, {{"eightbit", false}}),
                                       {}, std::nullopt),
            "all of it ASCII"));
  CHECK(
      sandbox::explain_near_miss(either, event_of(event::smtp_rset, {}), {}, std::nullopt).empty());
}

TEST_CASE("explain: the reader of a letter knows who wrote which line") {
  sandbox::LetterReader reader(4);
  const std::pair<const char*, const char*> letter[] = {
      {"Return-Path: <a@b>", "at delivery: your MAIL FROM"},
      {"Received: from x ([127.0.0.1])", "by SMTP: your HELO, your IP"},
      {"    by mail with SMTP id 1;", "the server, the number"},
      {"    Mon, 23 Nov 2026 14:03:22 +0800", "when it came"},
      {"Received: by me", "yours"},
      {"", "yours: the empty line"},
      {"text", "yours"},
      {"", "yours"},
      {"..hidden", "yours, dot doubled"},
      {".", "end of the reply"},
  };
  for (const auto& [line, who] : letter)
    CHECK(reader.who_wrote(line) == who);
}

TEST_CASE("explain: a letter of somebody else is not called yours") {
  sandbox::LetterReader reader(4, false);
  const std::pair<const char*, const char*> letter[] = {
      {"Return-Path: <>", "at delivery: its MAIL FROM"},
      {"Received: from x ([127.0.0.1])", "by SMTP: who sent it"},
      {"    by mail with ESMTP id 1;", "the server, the number"},
      {"    Mon, 23 Nov 2026 14:03:22 +0800", "when it came"},
      {"Subject: Delivery report", ""},
      {"", "the empty line"},
      {"..hidden", "dot doubled"},
      {".", "end of the reply"},
  };
  for (const auto& [line, who] : letter)
    CHECK(reader.who_wrote(line) == who);
}

TEST_CASE("explain: a letter without a head, and one without lines") {
  sandbox::LetterReader plain(0);
  CHECK(plain.who_wrote("Hello") == "yours");
  sandbox::LetterReader empty(1);
  CHECK(empty.who_wrote("X-Other: y") == "by the server");
  CHECK(empty.who_wrote(".") == "end of the reply");
}

}  // namespace sandpost::tests
