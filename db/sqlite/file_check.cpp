#include "db/sqlite/file_check.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

#include "db/sqlite/errors.hpp"

namespace sandpost::db {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr std::string_view choose_another = "choose another --db";

// The first 100 octets of a database (https://sqlite.org/fileformat.html §1.3).
using Header = std::array<std::uint8_t, 100>;
constexpr std::string_view magic = "SQLite format 3\0"sv;
constexpr std::size_t page_size_offset = 16;
constexpr std::size_t write_version_offset = 18;  // 1: rollback journal, 2: write-ahead log
constexpr std::size_t user_version_offset = 60;
constexpr std::size_t application_id_offset = 68;

std::uint32_t number_at(const Header& header, std::size_t offset) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = (number << 8) | header[offset + i];
  return number;
}

// The octets at the file's start, zeros behind its end. Reads through SQLite's file layer, not with
// a descriptor of its own: POSIX drops all locks that a process holds on a file when it closes any
// descriptor of it, so a second open() in one process would unlock the first one's mailbox. SQLite
// keeps such descriptors until the locks are gone.
std::optional<Header> read_header(const std::string& path) {
  sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
  const auto memory = std::make_unique<std::max_align_t[]>(
      static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
  auto* const file = reinterpret_cast<sqlite3_file*>(memory.get());
  const char* const name = sqlite3_create_filename(path.c_str(), "", "", 0, nullptr);
  std::optional<Header> header;
  int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
  if (name != nullptr && vfs->xOpen(vfs, name, file, flags, &flags) == SQLITE_OK) {
    Header octets{};
    const int result =
        file->pMethods->xRead(file, octets.data(), static_cast<int>(octets.size()), 0);
    if (result == SQLITE_OK || result == SQLITE_IOERR_SHORT_READ) header = octets;
  }
  if (file->pMethods != nullptr) file->pMethods->xClose(file);
  sqlite3_free_filename(const_cast<char*>(name));
  return header;
}

// Follows the last component only, as the folders above it do not change what the file is called.
fs::path follow_links(fs::path path) {
  constexpr int most_links = 40;  // as the kernel
  std::error_code error;
  for (int i = 0; i < most_links && fs::is_symlink(path, error); ++i) {
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path;
}

fs::path folder_of(const fs::path& path) {
  const fs::path folder = path.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

// Also for an existing file: its -wal has to stand beside it.
std::string check_folder(const std::string& path, const fs::path& folder) {
  struct stat found {};
  if (stat(folder.c_str(), &found) != 0 && errno == ENOENT) {
    return open_error(path, fmt::format("the folder {} does not exist", folder.string()),
                      "create it or choose another --db");
  }
  if (!S_ISDIR(found.st_mode)) {
    return open_error(path, fmt::format("{} is not a folder", folder.string()), choose_another);
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return open_error(path, fmt::format("you may not write in the folder {}", folder.string()),
                      "change its permissions or choose another --db");
  }
  return {};
}

std::string check_kind(const std::string& path, const fs::path& file, mode_t mode) {
  if (S_ISDIR(mode)) {
    return open_error(
        path, "it is a folder",
        fmt::format("name a file in it, such as --db {}", (file / "mail.db").string()));
  }
  if (!S_ISREG(mode)) return open_error(path, "it is not an ordinary file", choose_another);
  if (access(file.c_str(), R_OK | W_OK) != 0) {
    return open_error(path, "you may not read and write it",
                      "change its permissions or choose another --db");
  }
  return {};
}

// A file with nothing in it is to become a mailbox. With a journal beside it, so is one that is all
// zeros at its start: it was being created when the power failed.
bool is_blank(std::int64_t size, const Header& header, bool has_journal) {
  if (size == 0) return true;
  return has_journal &&
         std::all_of(header.begin(), header.end(), [](std::uint8_t octet) { return octet == 0; });
}

std::string check_header(const std::string& path, std::int64_t size, const Header& header,
                         std::uint32_t known_version) {
  if (std::memcmp(header.data(), magic.data(), magic.size()) != 0) {
    return open_error(path, "it is a file of another kind, not a mailbox", choose_another);
  }
  if (size < static_cast<std::int64_t>(header.size())) {
    return damaged_error(path, "it is cut off");
  }
  if (number_at(header, application_id_offset) != application_id) {
    return open_error(path, "it is another program's SQLite database", choose_another);
  }
  const std::uint32_t version = number_at(header, user_version_offset);
  if (version > known_version) {
    return open_error(path,
                      fmt::format("a newer sandpost wrote it (schema {}; this one knows {})",
                                  version, known_version),
                      "use the newer one or choose another --db");
  }
  const unsigned page_size = header[page_size_offset] * 256U + header[page_size_offset + 1];
  const bool power_of_two = (page_size & (page_size - 1)) == 0;
  // 1 stands for 65536.
  if (page_size != 1 && (page_size < 512 || !power_of_two)) {
    return damaged_error(path, "its page size is impossible");
  }
  return {};
}

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// An absolute path, or one that begins with "./": "file:x" and ":memory:" mean something else.
std::string literal(const fs::path& path) {
  return path.is_absolute() ? path.string() : "./" + path.string();
}

}  // namespace

Result<MailboxFile, std::string> check_file(const std::string& path, std::uint32_t known_version) {
  if (path.empty()) {
    return Failure<std::string>(
        "cannot open the mailbox: its name is empty; give --db a file name");
  }
  const fs::path target = follow_links(path);
  MailboxFile file;
  file.path = literal(target);

  struct stat found {};
  file.exists = stat(file.path.c_str(), &found) == 0;
  const int error = errno;
  std::string refusal;
  if (file.exists) refusal = check_kind(path, target, found.st_mode);
  if (refusal.empty()) refusal = check_folder(path, folder_of(target));
  if (!refusal.empty()) return Failure<std::string>(refusal);
  if (!file.exists && error != ENOENT) {
    return Failure<std::string>(
        open_error(path, std::generic_category().message(error), choose_another));
  }
  if (!file.exists) return file;

  const bool has_journal = exists(file.path + "-journal");
  file.has_wal = exists(file.path + "-wal");
  const std::optional<Header> header = read_header(file.path);
  if (!header) return Failure<std::string>(open_error(path, "it cannot be read", choose_another));
  if (is_blank(found.st_size, *header, has_journal)) return file;
  refusal = check_header(path, found.st_size, *header, known_version);
  if (!refusal.empty()) return Failure<std::string>(refusal);
  file.wal_mode = (*header)[write_version_offset] == 2;
  return file;
}

}  // namespace sandpost::db
