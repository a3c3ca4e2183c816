#pragma once
// Every statement that runs on an open mailbox, by name. Parameters are bound, never pasted in.
// What runs once, at opening, is in db/schema.sql and db/sqlite/connection.cpp.

namespace sandpost::db::sql {

inline constexpr const char* begin = "BEGIN IMMEDIATE";
inline constexpr const char* commit = "COMMIT";
inline constexpr const char* roll_back = "ROLLBACK";

// How many pages the file has, and how many of them are free.
inline constexpr const char* page_count = "PRAGMA page_count";
inline constexpr const char* free_count = "PRAGMA freelist_count";

inline constexpr const char* created_at = "SELECT created_at FROM mailbox";

// The highest number that was ever given; 0 before the first.
inline constexpr const char* last_number =
    "SELECT max(last_number, (SELECT coalesce(max(number), 0) FROM message)) FROM mailbox";

// To be kept before a deletion that takes the message with the highest number.
inline constexpr const char* keep_last_number =
    "UPDATE mailbox SET last_number = ?1 WHERE last_number < ?1"
    " AND ?1 > (SELECT coalesce(max(number), 0) FROM message)";

inline constexpr const char* put_account =
    "INSERT INTO account (name, salt, iterations, stored_key, server_key)"
    " VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (name) DO UPDATE SET salt = ?2, iterations = ?3, stored_key = ?4,"
    " server_key = ?5";

inline constexpr const char* account =
    "SELECT salt, iterations, stored_key, server_key FROM account WHERE name = ?1";

inline constexpr const char* accounts = "SELECT name FROM account ORDER BY name";

inline constexpr const char* insert_message =
    "INSERT INTO message (number, accepted_at, reverse_path, trace, content)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";

inline constexpr const char* insert_piece =
    "INSERT INTO piece (number, offset, octets) VALUES (?1, ?2, ?3)";

// A maildrop that is named twice gets the message once.
inline constexpr const char* insert_delivery =
    "INSERT INTO delivery (maildrop, number, deliver_at, octets, shared)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";

inline constexpr const char* snapshot =
    "SELECT number, octets FROM delivery WHERE maildrop = ?1 AND deliver_at <= ?2"
    " ORDER BY number";

inline constexpr const char* message =
    "SELECT message.trace, message.content, delivery.octets"
    " FROM delivery JOIN message USING (number)"
    " WHERE delivery.maildrop = ?1 AND delivery.number = ?2";

inline constexpr const char* piece = "SELECT octets FROM piece WHERE number = ?1 AND offset = ?2";

inline constexpr const char* delete_delivery =
    "DELETE FROM delivery WHERE maildrop = ?1 AND number = ?2";

// Once one of its deliveries is deleted: a message that has another one left is a shared one.
inline constexpr const char* delete_message_without_delivery =
    "DELETE FROM message WHERE number = ?1"
    " AND NOT EXISTS (SELECT 1 FROM delivery WHERE shared AND delivery.number = ?1)";

inline constexpr const char* queue =
    "SELECT delivery.number, message.reverse_path, delivery.maildrop, delivery.octets,"
    " message.accepted_at, delivery.deliver_at"
    " FROM delivery JOIN message USING (number) WHERE delivery.deliver_at > ?1"
    " ORDER BY delivery.deliver_at, delivery.number, delivery.maildrop";

inline constexpr const char* deliver_now =
    "UPDATE delivery SET deliver_at = ?1 WHERE deliver_at > ?1";

}  // namespace sandpost::db::sql
