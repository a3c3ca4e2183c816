#include "sandbox/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace sandpost::sandbox {
namespace {

constexpr int most_of_one_second = 1000;

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error(fmt::format("the record {} cannot be written: {}", path,
                                       std::generic_category().message(errno)));
}

// "20261123T060322Z"
std::string file_stem(Time started) {
  std::string text = rfc3339_text(started);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

Recorder::Recorder(const std::string& folder, const RecordHead& head, wire::Bus& bus)
    : events_(bus.subscribe()) {
  for (auto slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
    const std::string part = folder.substr(0, slash);
    if (mkdir(part.c_str(), S_IRWXU) != 0 && errno != EEXIST && slash == std::string::npos) {
      fail(part);
    }
    if (slash == std::string::npos) break;
  }
  for (int i = 1; file_ < 0; ++i) {
    path_ = fmt::format("{}/{}{}.jsonl", folder, file_stem(head.started.time),
                        i == 1 ? "" : fmt::format("-{}", i));
    file_ =
        open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file_ < 0 && (errno != EEXIST || i == most_of_one_second)) fail(path_);
  }
  write(to_line(head) + '\n');
}

Recorder::~Recorder() {
  pump();
  close(file_);
}

bool Recorder::pump() {
  std::string text;
  for (const wire::Event& event : events_->take())
    text += wire::to_json(event) + '\n';
  if (const auto dropped = events_->dropped(); dropped != told_dropped_) {
    text += dropped_line(dropped - told_dropped_) + '\n';
    told_dropped_ = dropped;
  }
  write(text);
  return works_;
}

void Recorder::note(const RecordNote& note) {
  pump();
  write(to_line(note) + '\n');
}

void Recorder::write(std::string_view text) {
  while (works_ && !text.empty()) {
    const ssize_t count = ::write(file_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    works_ = count > 0;
    if (works_) text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace sandpost::sandbox
