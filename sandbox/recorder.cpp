#include "sandbox/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/file.hpp"
#include "base/language.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/state_folder.hpp"
#include "wire/vocabulary.hpp"

namespace sandpost::sandbox {
namespace {

constexpr int most_of_one_second = 1000;

[[noreturn]] void fail(const std::string& path, std::error_code error) {
  throw std::runtime_error(say("the record {0} cannot be written: {1}", path, error.message()));
}

// "20261123T060322Z"
std::string file_stem(Time started) {
  std::string text = rfc3339_text(started);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

Recorder::Recorder(const std::string& folder, const RecordHead& head, Masks secrets, wire::Bus* bus)
    : events_(bus != nullptr ? bus->subscribe() : nullptr), secrets_(std::move(secrets)) {
  if (const auto error = make_folder(folder)) fail(folder, error);
  for (int i = 1; file_ < 0; ++i) {
    path_ = fmt::format("{}/{}{}.jsonl", folder, file_stem(head.started.time),
                        i == 1 ? "" : fmt::format("-{}", i));
    file_ =
        open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file_ < 0 && (errno != EEXIST || i == most_of_one_second)) {
      fail(path_, {errno, std::generic_category()});
    }
  }
  write(to_line(head) + '\n');
}

Recorder::~Recorder() {
  pump();
  close(file_);
}

bool Recorder::pump() {
  if (!events_) return works_;
  std::string text;
  for (wire::Event& event : events_->take())
    text += line_of(std::move(event));
  if (const auto dropped = events_->dropped(); dropped != told_dropped_) {
    text += dropped_line(dropped - told_dropped_) + '\n';
    told_dropped_ = dropped;
  }
  write(text);
  return works_;
}

void Recorder::record(const wire::Event& event) {
  write(line_of(event));
}

void Recorder::note(const RecordNote& note) {
  pump();
  write(to_line(note) + '\n');
}

void Recorder::note(RecordAnswer answer) {
  pump();
  for (std::string* text : {&answer.ask, &answer.answer})
    *text = secrets_.apply(*text);
  write(to_line(answer) + '\n');
}

void Recorder::leave_out(std::uint64_t session) {
  write(left_out_line(session) + '\n');
}

// Letters alone can hold a password: what comes in DATA, what is fetched, and the subject.
std::string Recorder::line_of(wire::Event event) const {
  const bool said = event.name == wire::event::server_line ||
                    (event.name == wire::event::client_line && event.flag("data"));
  for (wire::Field& field : event.fields) {
    auto* text = std::get_if<std::string>(&field.value);
    const bool of_letter = (said && field.name == "text") || field.name == "subject";
    if (of_letter && text != nullptr) *text = secrets_.apply(*text);
  }
  return wire::to_json(event) + '\n';
}

void Recorder::write(std::string_view text) {
  works_ = works_ && !write_all(file_, text);
}

void check_record_folder(const std::string& folder) {
  std::error_code ignored;
  const auto above = std::filesystem::absolute(folder + "/.", ignored).parent_path().parent_path();
  if (!std::filesystem::exists(folder, ignored) && !std::filesystem::exists(above, ignored)) {
    throw std::runtime_error(
        fmt::format("the record {} cannot be written: there is no folder {}; create it or choose "
                    "another --record",
                    folder, above.string()));
  }
  if (const auto error = make_folder(folder)) fail(folder, error);
  if (access(folder.c_str(), W_OK | X_OK) != 0) fail(folder, {errno, std::generic_category()});
}

Masks secrets_of(const Config& config) {
  Masks out;
  out.add_secret(config.password);
  for (const Account& user : config.users)
    out.add_secret(user.password);
  return out;
}

std::unique_ptr<Recorder> start_record(const Config& config, const Lesson& lesson, ZonedTime now,
                                       const StateFolder& state, wire::Bus* bus) {
  const bool named = !config.record.empty();
  if (!named && !state.keeps()) return nullptr;
  const std::string folder = named ? config.record : record_folder(state.path());
  try {
    if (named) check_record_folder(folder);
    return std::make_unique<Recorder>(folder, record_head(config, &lesson, now), secrets_of(config),
                                      bus);
  } catch (const std::runtime_error&) {
    if (named) throw;
    return nullptr;
  }
}

}  // namespace sandpost::sandbox
