// What a learner reads who cannot have the ports. Who has one is nobody here: port 1 is not in use.

#include "app/port_problem.hpp"

#include <doctest/doctest.h>

#include "tests/support/language.hpp"

namespace sandpost::app {
namespace {

const PortProblem smtp_taken{"--smtp-port", 1, std::make_error_code(std::errc::address_in_use)};
const PortProblem pop3_taken{"--pop3-port", 1, std::make_error_code(std::errc::address_in_use)};

}  // namespace

TEST_CASE("port: of two that are in use only the first was named, and only its option") {
  CHECK(in_words({smtp_taken}, "127.0.0.1") ==
        "127.0.0.1 port 1 is in use; end the other program, or add --smtp-port 0");
  CHECK(in_words({smtp_taken, pop3_taken}, "::1") ==
        "::1 port 1 is in use; ::1 port 1 is in use; end the other program, or add --smtp-port 0 "
        "--pop3-port 0");
}

TEST_CASE("port: one that is not permitted names the option with one that is") {
  const PortProblem forbidden{"--smtp-port", 25,
                              std::make_error_code(std::errc::permission_denied)};
  CHECK(in_words({forbidden}, "127.0.0.1") ==
        "not permitted to listen on port 25; those below 1024 are root's: add --smtp-port 2525");
  CHECK(in_words({forbidden, pop3_taken}, "127.0.0.1") ==
        "not permitted to listen on port 25; 127.0.0.1 port 1 is in "
        "use; end "
        "the other program, or add --smtp-port 2525 --pop3-port 0");
}

TEST_CASE("zh-TW: a port in use is told in Chinese") {
  const tests::Speaking chinese("zh-TW");
  CHECK(in_words({smtp_taken}, "127.0.0.1") ==
        "127.0.0.1 的連接埠 1 已經有程式在用；請結束那個程式，或加上 --smtp-port 0");
}

}  // namespace sandpost::app
