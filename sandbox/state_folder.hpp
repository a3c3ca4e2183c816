#pragma once
// The folder in which the learner's side keeps what outlives a run: progress, records. Nothing is
// made before the first write. One thread at a time; several programs may share the folder: each
// file is complete at any moment, and the last writer wins.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/environment.hpp"
#include "base/result.hpp"

namespace sandpost::sandbox {

// What was asked for.
struct StateWish {
  std::string folder = {};  // --state-dir; empty: the usual place
  bool none = false;        // --no-state, which outweighs the folder
  bool interactive = true;  // without a person only a folder that was named is used
};

class StateFolder {
 public:
  // Keeps nothing, on purpose.
  StateFolder() = default;
  explicit StateFolder(std::string path) : path_(std::move(path)) {}

  // $XDG_STATE_HOME/sandpost, or ~/.local/state/sandpost. With neither variable (or if they are not
  // absolute paths) it keeps nothing, and problem() says why.
  static StateFolder choose(const StateWish& wish, const Environment& variable);

  // Something can be read and written here, as far as is known.
  [[nodiscard]] bool keeps() const { return !path_.empty(); }
  [[nodiscard]] const std::string& path() const { return path_; }  // empty: keeps nothing

  // Why nothing is saved, in one line for the learner: the first time it is asked for after
  // something has failed. Nothing if all is well or nothing was to be saved.
  [[nodiscard]] std::optional<std::string> take_problem();

  // The file's octets; nothing if there is no such file or no folder. `name`: relative, may begin
  // with folders. The error is one line.
  [[nodiscard]] Result<std::optional<std::string>, std::string> read(const std::string& name) const;

  // Replaces the file as a whole: a new one beside it is synchronised and renamed. Missing folders
  // are made for their owner alone (0700), the file as well (0600). After a failure, which
  // problem() tells, nothing more is written. False if it is not saved.
  bool write(const std::string& name, const std::string& octets);

  static constexpr std::size_t largest_file = 16U << 20U;  // octets that read() takes

 private:
  void give_up(const std::string& why);

  std::string path_;
  std::optional<std::string> problem_;  // not told yet
};

}  // namespace sandpost::sandbox
