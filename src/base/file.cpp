#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <vector>

namespace sandpost {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".tmp";
constexpr std::size_t number_size = 8;
// No write takes so long: whoever began that file is gone.
constexpr std::chrono::minutes left_behind{10};

// `put` takes what is left and how much is written already, and answers as write() does.
template <class Put>
std::error_code write_with(const Put& put, std::string_view octets) {
  for (std::size_t written = 0; written < octets.size();) {
    const ssize_t count = put(octets.substr(written), written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_error();
    if (count == 0) return make_error_code(std::errc::io_error);  // errno is not set
    written += static_cast<std::size_t>(count);
  }
  return {};
}

// "lesson.json.0123abcd.tmp", beside the file.
std::string temporary_name(const std::string& path) {
  return fmt::format("{}.{:08x}{}", path, static_cast<std::uint32_t>(std::random_device{}()),
                     ending);
}

bool is_temporary_of(const std::string& file, const std::string& name) {
  if (name.size() != file.size() + 1 + number_size + ending.size()) return false;
  const std::string_view number = std::string_view(name).substr(file.size() + 1, number_size);
  return name.starts_with(file + '.') && name.ends_with(ending) &&
         number.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void remove_left_behind(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const auto now = fs::file_time_type::clock::now();
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (is_temporary_of(path.filename(), at->path().filename())) found.push_back(at->path());
  }
  for (const fs::path& one : found) {
    const auto written = fs::last_write_time(one, error);
    if (!error && now - written > left_behind) fs::remove(one, error);
  }
}

// What the rename did is kept by the folder. A file system that cannot synchronise a folder has
// done what it can.
void synchronise_folder(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int opened = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  fsync(opened);
  close(opened);
}

}  // namespace

std::error_code last_error() {
  return {errno, std::generic_category()};
}

std::error_code write_all(int descriptor, std::string_view octets) {
  return write_with(
      [&](std::string_view rest, std::size_t /*written*/) {
        return ::write(descriptor, rest.data(), rest.size());
      },
      octets);
}

std::error_code write_all_at(int descriptor, std::string_view octets, std::size_t offset) {
  return write_with(
      [&](std::string_view rest, std::size_t written) {
        return pwrite(descriptor, rest.data(), rest.size(), static_cast<off_t>(offset + written));
      },
      octets);
}

std::error_code make_folder(const std::string& folder) {
  for (std::size_t slash = 0; slash != std::string::npos;) {
    slash = folder.find('/', slash + 1);
    const std::string part = folder.substr(0, slash);
    if (mkdir(part.c_str(), S_IRWXU) == 0 || errno == EEXIST) continue;
    // A folder above may be there although it cannot be written to, or not even looked into.
    const std::error_code error = last_error();
    struct stat found {};
    if (stat(part.c_str(), &found) != 0) return error;
  }
  return {};
}

std::error_code replace_file(const std::string& path, std::string_view octets, mode_t mode) {
  remove_left_behind(path);
  std::string temporary;
  int file = -1;
  do {
    temporary = temporary_name(path);
    file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  } while (file < 0 && errno == EEXIST);
  if (file < 0) return last_error();
  std::error_code error = write_all(file, octets);
  if (!error && fsync(file) != 0) error = last_error();
  if (close(file) != 0 && !error) error = last_error();
  if (!error && std::rename(temporary.c_str(), path.c_str()) != 0) error = last_error();
  if (error) {
    unlink(temporary.c_str());
    return error;
  }
  synchronise_folder(path);
  return {};
}

}  // namespace sandpost
