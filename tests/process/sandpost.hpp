#pragma once
// The program under test, and what talks to it: one plain TCP connection that reads lines. Ports
// are always 0, so that the system chooses; nothing here waits without an end.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace sandpost::tests {

using db::TemporaryFolder;
using Words = Process::Words;

inline const std::string learner = "s9360511";
inline const std::string address = "s9360511@ntut.edu.tw";

// The program under test and these arguments, for Process.
[[nodiscard]] Words command(const Words& words);

struct Finished {
  int status = 0;
  std::string output;
  std::string errors;
};
// Runs sandpost with that on stdin until it ends, in a home folder of its own.
[[nodiscard]] Finished run(const Words& words, std::string_view input = {});

// `sandpost serve`, as soon as it listens. `words` come behind --port-file and, unless `words`
// name them, behind --smtp-port 0 --pop3-port 0 --delay 0s. `launcher`: words that run the words
// behind them in the same process.
class Serve {
 public:
  explicit Serve(const Words& words = {}, const Words& launcher = {});

  [[nodiscard]] unsigned short smtp() const { return smtp_; }
  [[nodiscard]] unsigned short pop3() const { return pop3_; }
  [[nodiscard]] std::string port_file() const { return folder_.file("ports"); }
  [[nodiscard]] Process& process() { return *process_; }
  // Sends the signal and waits for the end; the exit status.
  int stop(int signal);

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Process> process_;
  unsigned short smtp_ = 0;
  unsigned short pop3_ = 0;
};

// A connection to 127.0.0.1.
class Dialogue {
 public:
  // Throws if nothing listens there.
  explicit Dialogue(unsigned short port);
  ~Dialogue();
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  void send(std::string_view bytes) const;
  // The next line, without its ending. Throws Stuck if none comes.
  std::string line();
  // Exactly so many bytes.
  std::string bytes(std::size_t count);
  // Sends the line with CRLF, and returns the first line of the answer.
  std::string say(std::string_view text);
  // The lines of a POP3 list or message, up to the dot.
  std::vector<std::string> lines_to_dot();
  // Whether the other side has closed, which it has a moment for.
  [[nodiscard]] bool closed();

 private:
  bool receive();

  int socket_;
  std::string received_;
};

[[nodiscard]] bool port_answers(unsigned short port);

// A port of 127.0.0.1 that is taken as long as this lives.
class TakenPort {
 public:
  TakenPort();
  ~TakenPort();
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  [[nodiscard]] unsigned short number() const { return number_; }

 private:
  int socket_;
  unsigned short number_ = 0;
};

// Sends the learner a letter with that line as text, by SMTP; the reply to the dot.
std::string send_letter(const Serve& server, std::string_view text);
// The lines of each letter that a login sees now.
[[nodiscard]] std::vector<std::vector<std::string>> letters(const Serve& server);

[[nodiscard]] bool contains(std::string_view text, std::string_view part);
// Whether it is one line with its newline and no more.
[[nodiscard]] bool is_one_line(std::string_view text);
[[nodiscard]] std::size_t occurrences(std::string_view text, std::string_view part);

}  // namespace sandpost::tests
