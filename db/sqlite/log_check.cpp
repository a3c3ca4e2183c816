#include "db/sqlite/log_check.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <vector>

namespace sandpost::db {
namespace {

// https://sqlite.org/fileformat2.html#the_write_ahead_log: a header, then frames of a header and a
// page each. Numbers are big-endian; those that are summed up are as the magic number says.
constexpr std::size_t header_size = 32;
constexpr std::uint32_t magic = 0x377F0682;  // its last bit: sums are of big-endian numbers
constexpr std::size_t page_size_at = 8;
constexpr std::size_t salts_at = 16;
constexpr std::size_t header_sum_at = 24;
constexpr std::size_t frame_header_size = 24;
constexpr std::size_t commit_at = 4;  // of a frame: not 0 where a transaction ends
constexpr std::size_t frame_salts_at = 8;
constexpr std::size_t frame_sum_at = 16;
constexpr std::size_t salts_size = 8;

using Octets = std::span<const std::uint8_t>;

std::uint32_t big_endian(Octets octets) {
  return std::uint32_t{octets[0]} << 24U | std::uint32_t{octets[1]} << 16U |
         std::uint32_t{octets[2]} << 8U | octets[3];
}

struct Sum {
  bool is_big_endian = false;
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  void add(Octets octets) {
    const auto number = [&](std::size_t at) {
      std::array<std::uint8_t, 4> four{};
      std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(at), four.size(), four.begin());
      if (!is_big_endian) std::reverse(four.begin(), four.end());
      return big_endian(four);
    };
    for (std::size_t at = 0; at + 8 <= octets.size(); at += 8) {
      first += number(at) + second;
      second += number(at + 4) + first;
    }
  }
  [[nodiscard]] bool is(Octets stored) const {
    return first == big_endian(stored) && second == big_endian(stored.subspan(4));
  }
};

bool read(std::ifstream& file, std::span<std::uint8_t> octets) {
  file.read(reinterpret_cast<char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  return static_cast<std::size_t>(file.gcount()) == octets.size();
}

}  // namespace

bool log_lost_commits(const std::string& log_path) {
  constexpr std::uint32_t largest_page = 65'536;
  std::ifstream file(log_path, std::ios::binary);
  std::array<std::uint8_t, header_size> header{};
  if (!read(file, header)) return false;
  const Octets head(header);
  const std::uint32_t page_size = big_endian(head.subspan(page_size_at));
  Sum sum{(big_endian(head) & 1U) != 0};
  sum.add(head.first(header_sum_at));
  if ((big_endian(head) & ~1U) != magic || page_size > largest_page ||
      !sum.is(head.subspan(header_sum_at))) {
    return false;
  }
  const Octets salts = head.subspan(salts_at, salts_size);
  std::vector<std::uint8_t> frame(frame_header_size + page_size);
  bool is_whole = true;
  bool seen_end = false;  // of a transaction, behind what is wrong
  while (read(file, frame)) {
    const Octets all(frame);
    const Octets its_salts = all.subspan(frame_salts_at, salts_size);
    const bool is_own = std::equal(salts.begin(), salts.end(), its_salts.begin());
    if (is_whole) {
      sum.add(all.first(frame_salts_at));
      sum.add(all.subspan(frame_header_size));
      is_whole = is_own && sum.is(all.subspan(frame_sum_at));
    }
    if (is_whole || !is_own) continue;
    if (seen_end) return true;
    seen_end = big_endian(all.subspan(commit_at)) != 0;
  }
  return false;
}

}  // namespace sandpost::db
