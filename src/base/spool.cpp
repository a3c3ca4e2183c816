#include "base/spool.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/file.hpp"

namespace sandpost {
namespace {

// A file that no folder lists. Not every file system can make one at once; then it is listed for a
// moment. -1: errno says why not.
int open_unnamed(const std::string& folder) {
  const int file = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  std::string path = folder + "/sandpost-XXXXXX";
  const int listed = mkostemp(path.data(), O_CLOEXEC);
  if (listed >= 0) unlink(path.c_str());
  return listed;
}

}  // namespace

class Spool::File {
 public:
  explicit File(int file) : file_(file) {}
  ~File() { close(file_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] std::error_code write(std::string_view octets, std::size_t offset) const {
    return write_all_at(file_, octets, offset);
  }

  // Not every file system can.
  void forget(std::size_t offset, std::size_t octets) const {
    static_cast<void>(fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                static_cast<off_t>(offset), static_cast<off_t>(octets)));
  }

  void read(std::string& octets, std::size_t offset) const {
    for (std::size_t done = 0; done < octets.size();) {
      const auto got = pread(file_, octets.data() + done, octets.size() - done,
                             static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        // At its end errno is not set.
        throw std::system_error(got < 0 ? last_error() : make_error_code(std::errc::io_error),
                                "cannot read a letter back from its file");
      }
      done += static_cast<std::size_t>(got);
    }
  }

 private:
  int file_;
};

void Spool::append(std::string octets) {
  if (error_) return;
  const std::size_t end = size_ + octets.size();
  if (!file_ && end <= settings_.in_memory) {
    if (memory_.empty())
      memory_ = std::move(octets);
    else
      memory_ += octets;
    size_ = end;
    return;
  }
  if (!file_) {
    const std::string folder = settings_.folder.empty()
                                   ? std::filesystem::temp_directory_path(error_).string()
                                   : settings_.folder;
    if (error_) return;
    const int file = open_unnamed(folder);
    if (file < 0) {
      error_ = last_error();
      return;
    }
    file_ = std::make_shared<File>(file);
    error_ = file_->write(memory_, 0);
    memory_ = {};
  }
  assert(file_.use_count() == 1);
  if (!error_) error_ = file_->write(octets, size_);
  if (!error_) size_ = end;
}

void Spool::forget(std::size_t offset, std::size_t octets) {
  if (file_) file_->forget(offset, octets);
}

std::string_view Spool::read(std::size_t offset, std::size_t most, std::string& buffer) const {
  assert(offset <= size_);
  const std::size_t octets = std::min(most, size_ - offset);
  if (!file_) return std::string_view(memory_).substr(offset, octets);
  buffer.resize(octets);
  file_->read(buffer, offset);
  return buffer;
}

}  // namespace sandpost
