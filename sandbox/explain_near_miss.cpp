// Why what went well is not what the step waits for, in a learner's words: part of
// sandbox/explain.hpp. No name of a field ever stands in them.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/explain.hpp"

namespace sandpost::sandbox {
namespace {

namespace event = wire::event;

// For which wish a sentence is meant.
enum class Wish { any, yes, no, zero };

// {0}: what is wanted; {1}: what came. `line` is what to type, where one value is wanted.
struct Sentence {
  std::string_view event;
  std::string_view field;
  Wish wish;
  std::string_view text;
  std::string_view line = {};
};

// What is said of more than one event.
constexpr std::string_view other_version =
    tr_later("The connection speaks {1}, and this step wants {0}.");
constexpr std::string_view other_mechanism = tr_later(
    "You logged in with {1}, and this step wants {0}. QUIT, connect and try it "
    "that way.");
constexpr std::string_view other_user = tr_later(
    "You are logged in as {1}, and this step wants {0}. QUIT, connect and log in "
    "anew.");
constexpr std::string_view broken =
    tr_later("The connection ended without QUIT. Connect again, and leave with QUIT.");
constexpr std::string_view not_broken = tr_later(
    "You left with QUIT, politely. This step wants the connection to break: "
    "connect again and type :drop here; in telnet Ctrl-] and quit, in nc "
    "Ctrl-C.");
constexpr std::string_view other_count =
    tr_later("Letters in this mailbox: {1}. This step wants {0}.");
constexpr std::string_view one_alone = tr_later(
    "You asked for number {1} alone; this step wants all of them: the word with "
    "nothing behind it.");
constexpr std::string_view not_that_one =
    tr_later("You asked for another letter, or for all; this step wants number {0}.");
constexpr std::string_view other_number =
    tr_later("That was number {1}, and this step wants number {0}.");
constexpr std::string_view other_letter = tr_later(
    "That was the letter which went through the queue as number {1}; this step "
    "wants the one that was number {0} there. LIST shows what you have: try "
    "another.");

constexpr std::array sentences{
    Sentence{event::smtp_helo, "verb", Wish::any,
             tr_later("You said {1}, and this step wants {0}. Say it now.")},
    Sentence{event::smtp_helo, "name", Wish::any,
             tr_later("You said your name is {1}; this step wants {0}. Greet once more.")},
    Sentence{event::smtp_starttls, "version", Wish::any, other_version},
    Sentence{event::smtp_auth, "mechanism", Wish::any, other_mechanism},
    Sentence{event::smtp_auth, "user", Wish::any, other_user},
    Sentence{event::smtp_mail, "from", Wish::any,
             tr_later("The sender is {1} now, and this step wants {0}. RSET, then say it again."),
             "MAIL FROM:<{0}>"},
    Sentence{event::smtp_mail, "brackets", Wish::yes,
             tr_later("Accepted without < >, and this step wants them. RSET, then say it again.")},
    Sentence{event::smtp_mail, "brackets", Wish::no,
             tr_later("Accepted; but this step wants the address without < >. RSET, then say it "
                      "again.")},
    Sentence{event::smtp_mail, "space", Wish::yes,
             tr_later("Accepted; but this step wants a blank behind the colon. RSET, then say it "
                      "again.")},
    Sentence{event::smtp_mail, "space", Wish::no,
             tr_later("Accepted; but this step wants no blank behind the colon. RSET, then say it "
                      "again.")},
    Sentence{event::smtp_rcpt, "to", Wish::any,
             tr_later("Accepted: {1} would get the letter. But this step waits for {0}: say RCPT "
                      "TO once more."),
             "RCPT TO:<{0}>"},
    Sentence{event::smtp_rcpt, "count", Wish::any,
             tr_later("Recipients so far: {1}. This step wants {0}: say RCPT TO for each.")},
    Sentence{event::smtp_message, "from", Wish::any,
             tr_later("The letter came from {1}, and this step wants one from {0}. Send it again, "
                      "beginning with MAIL FROM.")},
    Sentence{event::smtp_message, "rcpts", Wish::any,
             tr_later("The letter went out; recipients: {1}. This step wants {0}. Say RCPT TO for "
                      "each of them, before DATA.")},
    Sentence{event::smtp_message, "head_lines", Wish::any,
             tr_later("The letter went out; lines in its head: {1}. This step wants {0}. Send it "
                      "again.")},
    Sentence{event::smtp_message, "body_lines", Wish::any,
             tr_later("The letter went out; lines in its text: {1}. This step wants {0}. Send it "
                      "again.")},
    Sentence{event::smtp_message, "subject", Wish::any,
             tr_later("The letter went out with the subject \"{1}\"; this step wants {0}. Send it "
                      "again."),
             "Subject: {0}"},
    Sentence{event::smtp_message, "has_blank_line", Wish::yes,
             tr_later("The letter went out without an empty line between its head and its text. "
                      "This step wants one: send it again.")},
    Sentence{event::smtp_message, "has_blank_line", Wish::no,
             tr_later("The letter went out with an empty line behind its head. This step wants "
                      "none in it: send it again.")},
    Sentence{event::smtp_message, "unstuffed", Wish::zero,
             tr_later("A line of the letter began with two dots. This step wants none: send it "
                      "again.")},
    Sentence{event::smtp_message, "unstuffed", Wish::any,
             tr_later("The letter went out; lines that you began with two dots: {1}. This step "
                      "wants {0}. Send it again.")},
    Sentence{event::smtp_message, "eightbit", Wish::yes,
             tr_later("The letter went out, all of it ASCII. This step wants other letters in it: "
                      "send it again.")},
    Sentence{event::smtp_message, "eightbit", Wish::no,
             tr_later("The letter went out with letters that are not ASCII. This step wants it "
                      "without them: send it again.")},
    Sentence{event::smtp_close, "clean", Wish::yes, broken},
    Sentence{event::smtp_close, "clean", Wish::no, not_broken},
    Sentence{event::smtp_vrfy, "arg", Wish::any,
             tr_later("You asked for {1}, and this step wants {0}."), "VRFY {0}"},
    Sentence{event::pop3_stls, "version", Wish::any, other_version},
    Sentence{event::pop3_user, "user", Wish::any,
             tr_later("You named {1}, and this step wants {0}."), "USER {0}"},
    Sentence{event::pop3_auth, "user", Wish::any, other_user, "USER {0}"},
    Sentence{event::pop3_auth, "mechanism", Wish::any, other_mechanism},
    Sentence{event::pop3_auth, "count", Wish::any, other_count},
    Sentence{event::pop3_stat, "count", Wish::any, other_count},
    Sentence{event::pop3_list, "arg", Wish::zero, one_alone, "LIST"},
    Sentence{event::pop3_list, "arg", Wish::any, not_that_one, "LIST {0}"},
    Sentence{event::pop3_uidl, "arg", Wish::zero, one_alone, "UIDL"},
    Sentence{event::pop3_uidl, "arg", Wish::any, not_that_one, "UIDL {0}"},
    Sentence{event::pop3_retr, "number", Wish::any, other_number, "RETR {0}"},
    Sentence{event::pop3_top, "number", Wish::any, other_number},
    Sentence{event::pop3_top, "lines", Wish::any,
             tr_later("Lines of the text that you asked for: {1}. This step wants {0}.")},
    Sentence{event::pop3_dele, "number", Wish::any,
             tr_later("You marked number {1}, and this step wants number {0}. RSET takes the mark "
                      "away."),
             "DELE {0}"},
    Sentence{event::pop3_dele, "marked", Wish::any,
             tr_later("Letters marked so far: {1}. This step wants {0}.")},
    Sentence{event::pop3_rset, "marked", Wish::any,
             tr_later("Marks taken away: {1}. This step wants {0}: mark with DELE first.")},
    Sentence{event::pop3_retr, "queue", Wish::any, other_letter},
    Sentence{event::pop3_top, "queue", Wish::any, other_letter},
    Sentence{event::pop3_dele, "queue", Wish::any,
             tr_later("That was the letter which went through the queue as number {1}; this step "
                      "wants the one that was number {0} there. RSET takes the mark away.")},
    Sentence{
        event::pop3_quit, "state", Wish::any,
        tr_later("That QUIT came in another state than this step wants. Before a login it only "
                 "says good-bye, behind it QUIT deletes what is marked.")},
    Sentence{event::pop3_quit, "deleted", Wish::any,
             tr_later("Letters deleted by QUIT: {1}. This step wants {0}: log in again and mark "
                      "with DELE, then QUIT.")},
    Sentence{event::pop3_close, "clean", Wish::yes, broken},
    Sentence{event::pop3_close, "clean", Wish::no, not_broken},
    Sentence{
        event::pop3_close, "marks_lost", Wish::any,
        tr_later("The connection broke; marks lost with it: {1}. This step wants {0}: connect, "
                 "log in and mark with DELE, then break it.")},
};

std::string in_words(const wire::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? tr("yes") : tr("no");
  return visible(std::get<std::string>(value));
}

std::string in_words(const std::vector<wire::Value>& values) {
  std::string out;
  for (const wire::Value& value : values)
    out += (out.empty() ? "" : tr(" or ")) + in_words(value);
  return out;
}

std::string in_words(const Condition& wanted) {
  if (!wanted.has.empty()) return say("something with \"{}\" in it", wanted.has);
  if (!wanted.none_of.empty()) return say("anything but {}", in_words(wanted.none_of));
  if (wanted.min && wanted.max)
    return say("at least {0} and at most {1}", *wanted.min, *wanted.max);
  if (wanted.min) return say("at least {}", *wanted.min);
  if (wanted.max) return say("at most {}", *wanted.max);
  return in_words(wanted.one_of);
}

bool is_one_value(const Condition& wanted) {
  return wanted.one_of.size() == 1 && !wanted.min && !wanted.max && wanted.has.empty() &&
         wanted.none_of.empty();
}

bool suits(Wish wish, const Condition& wanted) {
  if (wish == Wish::any) return true;
  if (wish == Wish::zero && wanted.max == 0) return true;
  if (!is_one_value(wanted)) return false;
  const wire::Value& value = wanted.one_of.front();
  if (wish == Wish::zero) return value == wire::Value{std::int64_t{0}};
  return value == wire::Value{wish == Wish::yes};
}

std::string told(const Condition& wanted, const wire::Event& event, const Variables& variables) {
  const auto* sentence = std::find_if(sentences.begin(), sentences.end(), [&](const Sentence& one) {
    return one.event == event.name && one.field == wanted.field && suits(one.wish, wanted);
  });
  const wire::Value* found = event.find(wanted.field);
  if (sentence == sentences.end() || found == nullptr)
    return tr("That went well, but it is not quite what this step wants. :hint tells more.");
  const std::string wish = expand(in_words(wanted), variables);
  const std::string came = in_words(*found);
  std::string out = fmt::vformat(tr(sentence->text), fmt::make_format_args(wish, came));
  if (!sentence->line.empty() && is_one_value(wanted))
    out += "\n  " + fmt::vformat(sentence->line, fmt::make_format_args(wish));
  return out;
}

std::string short_list(std::int64_t letters) {
  if (letters == 0)
    return tr("The list is empty: marked letters are not shown. RSET takes the marks away.");
  if (letters == 1)
    return tr("There is still 1 letter on the list. DELE the rest as well, then LIST.");
  return say("There is still {} letters on the list. DELE the rest as well, then LIST.", letters);
}

}  // namespace

std::string explain_near_miss(const Matcher& pass, const wire::Event& event,
                              const Variables& variables, std::optional<std::uint64_t> session) {
  if (!waits_for(pass, event.name)) return {};
  const Condition* wanted = unmet(pass, event, variables);
  if (wanted == nullptr) {
    if (matches(pass, event, variables, session)) return {};
    return tr("That was in another connection. This step goes on where you did the step before.");
  }
  const std::int64_t count = event.number("count");
  if (event.name == event::pop3_list && wanted->field == "count") return short_list(count);
  // An empty mailbox has been told of already.
  if (event.name == event::pop3_auth && wanted->field == "count" && count == 0) return {};
  return told(*wanted, event, variables);
}

}  // namespace sandpost::sandbox
