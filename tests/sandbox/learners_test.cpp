// Several learners at one pair of servers: whose line is whose, and in which window it was said.

#include "sandbox/learners.hpp"

#include <doctest/doctest.h>

#include "tests/sandbox/classroom.hpp"

namespace sandpost::tests {
namespace {

using sandbox::Learners;
using sandbox::Lines;
namespace event = wire::event;

sandbox::Variables names_for(const std::string& account) {
  sandbox::Variables names = lab_variables();
  names["user"] = account;
  names["me"] = account + "@ntut.edu.tw";
  return names;
}

// What the servers tell of some connections, made by hand.
class Wire {
 public:
  explicit Wire(Learners& learners) : learners_(learners) {
    printed = rows(learners.begin(ZonedTime{}));
  }

  std::string tell(std::uint64_t session, std::string_view name,
                   std::vector<wire::Field> fields = {}) {
    wire::Event event;
    event.session = session;
    event.client = "127.0.0.1:" + std::to_string(4000 + session);
    event.learner = shown_[session];
    event.name = name;
    event.fields = std::move(fields);
    const std::string said = rows(learners_.on(event));
    printed += said;
    return said;
  }
  std::string connect(std::uint64_t session) {
    std::string said = tell(session, event::smtp_connect, {{"port", std::int64_t{2525}}});
    return said += tell(session, event::server_line, {{"text", "220 ready"}, {"last", true}});
  }
  std::string helo(std::uint64_t session) {
    std::string said = tell(session, event::client_line, {{"text", "helo me"}, {"data", false}});
    said +=
        tell(session, event::smtp_helo, {{"verb", "HELO"}, {"name", "me"}, {"code", code(250)}});
    return said += tell(session, event::server_line, {{"text", "250 hello"}, {"last", true}});
  }
  // MAIL FROM, by which the session shows whose it is.
  std::string mail(std::uint64_t session, const std::string& account) {
    std::string said = tell(session, event::client_line,
                            {{"text", "MAIL FROM:<" + account + ">"}, {"data", false}});
    shown_[session] = account;
    said += tell(session, event::smtp_mail,
                 {{"from", account + "@ntut.edu.tw"}, {"brackets", true}, {"code", code(250)}});
    return said + tell(session, event::server_line, {{"text", "250 sender ok"}, {"last", true}});
  }
  std::string close(std::uint64_t session) {
    return tell(session, event::smtp_close, {{"clean", false}, {"lost_message", false}});
  }
  std::string delivered(const std::string& account, std::int64_t queue) {
    shown_[0] = account;
    return tell(0, event::queue_delivered, {{"queue", queue}, {"mailbox", account}});
  }

  std::string printed;

 private:
  static wire::Value code(std::int64_t number) { return number; }
  static std::string rows(const Lines& lines) {
    std::string out;
    for (const sandbox::Line& line : lines)
      out += (line.mark.empty() ? "" : line.mark + " ") + rows_of({line});
    return out;
  }

