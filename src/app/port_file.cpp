#include "app/port_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "app/server.hpp"
#include "base/file.hpp"
#include "wire/json.hpp"

namespace sandpost::app {
namespace {

constexpr mode_t everybody_reads = 0666;  // whom the umask lets

}  // namespace

void PortFile::write(const std::string& path, const Ports& ports, const std::string& control) {
  std::string text = fmt::format("{{\"smtp\": {}, \"pop3\": {}", ports.smtp, ports.pop3);
  if (ports.smtps != 0) text += fmt::format(", \"smtps\": {}", ports.smtps);
  if (ports.pop3s != 0) text += fmt::format(", \"pop3s\": {}", ports.pop3s);
  text += fmt::format(", \"pid\": {}, \"control\": {}}}\n", getpid(), wire::json_text(control));
  // Renaming over a device or a link would replace it; nobody means that.
  const auto status = std::filesystem::symlink_status(path);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw StartError(StartError::Kind::other,
                     fmt::format("cannot write the port file {}: it is there and is no ordinary "
                                 "file; choose another --port-file",
                                 path));
  }
  if (const auto error = replace_file(path, text, everybody_reads)) {
    throw StartError(StartError::Kind::other,
                     fmt::format("cannot write the port file {}: {}; choose another --port-file",
                                 path, error.message()));
  }
  path_ = path;
  text_ = text;
}

void PortFile::remove() {
  if (path_.empty()) return;
  std::ifstream file(path_, std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(file), {}};
  std::error_code ignored;
  if (found == text_) std::filesystem::remove(path_, ignored);
  path_.clear();
}

}  // namespace sandpost::app
