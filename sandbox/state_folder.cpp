#include "sandbox/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/file.hpp"
#include "base/language.hpp"
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

std::error_code replace(const std::string& path, const std::string& octets) {
  if (const auto error = make_folder(path.substr(0, path.rfind('/')))) return error;
  return replace_file(path, octets, S_IRUSR | S_IWUSR);
}

}  // namespace

StateFolder StateFolder::choose(const StateWish& wish, const Environment& variable) {
  if (wish.none) return {};
  if (!wish.folder.empty()) return StateFolder(wish.folder);
  if (!wish.interactive) return {};
  // A path that is not absolute is to be ignored, says the XDG specification.
  const auto state = variable("XDG_STATE_HOME");
  if (state && state->starts_with('/')) return StateFolder(*state + "/sandpost");
  const auto home = variable("HOME");
  if (home && home->starts_with('/')) return StateFolder(*home + "/.local/state/sandpost");
  StateFolder out;
  out.problem_ = tr("Nothing is saved: HOME is not set. --state-dir DIR names a folder for it.");
  return out;
}

std::optional<std::string> StateFolder::take_problem() {
  return std::exchange(problem_, std::nullopt);
}

Result<std::optional<std::string>, std::string> StateFolder::read(const std::string& name) const {
  if (!keeps()) return std::nullopt;
  const std::string path = path_ + '/' + name;
  const auto failed = [&](const std::string& why) {
    return Failure<std::string>{say("{0} cannot be read: {1}", visible(path), why)};
  };
  // Without waiting: a named pipe would never open.
  const File file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return failed(reason(errno));
  }
  struct stat found {};
  if (fstat(file.get(), &found) != 0) return failed(reason(errno));
  if (!S_ISREG(found.st_mode)) return failed(tr("it is no ordinary file"));
  if (found.st_size > static_cast<off_t>(largest_file)) return failed(tr("it is too big"));
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
  const auto error = replace(path_ + '/' + name, octets);
  if (!error) return true;
  give_up(error.message());
  return false;
}

void StateFolder::give_up(const std::string& why) {
  problem_ = say("Nothing is saved: {0} cannot be written: {1}.", visible(path_), why);
  path_.clear();
}

}  // namespace sandpost::sandbox
