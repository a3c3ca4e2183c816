#include "sandbox/screen.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "sandbox/columns.hpp"

namespace sandpost::tests {
namespace {

using sandbox::lay_out;
using sandbox::Layout;
using sandbox::Line;
using sandbox::Role;

constexpr Role roles[] = {Role::client, Role::content, Role::server, Role::tutor, Role::ask,
                          Role::ok,     Role::no,      Role::title,  Role::plain};

// A paragraph of short words.
const std::string long_text = [] {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += "word" + std::to_string(i) + ' ';
  return text + "end";
}();

std::vector<std::string> rows(const Line& line, const Layout& layout) {
  const std::string text = lay_out(line, layout);
  REQUIRE(text.ends_with('\n'));
  return split(std::string_view(text).substr(0, text.size() - 1), '\n');
}

std::string without_color(std::string text) {
  for (auto at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b'))
    text.erase(at, text.find('m', at) - at + 1);
  return text;
}

}  // namespace

TEST_CASE("screen: every row begins with the role's word and fits the width") {
  for (const Role role : {Role::tutor, Role::ask, Role::ok, Role::no}) {
    for (const int width : {40, 60, 80}) {
      CAPTURE(width);
      const std::string word(sandbox::word_of(role));
      const auto all = rows({role, long_text}, {width, false});
      CHECK(all.size() > 4);
      std::string joined;
      for (const std::string& row : all) {
        CHECK(row.starts_with(word));
        CHECK(row.size() <= static_cast<std::size_t>(std::min(width, 75)));
        if (&row != &all.back())
          CHECK(row.size() + 8 > static_cast<std::size_t>(std::min(width, 75)));
        joined += row.substr(word.size()) + ' ';
      }
      CHECK(joined == long_text + ' ');  // nothing is lost
    }
  }
}

TEST_CASE("screen: the role's words") {
  CHECK(sandbox::word_of(Role::client) == "C: ");
  CHECK(sandbox::word_of(Role::content) == "D> ");
  CHECK(sandbox::word_of(Role::server) == "S: ");
  CHECK(sandbox::word_of(Role::tutor) == "-- ");
  CHECK(sandbox::word_of(Role::ask) == "?? ");
  CHECK(sandbox::word_of(Role::ok) == "OK ");
  CHECK(sandbox::word_of(Role::no) == "NO ");
  CHECK(sandbox::word_of(Role::title).empty());
  CHECK(sandbox::word_of(Role::plain).empty());
}

TEST_CASE("screen: without colour there is not one escape, with colour the text is the same") {
  for (const Role role : roles) {
    for (const int width : {40, 60, 80}) {
      for (const char* note : {"", "RFC 5321, 4.1.1.1"}) {
        const Line line{role, long_text, note};
        const std::string plain = lay_out(line, {width, false});
        const std::string colored = lay_out(line, {width, true});
        CHECK(plain.find('\x1b') == std::string::npos);
        CHECK(without_color(colored) == plain);
        if (role != Role::tutor && role != Role::plain) CHECK(colored != plain);
      }
    }
  }
}

TEST_CASE("screen: no colour is left on at the end of a row") {
  for (const Role role : roles) {
    for (const std::string& row : rows({role, long_text, "note"}, {60, true})) {
      const auto last = row.rfind('\x1b');
      if (last != std::string::npos) CHECK(row.substr(last, 4) == "\x1b[0m");
    }
  }
}

TEST_CASE("screen: what was said is one row, however long") {
  for (const Role role : {Role::client, Role::content, Role::server}) {
    for (const int width : {40, 60, 80}) {
      const auto all = rows({role, long_text}, {width, false});
      REQUIRE(all.size() == 1);
      CHECK(all[0] == std::string(sandbox::word_of(role)) + long_text);
    }
  }
  CHECK(lay_out({Role::content, ""}, {80, false}) == "D>\n");
  CHECK(lay_out({Role::server, "250 ok"}, {80, false}) == "S: 250 ok\n");
}

TEST_CASE("screen: who wrote a line of the letter stands beside it, in one column") {
  const auto row = [](const char* text, const char* note) {
    return lay_out({Role::server, text, note}, {80, false});
  };
  CHECK(row("Subject: x", "yours") == "S: Subject: x" + std::string(37, ' ') + "| yours\n");
  CHECK(row("", "yours: the empty line").find("| yours: the empty line") == 50);
  const std::string as_wide(48, 'x');  // one beyond the column
  CHECK(row(as_wide.c_str(), "yours") == "S: " + as_wide + " | yours\n");
}

TEST_CASE("screen: a note that finds no room goes below, and `yours` alone is left out") {
  const std::string wide(75, 'x');
  CHECK(lay_out({Role::server, wide, "when it came"}, {80, false}) ==
        "S: " + wide + "\n--   (the line above: when it came)\n");
  CHECK(lay_out({Role::server, wide, "yours"}, {80, false}) == "S: " + wide + "\n");
  CHECK(lay_out({Role::server, "Subject: x", "at delivery: your MAIL FROM"}, {60, false}) ==
        "S: Subject: x\n--   (the line above: at delivery: your MAIL FROM)\n");
}

TEST_CASE("screen: a note below fits a narrow terminal, too") {
  CHECK(lay_out({Role::server, "Return-Path: <a@b>", "at delivery: your MAIL FROM"}, {40, false}) ==
        "S: Return-Path: <a@b>\n--   (the line above: at delivery: your\n--   MAIL FROM)\n");
}

TEST_CASE("screen: the section stands at the right edge of the last row") {
  const Line line{Role::tutor, "HELO, one blank, and a name.", "RFC 5321, 4.1.1.1"};
  const std::string wide = lay_out(line, {80, false});
  CHECK(wide ==
        "-- HELO, one blank, and a name." + std::string(75 - 31 - 17, ' ') + "RFC 5321, 4.1.1.1\n");
  CHECK(lay_out(line, {60, false}).size() == 61);
  CHECK(lay_out(line, {40, false}) == "-- HELO, one blank, and a name.\n-- RFC 5321, 4.1.1.1\n");
}

TEST_CASE("screen: a section that finds no room has a row of its own") {
  const std::string text(60, 'x');
  CHECK(lay_out({Role::tutor, text, "RFC 5321, 4.1.1.1"}, {80, false}) ==
        "-- " + text + "\n-- RFC 5321, 4.1.1.1\n");
  CHECK(lay_out({Role::tutor, "", "RFC 5321, 2"}, {80, false}) ==
        "-- " + std::string(61, ' ') + "RFC 5321, 2\n");
}

TEST_CASE("screen: a title has no word in front, and is bold where there is colour") {
  CHECK(lay_out({Role::title, "[2/14] Say who you are"}, {80, false}) ==
        "[2/14] Say who you are\n");
  CHECK(lay_out({Role::title, "[2/14]"}, {80, true}) == "\x1b[1m[2/14]\x1b[0m\n");
  CHECK(lay_out({Role::title, "sandpost", "about 10 minutes"}, {80, false}).size() == 76);
}

TEST_CASE("screen: plain rows come as they are") {
  for (const int width : {40, 60, 80}) {
    CHECK(lay_out({Role::plain, "  number  from  " + long_text}, {width, true}) ==
          "  number  from  " + long_text + "\n");
    CHECK(lay_out({Role::plain}, {width, false}) == "\n");
  }
}

TEST_CASE("screen: lines with two blanks in front are kept, however long") {
  const std::string verbatim = "  RCPT TO:<somebody.with.a.long.name@a.long.domain.example.org>";
  for (const int width : {40, 60, 80}) {
    const auto all =
        rows({Role::no, "Like this:\n" + verbatim + "\nand no other way."}, {width, false});
    REQUIRE(all.size() == 3);
    CHECK(all[0] == "NO Like this:");
    CHECK(all[1] == "NO " + verbatim);
    CHECK(all[2] == "NO and no other way.");
  }
}

TEST_CASE("screen: a newline is a blank, an empty line divides paragraphs") {
  const auto all = rows({Role::tutor, "one\ntwo\n\nthree"}, {80, false});
  REQUIRE(all.size() == 3);
  CHECK(all[0] == "-- one two");
  CHECK(all[1] == "--");
  CHECK(all[2] == "-- three");
}

TEST_CASE("screen: a word that is too long has a row of its own and stays whole") {
  const std::string word(100, 'x');
  for (const int width : {40, 60, 80}) {
    const auto all = rows({Role::tutor, "a " + word + " b"}, {width, false});
    REQUIRE(all.size() == 3);
    CHECK(all[0] == "-- a");
    CHECK(all[1] == "-- " + word);
    CHECK(all[2] == "-- b");
  }
}

TEST_CASE("screen: a note that is wider than the screen does not run over its edge") {
  const std::string note = "RFC 5322, 3.6; RFC 5322, 3.3; RFC 5322, 3.6.4";
  const auto all = rows({Role::tutor, "Send yourself a letter.", note}, {40, false});
  REQUIRE(all.size() == 3);
  CHECK(all[1] == "-- RFC 5322, 3.6; RFC 5322, 3.3;");
  CHECK(all[2] == "-- RFC 5322, 3.6.4");
  CHECK(rows({Role::tutor, "Send yourself a letter.", note}, {48, false}).back() == "-- " + note);
}

TEST_CASE("screen: at 40 columns a row ended inside of an RFC's section, or of a command") {
  for (const char* whole :
       {"RFC 5321, 4.1.1.3", "(RFC 5321, 3.3);", "RETR 1", "TOP 2 2", "MAIL FROM:<a@b.c>",
        "RCPT TO", "HELO ntut.edu.tw", "telnet 127.0.0.1 2525", "AUTH LOGIN  "}) {
    const bool apart = std::string_view(whole).ends_with("  ");
    const std::string kept(trim(whole));
    for (std::size_t before = 1; before < 38; ++before) {
      const std::string text = std::string(before, 'x') + (apart ? "  " : " ") + whole + " y";
      std::string all;
      for (const std::string& row : rows({Role::tutor, text}, {40, false})) {
        CHECK_MESSAGE(row.size() <= 40, row);
        all += row + '\n';
      }
      CHECK_MESSAGE(all.find(kept) != std::string::npos, all);
    }
  }
}

TEST_CASE("screen, zh-TW: a command in a Chinese sentence stays on one row") {
  for (std::size_t before = 1; before < 20; ++before) {
    std::string text;
    for (std::size_t i = 0; i < before; ++i)
      text += "\u4FE1";
    text += " RETR 1\uFF0C\u898B RFC 5321, 4.1.1.3\u3002";
    std::string all;
    for (const std::string& row : rows({Role::tutor, text}, {40, false}))
      all += row + '\n';
    CHECK_MESSAGE(all.find("RETR 1") != std::string::npos, all);
    CHECK_MESSAGE(all.find("RFC 5321, 4.1.1.3") != std::string::npos, all);
  }
}

TEST_CASE("screen: what is set apart by blanks and longer than a row still ends at the edge") {
  const std::string text = "say  one two three four five six seven eight  and go on";
  for (const std::string& row : rows({Role::tutor, text}, {40, false}))
    CHECK_MESSAGE(row.size() <= 40, row);
}

TEST_CASE("screen: the row of the tutor's words was wider than 40 columns") {
  const std::string text =
      "Words:\n  :hint  :why  :show  :skip  :back  :list  :quit      (:help for all)";
  const auto all = rows({Role::tutor, text}, {40, false});
  REQUIRE(all.size() == 3);
  CHECK(all[1] == "--   :hint  :why  :show  :skip  :back");
  CHECK(all[2] == "--   :list  :quit  (:help for all)");
  CHECK(rows({Role::tutor, text}, {80, false})[1] ==
        "--   :hint  :why  :show  :skip  :back  :list  :quit      (:help for all)");
}

TEST_CASE("screen: two commands side by side stand below each other where there is no room") {
  const std::string both = "  telnet 127.0.0.1 2525         nc -C 127.0.0.1 2525";
  const auto all = rows({Role::tutor, both}, {40, false});
  REQUIRE(all.size() == 2);
  CHECK(all[0] == "--   telnet 127.0.0.1 2525");
  CHECK(all[1] == "--   nc -C 127.0.0.1 2525");
  const std::string one = "  openssl s_client -starttls smtp -crlf -quiet -connect 127.0.0.1:2525";
  CHECK(rows({Role::tutor, one}, {40, false}).size() == 1);
}

TEST_CASE("screen: a digit of a reply and what it says stood on two rows") {
  const std::string text = "2 done   2 about the connection   0 ready";
  const auto all = rows({Role::tutor, text}, {40, false});
  REQUIRE(all.size() == 2);
  CHECK(all[1] == "-- 0 ready");
}

TEST_CASE("screen: a line to copy loses its indent before the terminal breaks it") {
  const std::string line(36, 'x');
  CHECK(rows({Role::tutor, "  " + line}, {40, false})[0] == "-- " + line);
  CHECK(rows({Role::tutor, "  " + line}, {80, false})[0] == "--   " + line);
}

TEST_CASE("screen: several blanks in a row stay, but none at a row's end") {
  CHECK(rows({Role::tutor, "2 done   5 about mail"}, {80, false})[0] == "-- 2 done   5 about mail");
  for (int length = 20; length < 45; ++length) {
    const std::string text = std::string(static_cast<std::size_t>(length), 'x') + "   yyyy   zzzz";
    for (const std::string& row : rows({Role::tutor, text}, {40, false}))
      CHECK_MESSAGE(!row.ends_with(' '), row, "|");
  }
}

TEST_CASE("screen: columns are characters, not octets") {
  std::string text;
  for (int i = 0; i < 9; ++i)
    text += "\u00E9\u00E9\u00E9 ";  // 35 columns
  text.pop_back();
  CHECK(rows({Role::tutor, text}, {40, false}).size() == 1);
  const std::string row = lay_out({Role::server, "\u00E9", "yours"}, {80, false});
  CHECK(row == "S: \u00E9" + std::string(46, ' ') + "| yours\n");
}

TEST_CASE("screen: a Han text is wrapped between its characters, and fills its rows") {
  std::string text;
  for (int i = 0; i < 12; ++i)
    text += "\u4FE1\u4EF6\uFF0C\u90F5\u5DEE\u3002";  // 12 columns each
  for (const int width : {40, 60, 80}) {
    CAPTURE(width);
    const auto all = rows({Role::tutor, text}, {width, false});
    std::string joined;
    for (const std::string& row : all) {
      const auto limit = static_cast<std::size_t>(std::min(width, 75));
      CHECK(sandbox::columns(row) <= limit);
      if (&row != &all.back()) CHECK(sandbox::columns(row) + 4 > limit);
      CHECK_FALSE(row.starts_with("-- \uFF0C"));
      CHECK_FALSE(row.starts_with("-- \u3002"));
      joined += row.substr(3);
    }
    CHECK(joined == text);
  }
}

TEST_CASE("screen: the column of notes stands beside Han, combining marks, emoji and odd octets") {
  for (const char* text : {"\u4E3B\u65E8", "e\u0301t\u00E9", "\U0001F4E7 mail", "\xA4\xA4\xFF"}) {
    CAPTURE(text);
    const std::string row = lay_out({Role::server, text, "yours"}, {80, false});
    const auto bar = row.find("| yours");
    REQUIRE(bar != std::string::npos);
    CHECK(sandbox::columns(std::string_view(row).substr(0, bar)) == 50);
  }
}

TEST_CASE("screen: whether there is colour") {
  using Variables = std::map<std::string, std::string, std::less<>>;
  const auto wants = [](const Config& config, bool terminal, const Variables& variables) {
    return sandbox::wants_color(config, terminal,
                                [&](const std::string& name) -> std::optional<std::string> {
                                  const auto found = variables.find(name);
                                  if (found == variables.end()) return std::nullopt;
                                  return found->second;
                                });
  };
  const Config usual;
  Config plain;
  plain.plain = true;
  Config always;
  always.color = Color::always;
  Config never;
  never.color = Color::never;
  CHECK(wants(usual, true, {{"TERM", "xterm"}}));
  CHECK_FALSE(wants(usual, false, {{"TERM", "xterm"}}));
  CHECK_FALSE(wants(usual, true, {}));
  CHECK_FALSE(wants(usual, true, {{"TERM", "dumb"}}));
  CHECK_FALSE(wants(usual, true, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}));
  CHECK(wants(usual, true, {{"TERM", "xterm"}, {"NO_COLOR", ""}}));
  CHECK(wants(usual, false, {{"FORCE_COLOR", "1"}}));
  CHECK_FALSE(wants(usual, true, {{"TERM", "xterm"}, {"FORCE_COLOR", "0"}}));
  CHECK_FALSE(wants(usual, true, {{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}));
  CHECK_FALSE(wants(plain, true, {{"TERM", "xterm"}}));
  CHECK_FALSE(wants(plain, true, {{"FORCE_COLOR", "1"}}));
  CHECK(wants(always, false, {{"TERM", "dumb"}, {"NO_COLOR", "1"}}));
  CHECK_FALSE(wants(never, true, {{"TERM", "xterm"}, {"FORCE_COLOR", "1"}}));
}

TEST_CASE("screen: every role at every width, with everything odd, ends in one newline") {
  const std::string odd[] = {"",
                             " ",
                             "   ",
                             "\n",
                             "\n\n",
                             "a\n",
                             "\xA4\xA4",
                             std::string(1, '\0'),
                             "  ",
                             "  x\n",
                             std::string(300, ' ')};
  for (const Role role : roles) {
    for (const std::string& text : odd) {
      for (const char* note : {"", "note"}) {
        for (int width = 40; width <= 80; ++width) {
          const std::string out = lay_out({role, text, note}, {width, true});
          if (out.empty()) {  // nothing to say is no row
            CHECK(text.find_first_not_of(" \n") == std::string::npos);
            CHECK(*note == 0);
            continue;
          }
          CHECK(out.ends_with('\n'));
        }
      }
    }
  }
}

}  // namespace sandpost::tests
