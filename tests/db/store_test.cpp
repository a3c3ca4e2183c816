// One suite for every kind of store: what the interface promises, whatever keeps the mail.

#include "db/store.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <system_error>

#include "db/memory_store.hpp"
#include "db/sqlite/sqlite_store.hpp"
#include "tests/db/samples.hpp"
#include "tests/support/temporary_folder.hpp"

namespace sandpost::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Numbers = std::vector<mail::QueueNumber>;

constexpr Time created{milliseconds(0x18bcfe56800)};

struct InMemory {
  std::unique_ptr<Store> store = std::make_unique<MemoryStore>(created);
};

struct SqliteInMemory {
  std::unique_ptr<Store> store = open_sqlite_memory(created).value();
};

struct SqliteInFile {
  TemporaryFolder folder;
  std::unique_ptr<Store> store = open_sqlite_file(folder.file("mail.db"), created).value();
};

// The files without a name that this process has in the folder.
std::vector<std::string> unnamed_files(const TemporaryFolder& folder) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (target.starts_with(folder.path()) && target.ends_with(" (deleted)"))
      found.push_back(entry.path());
  }
  return found;
}

// A content that reading throws for: its file has lost what was written to it.
Spool lost_content(const TemporaryFolder& folder) {
  Spool content({.in_memory = 0, .folder = folder.path()});
  content.append("Subject: lost\r\n\r\n");
  for (const std::string& file : unnamed_files(folder))
    REQUIRE(truncate(file.c_str(), 0) == 0);
  return content;
}

#define ALL_STORES InMemory, SqliteInMemory, SqliteInFile

TEST_CASE_TEMPLATE("store: numbers begin at 1 and follow the order of a batch", Kind, ALL_STORES) {
  Kind kind;
  CHECK(commit(*kind.store, {sample({"ada"}), sample({"bob"})}) == Numbers{1, 2});
  CHECK(commit(*kind.store, {sample({"ada"})}) == Numbers{3});
  CHECK(commit(*kind.store, {}).empty());
}

TEST_CASE_TEMPLATE("store: a number is never given twice", Kind, ALL_STORES) {
  Kind kind;
  REQUIRE(commit_one(*kind.store, sample({"ada"})) == 1);
  REQUIRE(kind.store->remove("ada", Numbers{1}).value() == 1);
  CHECK(commit_one(*kind.store, sample({"ada"})) == 2);
}

TEST_CASE_TEMPLATE("store: a message is shown from its time on", Kind, ALL_STORES) {
  Kind kind;
  commit_one(*kind.store, sample({"ada"}, noon));
  CHECK(shown(*kind.store, "ada", noon - milliseconds(1)).empty());
  CHECK(shown(*kind.store, "ada", noon) == Numbers{1});
}

TEST_CASE_TEMPLATE("store: a snapshot is ordered by number, not by time", Kind, ALL_STORES) {
  Kind kind;
  commit(*kind.store, {sample({"ada"}, noon), sample({"ada"}, noon - seconds(5))});
  CHECK(shown(*kind.store, "ada", noon) == Numbers{1, 2});
}

TEST_CASE_TEMPLATE("store: maildrops do not see each other's messages", Kind, ALL_STORES) {
  Kind kind;
  commit(*kind.store, {sample({"ada"}), sample({"bob"}), sample({"ada", "bob"})});
  CHECK(shown(*kind.store, "ada", noon) == Numbers{1, 3});
  CHECK(shown(*kind.store, "bob", noon) == Numbers{2, 3});
  CHECK(shown(*kind.store, "Ada", noon).empty());
  CHECK(shown(*kind.store, "", noon).empty());
}

TEST_CASE_TEMPLATE("store: a maildrop that is named twice gets one delivery", Kind, ALL_STORES) {
  Kind kind;
  commit_one(*kind.store, sample({"ada", "ada"}));
  CHECK(shown(*kind.store, "ada", noon) == Numbers{1});
  CHECK(kind.store->remove("ada", Numbers{1}).value() == 1);
  CHECK(kind.store->message("ada", 1).error().code == StoreErrorCode::gone);
}

