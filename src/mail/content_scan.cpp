#include "mail/content_scan.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace sandpost::mail {
namespace {

constexpr std::string_view blanks = " \t";

// RFC 5322 §2.1.1: no line is longer, and nobody reads more of a subject.
constexpr std::size_t longest_kept = 998;

// Blanks before the colon are obsolete, and still read (RFC 5322 §4.5).
bool is_field(std::string_view name, std::string_view line) {
  if (!starts_ignoring_case(line, name)) return false;
  const auto colon = line.find_first_not_of(blanks, name.size());
  return colon != std::string_view::npos && line[colon] == ':';
}

}  // namespace

ContentScan::ContentScan() : lines_(longest_kept) {}

void ContentScan::add(std::string_view piece) {
  if (!summary_.eight_bit) summary_.eight_bit = !is_ascii(piece);
  while (part_ != Part::body && lines_.next(piece))
    end_line();
  if (part_ == Part::body) count_lines(piece);
}

// Of the body nobody asks more than how many lines it has.
void ContentScan::count_lines(std::string_view piece) {
  if (piece.empty()) return;
  std::size_t end = 0;  // of the last line that has ended
  for (auto at = piece.find('\n'); at != std::string_view::npos; at = piece.find('\n', at + 1)) {
    if ((at > 0 ? piece[at - 1] : last_) != '\r') continue;
    ++summary_.body_lines;
    end = at + 1;
  }
  mid_line_ = end < piece.size();
  last_ = piece.back();
}

void ContentScan::finish() {
  if (part_ == Part::body ? mid_line_ : lines_.mid_line()) end_line();
}

void ContentScan::end_line() {
  if (part_ == Part::body) {
    ++summary_.body_lines;
    return;
  }
  const std::string_view line = lines_.line();
  if (is_field("Received", line)) ++received_lines_;
  const bool folded = line.starts_with(' ') || line.starts_with('\t');
  if (part_ == Part::fields && (is_header_line(line) || (folded && summary_.head_lines > 0))) {
    return end_field_line(line, folded);
  }
  const bool empty = lines_.octets() == 0;
  if (part_ == Part::fields && empty)
    summary_.has_blank_line = true;
  else
    ++summary_.body_lines;
  part_ = empty ? Part::body : Part::head;
}

void ContentScan::end_field_line(std::string_view line, bool folded) {
  ++summary_.head_lines;
  const bool subject = is_field("Subject", line);
  in_subject_ = subject || (folded && in_subject_);
  if (subject) summary_.subject = trim(line.substr(line.find(':') + 1));
  if (folded && in_subject_ && summary_.subject.size() < longest_kept) {
    summary_.subject += ' ' + std::string(trim(line));
  }
}

void LineEndingCheck::add(std::string_view piece) {
  if (piece.empty()) return;
  if (!bare_) bare_ = has_bare(piece);
  const char before_last = piece.size() > 1 ? piece[piece.size() - 2] : last_;
  last_ = piece.back();
  ends_line_ = before_last == '\r' && last_ == '\n';
}

bool LineEndingCheck::has_bare(std::string_view piece) const {
  if (last_ == '\r' && piece.front() != '\n') return true;
  for (auto at = piece.find_first_of("\r\n"); at != std::string_view::npos;
       at = piece.find_first_of("\r\n", at + 1)) {
    const char before = at > 0 ? piece[at - 1] : last_;
    const bool at_end = at + 1 == piece.size();
    if (piece[at] == '\n' ? before != '\r' : !at_end && piece[at + 1] != '\n') return true;
  }
  return false;
}

// field-name = 1*%d33-57 / %d59-126, *WSP, ":" (RFC 5322 §3.6.8, §4.5.8)
bool is_header_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, line.substr(0, colon).find_last_not_of(blanks) + 1);
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace sandpost::mail
