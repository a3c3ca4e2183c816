#include "cli/telnet_help.hpp"

#include <array>
#include <string_view>

#include "base/language.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/prose.hpp"

namespace sandpost::cli {
namespace {

struct Topic {
  std::string_view heading;
  std::string_view text;  // a line with two blanks in front is to be typed
};

constexpr std::array topics{
    Topic{tr_later("\"telnet: command not found\", \"is not recognized\":"),
          tr_later("You need none: sandpost learn has its own. To have one all the same, on\n"
                   "Windows switch on \"Telnet Client\" among the optional features; on Debian\n"
                   "and Ubuntu:\n"
                   "  sudo apt install telnet\n"
                   "macOS has nc in its place:\n"
                   "  nc -c 127.0.0.1 2525")},
    Topic{tr_later("\"Connection refused\":"),
          tr_later("Nobody listens at that port. Is sandpost running in another window? It\n"
                   "prints its ports when it starts: 2525 and 1110, unless you chose others,\n"
                   "and not 25 and 110.")},
    Topic{tr_later("Nothing at all, then a time-out:"),
          tr_later("You tried a real server's port 25. Most providers let nobody through to\n"
                   "it, because of spam; for that reason this sandbox is on your own computer.\n"
                   "A provider takes its customers' mail at port 587 (STARTTLS) or 465 (TLS\n"
                   "from the first byte), after a login. \"530 Must issue a STARTTLS command\n"
                   "first\" says just that.")},
    Topic{tr_later("You do not see what you type, or you see it twice:"),
          tr_later("telnet shows your typing or leaves that to the server, and this server\n"
                   "sends nothing back. Press Ctrl-], type  set localecho  (or unset\n"
                   "localecho), then Enter twice. In sandpost learn it cannot happen.")},
    Topic{tr_later("A line looks right and is refused:"),
          tr_later("telnet cannot edit a line. Backspace and the arrow keys may be sent as\n"
                   "bytes, which the screen hides. Press Enter and type the line again.")},
    Topic{tr_later("How to leave:"),
          tr_later("Type QUIT. Or press Ctrl-] and type quit. Ctrl-C and Ctrl-D only send\n"
                   "bytes.")},
    Topic{tr_later("nc:"),
          tr_later("It ends lines with LF alone, and CR LF is the rule. Start it as nc -C\n"
                   "(nc -c on macOS), or many a server never sees the dot that ends a letter.")},
    Topic{tr_later("openssl s_client:"),
          tr_later("  openssl s_client -quiet -crlf -starttls smtp -connect 127.0.0.1:2525\n"
                   "Without -quiet a line that begins with a capital R or Q is a command for\n"
                   "s_client itself: RCPT and RETR break the connection, and QUIT ends it\n"
                   "before the server hears of it, so what DELE marked stays. Without -crlf\n"
                   "lines end in LF alone.")}};

}  // namespace

std::string telnet_help(std::size_t width) {
  constexpr std::size_t indent = 2;
  std::string out;
  const auto add = [&](std::string_view text, std::size_t hang) {
    for (const std::string& row : sandbox::hanging_rows(text, width, hang))
      out += row + '\n';
  };
  add(tr("sandpost help telnet - a telnet, nc or openssl of your own"), indent);
  for (const Topic& topic : topics) {
    out += '\n';
    add(tr(topic.heading), indent);
    for (const std::string& row : sandbox::filled_rows(tr(topic.text), width - indent)) {
      for (const std::string& part :
           sandbox::shell_rows(std::string(indent, ' ') + row, width, 3 * indent))
        out += part + '\n';
    }
  }
  return out;
}

}  // namespace sandpost::cli
