#pragma once
// The lab report as a value, made from the record of a run. Pure: times and names come from the
// record. Every text in it is safe to show as it is: control bytes, octets that are no UTF-8 and
// what turns the direction of writing are made visible, secrets are masked. What a format gives a
// meaning to is its writer's to escape (sandbox/report_writers.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sandbox/lesson.hpp"
#include "sandbox/record.hpp"

namespace sandpost::sandbox {

enum class Side { client, content, server };

struct ReportLine {
  ZonedTime when;
  Side side = Side::client;
  std::string text;
  std::string note = {};  // what it means; of a fetched letter: who wrote it
};

struct ReportSession {
  std::uint64_t number = 0;
  std::string protocol;  // "SMTP", "POP3"
  std::string client;    // address and port
  ZonedTime begun;
  std::optional<ZonedTime> ended = std::nullopt;
  bool clean = false;  // ended by QUIT
  std::vector<ReportLine> lines = {};
};

struct ReportDelivery {
  std::int64_t queue = 0;
  std::string mailbox;
  std::uint64_t session = 0;  // in which it was accepted
  ZonedTime accepted;
  ZonedTime due;
  std::optional<ZonedTime> delivered = std::nullopt;
};

struct ReportLetter {
  std::int64_t queue = 0;
  std::uint64_t session = 0;           // in which it was fetched
  std::vector<ReportLine> lines = {};  // of its head, with who wrote them
};

struct ReportMistake {
  ZonedTime when;
  std::uint64_t session = 0;
  std::string line;
  std::string reply;
  std::string cause;
  std::string explanation;
};

struct ReportHelp {
  ZonedTime when;
  std::string kind;
  std::string step;   // its id
  std::string title;  // and its title; the id where the lesson is not known
};

// A question of the lesson, and what was answered.
struct ReportQuestion {
  std::string ask;
  std::optional<ZonedTime> when = std::nullopt;  // nothing: it was left open
  std::string answer = {};
  bool good = false;
  std::string expected = {};  // a good answer; empty where none is known, or to an open question
};

struct Report {
  std::string title;
  std::string name = {};
  std::string id = {};
  bool anonymous = false;
  std::string lesson = {};
  int version = 0;
  ZonedTime started{};
  std::string delay = {};
  std::size_t steps = 0;
  std::size_t done = 0;
  std::vector<ReportSession> sessions = {};
  std::vector<ReportDelivery> deliveries = {};
  std::vector<ReportLetter> letters = {};
  std::vector<ReportMistake> mistakes = {};
  std::vector<ReportHelp> help = {};
  std::vector<ReportQuestion> questions = {};
  std::vector<std::string> problems = {};  // with the record
};

struct ReportChoices {
  std::string name = {};
  std::string id = {};
  bool anonymous = false;
  Variables secrets = {};  // the values of the variables that a lesson may redact
};

// `lesson`: null where the record is of none, or of one that is not known here.
[[nodiscard]] Report make_report(const Record& record, const Lesson* lesson,
                                 const ReportChoices& choices);

// The lines as people are shown them: of very many by one side in a row the middle is left out, and
// that is said.
[[nodiscard]] std::vector<ReportLine> shown_lines(const ReportSession& session);

// visible(), and characters without a shape of their own as "\u{202E}".
[[nodiscard]] std::string printable(std::string_view text);

// "2026-11-23 14:03:22 +08:00", "14:03:22.104", "10.0 s"
[[nodiscard]] std::string date_text(ZonedTime when);
[[nodiscard]] std::string exact_clock_text(ZonedTime when);
[[nodiscard]] std::string seconds_text(std::chrono::milliseconds duration);
// "C: ", "D> " or "S: ", as the guided session has them.
[[nodiscard]] std::string_view mark_of(Side side);
// "Session 1: SMTP from ...", with the client as the writer escapes it.
[[nodiscard]] std::string session_text(const ReportSession& session, std::string_view client);
[[nodiscard]] std::string result_text(const Report& report);
// "Answer: the client", and in words whether that is right; with the texts as the writer escapes
// them. Only for a question that was answered.
[[nodiscard]] std::string answer_text(std::string_view answer);
[[nodiscard]] std::string verdict_text(const ReportQuestion& question, std::string_view expected);
[[nodiscard]] std::string delivery_text(const ReportDelivery& delivery);

}  // namespace sandpost::sandbox
