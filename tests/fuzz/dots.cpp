// Transparency, in both directions. Settings: whether the session's line ending is LF.

#include <string>

#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include "mail/content_scan.hpp"
#include "mail/dots.hpp"

namespace sandpost::fuzz {
namespace {

struct Read {
  std::string text;
  std::size_t left = 0;  // octets behind the final dot
  bool ended = false;
};

void read(mail::DotReader& reader, std::string_view bytes, Read& into) {
  if (!into.ended) {
    into.ended = reader.read(bytes, into.text);
    require(into.ended || bytes.empty(), "a content that goes on left octets behind");
  }
  into.left += bytes.size();
}

void way_in(const Input& input, LineEnding ending) {
  mail::DotReader whole(ending);
  Read at_once;
  read(whole, input.bytes, at_once);
  mail::DotReader pieces(ending);
  Read in_pieces;
  input.in_pieces([&](std::string_view piece) { read(pieces, piece, in_pieces); });

  require(at_once.text == in_pieces.text, "another content when fed in pieces");
  require(at_once.ended == in_pieces.ended && at_once.left == in_pieces.left,
          "another end when fed in pieces");
  require(whole.bare_cr() == pieces.bare_cr() && whole.bare_lf() == pieces.bare_lf(),
          "other line endings when fed in pieces");
  require(whole.unstuffed() == pieces.unstuffed(), "other dots when fed in pieces");
  require(whole.mid_line() == pieces.mid_line(), "another mid_line() when fed in pieces");

  // The same, read the plain way. Bare line endings are no line endings there either.
  const bool lf = ending == LineEnding::lf;
  const std::string sent = lf ? with_crlf(input.bytes) : std::string(input.bytes);
  const Unstuffed plain = unstuff(sent);
  require(plain.ended == at_once.ended, "the content ends elsewhere than at its lone dot");
  if (!at_once.ended) return;
  const std::string_view taken = input.bytes.substr(0, input.bytes.size() - at_once.left);
  require(plain.octets == (lf ? with_crlf(taken).size() : taken.size()),
          "the content ends elsewhere than at its lone dot");
  require(plain.text == at_once.text, "the content is not what was sent");
  const bool bare = lf ? taken.find('\r') != std::string_view::npos : has_bare_cr_or_lf(taken);
  require((whole.bare_cr() || whole.bare_lf()) == bare, "a bare CR or LF is misjudged");
}

void way_out(const Input& input) {
  const std::string_view content = input.bytes;
  const std::string stuffed = mail::dot_stuffed(content);
  mail::DotWriter writer;
  mail::LineEndingCheck endings;
  std::string in_pieces;
  input.in_pieces([&](std::string_view piece) {
    writer.write(piece, in_pieces);
    endings.add(piece);
  });
  writer.finish(in_pieces);
  require(in_pieces == stuffed, "dot-stuffed in pieces, a content is another");
  require(endings.found_bare() == has_bare_cr_or_lf(content),
          "a bare CR or LF is misjudged in pieces");
  require(endings.ends_line() == (content.empty() || content.ends_with("\r\n")),
          "whether the last line has ended is misjudged");

  std::string expected(content);
  if (!expected.empty() && !expected.ends_with("\r\n")) expected += "\r\n";
  const Unstuffed plain = unstuff(stuffed + ".\r\n");
  require(plain.ended && plain.octets == stuffed.size() + 3, "a stuffed content has a lone dot");
  require(plain.text == expected, "dot-stuffing is not undone by taking the dots away");

  mail::DotReader reader(LineEnding::crlf);
  const std::string sent = stuffed + ".\r\nQUIT\r\n";
  std::string_view rest = sent;
  std::string received;
  require(reader.read(rest, received), "a stuffed content does not end");
  require(rest == "QUIT\r\n", "a stuffed content ends elsewhere than at its end");
  require(received == expected, "stuffed and read again, a content is another");
  require((reader.bare_cr() || reader.bare_lf()) == has_bare_cr_or_lf(expected),
          "the dot reader misjudges a bare CR or LF");
}

}  // namespace

void dots(std::string_view text) {
  Input input(text);
  const LineEnding ending = input.settings.next(2) == 0 ? LineEnding::crlf : LineEnding::lf;
  way_in(input, ending);
  way_out(input);
}

}  // namespace sandpost::fuzz
