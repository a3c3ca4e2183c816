#pragma once
// The text of db/schema.sql, which the build turns into a string.

namespace sandpost::db {

extern const char* const schema_sql;

}  // namespace sandpost::db
