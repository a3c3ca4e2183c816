#include "sandbox/progress.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "classroom.hpp"
#include "support/temporary_folder.hpp"

using namespace sandpost;
using namespace sandpost::sandbox;
using db::TemporaryFolder;
using tests::rows_of;

namespace {

const std::string me = "s9360511@ntut.edu.tw";
const std::string file = "progress/s9360511@ntut.edu.tw/three.json";
const Time noon{std::chrono::milliseconds{1'795'435'200'000}};  // 2026-11-23T12:00:00Z

Lesson three_steps() {
  Lesson lesson;
  lesson.id = "three";
  for (const char* id : {"one", "two", "three"}) {
    Step step;
    step.id = id;
    step.title = id;
    lesson.steps.push_back(step);
  }
  return lesson;
}

std::vector<std::string> ids(const std::vector<StepRecord>& steps) {
  std::vector<std::string> out;
  for (const StepRecord& step : steps)
    out.push_back(step.id);
  return out;
}

using Ids = std::vector<std::string>;

// A state folder, and keepers one after the other, as runs of the program.
struct Runs {
  TemporaryFolder folder;
  StateFolder state{folder.path()};
  Lesson lesson = three_steps();

  void passes(const std::vector<StepRecord>& steps) {
    ProgressKeeper keeper(state, lesson, me);
    (void)keeper.load();
    CHECK(rows_of(keeper.note(steps, noon)).empty());
  }
  [[nodiscard]] std::string text() const { return TemporaryFolder::read(folder.file(file)); }
};

}  // namespace

TEST_CASE("progress: the text of a file is read as it was written") {
  const Progress progress{3,
                          {{"one", 1500, 2, 1, "shown"}, {"two", 10, 0, 0, "", true}},
                          noon,
                          noon,
                          {{"Why?", "\"because\"\n", true}, {"Who?", "\xE6\xB8\xAC", false}}};
  const std::string text = progress_text(progress, me, "three");
  CHECK(text.starts_with("{\n  \"version\": 1,\n"));
  CHECK(text.ends_with("}\n"));
  const auto read = parse_progress(text);
  REQUIRE(read);
  CHECK(*read == progress);
}

TEST_CASE("progress: a damaged text is none, at whichever octet it was cut") {
  const Progress progress{1, {{"one", 1500, 2, 1, ""}}, noon, noon, {{"Why?", "so", true}}};
  const std::string text = progress_text(progress, me, "three");
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    const auto read = parse_progress(text.substr(0, length));
    REQUIRE_FALSE(read);
    CHECK_FALSE(read.error().newer);
  }
  for (const auto& [from, to] : {std::pair{"1500", "-1"},
                                 {"1500", "1.5"},
                                 {"1500", "99999999999"},
                                 {"\"one\"", "1"},
                                 {"true", "1"},
                                 {"2026-11-23T", "soon"},
                                 {"\"version\": 1", "\"version\": \"1\""}}) {
    std::string other = text;
    const auto at = other.find(from);
    REQUIRE(at != std::string::npos);
    other.replace(at, std::string_view(from).size(), to);
    CHECK_FALSE(parse_progress(other));
  }
}

TEST_CASE("progress: the next run knows the place") {
  Runs runs;
  {
    ProgressKeeper keeper(runs.state, runs.lesson, me);
    CHECK(keeper.load().empty());
    CHECK_FALSE(keeper.has_place());
  }
  runs.passes({{"one", 5, 1, 0, ""}, {"two", 6, 0, 0, "shown"}});
  ProgressKeeper keeper(runs.state, runs.lesson, me);
  CHECK(keeper.load().empty());
  CHECK(keeper.has_place());
  CHECK(first_open_step(runs.lesson, keeper.steps()) == 2);
  CHECK(keeper.steps()[1] == StepRecord{"two", 6, 0, 0, "shown"});
}

TEST_CASE("progress: who has to go back keeps the place, with what was new") {
  Runs runs;
  runs.passes({{"one", 5, 1, 0, ""}, {"two", 6, 0, 0, ""}});
  runs.passes({{"one", 9, 3, 0, ""}});
  const auto read = parse_progress(runs.text());
  REQUIRE(read);
  CHECK(read->steps == std::vector<StepRecord>{{"one", 9, 3, 0, ""}, {"two", 6, 0, 0, ""}});
}

TEST_CASE("progress: learners and lessons do not share a file") {
  CHECK(progress_file(me, "three") == file);
  CHECK(progress_file("A/../b@x", "three") == "progress/a%2f..%2fb@x/three.json");
  Runs runs;
  runs.passes({{"one"}});
  ProgressKeeper other(runs.state, runs.lesson, "amy@ntut.edu.tw");
  (void)other.load();
  CHECK_FALSE(other.has_place());
}

