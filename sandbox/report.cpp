#include "sandbox/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/explain.hpp"
#include "sandbox/explain_letter.hpp"
#include "sandbox/masks.hpp"
#include "sandbox/tutor.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// Characters that have no shape of their own, or that turn the direction of writing.
bool is_unseen(char32_t c) {
  constexpr std::pair<char32_t, char32_t> ranges[] = {
      {0xAD, 0xAD},     {0x61C, 0x61C},   {0x115F, 0x1160}, {0x17B4, 0x17B5},  {0x180B, 0x180F},
      {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},  {0xFE00, 0xFE0F},
      {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFC}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE0FFF}};
  // The last two of each plane are no characters, and XML forbids some of them.
  if ((c & 0xFFFEU) == 0xFFFEU) return true;
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const auto& range) { return c >= range.first && c <= range.second; });
}

// As the server says it of a long letter that is fetched.
std::string more_lines(std::int64_t count) {
  return fmt::format("... ({} more lines)", count);
}

// The three digits of a reply stand in columns on a terminal.
std::string in_one_sentence(std::string text) {
  constexpr std::string_view gap = "   ";
  for (auto at = text.find(gap); at != std::string::npos; at = text.find(gap))
    text.replace(at, gap.size(), tr(", "));
  return text;
}

class Maker {
 public:
  Maker(const Record& record, const Lesson* lesson, const ReportChoices& choices)
      : record_(record), lesson_(lesson), names_(record.head.names) {
    choose_masks(choices);
    report_.title = clean(lesson && !lesson->report.title.empty() ? lesson->report.title
                          : lesson                                ? lesson->title
                                                                  : tr("SMTP and POP3 by hand"));
    report_.anonymous = choices.anonymous;
    if (!choices.anonymous) {
      report_.name = printable(choices.name);
      report_.id = printable(choices.id.empty() ? name("user") : choices.id);
    }
    report_.lesson = clean(record.head.lesson);
    report_.version = record.head.version;
    report_.started = record.head.started;
    report_.delay = clean(record.head.delay);
    report_.problems = record.problems;
  }

  Report make() {
    // What was a mistake, and what was passed, the tutor finds out once more.
    const Lesson none;
    Variables names = names_;
    names.emplace("pass", secret_mask);
    Tutor tutor(lesson_ != nullptr ? *lesson_ : none, names);
    // Told behind the reply, which is an event of its own.
    std::optional<std::pair<wire::Event, std::string>> slip;
    tutor.on_slip = [&](const wire::Event& what, const std::string& said) {
      slip.emplace(what, said);
    };
    (void)tutor.begin(record_.head.started);
    for (const wire::Event& what : record_.events) {
      take(what);
      slip.reset();
      const bool asked_for = wants_broken_letter(tutor);
      const Lines said = tutor.on(what);
      const bool passed = has_role(said, Role::ok);
      if (slip && !(asked_for && passed)) {
        mistake(slip->first, slip->second);
      } else if (!slip && has_role(said, Role::no)) {
        mistake(what, first_of(said, Role::no));
      }
    }
    for (auto& [number, work] : sessions_)
      finish(number, work);
    for (const RecordNote& note : record_.notes)
      report_.help.push_back({note.when, clean(note.kind), clean(note.step), title_of(note.step)});
    if (lesson_ != nullptr) count_steps(tutor);
    list_questions();
    return std::move(report_);
  }

 private:
  static bool has_role(const Lines& said, Role role) {
    return std::any_of(said.begin(), said.end(),
                       [&](const Line& line) { return line.role == role; });
  }
  static std::string first_of(const Lines& said, Role role) {
    return std::find_if(said.begin(), said.end(),
                        [&](const Line& line) { return line.role == role; })
        ->text;
  }

  // Whether the step in hand wants a letter that lacks its empty line.
  [[nodiscard]] bool wants_broken_letter(const Tutor& tutor) const {
    if (lesson_ == nullptr || tutor.finished()) return false;
    const auto parts = parts_of(tutor.step().pass);
    return std::any_of(parts.begin(), parts.end(), [](const Matcher* part) {
      return std::any_of(part->conditions.begin(), part->conditions.end(),
                         [](const Condition& one) {
                           return one.field == "has_blank_line" || one.field == "cause";
                         });
    });
  }

