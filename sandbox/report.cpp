#include "sandbox/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "sandbox/explain.hpp"
#include "sandbox/explain_letter.hpp"
#include "sandbox/tutor.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

constexpr std::string_view mask = "********";
// A shorter secret stands in too many words that are none.
constexpr std::size_t shortest_secret = 4;

bool is_word_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x80 || std::isalnum(octet) != 0;
}

// Every occurrence that is no part of a longer word.
std::string replace_word(std::string_view text, std::string_view word, std::string_view by) {
  const std::string low_text = to_lower(text);
  const std::string low_word = to_lower(word);
  std::string out;
  std::size_t done = 0;
  for (auto at = low_text.find(low_word); at != std::string::npos;
       at = low_text.find(low_word, std::max(at + 1, done))) {
    const auto end = at + word.size();
    if (at > 0 && is_word_octet(text[at - 1])) continue;
    if (end < text.size() && is_word_octet(text[end])) continue;
    out += text.substr(done, at - done);
    out += by;
    done = end;
  }
  return out += text.substr(done);
}

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

// The three digits of a reply stand in columns on a terminal.
std::string in_one_sentence(std::string text) {
  constexpr std::string_view gap = "   ";
  for (auto at = text.find(gap); at != std::string::npos; at = text.find(gap))
    text.replace(at, gap.size(), ", ");
  return text;
}

class Maker {
 public:
  Maker(const Record& record, const Lesson* lesson, const ReportChoices& choices)
      : record_(record), lesson_(lesson), names_(record.head.names) {
    choose_masks(choices);
    report_.title = clean(lesson && !lesson->report.title.empty() ? lesson->report.title
                          : lesson                                ? lesson->title
                                                                  : "SMTP and POP3 by hand");
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
    for (const wire::Event& what : record_.events)
      take(what);
    for (auto& [number, work] : sessions_)
      finish(number, work);
    for (const RecordNote& note : record_.notes)
      report_.help.push_back({note.when, clean(note.kind), clean(note.step)});
    if (lesson_ != nullptr) {
      for (const Question& question : lesson_->questions)
        report_.questions.push_back(clean(expand(question.ask, names_)));
      count_steps();
    }
    return std::move(report_);
  }

 private:
  // One session as far as it has come.
  struct Work {
    ReportSession session;
    std::optional<LetterReader> reader;
    std::optional<ReportLetter> letter;
    bool letter_status = false;             // the reply's first line has been said
    bool head = true;                       // of the fetched letter
    std::vector<std::size_t> refused = {};  // mistakes that wait for the reply
    std::string line;                       // what the client said last
    bool reply_begun = false;
  };

  void choose_masks(const ReportChoices& choices) {
    std::vector<std::string> secret{"pass"};
    if (lesson_ != nullptr) secret = lesson_->report.redact;
    for (const std::string& variable : secret) {
      const auto chosen = choices.secrets.find(variable);
      const std::string value = chosen != choices.secrets.end() ? chosen->second : name(variable);
      if (value.size() < shortest_secret) continue;
      masks_.emplace_back(value, mask);
      masks_.emplace_back(base64_encode(value), mask);
    }
    if (!choices.anonymous) return;
    anonymise(name("user"));
    for (const wire::Event& what : record_.events)
      anonymise(what.learner);
  }

  void anonymise(const std::string& who) {
    if (who.empty()) return;
    const bool known = std::any_of(masks_.begin(), masks_.end(), [&](const auto& one) {
      return equals_ignoring_case(one.first, who);
    });
    if (known) return;
    ++students_;
    const std::string by =
        students_ == 1 ? std::string("student") : fmt::format("student-{}", students_);
    masks_.emplace_back(who, by);
    masks_.emplace_back(base64_encode(who), by);
  }

  [[nodiscard]] std::string name(std::string_view variable) const {
    const auto found = names_.find(variable);
    return found == names_.end() ? std::string() : found->second;
  }

