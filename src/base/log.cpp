#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace sandpost::log {
namespace {

spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made("sandpost", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_pattern("sandpost: %l: %v");
    made.set_level(spdlog::level::err);
    return made;
  }();
  return instance;
}

}  // namespace

void set_level(Level level) {
  logger().set_level(level == Level::quiet   ? spdlog::level::off
                     : level == Level::error ? spdlog::level::err
                                             : spdlog::level::info);
}

void error(std::string_view text) {
  logger().error("{}", text);
}

void info(std::string_view text) {
  logger().info("{}", text);
}

void Trouble::tell(std::string_view text) {
  if (std::exchange(told_, true)) return;
  error(text);
}

}  // namespace sandpost::log
