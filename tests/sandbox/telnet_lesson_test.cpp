// The lesson that is played by clients of one's own: whichever it is, it passes.

#include <doctest/doctest.h>

#include <string>

#include "tests/sandbox/classroom.hpp"

namespace sandpost::tests {

TEST_CASE("lesson telnet: passes with the line ends of nc and with those of telnet") {
  for (const std::string end : {"\n", "\r\n"}) {
    auto lesson = sandbox::find_lesson("telnet");
    REQUIRE(lesson);
    Classroom room(std::move(*lesson));
    room.go_to("nc");
    room.connect(Protocol::smtp);
    const std::string said = room.send("helo me" + end);
    CHECK(has(said, "OK step 6 is done"));
    CHECK(has(said, "LF alone") == (end == "\n"));
    room.send("QUIT" + end);
    CHECK(room.at("fetch"));
  }
}

}  // namespace sandpost::tests
