#include <cstdio>
#include <exception>
#include <stdexcept>

#include "tests/bench/load/options.hpp"
#include "tests/bench/load/run.hpp"
#include "tests/bench/load/sink.hpp"

int main(int argc, char** argv) {
  namespace load = sandpost::load;
  try {
    const load::Options options = load::parse_options(argc, argv);
    if (options.work == load::Work::idle) {
      load::hold_idle(options);
      return 0;
    }
    if (options.work == load::Work::sink) {
      load::serve_sink(options);
      return 0;
    }
    const load::Result result = load::run(options);
    std::puts(load::to_json(result).c_str());
    return result.errors == 0 ? 0 : 1;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "sandpost_load: %s\n%s", error.what(), load::usage().c_str());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sandpost_load: %s\n", error.what());
    return 1;
  }
}
