#include "sandbox/duration.hpp"

#include "base/language.hpp"

namespace sandpost::sandbox {

std::string duration_text(std::chrono::milliseconds duration) {
  const std::string text = to_text(duration);
  const auto end = text.find_first_not_of("0123456789");
  const std::string number = text.substr(0, end);
  const std::string unit = text.substr(end);
  if (unit == "ms") return say("{}ms", number);
  if (unit == "s") return say("{}s", number);
  return unit == "m" ? say("{}m", number) : say("{}h", number);
}

std::string duration_text(const DelayRange& delay) {
  const std::string shortest = duration_text(delay.shortest);
  if (delay.shortest == delay.longest) return shortest;
  return say("{0} to {1}", shortest, duration_text(delay.longest));
}

std::string duration_text(std::string_view text) {
  const auto delay = parse_delay_range(text);
  return delay ? duration_text(*delay) : std::string(text);
}

}  // namespace sandpost::sandbox
