// The lab report, from a record that the real engines have made under a clock that stands still.

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sandbox/report_compare.hpp"
#include "sandbox/report_writers.hpp"
#include "tests/sandbox/classroom.hpp"

namespace sandpost::tests {
namespace {

sandbox::RecordHead lab_head(const Classroom& room) {
  sandbox::RecordHead head;
  head.started = room.clock.now();
  head.lesson = "ntut-2001";
  head.version = 1;
  head.delay = "10s";
  head.names = lab_variables();
  return head;
}

// As the recorder writes it.
std::string octets_of(const Classroom& room) {
  std::string out = sandbox::to_line(lab_head(room)) + '\n';
  for (const wire::Event& event : room.events)
    out += wire::to_json(event) + '\n';
  return out + sandbox::to_line(sandbox::RecordNote{room.clock.now(), "hint", "mail"}) + '\n';
}

sandbox::Report report_of(const std::string& octets, sandbox::ReportChoices choices = {}) {
  choices.secrets["pass"] = "sandbox";
  const auto record = sandbox::parse_record(octets);
  REQUIRE(record);
  const auto lesson = lab();
  return sandbox::make_report(*record, &lesson, choices);
}

std::string played_lab(std::string_view letter = "Subject: x\r\n\r\nhi\r\n") {
  Classroom room;
  room.connect(Protocol::smtp);
  room.type("hello x");
  room.send(
      "helo x\r\nMAIL FROM:<s9360511@ntut.edu.tw>\r\nRCPT TO:<s9360511@ntut.edu.tw>\r\nDATA\r\n");
  room.send(letter);
  room.send(".\r\nQUIT\r\n");
  room.wait();
  room.connect(Protocol::pop3);
  room.send(pop3_half);
  return octets_of(room);
}

const std::vector<std::string (*)(const sandbox::Report&)> writers{
    sandbox::report_txt,  sandbox::report_markdown, sandbox::report_html,
    sandbox::report_json, sandbox::report_svg,      sandbox::report_cast};

}  // namespace

TEST_CASE("report: of the lab has its sessions, delay, slip, help and steps") {
  const auto report = report_of(played_lab());
  REQUIRE(report.sessions.size() == 2);
  CHECK(report.sessions[0].protocol == "SMTP");
  CHECK(report.sessions[1].clean);
  REQUIRE(report.deliveries.size() == 1);
  CHECK(sandbox::delivery_text(report.deliveries[0]) ==
        "number 1 for s9360511: accepted 14:03:22.000, due 14:03:32.000, delivered 14:03:32.000, "
        "after 10.0 s");
  REQUIRE(report.mistakes.size() == 1);
  CHECK(report.mistakes[0].line == "hello x");
  CHECK(report.mistakes[0].reply.starts_with("500 "));
  CHECK_FALSE(report.mistakes[0].explanation.empty());
  CHECK(report.help.size() == 1);
  CHECK(report.done == report.steps);
  REQUIRE(report.letters.size() == 1);
  CHECK(report.letters[0].lines.front().note == "at delivery: your MAIL FROM");
  CHECK(report.letters[0].lines.back().note == "yours");
}

TEST_CASE("report: no format shows the password, not even from the letter") {
  const auto report = report_of(played_lab("Subject: x\r\n\r\nit is sandbox, c2FuZGJveA==\r\n"));
  for (const auto write : writers) {
    CHECK_FALSE(has(write(report), "sandbox,"));
    CHECK_FALSE(has(write(report), "c2FuZGJveA"));
  }
}

TEST_CASE("report: a letter cannot put anything into a report") {
  const auto report = report_of(played_lab(
      "Subject: <script>x</script> ```` | [a](http://b) \x1b[31m \xE2\x80\xAE \xB4\xFA\r\n\r\n"
      "]]></text></svg><img src=x onerror=y>\r\n"));
  for (const auto write : writers) {
    const std::string text = write(report);
    CHECK_FALSE(has(text, "\x1b"));
    CHECK_FALSE(has(text, "\xE2\x80\xAE"));
    CHECK(is_utf8(text));
  }
  for (const auto write : {sandbox::report_html, sandbox::report_svg}) {
    CHECK_FALSE(has(write(report), "<script"));
    CHECK_FALSE(has(write(report), "<img"));
  }
  CHECK(has(sandbox::report_markdown(report), "\n`````text\n"));
  CHECK(sandbox::markdown_escape("a|b [c](d)") == "a\\|b \\[c\\](d)");
}

TEST_CASE("report: showed a question, but not what the learner had answered") {
  const std::string played = played_lab();
  const std::string question = lab().questions.front().ask;
  const auto answered = [&](const std::string& answer, bool good, std::size_t number = 1) {
    const sandbox::RecordAnswer given{{}, number, question, answer, good};
    return report_of(played + sandbox::to_line(given) + '\n');
  };
  const auto wrong = answered("354, with sandbox as the password", false);
  for (const auto write : {sandbox::report_txt, sandbox::report_markdown, sandbox::report_html}) {
    CHECK(has(write(wrong), "Answer: 354, with "));
    CHECK(has(write(wrong), "That is not right. A good answer: the 250 after the dot"));
    CHECK_FALSE(has(write(wrong), "sandbox as"));
    const std::string right = write(answered("250", true));
    CHECK(has(right, "That is right."));
    CHECK_FALSE(has(right, "A good answer"));
    CHECK_FALSE(has(write(report_of(played)), "Answer:"));
  }
  const auto json = nlohmann::json::parse(sandbox::report_json(wrong));
  CHECK(json["questions"] == nlohmann::json{question});
  CHECK(json["answers"][0]["question"] == 1);
  CHECK(json["answers"][0]["good"] == false);
  CHECK(json["answers"][0]["expected"] == "the 250 after the dot");
  // Of a later version of the lesson, or damaged.
  for (const std::size_t number : {std::size_t{0}, std::size_t{2}, ~std::size_t{0}})
    CHECK(answered("250", true, number).questions.size() == 1);
}

TEST_CASE("report: where the lesson is not known, it holds what was answered") {
  const sandbox::RecordAnswer given{{}, 3, "Why?", "so", false};
  const auto record = sandbox::parse_record(played_lab() + sandbox::to_line(given) + '\n');
  REQUIRE(record);
  const auto report = sandbox::make_report(*record, nullptr, {});
  REQUIRE(report.questions.size() == 1);
  CHECK(report.questions[0].ask == "Why?");
  CHECK(has(sandbox::report_txt(report), "     Answer: so\n     That is not right.\n"));
}

TEST_CASE("report: of a letter of 10,000 lines 9,000 were missing without a word") {
  std::string letter = "Subject: x\r\n\r\n";
  for (int i = 0; i < 10'000; ++i)
    letter += "line " + std::to_string(i) + "\r\n";
  const auto report = report_of(played_lab(letter));
  const auto& lines = report.sessions[0].lines;
  const auto dots = std::find_if(lines.begin(), lines.end(), [](const auto& line) {
    return line.text == "... (9002 more lines)";
  });
  REQUIRE(dots != lines.end());
  CHECK(dots[-1].text == "line 997");
  CHECK(dots->side == sandbox::Side::content);
  CHECK(dots[1].text == ".");
  CHECK(dots[2].text.starts_with("250 "));
}

TEST_CASE("report: of a long letter all 1000 lines were shown, on 20 pages") {
  std::string letter = "Subject: x\r\n\r\n";
  for (int i = 0; i < 300; ++i)
    letter += "line " + std::to_string(i) + "\r\n";
  const auto report = report_of(played_lab(letter));
  for (const auto write : writers) {
    if (write == writers[3]) continue;  // JSON
    const std::string text = write(report);
    CHECK(has(text, "line 27"));
    CHECK_FALSE(has(text, "line 28"));
    CHECK(has(text, "... (263 more lines)"));
    CHECK(has(text, "line 299"));
  }
  CHECK(has(sandbox::report_json(report), "line 28"));
  const auto shown = sandbox::shown_lines(report.sessions[0]);
  CHECK(std::count_if(shown.begin(), shown.end(),
                      [](const auto& line) { return line.side == sandbox::Side::content; }) == 41);
}

TEST_CASE("report: one long word pressed the meanings of an HTML report into a strip") {
  const std::string html = sandbox::report_html(report_of(played_lab()));
  CHECK(has(html, "table-layout:fixed"));
  CHECK(has(html, "<th scope=\"col\" class=\"time\">Time</th>"));
}

TEST_CASE("report: of a letter in Big5 each octet was the same mark of interrogation") {
  const auto report = report_of(played_lab("Subject: \xA4\xB5\r\n\r\n\xA4\xD1 \xE4\xBB\x8A\r\n"));
  for (const auto& session : report.sessions) {
    const auto body =
        std::find_if(session.lines.begin(), session.lines.end(),
                     [](const auto& line) { return line.text == "\\xA4\\xD1 \xE4\xBB\x8A"; });
    CHECK(body != session.lines.end());
  }
  for (const auto& mistake : report.mistakes)
    CHECK_FALSE(has(mistake.explanation, "?UTF-8?"));
}

TEST_CASE("report: anonymous, it names nobody") {
  const auto report = report_of(played_lab(), {"Amy", "42", true, {}});
  for (const auto write : writers) {
    CHECK_FALSE(has(write(report), "s9360511"));
    CHECK_FALSE(has(write(report), "Amy"));
  }
}

TEST_CASE("report: a record that breaks off is used as far as it goes, and that is said") {
  std::string octets = played_lab();
  octets.insert(octets.find('\n') + 1, "rubbish\n");
  octets.resize(octets.size() - 20);
  const auto report = report_of(octets);
  CHECK(report.sessions.size() == 2);
  REQUIRE(report.problems.size() == 2);
  CHECK(has(report.problems[0], "the first of them line 2"));
  CHECK(has(report.problems[1], "breaks off"));
  CHECK_FALSE(sandbox::parse_record("what\n"));
  CHECK_FALSE(sandbox::parse_record(""));
}

TEST_CASE("report: compared with the server's record, a changed line is not confirmed") {
  const auto server = report_of(played_lab());
  const auto own = sandbox::report_from_json(sandbox::report_json(server));
  REQUIRE(own);
  CHECK(sandbox::compare(*own, {&server, 1}).confirmed);
  auto changed = *own;
  changed.sessions[1].lines[2].text += "x";
  const auto found = sandbox::compare(changed, {&server, 1});
  CHECK_FALSE(found.confirmed);
  CHECK(has(found.text, "session 1, SMTP: confirmed\nsession 2, POP3: NOT confirmed\n"));
  CHECK_FALSE(sandbox::compare({}, {&server, 1}).confirmed);
  CHECK_FALSE(sandbox::report_from_json("{\"report\":1}"));
}

}  // namespace sandpost::tests
