#include "sandbox/state_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "../db/child_process.hpp"
#include "../support/temporary_folder.hpp"

using sandpost::db::ChildProcess;
using sandpost::db::TemporaryFolder;
using sandpost::sandbox::StateFolder;
using sandpost::sandbox::StateWish;

namespace {

StateFolder choose(const StateWish& wish, const std::map<std::string, std::string>& variables) {
  return StateFolder::choose(wish, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

}  // namespace

TEST_CASE("state folder: where it is") {
  const std::map<std::string, std::string> home{{"HOME", "/home/me"}};
  CHECK(choose({}, home).path() == "/home/me/.local/state/sandpost");
  CHECK(choose({}, {{"HOME", "/home/me"}, {"XDG_STATE_HOME", "/s"}}).path() == "/s/sandpost");
  CHECK(choose({}, {{"HOME", "/home/me"}, {"XDG_STATE_HOME", "s"}}).path() ==
        "/home/me/.local/state/sandpost");
  CHECK(choose({.folder = "there"}, home).path() == "there");
  CHECK(choose({.folder = "there", .interactive = false}, home).path() == "there");
  CHECK_FALSE(choose({.interactive = false}, home).keeps());
  CHECK_FALSE(choose({.none = true}, home).keeps());
  CHECK_FALSE(choose({.folder = "there", .none = true}, home).keeps());
}

TEST_CASE("state folder: without HOME it says why nothing is saved, once, and all goes on") {
  for (const std::map<std::string, std::string>& variables :
       {std::map<std::string, std::string>{}, {{"HOME", ""}}, {{"HOME", "relative"}}}) {
    StateFolder state = choose({}, variables);
    CHECK_FALSE(state.keeps());
    CHECK_FALSE(state.write("a", "b"));
    const auto read = state.read("a");
    REQUIRE(read);
    CHECK_FALSE(*read);
    CHECK(state.take_problem() ==
          "Nothing is saved: HOME is not set. --state-dir DIR names a folder for it.");
    CHECK_FALSE(state.take_problem());
  }
  StateFolder wanted = choose({.none = true}, {});
  CHECK_FALSE(wanted.take_problem());
  StateFolder piped = choose({.interactive = false}, {});
  CHECK_FALSE(piped.take_problem());
}

TEST_CASE("state folder: is made on demand, for its owner alone") {
  const TemporaryFolder folder;
  const std::string path = folder.file("state/sandpost");
  StateFolder state(path);
  CHECK_FALSE(*state.read("progress/lesson.json"));
  CHECK(folder.contents().empty());
  REQUIRE(state.write("progress/lesson.json", std::string("a\0b", 3)));
  CHECK(mode_of(folder.file("state")) == 0700);
  CHECK(mode_of(path + "/progress") == 0700);
  CHECK(mode_of(path + "/progress/lesson.json") == 0600);
  const auto read = state.read("progress/lesson.json");
  REQUIRE(read);
  CHECK(*read == std::string("a\0b", 3));
  CHECK_FALSE(state.take_problem());
}

TEST_CASE("state folder: a file is replaced, and nothing else is left there") {
  const TemporaryFolder folder;
  StateFolder state(folder.path());
  for (const char* text : {"first, and longer", "second", ""}) {
    REQUIRE(state.write("file", text));
    CHECK(folder.contents() == std::map<std::string, std::string>{{"file", text}});
  }
}

TEST_CASE("state folder: what cannot be written is told once and not tried again") {
  const TemporaryFolder folder;
  TemporaryFolder::write(folder.file("plain"), "x");
  StateFolder state(folder.file("plain"));
  CHECK_FALSE(*state.read("file"));
  CHECK_FALSE(state.write("file", "text"));
  CHECK_FALSE(state.write("file", "text"));
  CHECK(state.take_problem() ==
        "Nothing is saved: " + folder.file("plain") + " cannot be written: Not a directory.");
  CHECK_FALSE(state.take_problem());
  CHECK_FALSE(state.keeps());
}

TEST_CASE("state folder: a read-only folder loses nothing but what was to be saved") {
  const TemporaryFolder folder;
  TemporaryFolder::write(folder.file("file"), "old");
  REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
  const std::string said = sandpost::db::as_ordinary_user([&] {
    StateFolder state(folder.path());
    const auto old = state.read("file");
    const bool written = state.write("file", "new");
    return fmt::format("{} {} {}", old && *old ? **old : "?", written,
                       state.take_problem().value_or("no problem"));
  });
  CHECK(said ==
        "old false Nothing is saved: " + folder.path() + " cannot be written: Permission denied.");
  REQUIRE(chmod(folder.path().c_str(), 0755) == 0);
  CHECK(folder.contents() == std::map<std::string, std::string>{{"file", "old"}});
}

TEST_CASE("state folder: what is no ordinary file, or too big, is not read and says so") {
  const TemporaryFolder folder;
  const StateFolder state(folder.path());
  REQUIRE(mkdir(folder.file("folder").c_str(), 0755) == 0);
  REQUIRE(mkfifo(folder.file("pipe").c_str(), 0644) == 0);
  TemporaryFolder::write(folder.file("big"), "");
  REQUIRE(truncate(folder.file("big").c_str(), StateFolder::largest_file + 1) == 0);
  CHECK(state.read("folder").error() ==
        folder.file("folder") + " cannot be read: it is no ordinary file");
  CHECK(state.read("pipe").error() ==
        folder.file("pipe") + " cannot be read: it is no ordinary file");
  CHECK(state.read("big").error() == folder.file("big") + " cannot be read: it is too big");
}

TEST_CASE("state folder: who is killed in the middle of saving leaves the old file") {
  const TemporaryFolder folder;
  StateFolder state(folder.path());
  REQUIRE(state.write("file", "old"));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // The kernel kills it at the octet behind this one.
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    state.write("file", std::string(100'000, 'n'));
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGXFSZ);
  CHECK(*state.read("file") == "old");
  CHECK(state.write("file", "new"));
  CHECK(*state.read("file") == "new");
}

TEST_CASE("state folder: two programs that save at once do no damage") {
  const TemporaryFolder folder;
  const std::string first(70'000, 'a');
  const std::string second(50'000, 'b');
  const auto save_often = [&](const std::string& text) {
    return [&](ChildProcess& self) {
      StateFolder state(folder.path());
      for (int i = 0; i < 50; ++i)
        if (!state.write("file", text)) return;
      self.say("done");
    };
  };
  ChildProcess one(save_often(first));
  ChildProcess two(save_often(second));
  const StateFolder state(folder.path());
  int damaged = 0;
  for (int i = 0; i < 200; ++i) {
    const auto read = state.read("file");
    if (!read || (*read && **read != first && **read != second)) ++damaged;
  }
  CHECK(damaged == 0);
  CHECK(one.hear() == "done");
  CHECK(two.hear() == "done");
  CHECK(folder.contents().size() == 1);
}
