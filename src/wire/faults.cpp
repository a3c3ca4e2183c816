#include "wire/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/text.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::wire {
namespace {

using std::chrono::milliseconds;
using Rule = Faults::Rule;
using Effect = Faults::Effect;

constexpr std::array smtp_points{"HELO", "EHLO",  "MAIL",     "RCPT",    "DATA",  "RSET",
                                 "NOOP", "VRFY",  "EXPN",     "BDAT",    "AUTH",  "HELP",
                                 "QUIT", "LOGIN", "STARTTLS", "MESSAGE", "STORED"};
constexpr std::array pop3_points{"USER", "PASS", "APOP", "AUTH", "STLS", "UTF8",
                                 "LANG", "CAPA", "QUIT", "STAT", "LIST", "UIDL",
                                 "RETR", "DELE", "RSET", "NOOP", "TOP",  "LOGIN"};

constexpr std::chrono::hours longest_wait{1};
constexpr std::size_t longest_response_code = 40;
// Those who tried once and are remembered; beyond that the memory begins anew.
constexpr std::size_t most_first_tries = 10'000;

Failure<std::string> fail(std::string text) {
  return Failure<std::string>{std::move(text)};
}

bool contains(std::span<const char* const> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct Parts {
  std::string_view text;
  std::vector<std::string> words;  // between the colons, the probability taken off

  [[nodiscard]] std::size_t size() const { return words.size(); }
  [[nodiscard]] const std::string& at(std::size_t i) const { return words.at(i); }
};

// VERB, or "smtp." or "pop3." and a verb that both have.
Result<void, std::string> take_point(Rule& rule, const std::string& word) {
  std::string point = to_upper(word);
  for (const std::string_view prefix : {"SMTP.", "POP3."}) {
    if (!point.starts_with(prefix)) continue;
    point.erase(0, prefix.size());
    (prefix == "SMTP." ? rule.pop3 : rule.smtp) = false;
    break;
  }
  rule.smtp = rule.smtp && contains(smtp_points, point);
  rule.pop3 = rule.pop3 && contains(pop3_points, point);
  if (!rule.smtp && !rule.pop3) {
    return fail(fmt::format(
        "'{}' is no command of these servers: write one, such as rcpt or retr, or message", word));
  }
  rule.point = std::move(point);
  return {};
}

bool is_reply_code(std::string_view text) {
  // RFC 5321 §4.2: Reply-code = %x32-35 %x30-35 %x30-39
  return text.size() == 3 && (text[0] == '4' || text[0] == '5') && text[1] >= '0' &&
         text[1] <= '5' && text[2] >= '0' && text[2] <= '9';
}

// "[SYS/TEMP]": RFC 2449 §8
bool is_response_code(std::string_view text) {
  return text.size() > 2 && text.size() <= longest_response_code && text.front() == '[' &&
         text.find(']') == text.size() - 1 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Result<void, std::string> take_answer(Rule& rule, const std::string& answer) {
  rule.effect = Effect::answer;
  const bool number = !answer.empty() && std::all_of(answer.begin(), answer.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
  if (rule.point == Faults::login && equals_ignoring_case(answer, "refuse")) {
    rule.code = 535;
    rule.response_code = "AUTH";
    return {};
  }
  if (number && !is_reply_code(answer)) {
    return fail(fmt::format(
        "'{}' is no reply code of a refusal: write one from 400 to 459 or from 500 to 559",
        answer));
  }
  if (number) {
    if (!rule.smtp) {
      return fail(fmt::format("POP3 has no reply codes: write {}:-ERR or {}:[SYS/TEMP]",
                              to_lower(rule.point), to_lower(rule.point)));
    }
    rule.pop3 = false;
    rule.code = static_cast<int>(std::stol(answer));
    return {};
  }
  const bool response = is_response_code(answer);
  if (!response && !equals_ignoring_case(answer, "-ERR")) {
    return fail(fmt::format("'{}' is no answer: write {}", answer,
                            rule.point == Faults::login ? "refuse, a code such as 454, or [IN-USE]"
                            : rule.smtp && rule.pop3    ? "a code such as 451, -ERR or [SYS/TEMP]"
                            : rule.smtp                 ? "a code such as 451"
                                                        : "-ERR or a code such as [SYS/TEMP]"));
  }
  if (!rule.pop3) return fail("SMTP answers with a number: write a code such as 451");
  rule.smtp = false;
  if (response) rule.response_code = to_upper(answer.substr(1, answer.size() - 2));
  return {};
}

Result<milliseconds, std::string> take_time(const std::string& word) {
  auto time = parse_duration(word);
  if (time && *time > longest_wait) {
    return fail(fmt::format("'{}' is too long: write 1h at most", word));
  }
  return time;
}

// "greylist" [":" time]
Result<Rule, std::string> parse_greylist(Rule rule, const Parts& parts) {
  rule.effect = Effect::greylist;
  rule.pop3 = false;
  if (parts.size() > 2) return fail("greylist takes a time and no more: write greylist:10s");
  if (parts.size() < 2) return rule;
  const auto time = take_time(parts.at(1));
  if (!time) return fail(time.error());
  rule.time = *time;
  return rule;
}

// "delay" [":" verb] ":" time [":" probability]
Result<Rule, std::string> parse_delay(Rule rule, const Parts& parts) {
  rule.effect = Effect::wait;
  if (parts.size() < 2 || parts.size() > 3) {
    return fail("delay takes a time, or a command and a time: write delay:2s or delay:rcpt:2s");
  }
  const auto time = take_time(parts.words.back());
  if (!time) return fail(time.error());
  rule.time = *time;
  if (parts.size() == 2) return rule;
  if (const auto taken = take_point(rule, parts.at(1)); !taken) return fail(taken.error());
  if (rule.point == Faults::login) {
    return fail("login has no reply of its own: write delay:pass:2s or delay:auth:2s");
  }
  if (rule.point == Faults::stored) {
    return fail("only drop goes with stored: write delay:message:2s or drop:stored");
  }
  return rule;
}

// "drop" ":" verb [":" probability]
Result<Rule, std::string> parse_drop(Rule rule, const Parts& parts) {
  rule.effect = Effect::drop;
  if (parts.size() != 2) {
    return fail("drop takes a command, and a probability: write drop:data or drop:data:0.5");
  }
  if (const auto taken = take_point(rule, parts.at(1)); !taken) return fail(taken.error());
  return rule;
}

// "quota" ":" number ["k" / "m"]
Result<Rule, std::string> parse_quota(Rule rule, const Parts& parts) {
  rule.effect = Effect::quota;
  rule.pop3 = false;
  const std::string size = parts.size() == 2 ? to_lower(parts.at(1)) : "";
  const unsigned shift = size.ends_with('k') ? 10 : size.ends_with('m') ? 20 : 0;
  const auto* end = size.data() + size.size() - (shift > 0 ? 1 : 0);
  std::size_t number = 0;
  const auto [at, error] = std::from_chars(size.data(), end, number);
  constexpr std::size_t most = std::size_t{1} << 40U;
  if (error != std::errc{} || at != end || number > most >> shift) {
    return fail("quota takes the octets of a mailbox: write quota:500, quota:10k or quota:2m");
  }
  rule.octets = number << shift;
  return rule;
}

// verb ":" answer [":" probability]
Result<Rule, std::string> parse_answer(Rule rule, const Parts& parts) {
  if (parts.size() == 1) {
    return fail(fmt::format(
        "'{}' is no rule: write one such as rcpt:451, retr:-ERR, greylist, delay:2s, drop:data, "
        "login:refuse or quota:10k",
        parts.text));
  }
  if (const auto taken = take_point(rule, parts.at(0)); !taken) return fail(taken.error());
  if (rule.point == Faults::stored) return fail("only drop goes with stored: write drop:stored");
  if (parts.size() > 2) {
    return fail(fmt::format("'{}' is too much: write {}:{}, or a probability behind it",
                            parts.at(2), parts.at(0), parts.at(1)));
  }
  if (const auto taken = take_answer(rule, parts.at(1)); !taken) return fail(taken.error());
  return rule;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A third part, or a second one of an answer that is no code, that is a number.
bool looks_like_probability(const std::string& word) {
  return !word.empty() && (is_digit(word.front()) || word.front() == '.' || word.front() == '-') &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return is_digit(c) || c == '.' || c == '-' || c == '%'; });
}

Result<double, std::string> parse_probability(const std::string& word) {
  const bool plain =
      std::all_of(word.begin(), word.end(), [](char c) { return is_digit(c) || c == '.'; });
  double value = 0;
  const auto* end = word.data() + word.size();
  const auto [at, error] = std::from_chars(word.data(), end, value);
  if (plain && error == std::errc{} && at == end && value <= 1) return value;
  return fail(fmt::format("'{}' is no probability: write a number from 0 to 1, such as 0.3", word));
}

}  // namespace

// rule        = answer / "greylist" [":" time] / "delay:" [point ":"] time [":" probability]
//             / "drop:" point [":" probability] / "quota:" octets ["k" / "m"]
// answer      = point ":" (code / "-ERR" / "[" response-code "]" / "refuse") [":" probability]
// point       = ["smtp." / "pop3."] verb / "message" / "stored" / "login"
Result<Rule, std::string> Faults::parse(std::string_view text) {
  Parts parts{text, split(text, ':')};
  Rule rule;
  rule.text = text;
  const std::string kind = to_lower(parts.at(0));
  const bool has_chance =
      kind == "delay" ? parts.size() > 2 && parse_duration(parts.at(parts.size() - 2)).has_value()
                      : kind != "greylist" && kind != "quota";
  if (has_chance && parts.size() > 2 && looks_like_probability(parts.words.back())) {
    const auto probability = parse_probability(parts.words.back());
    if (!probability) return fail(probability.error());
    rule.probability = *probability;
    parts.words.pop_back();
  }
  if (kind == "greylist") return parse_greylist(std::move(rule), parts);
  if (kind == "delay") return parse_delay(std::move(rule), parts);
  if (kind == "drop") return parse_drop(std::move(rule), parts);
  if (kind == "quota") return parse_quota(std::move(rule), parts);
  return parse_answer(std::move(rule), parts);
}

namespace {

void tell(Sink& sink, const Rule& rule, std::string_view point, std::string_view effect) {
  if (!sink.wanted()) return;
  sink.emit(event::fault, {{"rule", rule.text},
                           {"verb", std::string(point)},
                           {"effect", std::string(effect)},
                           {"milliseconds", std::int64_t{rule.time.count()}}});
}

}  // namespace

void Faults::set(std::vector<Rule> rules) {
  rules_ = std::move(rules);
  first_tries_.clear();
}

bool Faults::strikes(const Rule& rule, Protocol protocol, std::string_view point) {
  if (!(protocol == Protocol::smtp ? rule.smtp : rule.pop3)) return false;
  const bool has_reply = point != login && point != stored;
  if (rule.point.empty() ? !has_reply : rule.point != point) return false;
  return rule.probability >= 1 || chance_() < rule.probability;
}

Faults::Verdict Faults::ask(Protocol protocol, std::string_view point, Sink& sink) {
  Verdict verdict;
  for (const Rule& rule : rules_) {
    const bool waits = rule.effect == Effect::wait;
    const bool ends = rule.effect == Effect::answer || rule.effect == Effect::drop;
    if (!(waits || (ends && !verdict.end)) || !strikes(rule, protocol, point)) continue;
    tell(sink, rule, point, waits ? "wait" : rule.effect == Effect::drop ? "drop" : "answer");
    verdict.wait += rule.time;
    if (ends) verdict.end = rule;
  }
  return verdict;
}

std::optional<Rule> Faults::greylist(std::string_view client, std::string_view reverse_path,
                                     std::string_view recipient, Sink& sink) {
  const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                 [](const Rule& one) { return one.effect == Effect::greylist; });
  if (rule == rules_.end()) return std::nullopt;
  if (first_tries_.size() >= most_first_tries) first_tries_.clear();
  const auto [first, is_first] = first_tries_.emplace(
      fmt::format("{}\n{}\n{}", client, reverse_path, to_lower(recipient)), now_);
  if (!is_first && now_ - first->second >= rule->time) return std::nullopt;
  tell(sink, *rule, "RCPT", "answer");
  return *rule;
}

const Rule* Faults::smallest_quota() const {
  const Rule* smallest = nullptr;
  for (const Rule& rule : rules_) {
    const bool smaller = smallest == nullptr || rule.octets < smallest->octets;
    if (rule.effect == Effect::quota && smaller) smallest = &rule;
  }
  return smallest;
}

std::optional<std::size_t> Faults::quota() const {
  const Rule* rule = smallest_quota();
  return rule == nullptr ? std::nullopt : std::optional(rule->octets);
}

std::optional<Rule> Faults::over_quota(std::string_view point, Sink& sink) const {
  const Rule* rule = smallest_quota();
  if (rule == nullptr) return std::nullopt;
  tell(sink, *rule, point, "answer");
  return *rule;
}

}  // namespace sandpost::wire
