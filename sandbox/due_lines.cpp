#include "sandbox/due_lines.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// What stands behind the command: "2 2" for "TOP 2 2".
std::string argument_of(std::string_view line) {
  line = trim(line);
  const auto blank = line.find(' ');
  return blank == std::string_view::npos ? "" : std::string(trim(line.substr(blank)));
}

// "amy" for "Amy@ntut.edu.tw".
std::string account_of(std::string_view user) {
  return to_lower(user.substr(0, user.find('@')));
}

// The address in RCPT TO:<...>, in lower case.
std::string address_in(std::string_view line) {
  const auto open = line.find('<');
  const auto close = line.find('>', std::min(open, line.size()));
  if (close == std::string_view::npos) return {};
  return to_lower(line.substr(open + 1, close - open - 1));
}

// "SUBJECT" for a head line that begins with Subject: and whatever; else empty.
std::string field_name(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || line.substr(0, colon).find(' ') != std::string_view::npos)
    return {};
  return to_upper(line.substr(0, colon));
}

// The lines of a letter among those of a step: behind DATA up to the dot, or, where the step begins
// inside of a letter, from its beginning.
struct LetterPart {
  std::size_t from;
  std::size_t to;
};

std::optional<LetterPart> letter_part(std::span<const std::string> lines) {
  const auto dot = std::find(lines.begin(), lines.end(), ".");
  if (dot == lines.end()) return std::nullopt;
  const auto data = std::find_if(lines.begin(), dot, [](const std::string& line) {
    return equals_ignoring_case(trim(line), "DATA");
  });
  const auto from = data == dot ? lines.begin() : data + 1;
  return LetterPart{static_cast<std::size_t>(from - lines.begin()),
                    static_cast<std::size_t>(dot - lines.begin())};
}

}  // namespace

std::string verb_of(std::string_view line) {
  line = trim(line);
  const std::string_view word = line.substr(0, line.find(' '));
  return word.starts_with(':') ? std::string(word) : to_upper(word);
}

std::string strict_form(std::string_view line) {
  std::string out(line);
  for (const std::string_view command : {"MAIL FROM: ", "RCPT TO: "}) {
    if (!starts_ignoring_case(out, command)) continue;
    const std::size_t blank = command.size() - 1;
    out.erase(blank, out.find_first_not_of(' ', blank) - blank);
  }
  return out;
}

std::string one_spelling(std::string_view line) {
  return to_upper(strict_form(trim(line)));
}

void DueLines::begin_step() {
  accepted_.clear();
}

void DueLines::follow(const wire::Event& event) {
  if (event.session == 0) return;
  if (wire::is_close(event.name)) {
    talks_.erase(event.session);
    return;
  }
  Talk& talk = talks_[event.session];
  talk.used = ++uses_;
  if (wire::is_connect(event.name)) {
    talk.protocol = protocol_of(event.name);
  } else if (event.name == event::client_line) {
    if (event.flag("data"))
      talk.letter.push_back(event.text("text"));
    else
      talk.last_line = event.text("text");
  } else if (event.name == event::server_line) {
    answered(talk, event.text("text"));
  } else if (talk.protocol == Protocol::smtp) {
    follow_smtp(talk, event);
  } else {
    follow_pop3(talk, event);
  }
}

// Only the first line of a reply says whether it went well.
void DueLines::answered(Talk& talk, std::string_view reply) {
  const std::string line = std::exchange(talk.last_line, {});
  const bool well = reply.starts_with('2') || reply.starts_with('3') || reply.starts_with('+');
  if (line.empty() || !well) return;
  const bool of_exchange = reply.starts_with("334") || reply.starts_with("+ ");
  talk.responses = !of_exchange ? 0 : verb_of(line) == "AUTH" ? 0 : talk.responses + 1;
  accepted_.insert(one_spelling(line));
}

