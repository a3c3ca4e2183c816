#pragma once
// The program's exit statuses, as sandpost(1) lists them.

namespace sandpost::exit_status {

inline constexpr int done = 0;
inline constexpr int failure = 1;
inline constexpr int usage = 2;
inline constexpr int unfinished = 3;  // the lesson
inline constexpr int findings = 4;    // of lesson check
inline constexpr int port = 5;        // in use, or not permitted
inline constexpr int signal = 128;    // and the signal's number

}  // namespace sandpost::exit_status
