#pragma once
// Text for stdout that must arrive. Not for the guided session, which has its own terminal.

#include <string_view>

namespace sandpost::cli {

// Writes and flushes. Throws std::system_error where that fails, or where an earlier write to
// stdout did: it is closed, full, or nobody reads.
void print(std::string_view text);

// Opens what stands in for a standard descriptor that is closed, so that no socket gets its number;
// using it fails as using a closed one does. Before anything else is opened.
void occupy_standard_descriptors();

}  // namespace sandpost::cli
