#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "sandbox/console.hpp"

namespace sandpost::sandbox {
namespace {

// Lines as they come: from a pipe, or from a person whose terminal does the editing itself. For a
// person the prompt is printed; what comes meanwhile begins a row of its own.
class LineConsole final : public Console {
 public:
  explicit LineConsole(bool person) : person_(person) {}

  [[nodiscard]] int descriptor() const override {
    const bool waiting = ended_ || bytes_.find('\n') != std::string::npos;
    return waiting ? -1 : STDIN_FILENO;
  }

  [[nodiscard]] std::optional<Typed> read() override {
    if (descriptor() >= 0) take_bytes();
    shown_ = false;  // the terminal has echoed the newline
    const auto newline = bytes_.find('\n');
    if (newline == std::string::npos && !ended_) return std::nullopt;
    if (newline == std::string::npos && bytes_.empty()) return Typed{"", true};
    Typed typed{bytes_.substr(0, newline)};
    bytes_.erase(0, newline == std::string::npos ? newline : newline + 1);
    if (typed.line.ends_with('\r')) typed.line.pop_back();
    return typed;
  }

  void prompt(const std::string& text) override {
    if (!person_ || (shown_ && text == prompt_)) return;
    hide();
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
    prompt_ = text;
    shown_ = true;
  }

  void hide() override {
    if (!shown_) return;
    std::fputs("\n", stdout);
    std::fflush(stdout);
    shown_ = false;
  }

  void discard() override {}  // the terminal has, at Ctrl-C
  void restore() override { hide(); }
  void resume() override { shown_ = false; }
  [[nodiscard]] bool echoes() const override { return person_; }

 private:
  void take_bytes() {
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count > 0) bytes_.append(buffer.data(), static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) ended_ = true;
  }

  bool person_;
  std::string prompt_;
  bool shown_ = false;
  std::string bytes_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Console> make_pipe_console() {
  return std::make_unique<LineConsole>(false);
}

std::unique_ptr<Console> make_plain_console() {
  return std::make_unique<LineConsole>(true);
}

}  // namespace sandpost::sandbox
