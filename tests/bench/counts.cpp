// sandpost_counts NAME: plays that fixed input once, for callgrind, which is told to count the
// function counted() alone. Without a name: the names.

#include <cstdio>
#include <string_view>

#include "tests/bench/plays.hpp"

extern "C" __attribute__((noinline)) std::size_t counted(const sandpost::bench::Play& play) {
  return play.run();
}

int main(int argc, char** argv) {
  for (const sandpost::bench::Play& play : sandpost::bench::counted_plays()) {
    if (argc < 2) {
      std::puts(play.name.data());
    } else if (play.name == argv[1]) {
      const std::size_t octets = counted(play);
      std::printf("%zu octets\n", octets);
      return octets > 0 ? 0 : 1;
    }
  }
  return argc < 2 ? 0 : 2;
}
