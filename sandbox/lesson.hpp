#pragma once
// A lesson as a value: what the learner is told, and the events by which the tutor knows that a
// step was done. Not for reading the file: see sandbox/lesson_file.hpp. It can do nothing but
// print, wait for events and name lines to type at the in-process servers.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "sandbox/pattern.hpp"
#include "wire/faults.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {

struct Mistake {
  wire::Cause cause = wire::Cause::none;
  std::string near;                  // only for that near-miss; empty: for each
  std::vector<std::string> example;  // lines that make it, for the lesson's own check
  std::string say;
  bool blocks = true;     // what was accepted with this oddity does not pass the step
  std::string need = {};  // of wrong_order: only where that comes first; empty: whatever does
};

// The oddity that an event tells of; `none` for most.
[[nodiscard]] wire::Cause cause_of(const wire::Event& event);
// Whether this event is that mistake.
[[nodiscard]] bool is_made(const Mistake& mistake, const wire::Event& event);

struct Step {
  std::string id;
  std::string title;
  std::string say;
  std::vector<std::string> rfc;   // "5321 4.1.1.1"
  std::vector<std::string> type;  // the author's solution: lines, ":connect smtp", ":wait"
  Matcher pass;
  bool optional = false;                    // left out if a later step is done first
  std::map<std::string, std::string> bind;  // variable -> field of the event that passed the step
  std::string after;
  std::string why;
  std::vector<std::string> hint;  // one at a time; the last is the solution
  std::chrono::seconds silence{20};
  std::string silence_say;
  std::vector<Mistake> mistakes;
};

struct LessonAccount {
  std::string user;
  std::string password;
};

// A letter that lies in a mailbox when the lesson begins.
struct LessonLetter {
  std::string to;    // an account
  std::string from;  // an address; empty: the empty sender
  std::string text;  // head, empty line, body; lines ended with \n
};

// How the lesson wants its servers. What the command line says outweighs it: see
// sandbox/lesson_servers.hpp.
struct LessonServers {
  std::optional<DelayRange> delay;
  std::string domain;
  std::vector<LessonAccount> accounts;  // the first is the learner
  std::vector<LessonLetter> letters;
  std::optional<bool> tls;
  std::vector<wire::Faults::Rule> faults;
};

struct Question {
  std::string ask;
  std::vector<std::string> answers;  // any of them is a good one
};

// What the lab report of this lesson is made of.
struct ReportForm {
  std::string title;
  std::vector<std::string> transcripts;  // "smtp", "pop3"
  std::vector<std::string> redact;       // names of variables whose values are not shown
};

struct Lesson {
  std::string id;
  std::string toml = {};  // the file's text; empty: built in
  int version = 1;
  std::string title;
  std::string lang = "en";
  int minutes = 10;
  std::vector<std::string> needs;  // ids of lessons to do before
  std::string intro;
  std::string end;
  bool any_order = false;           // the steps may be done in any order
  std::vector<std::string> strict;  // "brackets", "colon-space", "helo"
  LessonServers servers;
  Variables vars;
  std::vector<Step> steps;
  std::vector<Mistake> mistakes;  // for every step
  std::vector<Question> questions;
  ReportForm report;
};

}  // namespace sandpost::sandbox