  Learners& learners_;
  std::map<std::uint64_t, std::string> shown_;
};

}  // namespace

TEST_CASE("learners: rows of two windows could not be told apart") {
  const auto lesson = lab();
  Learners learners(lesson, names_for, "amy", {});
  Wire wire(learners);
  CHECK(has(wire.connect(1), "S: 220 ready"));
  CHECK_FALSE(has(wire.printed, "1 S: "));
  const std::string second = wire.connect(2);
  CHECK(has(second, "A second window is open"));
  CHECK(has(second, "2 S: 220 ready"));
  CHECK(has(wire.helo(1), "1 C: helo me"));
  wire.close(1);
  const std::string alone = wire.helo(2);
  CHECK(has(alone, "C: helo me"));
  CHECK_FALSE(has(alone, "2 C: "));
  // The first number is free again, and what it means is not told twice.
  const std::string third = wire.connect(3);
  CHECK(has(third, "1 S: 220 ready"));
  CHECK_FALSE(has(third, "A second window"));
}

TEST_CASE("learners: a window that turns out to be another's is left out, and its steps with it") {
  const auto lesson = lab();
  Learners learners(lesson, names_for, "amy", {});
  Wire wire(learners);
  wire.connect(1);
  wire.helo(1);
  CHECK(learners.current().tutor.step_number() == 3);
  CHECK(has(wire.mail(1, "ben"), "That window is ben's, not amy's"));
  CHECK(learners.current().tutor.step_number() == 1);
  CHECK(wire.helo(1).empty());
  CHECK(wire.close(1).empty());
  wire.connect(2);
  wire.helo(2);
  wire.mail(2, "amy");
  CHECK(learners.current().tutor.step_number() == 4);
}

TEST_CASE("learners: accounts that the lesson has are the learner's own") {
  const auto lesson = lab();
  Learners learners(lesson, names_for, "amy", {"ben"});
  Wire wire(learners);
  wire.connect(1);
  wire.helo(1);
  CHECK_FALSE(has(wire.mail(1, "Ben"), "That window is"));
  CHECK(learners.current().tutor.step_number() > 2);
}

TEST_CASE("learners: of several each has a tutor, and the name stands in front") {
  const auto lesson = lab();
  Learners learners(lesson, names_for, std::vector<std::string>{"amy", "ben"});
  Wire wire(learners);
  CHECK(wire.printed.empty());
  // Before it is known whose a window is, its lines are shown, with its number.
  CHECK(has(wire.connect(1), "#1 S: 220 ready"));
  CHECK(has(wire.helo(1), "#1 C: helo me"));
  wire.connect(2);
  CHECK(learners.find("AMY")->tutor.step_number() == 1);
  const std::string said = wire.mail(1, "amy");
  CHECK(has(said, "amy OK step 2 is done"));
  CHECK_FALSE(has(said, "amy C: helo"));  // it was shown
  CHECK(has(said, "amy S: 250 sender ok"));
  CHECK(learners.find("amy")->tutor.step_number() == 4);
  CHECK(learners.find("ben")->tutor.step_number() == 1);
  CHECK(&learners.current() == learners.find("amy"));
  wire.helo(2);
  CHECK(has(wire.mail(2, "ben"), "ben OK step 3 is done"));
  CHECK(&learners.current() == learners.find("ben"));
  CHECK_FALSE(learners.finished());
  CHECK(learners.find("cy") == nullptr);
}

TEST_CASE("learners: of several, who had not shown the account yet was explained nothing") {
  const auto lesson = lab();
  Learners learners(lesson, names_for, std::vector<std::string>{"amy", "ben"});
  Wire wire(learners);
  const std::string greeted = wire.connect(1);
  CHECK(has(greeted, "#1 [1/14] Connect"));
  CHECK(has(greeted, "#1 -- 2 done"));
  CHECK(has(greeted, "#1 OK step 1 is done"));
  wire.helo(1);
  CHECK(has(wire.printed, "MAIL FROM:<YOUR-NAME@ntut.edu.tw>"));
  wire.tell(1, event::client_line, {{"text", "MAIL TO:<x>"}, {"data", false}});
  wire.tell(1, event::smtp_error, {{"cause", "from_to_swapped"}, {"code", std::int64_t{501}}});
  CHECK(has(wire.tell(1, event::server_line, {{"text", "501 no"}, {"last", true}}), "#1 NO "));
  const std::string said = wire.mail(1, "amy");
  // The steps are amy's now; what was explained already is not explained again.
  CHECK_FALSE(has(said, "amy -- MAIL FROM: and your address"));
  CHECK(has(said, "amy OK step 3 is done"));
  CHECK_FALSE(has(said, "amy NO "));
  wire.connect(2);
  wire.mail(2, "ben");
  // Everybody has begun: this is a second window of somebody, and not at step 1.
  const std::string later = wire.connect(3);
  CHECK_FALSE(has(later, "#3 [1/14]"));
  CHECK(has(later, "#3 -- 2 done"));
}

TEST_CASE("learners: who keeps a record hears what each has heard, and what was another's") {
  const auto lesson = lab();
  Learners learners(lesson, names_for, "amy", {});
  std::map<std::uint64_t, int> heard;
  std::set<std::uint64_t> left_out;
  learners.heard = [&](const sandbox::Learner&, const wire::Event& event) {
    ++heard[event.session];
  };
  learners.left_out = [&](const sandbox::Learner&, std::uint64_t session) {
    left_out.insert(session);
  };
  Wire wire(learners);
  wire.connect(1);
  wire.helo(1);
  wire.mail(1, "ben");
  wire.connect(2);
  wire.mail(2, "amy");
  CHECK(left_out == std::set<std::uint64_t>{1});
  CHECK(heard[2] == 5);
}

TEST_CASE("learners: a delivery is heard of by its mailbox, and by who sent the letter") {
  const auto lesson = lab();
  Learners learners(lesson, names_for, std::vector<std::string>{"amy", "ben"});
  Wire wire(learners);
  wire.connect(1);
  wire.mail(1, "amy");
  wire.tell(1, event::queue_accepted,
            {{"queue", std::int64_t{5}}, {"mailbox", "ben"}, {"due", std::int64_t{1}}});
  wire.delivered("ben", 5);
  CHECK(learners.find("amy")->letters.contains(5));
  CHECK_FALSE(learners.find("ben")->letters.contains(5));
}

TEST_CASE("screen: a mark stands in front of each row, and the rows keep the width") {
  const sandbox::Layout layout{60, false};
  sandbox::Line line{sandbox::Role::tutor, std::string(30, 'a') + ' ' + std::string(30, 'b')};
  line.mark = "amy 2";
  const auto rows = split(lay_out(line, layout), '\n');
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == "amy 2 -- " + std::string(30, 'a'));
  CHECK(rows[1] == "amy 2 -- " + std::string(30, 'b'));
  CHECK(lay_out({sandbox::Role::plain, {}, {}, 0, "amy"}, layout) == "amy\n");
  CHECK(lay_out({sandbox::Role::client, "QUIT", {}, 2, "2"}, layout) == "2 C: QUIT\n");
}

}  // namespace sandpost::tests