TEST_CASE_TEMPLATE("store: a message comes back octet for octet", Kind, ALL_STORES) {
  std::string every_octet;
  for (int octet = 0; octet < 256; ++octet)
    every_octet += static_cast<char>(octet);
  const std::vector<std::string> contents = {
      "", "no line ending", every_octet + "\r\n", ".\r\n..\r\n", std::string(300'000, 'x') + "\r\n",
  };
  Kind kind;
  for (const std::string& content : contents) {
    const auto number = commit_one(*kind.store, sample({"ada"}, noon, content));
    CHECK(whole_content(*kind.store, "ada", number) == content);
    CHECK(kind.store->message("ada", number).value().octets == content.size());
  }
}

TEST_CASE_TEMPLATE("store: large contents do not get mixed up, also where others are gone", Kind,
                   ALL_STORES) {
  Kind kind;
  const auto large = [](char c) { return std::string(2 * content_piece + 77, c) + "\r\n"; };
  for (const char c : {'a', 'b', 'c'})
    commit_one(*kind.store, sample({"ada"}, noon, large(c)));
  REQUIRE(kind.store->remove("ada", std::vector<mail::QueueNumber>{2}).value() == 1);
  REQUIRE(commit_one(*kind.store, sample({"ada"}, noon, large('d'))) == 4);
  CHECK(whole_content(*kind.store, "ada", 1) == large('a'));
  CHECK(whole_content(*kind.store, "ada", 3) == large('c'));
  CHECK(whole_content(*kind.store, "ada", 4) == large('d'));
}

TEST_CASE_TEMPLATE("store: a large content is read in pieces", Kind, ALL_STORES) {
  Kind kind;
  const std::string large = std::string(3 * content_piece, 'x') + "\r\n";
  REQUIRE(commit_one(*kind.store, sample({"ada"}, noon, large)) == 1);
  CHECK(kind.store->message("ada", 1).value().content.size() == content_piece);
  CHECK(kind.store->content(1, content_piece).value().size() == content_piece);
  CHECK(kind.store->content(1, 3 * content_piece).value() == "\r\n");
  CHECK(kind.store->content(2, content_piece).error().code == StoreErrorCode::gone);
}

TEST_CASE_TEMPLATE("store: the trace names the sender and the number", Kind, ALL_STORES) {
  Kind kind;
  commit_one(*kind.store, sample({"ada"}));
  const Submission second = sample({"ada"});
  REQUIRE(commit_one(*kind.store, second) == 2);
  CHECK(kind.store->message("ada", 2).value().trace ==
        mail::trace_lines(second.envelope.reverse_path, second.trace, 2));
}

TEST_CASE_TEMPLATE("store: the size is that of trace and content", Kind, ALL_STORES) {
  Kind kind;
  for (const std::string& content : {std::string(), std::string("a\r\n"), std::string("\0\r\n", 3),
                                     std::string("\xc3\xa4\r\n")}) {
    const auto number = commit_one(*kind.store, sample({"ada"}, noon, content));
    const StoredMessage stored = kind.store->message("ada", number).value();
    CHECK(kind.store->snapshot("ada", noon).value().back().octets ==
          stored.trace.size() + stored.content.size());
  }
}

TEST_CASE_TEMPLATE("store: a unique-id begins with the mailbox's time", Kind, ALL_STORES) {
  Kind kind;
  CHECK(kind.store->unique_prefix() == "18bcfe56800.");
}

TEST_CASE_TEMPLATE("store: several messages come in the order asked for, up to one that is gone",
                   Kind, ALL_STORES) {
  Kind kind;
  const auto first = commit_one(*kind.store, sample({"ada"}, noon, "one\r\n"));
  const auto second = commit_one(*kind.store, sample({"ada"}, noon, "two\r\n"));
  const auto others = commit_one(*kind.store, sample({"bob"}, noon, "three\r\n"));
  const std::vector<mail::QueueNumber> numbers{second, first, others, first};
  const std::vector<StoredMessage> found = kind.store->messages("ada", numbers);
  REQUIRE(found.size() == 2);
  CHECK(found[0].content == "two\r\n");
  CHECK(found[1].content == "one\r\n");
  // Nothing is left open.
  CHECK(kind.store->remove("ada", numbers) == 2);
}

TEST_CASE_TEMPLATE("store: nobody reads a message of another maildrop", Kind, ALL_STORES) {
  Kind kind;
  commit_one(*kind.store, sample({"ada"}));
  CHECK(kind.store->message("bob", 1).error().code == StoreErrorCode::gone);
  CHECK(kind.store->message("ada", 2).error().code == StoreErrorCode::gone);
  CHECK(kind.store->message("ada", -1).error().code == StoreErrorCode::gone);
}

TEST_CASE_TEMPLATE("store: removing from one maildrop leaves the other's copy", Kind, ALL_STORES) {
  Kind kind;
  commit_one(*kind.store, sample({"ada", "bob"}));
  CHECK(kind.store->remove("ada", Numbers{1}).value() == 1);
  CHECK(shown(*kind.store, "ada", noon).empty());
  CHECK(kind.store->message("ada", 1).error().code == StoreErrorCode::gone);
  CHECK(kind.store->message("bob", 1).has_value());
  CHECK(kind.store->remove("bob", Numbers{1}).value() == 1);
  CHECK(kind.store->message("bob", 1).error().code == StoreErrorCode::gone);
}

TEST_CASE_TEMPLATE("store: removing counts what was there", Kind, ALL_STORES) {
  Kind kind;
  commit(*kind.store, {sample({"ada"}), sample({"bob"}), sample({"ada"})});
  CHECK(kind.store->remove("ada", Numbers{}).value() == 0);
  CHECK(kind.store->remove("ada", Numbers{3, 2, 3, 99, 1}).value() == 2);
  CHECK(kind.store->remove("ada", Numbers{1}).value() == 0);
  CHECK(shown(*kind.store, "bob", noon) == Numbers{2});
}

TEST_CASE_TEMPLATE("store: the queue is what is still to come, the next first", Kind, ALL_STORES) {
  Kind kind;
  commit(*kind.store,
         {sample({"ada"}, noon + seconds(9)), sample({"bob", "ada"}, noon + seconds(5)),
          sample({"ada"}, noon), sample({"bob"}, noon + seconds(5))});
  const auto entries = kind.store->queue(noon).value();
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].number == 2);
  CHECK(entries[0].maildrop == "ada");
  CHECK(entries[1].number == 2);
  CHECK(entries[1].maildrop == "bob");
  CHECK(entries[2].number == 4);
  CHECK(entries[3].number == 1);
  CHECK(entries[3].due == noon + seconds(9));
  CHECK(entries[3].accepted == noon - seconds(1));
  CHECK(entries[3].reverse_path == "ada@example.org");
  const StoredMessage stored = kind.store->message("ada", 1).value();
  CHECK(entries[3].octets == stored.trace.size() + stored.content.size());
  CHECK(kind.store->queue(noon + seconds(9)).value().empty());
}

