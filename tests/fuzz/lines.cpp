// The reader of command lines. Settings: the limit on a line.

#include <cstddef>
#include <string>

#include "base/line_reader.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"

namespace sandpost::fuzz {
namespace {

struct Read {
  std::string lines;  // each as "too_long|had_telnet|text" and an octet that is in no digit
  std::string answers;
  std::vector<CommandLine> all;
};

void read(LineReader& reader, std::string_view bytes, std::size_t limit, Read& into) {
  for (;;) {
    const std::size_t before = bytes.size();
    auto line = reader.next(bytes);
    const std::string answers = reader.take_telnet_answers();
    into.answers += answers;
    require(answers.size() % 3 == 0, "a telnet answer that is not whole");
    if (!line) {
      require(bytes.empty(), "a line reader left octets behind that end no line");
      return;
    }
    require(bytes.size() < before, "a line came out of nothing");
    require(line->text.size() <= limit, "a line is longer than the limit");
    into.lines += line->too_long ? "1|" : "0|";
    into.lines += (line->had_telnet ? "1|" : "0|") + line->text + '\n';
    into.all.push_back(std::move(*line));
  }
}

// Without telnet's commands a line is what stands between two endings, all of the first one's kind.
void compare_with_plain_reading(std::string_view bytes, std::size_t limit, const Read& found,
                                const LineReader& reader) {
  const auto first = bytes.find('\n');
  if (first == std::string_view::npos) {
    require(found.all.empty(), "a line ended without an LF");
    require(reader.ending() == LineEnding::undecided, "a session's ending before its first line's");
    return;
  }
  const bool crlf = first > 0 && bytes[first - 1] == '\r';
  require(reader.ending() == (crlf ? LineEnding::crlf : LineEnding::lf),
          "the first line does not decide the line ending");
  const std::string_view ending = crlf ? "\r\n" : "\n";
  std::size_t count = 0;
  for (auto end = bytes.find(ending); end != std::string_view::npos; end = bytes.find(ending)) {
    require(count < found.all.size(), "a line is missing");
    const CommandLine& line = found.all[count++];
    const bool fits = end + ending.size() <= limit;
    require(line.too_long != fits, "a line's length is misjudged");
    require(!line.had_telnet, "telnet was seen where there was none");
    if (fits) require(line.text == bytes.substr(0, end), "a line is not what was sent");
    bytes.remove_prefix(end + ending.size());
  }
  require(count == found.all.size(), "a line ended without its session's line ending");
  require(reader.mid_line() == !bytes.empty(), "mid_line() is wrong");
}

}  // namespace

void lines(std::string_view text) {
  Input input(text);
  constexpr std::array<std::size_t, 4> limits{512, 12, 3, 255};
  const std::size_t limit = limits[input.settings.next(limits.size())];

  LineReader whole(limit);
  Read at_once;
  read(whole, input.bytes, limit, at_once);
  LineReader pieces(limit);
  Read in_pieces;
  input.in_pieces([&](std::string_view piece) { read(pieces, piece, limit, in_pieces); });

  require(at_once.lines == in_pieces.lines, "other lines when fed in pieces");
  require(at_once.answers == in_pieces.answers, "other telnet answers when fed in pieces");
  require(whole.ending() == pieces.ending(), "another line ending when fed in pieces");
  require(whole.mid_line() == pieces.mid_line(), "another mid_line() when fed in pieces");
  require(at_once.answers.size() <= 300 * (at_once.all.size() + 1), "too many telnet answers");
  if (input.bytes.find('\xFF') == std::string_view::npos)
    compare_with_plain_reading(input.bytes, limit, at_once, whole);
}

}  // namespace sandpost::fuzz
