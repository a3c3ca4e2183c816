#include "sandbox/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

// The folders of the path up to its last slash. 0 or the errno.
int make_folders(const std::string& file) {
  for (auto slash = file.find('/', 1); slash != std::string::npos;
       slash = file.find('/', slash + 1)) {
    if (mkdir(file.substr(0, slash).c_str(), S_IRWXU) == 0 || errno == EEXIST) continue;
    // A folder above may be there although it cannot be written to, or not even looked into.
    struct stat found {};
    const int error = errno;
    if (stat(file.substr(0, slash).c_str(), &found) != 0) return error;
  }
  return 0;
}

int write_all(int descriptor, const std::string& octets) {
  std::size_t done = 0;
  while (done < octets.size()) {
    const auto count = ::write(descriptor, octets.data() + done, octets.size() - done);
    if (count < 0 && errno != EINTR) return errno;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  return 0;
}

// What the rename did is kept by the folder. A file system that cannot synchronise a folder has
// done what it can.
void synchronise_folder(const std::string& file) {
  const std::string folder = file.substr(0, file.rfind('/') + 1);
  const File opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open()) fsync(opened.get());
}

// 0 or the errno.
int replace(const std::string& file, const std::string& octets) {
  if (const int error = make_folders(file); error != 0) return error;
  std::string temporary = file + ".XXXXXX";
  const File opened(mkostemp(temporary.data(), O_CLOEXEC));
  if (!opened.is_open()) return errno;
  int error = write_all(opened.get(), octets);
  if (error == 0 && fsync(opened.get()) != 0) error = errno;
  if (error == 0 && std::rename(temporary.c_str(), file.c_str()) != 0) error = errno;
  if (error != 0) {
    unlink(temporary.c_str());
    return error;
  }
  synchronise_folder(file);
  return 0;
}

}  // namespace

std::optional<std::string> process_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

StateFolder StateFolder::choose(
    const StateWish& wish, const std::function<std::optional<std::string>(const char*)>& variable) {
  if (wish.none) return {};
  if (!wish.folder.empty()) return StateFolder(wish.folder);
  if (!wish.interactive) return {};
  // A path that is not absolute is to be ignored, says the XDG specification.
  const auto state = variable("XDG_STATE_HOME");
  if (state && state->starts_with('/')) return StateFolder(*state + "/sandpost");
  const auto home = variable("HOME");
  if (home && home->starts_with('/')) return StateFolder(*home + "/.local/state/sandpost");
  StateFolder out;
  out.problem_ = "Nothing is saved: HOME is not set. --state-dir DIR names a folder for it.";
  return out;
}

std::optional<std::string> StateFolder::take_problem() {
  return std::exchange(problem_, std::nullopt);
}

Result<std::optional<std::string>, std::string> StateFolder::read(const std::string& name) const {
  if (!keeps()) return std::nullopt;
  const std::string path = path_ + '/' + name;
  const auto failed = [&](const std::string& why) {
    return Failure<std::string>{fmt::format("{} cannot be read: {}", visible(path), why)};
  };
  // Without waiting: a named pipe would never open.
  const File file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return failed(reason(errno));
  }
  struct stat found {};
  if (fstat(file.get(), &found) != 0) return failed(reason(errno));
  if (!S_ISREG(found.st_mode)) return failed("it is no ordinary file");
  if (found.st_size > static_cast<off_t>(largest_file)) return failed("it is too big");
  std::string octets(static_cast<std::size_t>(found.st_size), '\0');
  std::size_t done = 0;
  while (done < octets.size()) {
    const auto count = ::read(file.get(), octets.data() + done, octets.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(reason(errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  octets.resize(done);
  return octets;
}

bool StateFolder::write(const std::string& name, const std::string& octets) {
  if (!keeps()) return false;
  const int error = replace(path_ + '/' + name, octets);
  if (error == 0) return true;
  give_up(reason(error));
  return false;
}

void StateFolder::give_up(const std::string& why) {
  problem_ = fmt::format("Nothing is saved: {} cannot be written: {}.", visible(path_), why);
  path_.clear();
}

}  // namespace sandpost::sandbox
