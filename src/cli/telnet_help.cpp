#include "cli/telnet_help.hpp"

namespace sandpost::cli {

std::string_view telnet_help() {
  return R"(sandpost help telnet - a telnet, nc or openssl of your own

"telnet: command not found", "is not recognized":
  You need none: sandpost learn has its own. To have one all the same
    Debian, Ubuntu   sudo apt install telnet
    Windows          switch on "Telnet Client" among the optional features
    macOS            nc -c 127.0.0.1 2525

"Connection refused":
  Nobody listens at that port. Is sandpost running in another window? It
  prints its ports when it starts: 2525 and 1110, unless you chose others,
  and not 25 and 110.

Nothing at all, then a time-out:
  You tried a real server's port 25. Most providers let nobody through to
  it, because of spam; for that reason this sandbox is on your own computer.
  A provider takes its customers' mail at port 587 (STARTTLS) or 465 (TLS
  from the first byte), after a login. "530 Must issue a STARTTLS command
  first" says just that.

You do not see what you type, or you see it twice:
  telnet shows your typing or leaves that to the server, and this server
  sends nothing back. Press Ctrl-], type  set localecho  (or unset
  localecho), then Enter twice. In sandpost learn it cannot happen.

A line looks right and is refused:
  telnet cannot edit a line. Backspace and the arrow keys may be sent as
  bytes, which the screen hides. Press Enter and type the line again.

How to leave:
  Type QUIT. Or press Ctrl-] and type quit. Ctrl-C and Ctrl-D only send
  bytes.

nc:
  It ends lines with LF alone, and CR LF is the rule. Start it as nc -C
  (nc -c on macOS), or many a server never sees the dot that ends a letter.

openssl s_client:
  openssl s_client -quiet -crlf -starttls smtp -connect 127.0.0.1:2525
  Without -quiet a line that begins with a capital R or Q is a command for
  s_client itself: RCPT and RETR break the connection, and QUIT ends it
  before the server hears of it, so what DELE marked stays. Without -crlf
  lines end in LF alone.
)";
}

}  // namespace sandpost::cli