TEST_CASE_TEMPLATE("store: the null reverse-path is an empty text in the queue", Kind, ALL_STORES) {
  Kind kind;
  Submission bounce = sample({"ada"}, noon + seconds(1));
  bounce.envelope.reverse_path = {};
  commit_one(*kind.store, bounce);
  CHECK(kind.store->queue(noon).value().front().reverse_path.empty());
  CHECK(kind.store->message("ada", 1).value().trace.starts_with("Return-Path: <>\r\n"));
}

TEST_CASE_TEMPLATE("store: delivering now moves only what was still to come", Kind, ALL_STORES) {
  Kind kind;
  commit(*kind.store,
         {sample({"ada"}, noon + seconds(9)), sample({"ada", "bob"}, noon + seconds(5)),
          sample({"ada"}, noon - seconds(5))});
  CHECK(kind.store->deliver_now(noon).value() == 3);
  CHECK(kind.store->queue(noon).value().empty());
  CHECK(shown(*kind.store, "ada", noon) == Numbers{1, 2, 3});
  CHECK(shown(*kind.store, "ada", noon - milliseconds(1)) == Numbers{3});
  CHECK(kind.store->deliver_now(noon).value() == 0);
}

TEST_CASE_TEMPLATE("store: only the right password of a known name is right", Kind, ALL_STORES) {
  Kind kind;
  REQUIRE(kind.store->put_account("ada", "secret").has_value());
  CHECK(kind.store->verify("ada", "secret").value());
  CHECK_FALSE(kind.store->verify("ada", "Secret").value());
  CHECK_FALSE(kind.store->verify("ada", "").value());
  CHECK_FALSE(kind.store->verify("ada", std::string("secret\0", 7)).value());
  CHECK_FALSE(kind.store->verify("Ada", "secret").value());
  CHECK_FALSE(kind.store->verify("", "").value());
  CHECK(kind.store->verify("ada", "secret").value());
}

