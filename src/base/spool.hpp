#pragma once
// Octets that may be many: in memory up to a bound, beyond it in a file without a name, which is
// gone with the last Spool that shares it. Written once, front to back, then read in any order.
//
// A copy shares the file: once a Spool has been copied, neither is written to any more.
// Threads: one at a time for each Spool; copies may be read in different threads.

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace sandpost {

struct SpoolSettings {
  std::size_t in_memory = std::numeric_limits<std::size_t>::max();  // octets
  std::string folder = {};  // for the file; empty: the system's one for temporary files
};

class Spool {
 public:
  Spool() = default;
  explicit Spool(SpoolSettings settings) : settings_(std::move(settings)) {}
  explicit Spool(std::string octets) : memory_(std::move(octets)), size_(memory_.size()) {}

  // After a failure (no room on the disk, no descriptor left) nothing more is taken.
  void append(std::string octets);
  // Of the first append that failed; none: all octets are there.
  [[nodiscard]] std::error_code error() const { return error_; }
  // Takes octets again, behind the last that was kept.
  void try_again() { error_.clear(); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool in_memory() const { return file_ == nullptr; }
  // Gives back what these octets hold of the disk, if they are in the file; they are zeros then.
  void forget(std::size_t offset, std::size_t octets);
  // The octets from `offset` on, at most `most`: a view into memory, or into `buffer`, which then
  // has been read from the file. Throws std::system_error if the file cannot be read.
  [[nodiscard]] std::string_view read(std::size_t offset, std::size_t most,
                                      std::string& buffer) const;

 private:
  class File;

  SpoolSettings settings_;
  std::string memory_;  // all octets, or none
  std::size_t size_ = 0;
  std::shared_ptr<File> file_;
  std::error_code error_;
};

}  // namespace sandpost
