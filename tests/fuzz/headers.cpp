// What is read of a content without knowing MIME, and what the servers put on top of it. The lines
// of a content end in CRLF; BINARYMIME lets bare CRs and LFs into them. Settings: none.

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text.hpp"
#include "fuzz/input.hpp"
#include "fuzz/targets.hpp"
#include "mail/content_scan.hpp"
#include "mail/message.hpp"

namespace sandpost::fuzz {
namespace {

std::vector<std::string_view> lines_of(std::string_view content) {
  std::vector<std::string_view> all;
  while (!content.empty()) {
    std::string_view line = take_crlf_line(content);
    line.remove_suffix(2);
    all.push_back(line.substr(0, 998));  // RFC 5322 §2.1.1; of a longer line nobody sees the rest
  }
  return all;
}

mail::ContentScan scan(std::string_view content) {
  mail::ContentScan scan;
  scan.add(content);
  scan.finish();
  return scan;
}

bool equal(const mail::ContentScan& a, const mail::ContentScan& b) {
  const auto all = [](const mail::ContentSummary& of) {
    return std::tie(of.head_lines, of.body_lines, of.has_blank_line, of.subject, of.eight_bit);
  };
  return all(a.summary()) == all(b.summary()) && a.received_lines() == b.received_lines();
}

mail::Trace trace() {
  return {"client.example", "127.0.0.1", "mail.ntut.edu.tw", "ESMTP", {}};
}

}  // namespace

void headers(std::string_view text) {
  Input input(text);
  std::string content(input.bytes);
  if (!content.empty() && !content.ends_with("\r\n")) content += "\r\n";
  const auto all = lines_of(content);

  // The head is what stands at the top up to the first line that is no part of a field.
  const auto blank = std::find(all.begin(), all.end(), std::string_view());
  const mail::ContentScan at_once = scan(content);
  const mail::ContentSummary& summary = at_once.summary();
  mail::ContentScan in_pieces;
  Input whole_lines = input;
  whole_lines.bytes = content;
  whole_lines.in_pieces([&](std::string_view piece) { in_pieces.add(piece); });
  in_pieces.finish();
  require(equal(at_once, in_pieces), "another summary when scanned in pieces");

  require(summary.head_lines + summary.body_lines + (summary.has_blank_line ? 1 : 0) == all.size(),
          "the lines do not add up");
  require(summary.head_lines <= static_cast<std::size_t>(blank - all.begin()),
          "the head goes on behind the first empty line");
  for (std::size_t i = 0; i < summary.head_lines; ++i) {
    require(mail::is_header_line(all[i]) || (i > 0 && (all[i][0] == ' ' || all[i][0] == '\t')),
            "a line of the head is no field");
  }
  if (summary.head_lines < all.size()) {
    const std::string_view next = all[summary.head_lines];
    require(summary.has_blank_line == next.empty(), "the empty line is misjudged");
    require(!mail::is_header_line(next), "a field stands behind the head");
  }
  require(summary.subject.size() <= std::min<std::size_t>(content.size(), 2000),
          "a subject longer than the content, or than the bound");
  require(summary.eight_bit ==
              std::any_of(content.begin(), content.end(), [](char c) { return (c & 0x80) != 0; }),
          "eight_bit is wrong");

  const auto received =
      static_cast<std::size_t>(std::count_if(all.begin(), blank, [](std::string_view line) {
        const auto colon = std::min(line.find(':'), line.size());
        return colon < line.size() &&
               equals_ignoring_case(trim(line.substr(0, colon)), "Received") &&
               mail::is_header_line(line);
      }));
  require(at_once.received_lines() == received, "the Received fields are miscounted");

  // Ours stay whole, whatever stands below, and what stands below keeps its meaning.
  const mail::Address sender{"ann smith", "client.example"};
  const std::string ours = mail::trace_lines(sender, trace(), 7);
  const std::string above = mail::trace_above(content, sender, trace(), 7);
  const bool joined = above == ours;
  require(joined || above == ours + "\r\n", "the trace lines are others");
  require(joined || all.empty() || !all.front().empty(), "a second empty line");
  const mail::ContentScan both = scan(above + content);
  const mail::ContentSummary& whole = both.summary();
  require(both.received_lines() == 1 + (joined ? received : 0), "a trace line is lost or doubled");
  require(whole.head_lines == 4 + (joined ? summary.head_lines : 0),
          "the content's first lines became a part of the trace");
  require(whole.subject == (joined ? summary.subject : ""), "the trace changed the subject");
}

}  // namespace sandpost::fuzz
