-- The mailbox, schema version 1. Run once, in the transaction that creates the file; what came
-- later is in db/sqlite/migration.cpp.
-- Times are milliseconds since 1970-01-01T00:00Z; octets are exact sizes, line endings included.

PRAGMA application_id = 0x73706F73;  -- "spos": how a mailbox is told from other SQLite files

-- What concerns the mailbox as a whole: one row.
CREATE TABLE mailbox (
  only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
  created_at INTEGER NOT NULL  -- the first half of every unique-id
) STRICT;

-- Who may log in. The keys are those of SCRAM-SHA-256 (RFC 5802 §3), not the password.
CREATE TABLE account (
  name       TEXT    NOT NULL PRIMARY KEY,
  salt       BLOB    NOT NULL,
  iterations INTEGER NOT NULL,
  stored_key BLOB    NOT NULL,
  server_key BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- A message, once, however many maildrops hold it. AUTOINCREMENT: a number is never given twice.
CREATE TABLE message (
  number       INTEGER PRIMARY KEY AUTOINCREMENT,
  accepted_at  INTEGER NOT NULL,
  reverse_path TEXT    NOT NULL,  -- without angle brackets; empty for the null reverse-path
  trace        BLOB    NOT NULL,  -- the lines that the servers wrote
  content      BLOB    NOT NULL   -- the client's own, octet for octet: its first piece
) STRICT;

-- A message in a maildrop, shown from deliver_at on. `octets` (trace and content) stands here so
-- that listing a maildrop reads nothing but this table.
CREATE TABLE delivery (
  maildrop   TEXT    NOT NULL,
  number     INTEGER NOT NULL REFERENCES message (number),
  deliver_at INTEGER NOT NULL,
  octets     INTEGER NOT NULL,
  PRIMARY KEY (maildrop, number)
) STRICT, WITHOUT ROWID;

-- Tells whether a message's last delivery is gone.
CREATE INDEX delivery_by_number ON delivery (number);
-- Finds what is still to come without reading what has come.
CREATE INDEX delivery_by_time ON delivery (deliver_at);
