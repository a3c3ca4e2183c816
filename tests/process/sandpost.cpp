#include "tests/process/sandpost.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <thread>

namespace sandpost::tests {
namespace {

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in loopback(unsigned short port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(port);
  return out;
}

int connect_to(unsigned short port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in to = loopback(port);
  if (connect(descriptor, std::bit_cast<const sockaddr*>(&to), sizeof to) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

bool names_option(const Words& words, std::string_view option) {
  return std::find(words.begin(), words.end(), option) != words.end();
}

}  // namespace

Words command(const Words& words) {
  Words all{SANDPOST_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Finished run(const Words& words, std::string_view input) {
  const TemporaryFolder home;
  Process process(command(words), {"HOME=" + home.path(), "XDG_STATE_HOME="});
  if (!input.empty()) process.write(input);
  process.close_input();
  const int status = process.wait();
  return {status, process.output(), process.errors()};
}

Serve::Serve(const Words& words, const Words& launcher) {
  Words all{"serve", "--port-file", port_file()};
  const std::array<Words, 3> defaults{Words{"--smtp-port", "0"}, Words{"--pop3-port", "0"},
                                      Words{"--delay", "0s"}};
  for (const Words& option : defaults) {
    if (!names_option(words, option[0])) all.insert(all.end(), option.begin(), option.end());
  }
  all.insert(all.end(), words.begin(), words.end());
  Words whole = launcher;
  for (const std::string& word : command(all))
    whole.push_back(word);
  // A server that is killed leaves its control socket behind: in there it goes with the folder.
  process_ =
      std::make_unique<Process>(whole, Words{"HOME=" + folder_.path(), "TMPDIR=" + folder_.path()});

  const auto deadline = SteadyClock::now() + patience;
  std::string text;
  while ((text = TemporaryFolder::read(port_file())).empty()) {
    if (!process_->running()) {
      process_->wait();
      throw Stuck("serve ended: " + process_->output() + process_->errors());
    }
    if (SteadyClock::now() > deadline) throw Stuck("serve writes no port file");
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  int pid = 0;
  if (std::sscanf(text.c_str(), R"({"smtp": %hu, "pop3": %hu, "pid": %d})", &smtp_, &pop3_, &pid) !=
          3 ||
      pid != process_->pid()) {
    throw Stuck("this is no port file: " + text);
  }
}

int Serve::stop(int signal) {
  process_->send_signal(signal);
  return process_->wait();
}

Dialogue::Dialogue(unsigned short port) : socket_(connect_to(port)) {
  if (socket_ < 0) throw_errno("connect");
}

Dialogue::~Dialogue() {
  close(socket_);
}

void Dialogue::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) throw_errno("send");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

// False once the other side has closed.
bool Dialogue::receive() {
  pollfd end{socket_, POLLIN, 0};
  if (poll(&end, 1, std::chrono::milliseconds{patience}.count()) <= 0) {
    throw Stuck("the server does not answer; so far: " + received_);
  }
  std::array<char, 4096> buffer{};
  const auto count = recv(socket_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::string Dialogue::line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    if (!receive()) throw Stuck("the server has closed; before: " + received_);
  }
  std::string out = received_.substr(0, end);
  received_.erase(0, end + 2);
  return out;
}

std::string Dialogue::bytes(std::size_t count) {
  while (received_.size() < count) {
    if (!receive()) throw Stuck("the server has closed; before: " + received_);
  }
  std::string out = received_.substr(0, count);
  received_.erase(0, count);
  return out;
}

std::string Dialogue::say(std::string_view text) {
  send(std::string(text) + "\r\n");
  return line();
}

std::vector<std::string> Dialogue::lines_to_dot() {
  std::vector<std::string> lines;
  for (std::string next = line(); next != "."; next = line())
    lines.push_back(next);
  return lines;
}

bool Dialogue::closed() {
  while (receive()) {
  }
  return true;
}

bool port_answers(unsigned short port) {
  const int descriptor = connect_to(port);
  if (descriptor >= 0) close(descriptor);
  return descriptor >= 0;
}

TakenPort::TakenPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in at = loopback(0);
  socklen_t size = sizeof at;
  auto* const generic = reinterpret_cast<sockaddr*>(&at);
  if (bind(socket_, generic, size) != 0 || listen(socket_, 1) != 0 ||
      getsockname(socket_, generic, &size) != 0) {
    throw_errno("listen");
  }
  number_ = ntohs(at.sin_port);
}

TakenPort::~TakenPort() {
  close(socket_);
}

std::string send_letter(const Serve& server, std::string_view text) {
  Dialogue smtp(server.smtp());
  smtp.line();
  smtp.say("helo ntut.edu.tw");
  smtp.say("MAIL FROM: <" + address + ">");
  smtp.say("RCPT TO: <" + address + ">");
  smtp.say("DATA");
  const std::string reply = smtp.say(std::string(text) + "\r\n.");
  smtp.say("QUIT");
  return reply;
}

std::vector<std::vector<std::string>> letters(const Serve& server) {
  Dialogue pop3(server.pop3());
  pop3.line();
  pop3.say("user " + learner);
  const std::string login = pop3.say("pass sandbox");
  if (!login.starts_with("+OK")) throw Stuck("no login: " + login);
  pop3.say("LIST");
  std::vector<std::vector<std::string>> out(pop3.lines_to_dot().size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    pop3.say("RETR " + std::to_string(i + 1));
    out[i] = pop3.lines_to_dot();
  }
  pop3.say("QUIT");
  return out;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_one_line(std::string_view text) {
  return text.size() > 1 && text.find('\n') == text.size() - 1;
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto place = text.find(part); place != std::string_view::npos;
       place = text.find(part, place + part.size())) {
    ++count;
  }
  return count;
}

}  // namespace sandpost::tests
