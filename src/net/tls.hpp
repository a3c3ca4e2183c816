#pragma once
// The server's side of TLS: what --tls chooses, the certificate, and what a handshake came to. Not
// here: the handshake itself (asio::ssl::stream), and when a protocol allows it.
//
// Threads: a TlsContext belongs to the I/O thread; check() may be called before that thread runs.

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

// Declared here, against the guide, so that the program's settings need not include Asio and
// OpenSSL; who calls get() includes asio/ssl.hpp.
namespace asio::ssl {
class context;
}
struct ssl_st;

namespace sandpost::net {

struct TlsSettings {
  enum class Mode {
    automatic,  // with a certificate of its own making
    off,
    files,
  };

  Mode mode = Mode::automatic;
  std::string certificate_file;  // PEM, the server's own first, then its issuers
  std::string key_file;          // PEM; may be the same file
  std::string server_name;       // what a certificate of its own making is for
  std::string domain;
};

// `auto`, `off`, `CERTIFICATE,KEY` or one file that holds both; a file of the name auto is ./auto.
// Only mode and files are set. The error is one line without the option's name; it can quote the
// text as it came. Whether the files are any good is seen by TlsContext::check().
[[nodiscard]] Result<TlsSettings, std::string> parse_tls(std::string_view text);

class TlsContext {
 public:
  explicit TlsContext(TlsSettings settings);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] bool enabled() const { return settings_.mode != TlsSettings::Mode::off; }

  // Reads the files that were named, if any: throws std::runtime_error with one line if they are no
  // good. They are not read again. Nothing is made.
  void check();

  // For handshakes of TLS 1.2 and 1.3. Made at the first call, the certificate too. Throws
  // std::runtime_error with one line if that fails; the next call tries again. Not for Mode::off.
  [[nodiscard]] asio::ssl::context& get();
  [[nodiscard]] bool made() const { return context_ != nullptr; }

 private:
  TlsSettings settings_;
  std::unique_ptr<asio::ssl::context> context_;
};

struct TlsDetails {
  std::string version;  // "TLSv1.3"
  std::string cipher;   // "TLS_AES_256_GCM_SHA384"
};

// What a finished handshake agreed on. `handshake`: asio::ssl::stream's native_handle().
[[nodiscard]] TlsDetails describe(const ssl_st* handshake);

}  // namespace sandpost::net
