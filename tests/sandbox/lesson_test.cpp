#include "sandbox/lesson.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sandpost::tests {
namespace {

using sandbox::Condition;
using sandbox::Matcher;

wire::Event helo(std::uint64_t session = 1) {
  wire::Event event;
  event.session = session;
  event.name = wire::event::smtp_helo;
  event.fields = {
      {"verb", std::string("HELO")}, {"name", std::string("Me")}, {"code", std::int64_t{250}}};
  return event;
}

bool fits(Condition condition) {
  Matcher matcher;
  matcher.event = "smtp.helo";
  matcher.conditions = {std::move(condition)};
  return matches(matcher, helo(), {{"user", "me"}}, std::nullopt);
}

}  // namespace

TEST_CASE("lesson: variables are filled in, and what is none stays") {
  const sandbox::Variables variables{{"a", "1"}, {"b", "{a}"}};
  CHECK(sandbox::expand("", variables).empty());
  CHECK(sandbox::expand("x{a}y{a}", variables) == "x1y1");
  CHECK(sandbox::expand("{b}", variables) == "{a}");  // once, not again
  CHECK(sandbox::expand("{c} {", variables) == "{c} {");
  CHECK(sandbox::expand("{{a}}", variables) == "{1}");
  CHECK(sandbox::expand("}{a", variables) == "}{a");
}

TEST_CASE("lesson: what a field may be asked for") {
  CHECK(fits({"name", {std::string("me")}, {}, {}}));  // without regard to case
  CHECK(fits({"name", {std::string("{user}")}, {}, {}}));
  CHECK(fits({"name", {std::string("x"), std::string("ME")}, {}, {}}));
  CHECK_FALSE(fits({"name", {std::string("x")}, {}, {}}));
  CHECK(fits({"code", {std::int64_t{250}}, {}, {}}));
  CHECK(fits({"code", {std::string("250")}, {}, {}}));
  CHECK(fits({"code", {std::string("2xx")}, {}, {}}));
  CHECK_FALSE(fits({"code", {std::string("3xx")}, {}, {}}));
  CHECK_FALSE(fits({"code", {std::string("0xx")}, {}, {}}));
  CHECK_FALSE(fits({"code", {std::string()}, {}, {}}));
  CHECK(fits({"code", {}, 250, 250}));
  CHECK_FALSE(fits({"code", {}, 251, {}}));
  CHECK_FALSE(fits({"code", {}, {}, 249}));
  CHECK_FALSE(fits({"name", {}, 1, {}}));  // a text is in no range
  CHECK_FALSE(fits({"name", {std::int64_t{1}}, {}, {}}));
  CHECK_FALSE(fits({"size", {std::int64_t{0}}, {}, {}}));  // not there
}

TEST_CASE("lesson: a text that holds another, anything else, and letter case") {
  const auto condition = [](std::string field) {
    Condition out;
    out.field = std::move(field);
    return out;
  };
  Condition has = condition("name");
  has.has = "m";
  CHECK(fits(has));
  has.exact = true;
  CHECK_FALSE(fits(has));  // it is "Me"
  has.has = "M";
  CHECK(fits(has));
  has.field = "code";
  CHECK_FALSE(fits(has));  // a number holds no text
  Condition other = condition("name");
  other.none_of = {std::string("x"), std::string("{user}")};
  CHECK_FALSE(fits(other));
  other.none_of.pop_back();
  CHECK(fits(other));
  other.field = "size";
  CHECK_FALSE(fits(other));  // not there
  Condition exact = condition("name");
  exact.one_of = {std::string("me")};
  CHECK(fits(exact));
  exact.exact = true;
  CHECK_FALSE(fits(exact));
}

TEST_CASE("lesson: the event, the session, one of several") {
  Matcher matcher;
  matcher.event = "smtp.helo";
  CHECK(matches(matcher, helo(), {}, 7));
  matcher.same_session = true;
  CHECK_FALSE(matches(matcher, helo(), {}, 7));
  CHECK(matches(matcher, helo(7), {}, 7));
  CHECK(matches(matcher, helo(7), {}, std::nullopt));
  Matcher quit;
  quit.event = "smtp.quit";
  CHECK_FALSE(matches(quit, helo(), {}, std::nullopt));
  Matcher either;
  either.any = {quit, matcher};
  CHECK(matches(either, helo(7), {}, 7));
  CHECK_FALSE(matches(either, helo(8), {}, 7));
}

TEST_CASE("lesson: the condition that is not met, texts first") {
  Matcher matcher;
  matcher.event = "smtp.helo";
  CHECK(sandbox::unmet(matcher, helo(), {}) == nullptr);
  matcher.conditions = {{"code", {std::int64_t{1}}, {}, {}}, {"name", {std::string("x")}, {}, {}}};
  REQUIRE(sandbox::unmet(matcher, helo(), {}) != nullptr);
  CHECK(sandbox::unmet(matcher, helo(), {})->field == "name");
  matcher.conditions.pop_back();
  CHECK(sandbox::unmet(matcher, helo(), {})->field == "code");
  matcher.event = "smtp.mail";
  CHECK(sandbox::unmet(matcher, helo(), {}) == nullptr);
}

}  // namespace sandpost::tests
