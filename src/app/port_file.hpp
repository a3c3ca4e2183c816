#pragma once
// The file of `--port-file`: tells a script which ports were taken, and that they answer.

#include <string>

namespace sandpost::app {

struct Ports;

class PortFile {
 public:
  PortFile() = default;
  ~PortFile() { remove(); }
  PortFile(const PortFile&) = delete;
  PortFile& operator=(const PortFile&) = delete;

  // {"smtp": N, "pop3": N, "pid": N, "control": "PATH"} and a newline, "smtps" and "pop3s" too
  // where there are such; complete as soon as it exists under that name. `control`: the path of the
  // control socket. Throws StartError.
  void write(const std::string& path, const Ports& ports, const std::string& control);
  // Takes away what write() wrote; a file that another process has put there since stays.
  void remove();

 private:
  std::string path_;
  std::string text_;
};

}  // namespace sandpost::app