void DueLines::follow_smtp(Talk& talk, const wire::Event& event) {
  const auto name = event.name;
  const bool forgets = name == event::smtp_helo || name == event::smtp_rset ||
                       name == event::smtp_message || name == event::smtp_starttls ||
                       event.flag("lost");
  if (forgets) {
    talk.has_sender = talk.in_letter = false;
    talk.recipients.clear();
    talk.letter.clear();
  }
  if (name == event::smtp_helo) talk.greeted = to_upper(event.text("verb"));
  if (name == event::smtp_starttls) {
    talk.encrypted = true;
    talk.greeted.clear();
  }
  if (name == event::smtp_auth) talk.logged_in = account_of(event.text("user"));
  if (name == event::smtp_mail) talk.has_sender = true;
  if (name == event::smtp_rcpt) talk.recipients.insert(to_lower(event.text("to")));
  if (name == event::smtp_data) talk.in_letter = true;
}

void DueLines::follow_pop3(Talk& talk, const wire::Event& event) {
  const auto name = event.name;
  if (name == event::pop3_stls) talk.encrypted = true;
  if (name == event::pop3_user) talk.named = account_of(event.text("user"));
  if (name == event::pop3_auth) {
    talk.named.clear();
    if (event.flag("ok")) talk.logged_in = account_of(event.text("user"));
  }
  if (name == event::pop3_dele) talk.marked.insert(std::to_string(event.number("number")));
  if (name == event::pop3_rset) talk.marked.clear();
}

const DueLines::Talk* DueLines::latest(Protocol protocol) const {
  const Talk* found = nullptr;
  for (const auto& [session, talk] : talks_) {
    if (talk.protocol == protocol && (found == nullptr || talk.used > found->used)) found = &talk;
  }
  return found;
}

bool DueLines::is_done(std::string_view line, Protocol protocol) const {
  const Talk* talk = latest(protocol);
  if (const auto word = type_word(line)) {
    if (word->kind != TypeWord::Kind::connect) return false;
    return talk != nullptr && (word->tls == TypeWord::Tls::none || talk->encrypted);
  }
  const std::string verb = verb_of(line);
  const bool accepted = accepted_.contains(one_spelling(line));
  if (talk == nullptr) return verb == "QUIT" && accepted;
  if (verb == "HELO" || verb == "EHLO") return talk->greeted == verb;
  if (verb == "MAIL") return talk->has_sender;
  if (verb == "RCPT") {
    const std::string address = address_in(line);
    return talk->recipients.contains(address) || talk->recipients.contains(account_of(address));
  }
  if (verb == "DATA") return talk->in_letter;
  if (verb == "USER") {
    const std::string user = account_of(argument_of(line));
    return talk->named == user || talk->logged_in == user;
  }
  if (verb == "PASS") return !talk->logged_in.empty();
  if (verb == "DELE") return talk->marked.contains(argument_of(line));
  return accepted;
}

// In the letter that is being written.
bool DueLines::is_typed(std::string_view content) const {
  const Talk* talk = latest(Protocol::smtp);
  if (talk == nullptr || !talk->in_letter || content == ".") return false;
  const std::string name = field_name(content);
  return std::any_of(talk->letter.begin(), talk->letter.end(), [&](const std::string& line) {
    return line == content || (!name.empty() && field_name(line) == name);
  });
}

std::vector<std::size_t> DueLines::left(std::span<const std::string> lines, Protocol wanted) const {
  const auto letter = letter_part(lines);
  std::vector<bool> done(lines.size());
  Protocol protocol = wanted;
  std::size_t response = 0;
  bool in_exchange = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (const auto word = type_word(lines[i]); word && word->kind == TypeWord::Kind::connect) {
      protocol = word->protocol;
    }
    const Talk* talk = latest(protocol);
    const std::string verb = verb_of(lines[i]);
    if (letter && i >= letter->from && i <= letter->to) {
      done[i] = is_typed(lines[i]);
    } else if (in_exchange) {
      done[i] = talk != nullptr && (!talk->logged_in.empty() || talk->responses > response);
      ++response;
    } else {
      done[i] = is_done(lines[i], protocol);
    }
    // What follows are no commands, but responses.
    in_exchange =
        in_exchange || (verb == "AUTH" && argument_of(lines[i]).find(' ') == std::string::npos);
  }
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    bool overtaken = false;
    for (std::size_t j = i + 1; j < lines.size() && !overtaken; ++j)
      overtaken = done[j] && verb_of(lines[j]) != verb_of(lines[i]);
    if (!done[i] && !overtaken) out.push_back(i);
  }
  return out;
}

}  // namespace sandpost::sandbox
