#include "cli/telnet_help.hpp"

#include <array>
#include <string_view>

#include "base/language.hpp"

namespace sandpost::cli {
namespace {

// Each a paragraph, broken into lines by hand.
constexpr std::array paragraphs{
    tr_later("sandpost help telnet - a telnet, nc or openssl of your own"),
    tr_later("\"telnet: command not found\", \"is not recognized\":\n"
             "  You need none: sandpost learn has its own. To have one all the same\n"
             "    Debian, Ubuntu   sudo apt install telnet\n"
             "    Windows          switch on \"Telnet Client\" among the optional features\n"
             "    macOS            nc -c 127.0.0.1 2525"),
    tr_later("\"Connection refused\":\n"
             "  Nobody listens at that port. Is sandpost running in another window? It\n"
             "  prints its ports when it starts: 2525 and 1110, unless you chose others,\n"
             "  and not 25 and 110."),
    tr_later("Nothing at all, then a time-out:\n"
             "  You tried a real server's port 25. Most providers let nobody through to\n"
             "  it, because of spam; for that reason this sandbox is on your own computer.\n"
             "  A provider takes its customers' mail at port 587 (STARTTLS) or 465 (TLS\n"
             "  from the first byte), after a login. \"530 Must issue a STARTTLS command\n"
             "  first\" says just that."),
    tr_later("You do not see what you type, or you see it twice:\n"
             "  telnet shows your typing or leaves that to the server, and this server\n"
             "  sends nothing back. Press Ctrl-], type  set localecho  (or unset\n"
             "  localecho), then Enter twice. In sandpost learn it cannot happen."),
    tr_later("A line looks right and is refused:\n"
             "  telnet cannot edit a line. Backspace and the arrow keys may be sent as\n"
             "  bytes, which the screen hides. Press Enter and type the line again."),
    tr_later("How to leave:\n"
             "  Type QUIT. Or press Ctrl-] and type quit. Ctrl-C and Ctrl-D only send\n"
             "  bytes."),
    tr_later("nc:\n"
             "  It ends lines with LF alone, and CR LF is the rule. Start it as nc -C\n"
             "  (nc -c on macOS), or many a server never sees the dot that ends a letter."),
    tr_later("openssl s_client:\n"
             "  openssl s_client -quiet -crlf -starttls smtp -connect 127.0.0.1:2525\n"
             "  Without -quiet a line that begins with a capital R or Q is a command for\n"
             "  s_client itself: RCPT and RETR break the connection, and QUIT ends it\n"
             "  before the server hears of it, so what DELE marked stays. Without -crlf\n"
             "  lines end in LF alone.")};

}  // namespace

std::string telnet_help() {
  std::string out;
  for (const std::string_view paragraph : paragraphs) {
    if (!out.empty()) out += '\n';
    out += tr(paragraph) + '\n';
  }
  return out;
}

}  // namespace sandpost::cli
