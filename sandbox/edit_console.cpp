// Line editing by libedit, one key at a time: el_gets() in unbuffered mode returns after each key,
// so that the same loop can wait for keys, for the servers' events, and for the countdown.

#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "sandbox/console.hpp"

namespace sandpost::sandbox {
namespace {

constexpr std::string_view clear_line = "\r\x1b[K";

class EditConsole final : public Console {
 public:
  EditConsole() : edit_(el_init("sandpost", stdin, stdout, stderr)), history_(history_init()) {
    HistEvent event;
    history(history_, &event, H_SETSIZE, 200);
    el_set(edit_, EL_CLIENTDATA, this);
    el_set(edit_, EL_PROMPT, &EditConsole::prompt_text);
    el_set(edit_, EL_EDITOR, "emacs");
    el_set(edit_, EL_SIGNAL, 0);
    el_set(edit_, EL_HIST, history, history_);
  }

  ~EditConsole() override {
    restore();
    history_end(history_);
    el_end(edit_);
  }

  EditConsole(const EditConsole&) = delete;
  EditConsole& operator=(const EditConsole&) = delete;

  [[nodiscard]] int descriptor() const override { return STDIN_FILENO; }

  [[nodiscard]] std::optional<Typed> read() override {
    int count = 0;
    const char* text = el_gets(edit_, &count);
    if (text == nullptr || count <= 0) {
      // So libedit tells that a key has left the line empty, and that there is no terminal any
      // more.
      return is_gone() ? std::optional(Typed{"", true}) : std::nullopt;
    }
    std::string line(text, static_cast<std::size_t>(count));
    if (line.back() != '\n') {
      // Ctrl-D comes as itself.
      if (line == "\x04") return Typed{"", true};
      return std::nullopt;
    }
    line.pop_back();
    const bool secret = starts_ignoring_case(trim(line), "pass");
    HistEvent event;
    if (!trim(line).empty() && !secret) history(history_, &event, H_ENTER, line.c_str());
    // Only leaving the unbuffered mode makes libedit forget the line; prompt() enters it again.
    el_set(edit_, EL_UNBUFFERED, 0);
    editing_ = shown_ = false;
    return Typed{std::move(line)};
  }

  void prompt(const std::string& text) override {
    if (shown_ && text == prompt_) return;
    if (shown_) std::fwrite(clear_line.data(), 1, clear_line.size(), stdout);
    prompt_ = text;
    shown_ = true;
    if (!editing_) {
      editing_ = true;
      el_set(edit_, EL_UNBUFFERED, 1);  // draws the prompt, too
    } else {
      el_set(edit_, EL_REFRESH);
    }
    std::fflush(stdout);
  }

  void hide() override {
    if (!shown_) return;
    std::fwrite(clear_line.data(), 1, clear_line.size(), stdout);
    std::fflush(stdout);
    shown_ = false;
  }

  void discard() override {
    const LineInfo* line = el_line(edit_);
    el_cursor(edit_, static_cast<int>(line->lastchar - line->cursor));
    el_deletestr(edit_, static_cast<int>(line->lastchar - line->buffer));
  }

  void restore() override {
    if (!editing_) return;
    hide();
    el_set(edit_, EL_UNBUFFERED, 0);
    editing_ = false;
  }

  void resume() override {
    el_set(edit_, EL_PREP_TERM, 1);
    shown_ = false;
  }

  [[nodiscard]] bool echoes() const override { return true; }

 private:
  static bool is_gone() {
    pollfd input{STDIN_FILENO, 0, 0};
    return poll(&input, 1, 0) > 0;  // POLLHUP, POLLERR or POLLNVAL: they need not be asked for
  }

  static char* prompt_text(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    auto* console = static_cast<EditConsole*>(self);
    // libedit cannot stand characters that the locale does not have.
    const std::size_t length = std::mbstowcs(nullptr, console->prompt_.c_str(), 0);
    const bool shown = length != static_cast<std::size_t>(-1);
    return shown ? console->prompt_.data() : console->other_prompt_.data();
  }

  EditLine* edit_;
  History* history_;
  std::string prompt_;
  std::string other_prompt_ = "?? ";
  bool shown_ = false;
  bool editing_ = false;
};

}  // namespace

std::unique_ptr<Console> make_edit_console() {
  return std::make_unique<EditConsole>();
}

}  // namespace sandpost::sandbox
