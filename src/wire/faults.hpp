#pragma once
// Faults that are injected on purpose: the rules of --fault, and what they make of a command. Both
// engines ask here before they act. Knows no socket and no clock: chance and time are handed in.
// docs/faults.md is the user's side of it.
//
// Threads: one at a time; in a server the I/O thread. All its sessions share one object, so that a
// rule that is added holds for the sessions that are open already.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "wire/event.hpp"

namespace sandpost::wire {

class Faults {
 public:
  enum class Protocol { smtp, pop3 };
  enum class Effect { answer, greylist, wait, drop, quota };

  // Where a rule can strike besides the commands themselves.
  static constexpr std::string_view message = "MESSAGE";  // behind the final dot or BDAT LAST
  static constexpr std::string_view stored = "STORED";    // the letter is stored, its 250 not said
  static constexpr std::string_view login = "LOGIN";      // name and password are known

  struct Rule {
    std::string text;  // as it was written; printable ASCII
    Effect effect = Effect::answer;
    bool smtp = true;
    bool pop3 = true;
    std::string point = {};          // a command in capitals, or one of the above; empty: all
    int code = 0;                    // SMTP's answer
    std::string response_code = {};  // POP3's, without brackets (RFC 2449 §8); can be empty
    double probability = 1;
    std::chrono::milliseconds time{0};  // to wait; of a greylist: how long the answer stays 451
    std::size_t octets = 0;             // of a quota
  };

  // What is to happen before, and instead of, what the client asked for.
  struct Verdict {
    std::chrono::milliseconds wait{0};
    std::optional<Rule> end;  // an answer, or a drop: the connection is closed without a word
  };

  // The grammar is in docs/faults.md. The error is one line that says what to write instead; it can
  // quote the text as it came.
  [[nodiscard]] static Result<Rule, std::string> parse(std::string_view text);

  // `chance` gives a number of [0, 1) each time it is asked; a rule that always strikes never asks.
  explicit Faults(std::function<double()> chance) : chance_(std::move(chance)) {}

  // Forgets the rules there were, and whom the greylist knows.
  void set(std::vector<Rule> rules);
  void add(Rule rule) { rules_.push_back(std::move(rule)); }
  [[nodiscard]] bool any() const { return !rules_.empty(); }

  // The server's time, for the greylist.
  void set_time(Time now) { now_ = now; }

  // For a command that the client has given; `point` as in Rule, empty for a word that is no
  // command. All that wait wait, one after the other; the first that ends it counts. Each rule that
  // strikes is told to `sink`.
  [[nodiscard]] Verdict ask(Protocol protocol, std::string_view point, Sink& sink);

  // For a recipient that would be accepted: the rule that puts it off, if one does.
  [[nodiscard]] std::optional<Rule> greylist(std::string_view client, std::string_view reverse_path,
                                             std::string_view recipient, Sink& sink);

  // The octets a maildrop may hold; nothing: as many as come.
  [[nodiscard]] std::optional<std::size_t> quota() const;
  // For a maildrop that would hold more: the rule that says so. Nothing if there is none any more.
  [[nodiscard]] std::optional<Rule> over_quota(std::string_view point, Sink& sink) const;

 private:
  [[nodiscard]] bool strikes(const Rule& rule, Protocol protocol, std::string_view point);
  [[nodiscard]] const Rule* smallest_quota() const;

  std::vector<Rule> rules_;
  std::function<double()> chance_;
  Time now_{};
  std::unordered_map<std::string, Time> first_tries_;
};

}  // namespace sandpost::wire
