#include "sandbox/explain_letter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64.hpp"
#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/explain.hpp"

namespace sandpost::sandbox {
namespace {

using wire::Cause;
namespace event = wire::event;

// RFC 2047 §2: an encoded word is at most 75 characters long.
constexpr std::size_t longest_encoded_word = 75;

std::string explain_raw_subject(const std::string& subject) {
  const std::string word = fmt::format("=?UTF-8?B?{}?=", base64_encode(subject));
  // Of another encoding; in a record, or at a coach, "\xA4" stands for such an octet.
  const bool other = !is_utf8(subject) || subject.find("\\x") != std::string::npos;
  if (other || word.size() > longest_encoded_word) {
    return tr(
        "Your Subject has characters beyond ASCII, sent as raw bytes. This server kept them; "
        "others may show garbage. In a head they are written encoded (RFC 2047).");
  }
  return say(
      "Your Subject has characters beyond ASCII, sent as raw bytes. This server kept them; others "
      "may show garbage. In a head they are written encoded (RFC 2047):\n"
      "  Subject: {}",
      word);
}

// Whether the To: line names this recipient, with or without a domain.
bool names(const std::string& to, const std::string& recipient) {
  const std::string local_part = to_lower(recipient.substr(0, recipient.rfind('@')));
  return to_lower(to).find(local_part) != std::string::npos;
}

// Day, month, year, time and zone, perhaps behind the day of the week (RFC 5322 §3.3).
bool is_date(std::string_view value) {
  constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                    "jul", "aug", "sep", "oct", "nov", "dec"};
  std::vector<std::string> words;
  for (const std::string& word : split(value.substr(value.find(',') + 1), ' ')) {
    if (!word.empty()) words.push_back(to_lower(word));
  }
  constexpr std::size_t parts = 5;
  constexpr std::size_t year_digits = 4;
  const auto is_number = [](std::string_view word) {
    return !word.empty() &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  return words.size() >= parts && is_number(words[0]) &&
         std::find(months.begin(), months.end(), words[1]) != months.end() && is_number(words[2]) &&
         words[2].size() >= year_digits && words[3].find(':') != std::string::npos;
}

// "<left@right>" (RFC 5322 §3.6.4).
bool is_message_id(std::string_view value) {
  const auto at = value.find('@');
  return value.starts_with('<') && value.ends_with('>') && at != std::string_view::npos && at > 1 &&
         at + 2 < value.size() && value.find(' ') == std::string_view::npos;
}

// What a program cannot read in this line of a head. Empty where nothing is odd.
std::string explain_field(std::string_view field) {
  const std::string value{trim(field.substr(field.find(':') + 1))};
  if (starts_ignoring_case(field, "From:") && value.find('@') == std::string::npos) {
    return tr(
        "From: names nobody whom a mail program could answer: it wants an address (RFC 5322, 3.4), "
        "as in\n"
        "  From: Amy <amy@example.org>");
  }
  if (starts_ignoring_case(field, "Date:") && !is_date(value)) {
    return tr(
        "Date: is no date that a program can read. It has a day, a month, a year, a time and a "
        "zone (RFC 5322, 3.3):\n"
        "  Date: Mon, 23 Nov 2026 14:03:22 +0800");
  }
  if (starts_ignoring_case(field, "Message-ID:") && !is_message_id(value)) {
    return tr(
        "Message-ID: has the form <left@right>, with its brackets and no blank (RFC 5322, 3.6.4):\n"
        "  Message-ID: <first.2026@example.org>");
  }
  return {};
}

// A refused line that can be anything: prose, a line of a letter.
bool is_no_command(const wire::Event& error) {
  const Cause cause = wire::cause_from(error.text("cause"));
  if (is_for_pop3(error) || is_for_the_tutor(error)) return false;
  if (cause == Cause::unknown_verb) return error.number("code") == 500;
  return cause == Cause::header_as_command || cause == Cause::non_ascii;
}

}  // namespace

std::string explain_content_line(const wire::Event& event) {
  switch (wire::cause_from(event.text("cause"))) {
    case Cause::command_in_data:
      return tr(
          "I keep that as a line of your letter: between DATA and the dot nothing is a command. "
          "End with a dot alone on a line first.");
    case Cause::dot_space:
      return tr(
          "That line is a dot and a blank, so it is text. To end the letter, type the dot alone.");
    case Cause::dot_double:
      return tr(
          "Two dots are a line of the letter that holds one dot. To end the letter, type one dot "
          "alone.");
    case Cause::dot_lost:
      return tr(
          "A dot at the beginning of a line is taken away by the server (RFC 5321, 4.5.2). To keep "
          "one, type two.");
    case Cause::dot_full_width:
      return tr(
          "That is a full-width stop (U+3002 or U+FF0E), and no dot. To end the letter, type the . "
          "of an English keyboard, alone on its line.");
    case Cause::lf_dot:
      return tr(
          "That dot's line ended in another way than your first line (LF against CR LF), so it "
          "ends nothing. End it as your first line; with nc, type nc -C from the start.");
    case Cause::bare_lf:
      return tr(
          "This line ended in another way than your first line (LF against CR LF): the letter will "
          "be refused. With nc, type nc -C from the start.");
    case Cause::blank_line_has_spaces:
      return tr(
          "That line looks empty and holds blanks, so it does not end the head. Press Enter alone "
          "for an empty line.");
    case Cause::telnet_bytes:
      return tr(
          "Ctrl-C does not leave the letter: telnet's own bytes stand in this line now. A dot "
          "alone ends the letter; to give it up, press Ctrl-] and type quit.");
    default:
      return {};
  }
}

std::string explain_blanks(std::string_view line) {
  const std::string_view rest = trim(line);
  if (rest.size() == line.size() || (!rest.empty() && rest != ".")) return {};
  const std::size_t blanks = line.size() - rest.size();
  if (rest.empty()) return blanks == 1 ? tr("1 blank") : say("{} blanks", blanks);
  return blanks == 1 ? tr("a dot and 1 blank") : say("a dot and {} blanks", blanks);
}

std::string explain_missing_head(const wire::Event& message) {
  const Cause cause = wire::cause_from(message.text("cause"));
  if (cause == Cause::no_head) {
    return tr(
        "Your letter had no head lines such as Subject: at its top. A mail program would show it "
        "without a subject. From: and Date: belong there, too (RFC 5322, 3.6); SMTP does not "
        "mind.");
  }
  if (cause != Cause::no_blank_line) return {};
  const std::int64_t body = message.number("body_lines");
  if (body == 0) {
    return tr(
        "Accepted, but no empty line stands behind your head lines. A mail program may take all of "
        "it for head and show an empty letter. MAIL FROM begins another letter.");
  }
  return say(
      "Accepted, but no empty line stands behind your head lines. You meant {0} as head and {1} as "
      "text; a mail program may take all of it for head and show an empty letter. MAIL FROM begins "
      "another letter.",
      message.number("head_lines"), body);
}

void LetterWatch::on(const wire::Event& event) {
  if (event.name == event::client_line) {
    line_ = event.text("text");
  } else if (event.name == event::smtp_mail) {
    recipients_.clear();
    utf8_ = to_upper(line_).find("SMTPUTF8") != std::string::npos;
    over_.reset();
  } else if (event.name == event::smtp_rcpt) {
    recipients_.push_back(event.text("to"));
  } else if (event.name == event::smtp_data) {
    begin();
  } else if (event.name == event::smtp_line) {
    content_line(event);
  } else if (event.name == event::smtp_message) {
    over_ = event.number("queue");
    stray_ = 0;
  } else if (event.name == event::smtp_error) {
    if (over_ && is_no_command(event)) ++stray_;
  } else if (event.name != event::server_line && event.name != event::queue_accepted) {
    over_.reset();
  }
}

void LetterWatch::begin() {
  head_ = {};
  lines_ = 0;
  last_ = Cause::none;
}

void LetterWatch::content_line(const wire::Event& line) {
  ++lines_;
  last_ = wire::cause_from(line.text("cause"));
  const std::string& kind = line.text("kind");
  if (kind == "empty") head_.over = true;
  if (kind == "body" && !head_.over) {
    if (head_.ended_by.empty()) {
      head_.ended_by = line_;
    } else if (line_.empty()) {
      head_.empty_after = true;
    }
  }
  if (kind != "head") return;
  const bool folded = line_.starts_with(' ') || line_.starts_with('\t');
  if (folded && !head_.fields.empty()) {
    head_.fields.back() += line_;
  } else {
    head_.fields.push_back(line_);
  }
  head_.in_to = folded ? head_.in_to : starts_ignoring_case(line_, "To:");
  if (head_.in_to) head_.to += line_;
  if (starts_ignoring_case(line_, "Content-Type:")) head_.content_type = true;
}

// An empty line was typed, and yet the letter has none that ends a head: an earlier line did.
std::string LetterWatch::broken_head(const wire::Event& message) const {
  const Cause cause = wire::cause_from(message.text("cause"));
  if (!head_.empty_after || (cause != Cause::no_head && cause != Cause::no_blank_line)) return {};
  const std::string line = visible(head_.ended_by);
  if (cause == Cause::no_head) {
    return say(
        "The first line, \"{}\", is no head line: a name, a colon, a value. So the text begins "
        "there, and what stands below is text as well.",
        line);
  }
  return say(
      "\"{}\" ended the head before your empty line came: it has no colon, and no blank in front "
      "that would make it go on with the line above.",
      line);
}

std::vector<std::string> LetterWatch::remarks(const wire::Event& message) const {
  std::vector<std::string> out;
  if (std::string broken = broken_head(message); !broken.empty()) out.push_back(std::move(broken));
  for (const std::string& field : head_.fields) {
    if (std::string odd = explain_field(field); !odd.empty()) out.push_back(std::move(odd));
  }
  const std::string& subject = message.text("subject");
  if (!is_ascii(subject) && !utf8_) {
    out.push_back(explain_raw_subject(subject));
  } else if (message.flag("eightbit") && is_ascii(subject) && !head_.content_type) {
    out.emplace_back(
        tr("Your letter has characters beyond ASCII, and no line that says how to read them. In "
           "its head a mail program looks for MIME-Version: 1.0 and\n"
           "  Content-Type: text/plain; charset=utf-8"));
  }
  const bool addressed = head_.to.find('@') != std::string::npos && !recipients_.empty();
  if (addressed && std::none_of(recipients_.begin(), recipients_.end(), [&](const auto& recipient) {
        return names(head_.to, recipient);
      })) {
    out.push_back(
        say("The To: line names somebody else, and yet {} gets the letter: RCPT TO decides, as the "
            "address on an envelope does. To: is only text inside (RFC 5321, 2.3.1).",
            visible(recipients_.front())));
  }
  return out;
}

std::string LetterWatch::silence() const {
  if (lines_ == 0) {
    return tr(
        "The server is silent because it waits for your letter. Type its lines, and at last a dot "
        "alone on a line.");
  }
  switch (last_) {
    case Cause::dot_space:
      return tr(
          "The server is silent because your dot had a blank beside it. Type the dot alone, then "
          "Enter.");
    case Cause::dot_double:
      return tr("The server is silent because you typed two dots. Type one dot alone, then Enter.");
    case Cause::dot_full_width:
      return tr(
          "The server is silent because your dot was a full-width one (U+3002 or U+FF0E). Type the "
          ". of an English keyboard, then Enter.");
    case Cause::lf_dot:
      return tr(
          "The server is silent because your dot's line ended otherwise than your first line. With "
          "nc, begin again with nc -C.");
    case Cause::command_in_data:
      return tr(
          "The server is silent because that was a line of the letter. A dot alone on a line ends "
          "it; commands come after that.");
    default:
      return tr(
          "The server is silent because it waits for the end of your letter: a dot alone on a "
          "line. Type . and press Enter.");
  }
}

std::string LetterWatch::cut_short(const wire::Event& error) const {
  if (!over_ || !is_no_command(error)) return {};
  if (stray_ > 1) return tr("This line came behind the dot as well, so it is not in the letter.");
  return say(
      "Your letter ended at the dot alone on a line: it is number {}, and what comes now is read "
      "as commands. A line of the letter that is one dot is typed as two (RFC 5321, 4.5.2).",
      *over_);
}

std::string LetterReader::who_wrote(std::string_view line) {
  if (added_-- > 0) {
    if (starts_ignoring_case(line, "Return-Path:"))
      return own_ ? tr("at delivery: your MAIL FROM") : tr("at delivery: its MAIL FROM");
    if (starts_ignoring_case(line, "Received:")) {
      in_received_ = true;
      return own_ ? tr("by SMTP: your HELO, your IP") : tr("by SMTP: who sent it");
    }
    if (line.empty()) {
      in_body_ = true;
      return tr("the server: no head, so text");
    }
    if (in_received_ && line.find(" id ") != std::string_view::npos)
      return tr("the server, the number");
    return in_received_ ? tr("when it came") : tr("by the server");
  }
  if (line == ".") return tr("end of the reply");
  if (line.empty() && !in_body_) {
    in_body_ = true;
    return own_ ? tr("yours: the empty line") : tr("the empty line");
  }
  const bool doubled = line.starts_with('.');
  if (!own_) return doubled ? tr("dot doubled") : "";
  return doubled ? tr("yours, dot doubled") : tr("yours");
}

}  // namespace sandpost::sandbox
