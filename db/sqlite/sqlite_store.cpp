#include "db/sqlite/sqlite_store.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <stdexcept>
#include <utility>

#include "db/password.hpp"
#include "db/sqlite/connection.hpp"
#include "db/sqlite/disk_room.hpp"
#include "db/sqlite/errors.hpp"
#include "db/sqlite/query.hpp"
#include "db/sqlite/sql.hpp"
#include "db/unique_id.hpp"

namespace sandpost::db {
namespace {

constexpr const char* give_log_back = "PRAGMA wal_checkpoint(TRUNCATE)";

// Octets that a message costs besides its content, at most about: the rest of its last page, the
// trace.
constexpr std::int64_t overhead = 16 << 10;
// And what a commit writes besides its messages: the pages they share, and those above them.
constexpr std::int64_t shared_pages = 4;

// Pages in the log from which on they are copied into the file: so few that it is soon done. As
// fast as SQLite's 1000, with a far shorter tail.
constexpr int full_log = 200;
// A store that is never told to tidy up does so by itself.
constexpr int overfull_log = 5 * full_log;

// Every statement, prepared once.
struct Statements {
  explicit Statements(const SQLite::Database& database)
      : begin(database, sql::begin),
        commit(database, sql::commit),
        roll_back(database, sql::roll_back),
        page_count(database, sql::page_count),
        free_count(database, sql::free_count),
        created_at(database, sql::created_at),
        last_number(database, sql::last_number),
        keep_last_number(database, sql::keep_last_number),
        put_account(database, sql::put_account),
        account(database, sql::account),
        accounts(database, sql::accounts),
        insert_message(database, sql::insert_message),
        insert_piece(database, sql::insert_piece),
        insert_delivery(database, sql::insert_delivery),
        snapshot(database, sql::snapshot),
        message(database, sql::message),
        piece(database, sql::piece),
        delete_delivery(database, sql::delete_delivery),
        delete_message_without_delivery(database, sql::delete_message_without_delivery),
        queue(database, sql::queue),
        deliver_now(database, sql::deliver_now) {}

  SQLite::Statement begin;
  SQLite::Statement commit;
  SQLite::Statement roll_back;
  SQLite::Statement page_count;
  SQLite::Statement free_count;
  SQLite::Statement created_at;
  SQLite::Statement last_number;
  SQLite::Statement keep_last_number;
  SQLite::Statement put_account;
  SQLite::Statement account;
  SQLite::Statement accounts;
  SQLite::Statement insert_message;
  SQLite::Statement insert_piece;
  SQLite::Statement insert_delivery;
  SQLite::Statement snapshot;
  SQLite::Statement message;
  SQLite::Statement piece;
  SQLite::Statement delete_delivery;
  SQLite::Statement delete_message_without_delivery;
  SQLite::Statement queue;
  SQLite::Statement deliver_now;
};

// A transaction that writes: rolled back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Statements& statements) : statements_(statements) {
    Query(statements_.begin).run();
  }
  ~Transaction() {
    // An error such as a full disk may have ended it already; then there is nothing to roll back.
    if (open_) statements_.roll_back.tryExecuteStep();
    statements_.roll_back.tryReset();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    Query(statements_.commit).run();
    open_ = false;
  }

 private:
  Statements& statements_;
  bool open_ = true;
};

// Runs `work` and turns what it throws into a StoreError. By then the work's transaction, a local
// of its own, has been rolled back.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    return Failure<StoreError>(to_store_error(error));
  } catch (const std::runtime_error& error) {
    return Failure<StoreError>(StoreError{StoreErrorCode::busy, error.what()});
  }
}

