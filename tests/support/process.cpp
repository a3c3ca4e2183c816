#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace sandpost::tests {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds short_wait{10};

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words)
    out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// What would change the program's settings, its language or its character set.
bool is_a_setting(std::string_view variable) {
  return variable.starts_with("LC_") || variable.starts_with("LANG=") ||
         variable.starts_with("SANDPOST_");
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    const bool is_replaced = std::any_of(added.begin(), added.end(), [&](const std::string& other) {
      return other.starts_with(name);
    });
    if (!is_a_setting(text) && !is_replaced) all.emplace_back(text);
  }
  return all;
}

void close_end(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

}  // namespace

std::string find_program(std::string_view name) {
  const char* const variable = std::getenv("PATH");
  std::string_view path = variable == nullptr ? "/usr/bin:/bin" : variable;
  while (!path.empty()) {
    const auto end = std::min(path.find(':'), path.size());
    const auto candidate = std::filesystem::path(path.substr(0, end)) / name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return {};
}

Process::Process(const Words& words, const Words& environment) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  for (auto* const pipe_ends : {&in, &out, &err}) {
    if (pipe2(pipe_ends->data(), O_CLOEXEC) != 0) throw_errno("pipe");
  }
  const std::array ends{in[0], out[1], err[1]};
  start(words, environment, nullptr, ends.data());
  for (const int end : ends)
    close(end);
  input_ = in[1];
  output_end_ = out[0];
  errors_end_ = err[0];
  fcntl(output_end_, F_SETFL, O_NONBLOCK);
  fcntl(errors_end_, F_SETFL, O_NONBLOCK);
}

Process::Process(Terminal& terminal, const Words& words, const Words& environment)
    : in_terminal_(true) {
  start(words, environment, &terminal, nullptr);
  input_ = dup(terminal.person());
  output_end_ = dup(terminal.person());
  fcntl(input_, F_SETFD, FD_CLOEXEC);
  fcntl(output_end_, F_SETFD, FD_CLOEXEC);
}

Process::~Process() {
  if (pid_ > 0 && !ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
  close_end(input_);
  close_end(output_end_);
  close_end(errors_end_);
}

void Process::start(const Words& words, const Words& environment, Terminal* terminal,
                    const int* ends) {
  // A program that ends early must not end the test by SIGPIPE.
  signal(SIGPIPE, SIG_IGN);
  Words arguments = words;
  Words variables = environment_with(environment);
  const auto argument_pointers = pointers(arguments);
  const auto variable_pointers = pointers(variables);
  pid_ = fork();
  if (pid_ < 0) throw_errno("fork");
  if (pid_ > 0) return;
  // The new process; only what is safe between fork and exec.
  for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGPIPE})
    signal(number, SIG_DFL);
  if (terminal != nullptr) {
    // It fails while another program has the terminal; without one this would be no test.
    if (login_tty(terminal->program()) != 0) _exit(126);
  } else {
    for (int i = 0; i < 3; ++i)
      dup2(ends[i], i);
  }
  execve(argument_pointers[0], argument_pointers.data(), variable_pointers.data());
  _exit(127);
}

void Process::write(std::string_view text) {
  const auto deadline = SteadyClock::now() + patience;
  while (!text.empty()) {
    const auto count = ::write(input_, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EAGAIN && errno != EINTR) {
      stuck(std::string("it takes no input: ") + std::generic_category().message(errno));
    } else if (SteadyClock::now() > deadline) {
      stuck("it does not read its input");
    } else {
      listen(short_wait);
    }
  }
}

void Process::close_input() {
  if (!in_terminal_) close_end(input_);
}

void Process::send_signal(int number) const {
  if (!ended_) kill(pid_, number);
}

bool Process::take(int& descriptor, std::string& where) {
  std::array<char, 4096> buffer{};
  const auto count = read(descriptor, buffer.data(), buffer.size());
  if (count > 0) {
    const std::string_view text(buffer.data(), static_cast<std::size_t>(count));
    where += text;
    said_ += text;
    return true;
  }
  if (count == 0 || (errno != EAGAIN && errno != EINTR)) close_end(descriptor);
  return false;
}

bool Process::listen(milliseconds duration) {
  // poll() leaves out what is closed: its descriptor is negative.
  std::array<pollfd, 2> ends{{{output_end_, POLLIN, 0}, {errors_end_, POLLIN, 0}}};
  if (poll(ends.data(), ends.size(), static_cast<int>(duration.count())) <= 0) return false;
  bool came = false;
  if (ends[0].revents != 0) came = take(output_end_, output_);
  if (ends[1].revents != 0) came = take(errors_end_, errors_) || came;
  return came;
}

std::string Process::wait_for(std::string_view text) {
  const auto deadline = SteadyClock::now() + patience;
  for (;;) {
    const auto place = said_.find(text, found_);
    if (place != std::string::npos) {
      std::string between = said_.substr(found_, place - found_);
      found_ = place + text.size();
      return between;
    }
    if (listen(short_wait)) continue;
    if (!running() && !listen(short_wait)) stuck("it ended without saying: " + std::string(text));
    if (SteadyClock::now() > deadline) stuck("it does not say: " + std::string(text));
  }
}

void Process::wait_for_silence(milliseconds duration) {
  const auto deadline = SteadyClock::now() + patience;
  while (listen(duration)) {
    if (SteadyClock::now() > deadline) stuck("it does not become silent");
  }
}

bool Process::running() {
  if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
  return !ended_;
}

int Process::wait() {
  const auto deadline = SteadyClock::now() + patience;
  while (running()) {
    if (SteadyClock::now() > deadline) stuck("it does not end");
    // Once both ends are closed there is nothing to poll, and this is a plain pause.
    listen(short_wait);
  }
  while (listen(milliseconds{0})) {
  }
  return WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
}

void Process::stuck(const std::string& reason) const {
  throw Stuck(reason + "\n--- it said:\n" + said_ + "\n---");
}

}  // namespace sandpost::tests