  // Those of the lesson, in the report's language, whatever the language of the session was;
  // without the lesson those that were answered.
  void list_questions() {
    if (lesson_ != nullptr) {
      for (const Question& question : lesson_->questions)
        report_.questions.push_back({clean(expand(question.ask, names_))});
    }
    for (const RecordAnswer& given : record_.answers) {
      if (lesson_ == nullptr) {
        report_.questions.push_back(
            {clean(given.ask), given.when, clean(given.answer), given.good});
      } else if (given.question >= 1 && given.question <= report_.questions.size()) {
        const Question& question = lesson_->questions[given.question - 1];
        ReportQuestion& asked = report_.questions[given.question - 1];
        asked.when = given.when;
        asked.answer = clean(given.answer);
        asked.good = given.good;
        if (!question.answers.empty())
          asked.expected = clean(expand(question.answers.front(), names_));
      }
    }
  }

  [[nodiscard]] std::string title_of(const std::string& id) const {
    if (lesson_ == nullptr) return clean(id);
    const auto& steps = lesson_->steps;
    const auto found =
        std::find_if(steps.begin(), steps.end(), [&](const Step& one) { return one.id == id; });
    return clean(found == steps.end() ? id : expand(found->title, names_));
  }

  // One session as far as it has come.
  struct Work {
    ReportSession session;
    std::optional<LetterReader> reader;
    std::optional<ReportLetter> letter;
    bool letter_status = false;  // the reply's first line has been said
    bool head = true;            // of the fetched letter
    std::string line;            // what the client said last
    std::string reply;           // and the first line of the answer
    bool reply_begun = false;
    std::int64_t told = 0;  // lines of the letter, the dot among them
  };

  void choose_masks(const ReportChoices& choices) {
    std::vector<std::string> secret{"pass"};
    if (lesson_ != nullptr) secret = lesson_->report.redact;
    for (const std::string& variable : secret) {
      const auto chosen = choices.secrets.find(variable);
      masks_.add_secret(chosen != choices.secrets.end() ? chosen->second : name(variable));
    }
    if (!choices.anonymous) return;
    anonymise(name("user"));
    for (const wire::Event& what : record_.events)
      anonymise(what.learner);
  }

  void anonymise(const std::string& who) {
    if (who.empty() || masks_.knows(who)) return;
    ++students_;
    // English in every language: it goes into addresses.
    masks_.add(who, students_ == 1 ? "student" : fmt::format("student-{}", students_));
  }

  [[nodiscard]] std::string name(std::string_view variable) const {
    const auto found = names_.find(variable);
    return found == names_.end() ? std::string() : found->second;
  }

  [[nodiscard]] std::string clean(std::string_view text) const {
    return printable(masks_.apply(text));
  }

  void take(const wire::Event& what) {
    if (what.name == event::queue_accepted || what.name == event::queue_delivered) queue(what);
    if (what.session == 0) return;
    const auto [found, is_new] = sessions_.try_emplace(what.session);
    Work& work = found->second;
    if (is_new) {
      work.session.number = what.session;
      work.session.client = printable(what.client);
      work.session.begun = what.when;
    }
    if (what.name.starts_with("smtp.")) work.session.protocol = "SMTP";
    if (what.name.starts_with("pop3.")) work.session.protocol = "POP3";
    if (wire::is_connect(what.name)) return;
    if (what.name == event::client_line) return client_line(work, what);
    if (what.name == event::server_line) return server_line(work, what);
    if (wire::is_close(what.name)) {
      work.session.ended = what.when;
      work.session.clean = what.flag("clean");
    } else if (what.name == event::smtp_data) {
      work.told = 0;
    } else if (what.name == event::smtp_message) {
      add_untold(work, what);
    } else if (what.name == event::pop3_retr || what.name == event::pop3_top) {
      work.reader.emplace(what.number("added"));
      work.letter = ReportLetter{what.number("queue"), what.session, {}};
      work.letter_status = false;
      work.head = true;
    }
  }