template <class Octets>
Octets fixed_size(const std::string& blob) {
  Octets octets{};
  if (blob.size() != octets.size()) {
    throw SQLite::Exception("an account's key has the wrong size", SQLITE_CORRUPT);
  }
  std::copy(blob.begin(), blob.end(), octets.begin());
  return octets;
}

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::unique_ptr<SQLite::Database> database)
      : database_(std::move(database)), statements_(*database_) {
    page_size_ = database_->execAndGet("PRAGMA page_size").getInt64();
    sqlite3_wal_hook(database_->getHandle(), on_log_grown, this);
    Query created(statements_.created_at);
    if (!created.row()) throw SQLite::Exception("the mailbox row is missing", SQLITE_CORRUPT);
    created_ = created.time(0);
    Query last(statements_.last_number);
    if (last.row()) last_number_ = last.integer(0);
  }

  StoreResult<void> put_account(const std::string& name, const std::string& password) override {
    return guarded([&]() -> StoreResult<void> {
      // The usual case, at every start of the program: nothing to write.
      const std::optional<PasswordHash> old = find_account(name);
      if (old && checker_.check(name, &*old, password)) return {};
      const PasswordHash hash = PasswordHash::make(password);
      Query put(statements_.put_account, name, hash.salt, hash.iterations, hash.stored_key,
                hash.server_key);
      put.run();
      return {};
    });
  }

  StoreResult<std::vector<std::string>> accounts() override {
    return guarded([&]() -> StoreResult<std::vector<std::string>> {
      std::vector<std::string> names;
      Query query(statements_.accounts);
      while (query.row())
        names.push_back(query.text(0));
      return names;
    });
  }

  StoreResult<std::optional<PasswordHash>> password_hash(const std::string& name) override {
    return guarded(
        [&]() -> StoreResult<std::optional<PasswordHash>> { return find_account(name); });
  }

  StoreResult<bool> verify(const std::string& name, const std::string& password) override {
    return guarded([&]() -> StoreResult<bool> {
      const std::optional<PasswordHash> stored = find_account(name);
      return checker_.check(name, stored ? &*stored : nullptr, password);
    });
  }

  StoreResult<std::vector<mail::QueueNumber>> commit(
      std::span<const Submission> submissions) override {
    return guarded([&]() -> StoreResult<std::vector<mail::QueueNumber>> {
      if (!make_room_for(submissions)) {
        return Failure<StoreError>(StoreError{StoreErrorCode::full, "the disk is nearly full"});
      }
      std::vector<mail::QueueNumber> numbers;
      mail::QueueNumber number = last_number_;
      Transaction transaction(statements_);
      for (const Submission& submission : submissions) {
        // A message in no maildrop is the caller's error: nobody could ever read or delete it.
        assert(!submission.maildrops.empty());
        insert(++number, submission);
        numbers.push_back(number);
      }
      transaction.commit();
      last_number_ = number;
      return numbers;
    });
  }

  // Copying the log takes longer than a commit: nobody shall wait for it.
  void tidy_up() override {
    if (log_pages_ < full_log) return;
    log_pages_ = 0;
    copy_log(database_->getHandle());
  }

  StoreResult<std::vector<ScanEntry>> snapshot(const std::string& maildrop, Time now) override {
    return guarded([&]() -> StoreResult<std::vector<ScanEntry>> {
      std::vector<ScanEntry> entries;
      Query query(statements_.snapshot, maildrop, now);
      while (query.row()) {
        const mail::QueueNumber number = query.integer(0);
        const auto octets = static_cast<std::size_t>(query.integer(1));
        entries.push_back({number, octets, unique_id(created_, number)});
      }
      return entries;
    });
  }

  StoreResult<StoredMessage> message(const std::string& maildrop,
                                     mail::QueueNumber number) override {
    return guarded([&]() -> StoreResult<StoredMessage> {
      Query query(statements_.message, maildrop, number);
      if (!query.row()) {
        return Failure<StoreError>(StoreError{StoreErrorCode::gone, "no such message"});
      }
      StoredMessage message{query.text(0), query.text(1)};
      message.octets = static_cast<std::size_t>(query.integer(2)) - message.trace.size();
      return message;
    });
  }

  StoreResult<std::string> content(mail::QueueNumber number, std::size_t offset) override {
    return guarded([&]() -> StoreResult<std::string> {
      Query query(statements_.piece, number, static_cast<std::int64_t>(offset));
      if (query.row()) return query.text(0);
      return Failure<StoreError>(StoreError{StoreErrorCode::gone, "no such piece of a message"});
    });
  }

  StoreResult<std::size_t> remove(const std::string& maildrop,
                                  std::span<const mail::QueueNumber> numbers) override {
    auto removed = guarded([&] { return remove_all(maildrop, numbers); });
    if (removed || removed.error().code != StoreErrorCode::full) return removed;
    // Deleting is how room is made, and it needs some itself: give back what the log holds, and try
    // once more.
    static_cast<void>(guarded([&]() -> StoreResult<void> {
      database_->exec(give_log_back);
      return {};
    }));
    return guarded([&] { return remove_all(maildrop, numbers); });
  }

  StoreResult<std::vector<QueueEntry>> queue(Time now) override {
    return guarded([&]() -> StoreResult<std::vector<QueueEntry>> {
      std::vector<QueueEntry> entries;
      Query query(statements_.queue, now);
      while (query.row()) {
        entries.push_back({query.integer(0), query.text(1), query.text(2),
                           static_cast<std::size_t>(query.integer(3)), query.time(4),
                           query.time(5)});
      }
      return entries;
    });
  }

  StoreResult<std::size_t> deliver_now(Time now) override {
    return guarded(
        [&]() -> StoreResult<std::size_t> { return Query(statements_.deliver_now, now).run(); });
  }

 private:
  StoreResult<std::size_t> remove_all(const std::string& maildrop,
                                      std::span<const mail::QueueNumber> numbers) {
    std::size_t removed = 0;
    Transaction transaction(statements_);
    for (const mail::QueueNumber number : numbers) {
      if (Query(statements_.delete_delivery, maildrop, number).run() == 0) continue;
      ++removed;
      Query(statements_.delete_message_without_delivery, number).run();
    }
    Query(statements_.keep_last_number, last_number_).run();
    transaction.commit();
    return removed;
  }

  // Whether there is room on the disk, if need be with what the log can give back.
  bool make_room_for(std::span<const Submission> submissions) {
    std::int64_t octets = shared_pages * page_size_;
    for (const Submission& one : submissions) {
      octets += static_cast<std::int64_t>(one.content.size()) + overhead;
    }
    if (has_room(room(), octets)) return true;
    database_->exec(give_log_back);
    return has_room(room(), octets);
  }

  DiskRoom room() {
    return measure_room(database_->getFilename(), {page_size_, number_of(statements_.page_count),
                                                   number_of(statements_.free_count)});
  }

  static std::int64_t number_of(SQLite::Statement& statement) {
    Query query(statement);
    return query.row() ? query.integer(0) : 0;
  }

  // After each commit: so many pages are in the log.
  static int on_log_grown(void* store, sqlite3* connection, const char* /*name*/, int pages) {
    static_cast<SqliteStore*>(store)->log_pages_ = pages;
    if (pages >= overfull_log) copy_log(connection);
    return SQLITE_OK;
  }

  // Into the file. What fails now is tried again when more has come.
  static void copy_log(sqlite3* connection) {
    sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }

  std::optional<PasswordHash> find_account(const std::string& name) {
    Query query(statements_.account, name);
    if (!query.row()) return std::nullopt;
    PasswordHash hash;
    hash.salt = fixed_size<PasswordHash::Salt>(query.text(0));
    hash.iterations = static_cast<int>(query.integer(1));
    hash.stored_key = fixed_size<Digest>(query.text(2));
    hash.server_key = fixed_size<Digest>(query.text(3));
    return hash;
  }

  void insert(mail::QueueNumber number, const Submission& submission) {
    const mail::Address& reverse_path = submission.envelope.reverse_path;
    const std::string from = reverse_path.to_text();
    const Spool& content = submission.content;
    std::string buffer;
    const std::string_view first = content.read(0, content_piece, buffer);
    const std::string trace = mail::trace_above(first, reverse_path, submission.trace, number);
    const auto octets = static_cast<std::int64_t>(trace.size() + content.size());
    Query(statements_.insert_message, number, submission.trace.accepted.time, from, as_blob(trace),
          as_blob(first))
        .run();
    for (std::size_t offset = first.size(); offset < content.size();) {
      const std::string_view piece = content.read(offset, content_piece, buffer);
      Query(statements_.insert_piece, number, static_cast<std::int64_t>(offset), as_blob(piece))
          .run();
      offset += piece.size();
    }
    const std::int64_t shared = submission.maildrops.size() > 1 ? 1 : 0;
    for (const std::string& maildrop : submission.maildrops) {
      Query(statements_.insert_delivery, maildrop, number, submission.deliver_at, octets, shared)
          .run();
    }
  }

  std::unique_ptr<SQLite::Database> database_;
  Statements statements_;
  PasswordChecker checker_;
  Time created_{};
  std::int64_t page_size_ = 0;
  int log_pages_ = 0;
  // The highest one given. The Received line names the number, so it must be known before the row
  // is written.
  mail::QueueNumber last_number_ = 0;
};

}  // namespace

Result<std::unique_ptr<Store>, std::string> open_sqlite_file(const std::string& path, Time now,
                                                             const SqliteOptions& options) {
  auto database = connect_to_file(path, now, options);
  if (!database) return Failure<std::string>(database.error());
  SQLite::Database& connection = **database;
  try {
    auto store = std::make_unique<SqliteStore>(std::move(*database));
    checkpoint_on_close(connection, true);
    return store;
  } catch (const SQLite::Exception& error) {
    return Failure<std::string>(open_error(path, error));
  }
}

Result<std::unique_ptr<Store>, std::string> open_sqlite_memory(Time now,
                                                               const SqliteOptions& options) {
  try {
    return std::make_unique<SqliteStore>(connect_to_memory(now, options));
  } catch (const SQLite::Exception& error) {
    return Failure<std::string>(open_error("in memory", error));
  }
}

}  // namespace sandpost::db
