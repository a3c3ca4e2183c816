#pragma once
// One line of the guided session, before it is laid out for a screen. Its role is the word at the
// start of the line, so that nothing depends on colour.

#include <cstdint>
#include <string>
#include <vector>

namespace sandpost::sandbox {

enum class Role {
  client,   // C:  what a client said
  content,  // D>  likewise, inside the letter
  server,   // S:  what a server said
  tutor,    // --
  ask,      // ??
  ok,       // OK  a step is done
  no,       // NO  not yet, and why
  title,    // [2/14] ...
  plain,    // a table or an empty line, as it is
};

struct Line {
  Role role = Role::plain;
  std::string text = {};      // a paragraph; a newline in it begins a new line
  std::string note = {};      // on the right: the RFC, or who wrote this line of the letter
  std::uint64_t session = 0;  // for client, content and server
  std::string mark = {};      // in front of every row: whose it is, or in which window it was said
  std::size_t hang = 0;  // plain: blanks before what goes on below; 0: the row is left as it is
};

using Lines = std::vector<Line>;

}  // namespace sandpost::sandbox
