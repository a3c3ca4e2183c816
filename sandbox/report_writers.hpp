#pragma once
// The report in each format. Pure; each escapes what its format gives a meaning to.

#include <string>
#include <string_view>

#include "sandbox/report.hpp"

namespace sandpost::sandbox {

// In rows of at most `width` columns (40 or more), or of 79; what is longer goes on below.
[[nodiscard]] std::string report_txt(const Report& report, std::size_t width);
[[nodiscard]] std::string report_txt(const Report& report);
// CommonMark with tables.
[[nodiscard]] std::string report_markdown(const Report& report);
// One file, without scripts and outside resources; the pictures are in it.
[[nodiscard]] std::string report_html(const Report& report);
// Stable keys: docs/report.md.
[[nodiscard]] std::string report_json(const Report& report);
// The session as a picture of the terminal, XML.
[[nodiscard]] std::string session_svg(const ReportSession& session);
// All sessions, one under the other.
[[nodiscard]] std::string report_svg(const Report& report);
// asciinema, version 2: these sessions, one behind the other.
[[nodiscard]] std::string report_cast(const Report& report);

// For element content and quoted attributes, in HTML and XML.
[[nodiscard]] std::string markup_escape(std::string_view text);
// For a line of text: no character of it has a meaning.
[[nodiscard]] std::string markdown_escape(std::string_view text);

}  // namespace sandpost::sandbox
