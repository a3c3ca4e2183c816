#include <unistd.h>

#include <array>
#include <cerrno>

#include "sandbox/console.hpp"

namespace sandpost::sandbox {
namespace {

class PipeConsole final : public Console {
 public:
  [[nodiscard]] int descriptor() const override {
    const bool waiting = ended_ || bytes_.find('\n') != std::string::npos;
    return waiting ? -1 : STDIN_FILENO;
  }

  [[nodiscard]] std::optional<Typed> read() override {
    if (descriptor() >= 0) take_bytes();
    const auto newline = bytes_.find('\n');
    if (newline == std::string::npos && !ended_) return std::nullopt;
    if (newline == std::string::npos && bytes_.empty()) return Typed{"", true};
    Typed typed{bytes_.substr(0, newline)};
    bytes_.erase(0, newline == std::string::npos ? newline : newline + 1);
    if (typed.line.ends_with('\r')) typed.line.pop_back();
    return typed;
  }

  void prompt(const std::string& /*text*/) override {}
  void hide() override {}
  void discard() override {}
  void restore() override {}
  void resume() override {}
  [[nodiscard]] bool echoes() const override { return false; }

 private:
  void take_bytes() {
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count > 0) bytes_.append(buffer.data(), static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) ended_ = true;
  }

  std::string bytes_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Console> make_pipe_console() {
  return std::make_unique<PipeConsole>();
}

}  // namespace sandpost::sandbox