  void client_line(Work& work, const wire::Event& what) {
    const Side side = what.flag("data") ? Side::content : Side::client;
    work.line = what.text("text");
    work.session.lines.push_back(
        {what.when, side, clean(work.line),
         side == Side::content ? explain_blanks(work.line) : std::string()});
    work.reply_begun = false;
    if (side == Side::content) ++work.told;
  }

  // Of a long letter only the beginning becomes events. What came by BDAT is told nowhere.
  static void add_untold(Work& work, const wire::Event& what) {
    const std::int64_t empty_line = what.flag("has_blank_line") ? 1 : 0;
    const std::int64_t lines = what.number("head_lines") + empty_line + what.number("body_lines");
    if (work.told == 0 || work.told >= lines) return;
    work.session.lines.push_back({what.when, Side::content, more_lines(lines - work.told),
                                  tr("not recorded: of a letter the first 1000 lines are")});
    work.session.lines.push_back({what.when, Side::content, "."});
  }

  void server_line(Work& work, const wire::Event& what) {
    ReportLine line{what.when, Side::server, clean(what.text("text"))};
    if (work.reader && work.letter_status) {
      fetched_line(work, what, line);
    } else if (!work.reply_begun) {
      line.note = in_one_sentence(clean(explain_reply(what.text("text"))));
      work.reply = line.text;
    }
    work.letter_status = work.reader.has_value();
    work.reply_begun = !what.flag("last");
    work.session.lines.push_back(std::move(line));
    if (what.flag("last")) end_letter(work);
  }

  static void fetched_line(Work& work, const wire::Event& what, ReportLine& line) {
    const std::string& text = what.text("text");
    line.note = work.reader->who_wrote(text);
    if (text.empty() || what.flag("last")) work.head = false;
    if (work.head) work.letter->lines.push_back(line);
  }

  void end_letter(Work& work) {
    const auto is_known = [&](const ReportLetter& one) {
      return one.queue == work.letter->queue && one.lines.size() == work.letter->lines.size();
    };
    if (work.letter && !work.letter->lines.empty() &&
        std::none_of(report_.letters.begin(), report_.letters.end(), is_known)) {
      report_.letters.push_back(std::move(*work.letter));
    }
    work.letter.reset();
    work.reader.reset();
    work.letter_status = false;
  }

  // The tutor has just explained it.
  void mistake(const wire::Event& what, std::string said) {
    const Work& work = sessions_[what.session];
    std::replace(said.begin(), said.end(), '\n', ' ');
    report_.mistakes.push_back({what.when, what.session, clean(work.line),
                                wire::is_refusal(what) ? work.reply : std::string(),
                                clean(what.text("cause")), clean(said)});
  }

  void queue(const wire::Event& what) {
    const std::int64_t number = what.number("queue");
    const std::string mailbox = clean(what.text("mailbox"));
    if (what.name == event::queue_accepted) {
      const Time due{std::chrono::milliseconds{what.number("due")}};
      report_.deliveries.push_back(
          {number, mailbox, what.session, what.when, {due, what.when.offset}});
      return;
    }
    for (ReportDelivery& delivery : report_.deliveries) {
      if (delivery.queue == number && delivery.mailbox == mailbox && !delivery.delivered) {
        delivery.delivered = what.when;
      }
    }
  }

  void finish(std::uint64_t number, Work& work) {
    end_letter(work);
    if (!work.session.ended) {
      report_.problems.push_back(say("the record holds no end of session {}", number));
    }
    const auto wanted = [&](std::string_view protocol) {
      return equals_ignoring_case(protocol, work.session.protocol);
    };
    if (lesson_ != nullptr && !lesson_->report.transcripts.empty()) {
      const auto& shown = lesson_->report.transcripts;
      if (std::none_of(shown.begin(), shown.end(), wanted)) return;
    }
    report_.sessions.push_back(std::move(work.session));
  }

  void count_steps(const Tutor& tutor) {
    report_.steps = lesson_->steps.size();
    for (std::size_t i = 0; i < report_.steps; ++i)
      report_.done += tutor.is_done(i) ? 1 : 0;
  }

  const Record& record_;
  const Lesson* lesson_;
  Variables names_;
  Masks masks_;
  std::size_t students_ = 0;
  std::map<std::uint64_t, Work> sessions_;
  Report report_;
};

Time local(ZonedTime when) {
  return when.time + when.offset;
}

}  // namespace