TEST_CASE("progress: a lesson that has changed says so, and goes on where its steps still fit") {
  Runs runs;
  runs.passes({{"one"}, {"two"}});
  const auto told = [&] {
    ProgressKeeper keeper(runs.state, runs.lesson, me);
    const std::string said = rows_of(keeper.load());
    return std::pair{said, ids(keeper.steps())};
  };
  runs.lesson.version = 2;
  auto [said, steps] = told();
  CHECK(said.find("has changed since you were here (version 1 then, 2 now)") != std::string::npos);
  CHECK(said.find("still the same") != std::string::npos);
  CHECK(steps == Ids{"one", "two"});

  runs.lesson.steps[1].id = "new";
  std::tie(said, steps) = told();
  CHECK(said.find("first steps") != std::string::npos);
  CHECK(steps == Ids{"one"});

  runs.lesson.version = 1;
  runs.lesson.steps[0].id = "newer";
  std::tie(said, steps) = told();
  CHECK(said.find("we begin anew") != std::string::npos);
  CHECK(steps.empty());
}

TEST_CASE("progress: in any order, each step that is done counts") {
  Runs runs;
  runs.lesson.any_order = true;
  runs.passes({{"three"}});
  ProgressKeeper keeper(runs.state, runs.lesson, me);
  (void)keeper.load();
  CHECK(ids(keeper.steps()) == Ids{"three"});
  CHECK(first_open_step(runs.lesson, keeper.steps()) == 0);
}

TEST_CASE("progress: a file of a newer sandpost is not overwritten") {
  Runs runs;
  const std::string newer = R"({"version": 2, "what": "unknown"})";
  REQUIRE(runs.state.write(file, newer));
  ProgressKeeper keeper(runs.state, runs.lesson, me);
  const std::string said = rows_of(keeper.load());
  CHECK(said.find("a newer sandpost has written") != std::string::npos);
  CHECK_FALSE(keeper.saves());
  CHECK(keeper.note({{"one"}}, noon).empty());
  CHECK(keeper.note_finished(noon).empty());
  CHECK(keeper.reset(noon).empty());
  CHECK(runs.text() == newer);
}

TEST_CASE("progress: a damaged file is told, kept beside, and the lesson begins anew") {
  Runs runs;
  REQUIRE(runs.state.write(file, "{\"version\": 1, \"ste"));
  ProgressKeeper keeper(runs.state, runs.lesson, me);
  CHECK(rows_of(keeper.load()).find("cannot be read, so we begin anew") != std::string::npos);
  CHECK_FALSE(keeper.has_place());
  CHECK(keeper.note({{"one"}}, noon).empty());
  CHECK(parse_progress(runs.text()));
  CHECK(TemporaryFolder::read(runs.folder.file(file + ".damaged")) == "{\"version\": 1, \"ste");
}

TEST_CASE("progress: what cannot be saved is told once, and the lesson goes on") {
  const TemporaryFolder folder;
  TemporaryFolder::write(folder.file("plain"), "");
  StateFolder state(folder.file("plain"));
  const Lesson lesson = three_steps();
  ProgressKeeper keeper(state, lesson, me);
  CHECK(keeper.load().empty());
  CHECK(rows_of(keeper.note({{"one"}}, noon)).find("Nothing is saved: ") != std::string::npos);
  CHECK(keeper.note({{"one"}, {"two"}}, noon).empty());
  CHECK_FALSE(keeper.saves());
}

TEST_CASE("progress: reset forgets the steps, not that the lesson was finished") {
  Runs runs;
  runs.passes({{"one"}, {"two"}, {"three"}});
  {
    ProgressKeeper keeper(runs.state, runs.lesson, me);
    (void)keeper.load();
    CHECK(keeper.note_finished(noon).empty());
    CHECK(keeper.note_answer({"Why?", "no idea", false}, noon).empty());
    CHECK(keeper.note_answer({"Why?", "so", true}, noon).empty());
  }
  ProgressKeeper again(runs.state, runs.lesson, me);
  CHECK(again.load().empty());
  CHECK_FALSE(again.has_place());
  CHECK(again.note({{"one"}}, noon).empty());
  CHECK(again.reset(noon).empty());
  const auto read = parse_progress(runs.text());
  REQUIRE(read);
  CHECK(read->steps.empty());
  CHECK(read->finished == noon);
  CHECK(read->answers == std::vector<AnswerRecord>{{"Why?", "so", true}});
}

TEST_CASE("progress: the welcome says when it was, by the learner's calendar") {
  const Progress progress{1, {{"one"}}, noon, {}, {}};
  const auto said = [&](std::chrono::hours later, std::chrono::minutes offset) {
    const std::string text = welcome_back(progress, 2, 3, "two", noon + later, offset);
    CHECK(text.ends_with(" you stopped at step 2 of 3, \"two\"."));
    return text.substr(0, text.find(" you"));
  };
  using std::chrono::hours;
  CHECK(said(hours{1}, hours{0}) == "Welcome back. Earlier today");
  CHECK(said(hours{12}, hours{0}) == "Welcome back. Yesterday");
  CHECK(said(hours{4}, hours{8}) == "Welcome back. Yesterday");
  CHECK(said(hours{48}, hours{0}) == "Welcome back. On 2026-11-23");
}
