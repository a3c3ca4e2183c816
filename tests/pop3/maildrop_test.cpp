#include "pop3/maildrop.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sandpost;
using namespace sandpost::pop3;

TEST_CASE("maildrop: numbers begin with 1 and never move") {
  Maildrop drop({{7, 100}, {9, 20}, {8, 3}}, "a.");
  CHECK(drop.count() == 3);
  CHECK(drop.octets() == 123);
  CHECK((*drop.find(2))->number == 9);
  CHECK(drop.find(0).error() == wire::Cause::zero_number);
  CHECK(drop.find(4).error() == wire::Cause::number_too_big);
  drop.mark(2);
  CHECK(drop.find(2).error() == wire::Cause::already_marked);
  CHECK((*drop.find(3))->number == 8);
  CHECK(drop.count() == 2);
  CHECK(drop.octets() == 103);
  CHECK(drop.scan_listings() == "1 100\r\n3 3\r\n");
  CHECK(drop.unique_id_listings() == "1 a.7\r\n3 a.8\r\n");
}

TEST_CASE("maildrop: what follows a message ends before the one that is too big") {
  Maildrop drop({{7, 100}, {9, 20}, {10, 3}, {12, 5}, {13, 100}, {14, 1}});
  drop.mark(3);
  CHECK(drop.following(1, 30) == std::vector<mail::QueueNumber>{9, 12});
  CHECK(drop.following(1, 24) == std::vector<mail::QueueNumber>{9});
  CHECK(drop.following(4, 99).empty());
  CHECK(drop.following(6, 99).empty());
}

TEST_CASE("maildrop: marking twice or nothing changes nothing, and all marks go at once") {
  Maildrop drop({{7, 100}, {9, 20}});
  drop.mark(2);
  drop.mark(2);
  drop.mark(0);
  drop.mark(3);
  CHECK(drop.marks() == 1);
  drop.mark(1);
  CHECK(drop.marked() == std::vector<mail::QueueNumber>{7, 9});
  CHECK(drop.count() == 0);
  CHECK(drop.octets() == 0);
  CHECK(drop.unmark_all() == 2);
  CHECK(drop.unmark_all() == 0);
  CHECK(drop.count() == 2);
  CHECK(drop.octets() == 120);
  CHECK(drop.marked().empty());
}