Report make_report(const Record& record, const Lesson* lesson, const ReportChoices& choices) {
  return Maker(record, lesson, choices).make();
}

std::vector<ReportLine> shown_lines(const ReportSession& session) {
  constexpr std::ptrdiff_t long_run = 60;
  constexpr std::ptrdiff_t at_front = 30;
  constexpr std::ptrdiff_t at_end = 10;
  std::vector<ReportLine> out;
  for (auto begin = session.lines.begin(); begin != session.lines.end();) {
    const auto end = std::find_if(begin, session.lines.end(),
                                  [&](const ReportLine& line) { return line.side != begin->side; });
    if (end - begin <= long_run) {
      out.insert(out.end(), begin, end);
    } else {
      out.insert(out.end(), begin, begin + at_front);
      out.push_back({begin[at_front].when, begin->side, more_lines(end - begin - at_front - at_end),
                     tr("left out here: --format json has every line")});
      out.insert(out.end(), end - at_end, end);
    }
    begin = end;
  }
  return out;
}

std::string printable(std::string_view text) {
  const std::string shown = visible(text);
  std::string out;
  for (std::string_view rest = shown; !rest.empty();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
    const char32_t c = utf8_decode(rest);
    if (is_unseen(c)) {
      out += fmt::format("\\u{{{:04X}}}", static_cast<unsigned>(c));
    } else {
      out += rest.substr(0, length);
    }
    rest.remove_prefix(length);
  }
  return out;
}

std::string date_text(ZonedTime when) {
  const auto minutes = when.offset.count();
  const auto size = minutes < 0 ? -minutes : minutes;
  std::string text = rfc3339_text(local(when));
  std::replace(text.begin(), text.end(), 'T', ' ');
  text.pop_back();  // Z
  return fmt::format("{} {}{:02}:{:02}", text, minutes < 0 ? '-' : '+', size / 60, size % 60);
}

std::string exact_clock_text(ZonedTime when) {
  constexpr int second = 1000;
  const auto part = ((when.time.time_since_epoch().count() % second) + second) % second;
  return fmt::format("{}.{:03}", clock_text(when), part);
}

std::string seconds_text(std::chrono::milliseconds duration) {
  return say("{:.1f} s", std::chrono::duration<double>(duration).count());
}

std::string_view mark_of(Side side) {
  switch (side) {
    case Side::client:
      return "C: ";
    case Side::content:
      return "D> ";
    case Side::server:
      return "S: ";
  }
  return {};
}

std::string session_text(const ReportSession& session, std::string_view client) {
  return session.clean ? say("Session {0}: {1} from {2}", session.number, session.protocol, client)
                       : say("Session {0}: {1} from {2}, not ended by QUIT", session.number,
                             session.protocol, client);
}

std::string result_text(const Report& report) {
  const std::size_t slips = report.mistakes.size();
  const std::size_t words = report.help.size();
  std::string out;
  if (report.steps > 0) out = say("{0} of {1} steps", report.done, report.steps) + tr(", ");
  out += slips == 1 ? tr("1 slip") : say("{} slips", slips);
  return out + tr(", ") + (words == 1 ? tr("1 word of help") : say("{} words of help", words));
}

std::string answer_text(std::string_view answer) {
  return say("Answer: {}", answer);
}

std::string verdict_text(const ReportQuestion& question, std::string_view expected) {
  if (question.good) return tr("That is right.");
  return expected.empty() ? tr("That is not right.")
                          : say("That is not right. A good answer: {}", expected);
}

std::string delivery_text(const ReportDelivery& delivery) {
  const std::string accepted = exact_clock_text(delivery.accepted);
  const std::string due = exact_clock_text(delivery.due);
  if (!delivery.delivered) {
    return say("number {0} for {1}: accepted {2}, due {3}, not delivered in this record",
               delivery.queue, delivery.mailbox, accepted, due);
  }
  return say("number {0} for {1}: accepted {2}, due {3}, delivered {4}, after {5}", delivery.queue,
             delivery.mailbox, accepted, due, exact_clock_text(*delivery.delivered),
             seconds_text(delivery.delivered->time - delivery.accepted.time));
}

}  // namespace sandpost::sandbox