TEST_CASE_TEMPLATE("store: a new password replaces the old one at once", Kind, ALL_STORES) {
  Kind kind;
  REQUIRE(kind.store->put_account("ada", "old").has_value());
  REQUIRE(kind.store->verify("ada", "old").value());
  REQUIRE(kind.store->put_account("ada", "new").has_value());
  CHECK_FALSE(kind.store->verify("ada", "old").value());
  CHECK(kind.store->verify("ada", "new").value());
  CHECK(kind.store->accounts().value().size() == 1);
}

TEST_CASE_TEMPLATE("store: accounts are listed by name", Kind, ALL_STORES) {
  Kind kind;
  const std::string odd("o'\0\xff\"", 5);
  for (const std::string& name :
       {std::string("bob"), odd, std::string("ada"), std::string("Zoe")}) {
    REQUIRE(kind.store->put_account(name, "x").has_value());
  }
  CHECK(kind.store->accounts().value() == std::vector<std::string>{"Zoe", "ada", "bob", odd});
  CHECK(kind.store->verify(odd, "x").value());
}

TEST_CASE_TEMPLATE("store: nothing of a batch is shown when one of its contents cannot be read",
                   Kind, ALL_STORES) {
  Kind kind;
  TemporaryFolder folder;
  REQUIRE(commit_one(*kind.store, sample({"ada"})) == 1);
  std::vector<Submission> batch{sample({"ada"}), sample({"ada", "bob"}), sample({"ada"})};
  batch[1].content = lost_content(folder);
  bool refused = false;
  try {
    refused = !kind.store->commit(batch);
  } catch (const std::system_error&) {
    refused = true;
  }
  CHECK(refused);
  CHECK(shown(*kind.store, "ada", noon) == Numbers{1});
  CHECK(shown(*kind.store, "bob", noon).empty());
  CHECK(commit_one(*kind.store, sample({"bob"})) == 2);
  CHECK(shown(*kind.store, "bob", noon) == Numbers{2});
}

TEST_CASE("store: a batch that fails in memory leaves none of its octets on the disk") {
  TemporaryFolder folder;
  const TemporaryFolder other;
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TMPDIR", folder.path().c_str(), 1);
  InMemory kind;
  std::vector<Submission> batch{sample({"ada"}, noon, std::string(8 * content_piece, 'x')),
                                sample({"ada"})};
  batch[1].content = lost_content(other);
  CHECK_THROWS_AS((void)kind.store->commit(batch), std::system_error);
  if (before == nullptr)
    unsetenv("TMPDIR");
  else
    setenv("TMPDIR", kept.c_str(), 1);
  const auto files = unnamed_files(folder);
  REQUIRE(files.size() == 1);
  struct stat status {};
  REQUIRE(stat(files.front().c_str(), &status) == 0);
  CHECK(status.st_blocks * 512 < static_cast<blkcnt_t>(content_piece));
}

TEST_CASE_TEMPLATE("store: a large batch is stored whole", Kind, ALL_STORES) {
  Kind kind;
  const std::vector<Submission> batch(1000, sample({"ada", "bob"}));
  const Numbers numbers = commit(*kind.store, batch);
  REQUIRE(numbers.size() == 1000);
  CHECK(std::set<mail::QueueNumber>(numbers.begin(), numbers.end()).size() == 1000);
  CHECK(shown(*kind.store, "ada", noon) == numbers);
  CHECK(kind.store->remove("ada", numbers).value() == 1000);
  CHECK(shown(*kind.store, "bob", noon) == numbers);
}

}  // namespace
}  // namespace sandpost::db
