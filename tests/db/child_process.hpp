#pragma once
// A second process for a test: to hold a lock, to lack a permission, or to be killed. It runs a
// function and speaks to the test through two pipes. It must not use doctest's assertions.

#include <grp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>

namespace sandpost::db {

class ChildProcess {
 public:
  // `work` is called in the child with this object; what it says goes to the parent and back.
  template <class Work>
  explicit ChildProcess(Work work) {
    if (pipe(to_parent_.data()) != 0 || pipe(to_child_.data()) != 0) {
      throw std::runtime_error("no pipe");
    }
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("no child process");
    const bool child = pid_ == 0;
    close(child ? to_parent_[0] : to_parent_[1]);
    close(child ? to_child_[1] : to_child_[0]);
    in_ = child ? to_child_[0] : to_parent_[0];
    out_ = child ? to_parent_[1] : to_child_[1];
    if (!child) return;
    alarm(60);  // however the test fails, no process stays behind
    try {
      work(*this);
    } catch (...) {
      _exit(1);  // the test hears nothing, and fails
    }
    _exit(0);
  }
  ~ChildProcess() {
    stop();
    close(in_);
    close(out_);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // One line to the other side.
  void say(const std::string& line) {
    const std::string text = line + '\n';
    if (write(out_, text.data(), text.size()) < 0) throw std::runtime_error("nobody listens");
  }
  // The next line from the other side; empty when there is no more.
  std::string hear() {
    std::string line;
    for (char c = 0; read(in_, &c, 1) == 1 && c != '\n';)
      line += c;
    return line;
  }

  // For the parent. What the child has said before can still be heard.
  void stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    wait();
  }
  void wait() {
    if (pid_ <= 0) return;
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  std::array<int, 2> to_parent_{};
  std::array<int, 2> to_child_{};
  int in_ = -1;
  int out_ = -1;
  pid_t pid_ = -1;
};

// What `work`, which returns a line, says when it runs without the powers of root.
template <class Work>
std::string as_ordinary_user(Work work) {
  ChildProcess child([&](ChildProcess& self) {
    constexpr uid_t nobody = 65534;
    if (geteuid() == 0 &&
        (setgroups(0, nullptr) != 0 || setgid(nobody) != 0 || setuid(nobody) != 0)) {
      self.say("still root");
      return;
    }
    self.say(work());
  });
  return child.hear();
}

}  // namespace sandpost::db
