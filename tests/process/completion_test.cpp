// What `sandpost completion` prints, read by the shells themselves, and the man pages by mandoc.
// Where one is not there, its test is left out, and ctest lists it as skipped.

#include <doctest/doctest.h>

#include <fstream>
#include <iostream>
#include <string>

#include "tests/process/sandpost.hpp"

namespace sandpost::tests {
namespace {

bool is_there(const char* name) {
  if (!find_program(name).empty()) return true;
  std::cout << "skipped: " << name << " is not installed\n";
  return false;
}

// The script in a file, `sandpost` itself in the PATH.
class Shell {
 public:
  explicit Shell(const std::string& name) : name_(name) {
    const Finished made = run({"completion", name});
    CHECK(made.status == 0);
    std::ofstream(script()) << made.output;
  }

  [[nodiscard]] std::string script() const { return folder_.path() + "/script"; }

  // The output of these lines, behind the script.
  std::string says(const std::string& lines, const Words& options = {"-c"}) {
    const std::string program = SANDPOST_PROGRAM;
    const std::string path = "PATH=" + program.substr(0, program.rfind('/')) + ":/usr/bin:/bin";
    Words words{find_program(name_)};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(lines);
    Process process(words, {path, "HOME=" + folder_.path()});
    process.close_input();
    CHECK(process.wait() == 0);
    CHECK(process.errors().empty());
    return process.output();
  }

 private:
  std::string name_;
  TemporaryFolder folder_;
};

// What bash offers for the last of these words.
std::string offered(Shell& shell, const std::string& words) {
  return shell.says(
      "source " + shell.script() + "; COMP_WORDS=(" + words +
      "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sandpost; echo \"${COMPREPLY[@]}\"");
}

}  // namespace

TEST_CASE("completion: bash offers commands, options, values and lessons") {
  if (!is_there("bash")) return;
  Shell shell("bash");
  CHECK(shell.says(shell.script(), {"-n"}).empty());
  CHECK(offered(shell, "sandpost serv") == "serve\n");
  CHECK(offered(shell, "sandpost serve --pla") == "--plain\n");
  CHECK(offered(shell, "sandpost --color al") == "always\n");
  CHECK(offered(shell, "sandpost --color = ne") == "never\n");
  CHECK(offered(shell, "sandpost learn ntut") == "ntut-2001\n");
  CHECK(offered(shell, "sandpost --delay demo lear") == "learn\n");  // demo is a value here
  CHECK(offered(shell, "sandpost lesson ch") == "check\n");
  CHECK(offered(shell, "sandpost help tel") == "telnet\n");
}

TEST_CASE("completion: fish offers commands, options, values and lessons") {
  if (!is_there("fish")) return;
  Shell shell("fish");
  const auto offers = [&](const std::string& line) {
    return shell.says("source " + shell.script() + "; complete -C '" + line + "'");
  };
  CHECK(offers("sandpost serv").starts_with("serve\t"));
  CHECK(offers("sandpost --pla").starts_with("--plain\t"));
  CHECK(contains(offers("sandpost --color al"), "always"));
  CHECK(contains(offers("sandpost learn ntut"), "ntut-2001"));
  CHECK(contains(offers("sandpost lesson ch"), "check"));
}

TEST_CASE("completion: zsh takes the script") {
  if (!is_there("zsh")) return;
  Shell shell("zsh");
  CHECK(shell.says(shell.script(), {"-n"}).empty());
  // The specifications, as zsh's own _arguments reads them.
  const std::string tried = shell.says("autoload -Uz compinit; compinit -D -u; source " +
                                       shell.script() + "; print ${_comps[sandpost]}");
  CHECK(tried == "_sandpost\n");
}

TEST_CASE("man pages: mandoc finds nothing to mend") {
  if (!is_there("mandoc")) return;
  for (const char* name : {"sandpost.1", "sandpost-lesson.5"}) {
    Process mandoc({find_program("mandoc"), "-T", "lint", "-W", "warning",
                    std::string(SANDPOST_SOURCE_DIR) + "/docs/man/" + name});
    mandoc.close_input();
    CHECK_MESSAGE(mandoc.wait() == 0, mandoc.output());
    CHECK_MESSAGE(mandoc.output().empty(), mandoc.output());
  }
}

}  // namespace sandpost::tests