  [[nodiscard]] std::string clean(std::string_view text) const {
    std::string out(text);
    for (const auto& [word, by] : masks_)
      out = replace_word(out, word, by);
    return printable(out);
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
    } else if (what.name == event::pop3_retr || what.name == event::pop3_top) {
      work.reader.emplace(what.number("added"));
      work.letter = ReportLetter{what.number("queue"), what.session, {}};
      work.letter_status = false;
      work.head = true;
    } else {
      meaning(work, what);
    }
  }

  void client_line(Work& work, const wire::Event& what) {
    const Side side = what.flag("data") ? Side::content : Side::client;
    work.line = what.text("text");
    work.session.lines.push_back({what.when, side, clean(work.line)});
    work.reply_begun = false;
  }

  void server_line(Work& work, const wire::Event& what) {
    ReportLine line{what.when, Side::server, clean(what.text("text"))};
    if (work.reader && work.letter_status) {
      fetched_line(work, what, line);
    } else if (!work.reply_begun) {
      line.note = in_one_sentence(clean(explain_reply(what.text("text"))));
      for (const std::size_t index : std::exchange(work.refused, {}))
        report_.mistakes[index].reply = line.text;
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
    if (work.letter && !work.letter->lines.empty()) {
      report_.letters.push_back(std::move(*work.letter));
    }
    work.letter.reset();
    work.reader.reset();
    work.letter_status = false;
  }

  void meaning(Work& work, const wire::Event& what) {
    if (wire::is_refusal(what)) {
      // That the server hung up for want of a line is nobody's slip.
      const auto cause = wire::cause_from(what.text("cause"));
      if (cause == wire::Cause::timeout || cause == wire::Cause::too_many_errors) return;
      work.refused.push_back(report_.mistakes.size());
      mistake(work, what, explain_refusal(what, names_));
    } else if (what.name == event::smtp_line) {
      if (const auto said = explain_content_line(what); !said.empty()) mistake(work, what, said);
    } else if (what.name == event::smtp_message) {
      if (const auto said = explain_missing_head(what); !said.empty()) mistake(work, what, said);
    }
  }

  void mistake(const Work& work, const wire::Event& what, std::string explanation) {
    if (const Mistake* known = lesson_mistake(what)) explanation = expand(known->say, names_);
    std::replace(explanation.begin(), explanation.end(), '\n', ' ');
    report_.mistakes.push_back({what.when, what.session, clean(work.line), "",
                                clean(what.text("cause")), clean(explanation)});
  }

  [[nodiscard]] const Mistake* lesson_mistake(const wire::Event& what) const {
    if (lesson_ == nullptr) return nullptr;
    const auto found = std::find_if(lesson_->mistakes.begin(), lesson_->mistakes.end(),
                                    [&](const Mistake& one) { return is_made(one, what); });
    return found == lesson_->mistakes.end() ? nullptr : &*found;
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
      report_.problems.push_back(fmt::format("the record holds no end of session {}", number));
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

  // What was passed is found out by the tutor itself, who is told everything once more.
  void count_steps() {
    Tutor tutor(*lesson_, names_);
    (void)tutor.begin(record_.head.started);
    for (const wire::Event& what : record_.events)
      (void)tutor.on(what);
    report_.steps = lesson_->steps.size();
    for (std::size_t i = 0; i < report_.steps; ++i)
      report_.done += tutor.is_done(i) ? 1 : 0;
  }

  const Record& record_;
  const Lesson* lesson_;
  Variables names_;
  std::vector<std::pair<std::string, std::string>> masks_;  // a word, and what stands for it
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
  return fmt::format("{:.1f} s", std::chrono::duration<double>(duration).count());
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

std::string result_text(const Report& report) {
  const auto counted = [](std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
  };
  std::string out;
  if (report.steps > 0) out = fmt::format("{} of {} steps, ", report.done, report.steps);
  return out + counted(report.mistakes.size(), "slip") + ", " +
         counted(report.help.size(), "word") + " of help";
}

std::string delivery_text(const ReportDelivery& delivery) {
  std::string out =
      fmt::format("number {} for {}: accepted {}, due {}", delivery.queue, delivery.mailbox,
                  exact_clock_text(delivery.accepted), exact_clock_text(delivery.due));
  if (!delivery.delivered) return out + ", not delivered in this record";
  return out + fmt::format(", delivered {}, after {}", exact_clock_text(*delivery.delivered),
                           seconds_text(delivery.delivered->time - delivery.accepted.time));
}

}  // namespace sandpost::sandbox
